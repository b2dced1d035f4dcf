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
from app.domain.errors import Invalid, NotFound, Problem, Refused
from app.domain.flags.advise import Advisory
from app.domain.inspections import Inspection, transition
from app.domain.times import rfc3339
from app.services import codes, flags, visit_papers
from app.services.access import WORKERS, own_inspection
from app.services.applications import officers_named
from app.services.decisions import overrides, require_decider
from app.services.visits import record_step
from app.store import registry
from app.store.amendments import requested
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
    transition(inspection.state, "inspection.amendment_requested")
    if inspection.pending_amendment is not None:
        raise Refused("amendment_pending")
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
    """Approves amendment `n` and issues the code that replaces the present one, in one transaction.

    Raises like `decisions.approve`, and NotFound("no_such_amendment") where `n` does not wait.
    """
    inspection, body = _waiting(work, actor, inspection_id, n, "inspection.amended")
    amended = domain.apply(inspection, body["changes"])
    overridden = overrides(work, as_begun(amended), override_reason)
    said: dict[str, Any] = {
        "n": n,
        "changes": body["changes"],
        "reason": override_reason,
        "overridden": overridden,
        "decider": actor.identity,
        "acting_for": actor.acting_for,
        "code": codes.issue(work, amended).body,
    }
    after = record_step(work, actor, inspection, "inspection.amended", said)
    visit_papers.on_approval(work, actor, after)
    return after


def reject(work: UnitOfWork, actor: Actor, inspection_id: str, n: int, reason: str) -> Inspection:
    """Rejects with a reason; the visit goes on as it was approved. Raises like `approve`."""
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    inspection, _ = _waiting(work, actor, inspection_id, n, "inspection.amendment_rejected")
    said = {"n": n, "reason": reason.strip(), "decider": actor.identity, "acting_for": actor.acting_for}
    return record_step(work, actor, inspection, "inspection.amendment_rejected", said)


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
    require_decider(actor, inspection, body["applicant"])
    transition(inspection.state, step)
    return inspection, body


def _require_known_items(work: UnitOfWork, items: Sequence[str]) -> None:
    known = registry.items(work.session, items)
    problems: list[Problem] = [("add_items", "unknown_item", {"item": i}) for i in items if i not in known]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _changes(work: UnitOfWork, a: Amendment) -> dict[str, Any]:
    return {
        "window_end": rfc3339(a.window_end) if a.window_end else None,
        "add_items": list(a.add_items),
        "officers": officers_named(work, a.officers) if a.officers else None,
    }
