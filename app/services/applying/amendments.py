"""More time, more items, other officers: asked for by the unit, decided by its head; approval issues the next code.

Until then the visit goes on under the code that it has. Afterwards that code says `replaced` wherever it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain import amendments as domain
from app.domain.actors import HEAD, Actor
from app.domain.amendments import Amendment
from app.domain.errors import Forbidden, Invalid, NotFound, Problem, Refused
from app.domain.flags.advise import Advisory
from app.domain.inspections import APPROVED, Inspection, Invitation, transition
from app.domain.times import rfc3339
from app.services.applying import merging
from app.services.applying.decisions import overrides, require_decider
from app.services.connector import issuing
from app.services.flagging import flags
from app.services.paperwork import visit_papers
from app.services.people.access import WORKERS, own_inspection
from app.services.trust import codes
from app.services.visiting.visits import record_step
from app.store import registry
from app.store.amendments import approval, requested
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Requested:
    inspection: Inspection
    advisories: tuple[Advisory, ...]


def request(work: UnitOfWork, actor: Actor, inspection_id: str, amendment: Amendment) -> Requested:
    """Records what shall change, with what the rules say of it. One request waits at a time.

    Raises NotFound, Forbidden, Refused (state, "amendment_pending"), Invalid (each field).
    """
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    issuing.require_ours(inspection)
    transition(inspection.state, "inspection.amendment_requested")
    if inspection.pending_amendment is not None:
        raise Refused("amendment_pending")
    amendment = domain.keeping(inspection, amendment, str(actor.unit))
    return _ask(work, actor, inspection, amendment)


def request_joining(work: UnitOfWork, actor: Actor, inspection: Inspection, invitation: Invitation) -> Inspection:
    """A unit joins a visit whose code is issued: its head's confirmation asks the lead unit's head for the next code.

    `inspection` is locked with `merging.locked`. Raises Refused (state, "amendment_pending"), Invalid (too many).
    """
    transition(inspection.state, "inspection.amendment_requested")
    if inspection.pending_amendment is not None:
        raise Refused("amendment_pending_join")
    unit = registry.units(work.session, [invitation.unit])[invitation.unit]
    present = [o.certificate_no for o in inspection.officers]
    joining = Amendment(
        reason=f"综合查一次：{unit.name}加入本次检查",
        add_items=tuple(i for i in invitation.items if i not in inspection.items),
        officers=tuple(dict.fromkeys((*present, *(o.certificate_no for o in invitation.officers)))),
        add_units=(invitation.unit,),
    )
    return _ask(work, actor, inspection, joining).inspection


def _ask(work: UnitOfWork, actor: Actor, inspection: Inspection, amendment: Amendment) -> Requested:
    domain.check(inspection, amendment, work.now)
    _require_known_items(work, amendment.add_items)
    changes = _changes(work, amendment)
    advisories = flags.advise(work, as_begun(domain.apply(inspection, changes)))
    body = {
        "n": inspection.amendments + 1,
        "changes": changes,
        "reason": amendment.reason.strip(),
        "applicant": actor.identity,
        "advice": [{"rule": a.rule, "severity": a.severity, "blocking": a.blocking} for a in advisories],
    }
    return Requested(record_step(work, actor, inspection, "inspection.amendment_requested", body), advisories)


def approve(
    work: UnitOfWork, actor: Actor, inspection_id: str, n: int, override_reason: str | None = None
) -> Inspection:
    """Approves amendment `n` and issues the code that replaces the present one, in one transaction. Pressed twice by the
    same head, it stays one. A unit that joins comes in with it, and its own open application is cancelled as merged.

    Raises like `decisions.approve`, NotFound("no_such_amendment") where `n` does not wait, and Refused("joins_too_late")
    where a unit would join a visit that has begun.
    """
    merging.locked(work, inspection_id)
    if _is_approved_by(work, actor, inspection_id, n):
        return own_inspection(work, actor, inspection_id, HEAD)
    inspection, body = _waiting(work, actor, inspection_id, n, "inspection.amended")
    joining = body["changes"].get("add_units", ())
    if joining and inspection.state != APPROVED:
        raise Refused("joins_too_late")
    amended = domain.apply(inspection, body["changes"])
    overridden = overrides(work, as_begun(amended), override_reason)
    merged = merging.superfluous(work, inspection, joining)
    said: dict[str, Any] = {
        "n": n,
        "changes": body["changes"],
        **({"merged": merging.named(merged)} if joining else {}),
        "reason": override_reason,
        "overridden": overridden,
        "decider": actor.identity,
        "acting_for": actor.acting_for,
        "code": codes.issue(work, amended).body,
    }
    after = record_step(work, actor, inspection, "inspection.amended", said)
    visit_papers.on_approval(work, actor, after)
    return merging.merge(work, actor, merged, after)


def reject(work: UnitOfWork, actor: Actor, inspection_id: str, n: int, reason: str) -> Inspection:
    """Rejects with a reason; the visit goes on as it was approved. Raises like `approve`."""
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    inspection, _ = _waiting(work, actor, inspection_id, n, "inspection.amendment_rejected")
    said = {"n": n, "reason": reason.strip(), "decider": actor.identity, "acting_for": actor.acting_for}
    return record_step(work, actor, inspection, "inspection.amendment_rejected", said)


def withdraw(work: UnitOfWork, actor: Actor, inspection_id: str, n: int) -> Inspection:
    """Who asked for amendment `n` takes it back before it is decided; a unit's offer to join stays an offer.

    Raises NotFound, Forbidden("not_the_applicant"), Refused (state).
    """
    actor.require(*WORKERS)
    inspection = merging.locked(work, inspection_id)
    body = requested(work.session, inspection.id, n)
    if body is None or actor.unit not in (*inspection.units, *body["changes"].get("add_units", ())):
        raise NotFound("no_such_inspection", inspection=inspection_id)
    if inspection.pending_amendment != n:
        raise NotFound("no_such_amendment", n=n)
    if body["applicant"] != actor.identity:
        raise Forbidden("not_the_applicant")
    return record_step(work, actor, inspection, "inspection.amendment_withdrawn", {"n": n})


def advice_waiting(session: Session, now: datetime, inspection: Inspection) -> tuple[Advisory, ...]:
    """What the rules say of a visit as the amendment that waits would make it; nothing where none waits."""
    n = inspection.pending_amendment
    body = requested(session, inspection.id, n) if n is not None else None
    return flags.advice_on(session, now, as_begun(domain.apply(inspection, body["changes"]))) if body else ()


def as_begun(inspection: Inspection) -> Inspection:
    """A visit under way is judged by when it began, not by the moment of the question."""
    return replace(inspection, started_at=inspection.visit_start)


def _waiting(
    work: UnitOfWork, actor: Actor, inspection_id: str, n: int, step: str
) -> tuple[Inspection, dict[str, Any]]:
    inspection = own_inspection(work, actor, inspection_id, HEAD)
    body = requested(work.session, inspection.id, n)
    if body is None or inspection.pending_amendment != n:
        raise NotFound("no_such_amendment", n=n)
    require_decider(work, actor, inspection, body["applicant"])
    transition(inspection.state, step)
    return inspection, body


def _is_approved_by(work: UnitOfWork, actor: Actor, inspection_id: str, n: int) -> bool:
    """Whether this head has approved amendment `n` already: a second press of the same button."""
    body = approval(work.session, inspection_id, n)
    return body is not None and body["decider"] == actor.identity


def _require_known_items(work: UnitOfWork, items: Sequence[str]) -> None:
    known = registry.items(work.session, items)
    problems: list[Problem] = [("add_items", "unknown_item", {"item": i}) for i in items if i not in known]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _changes(work: UnitOfWork, a: Amendment) -> dict[str, Any]:
    return {
        **({"add_units": list(a.add_units)} if a.add_units else {}),
        "window_end": rfc3339(a.window_end) if a.window_end else None,
        "add_items": list(a.add_items),
        "officers": registry.officers_named(work.session, a.officers) if a.officers else None,
    }
