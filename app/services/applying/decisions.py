"""The head of the unit approves (批准, which issues the signed code) or rejects an application."""

from typing import Any

from app.domain.actors import HEAD, Actor
from app.domain.errors import Forbidden, Invalid
from app.domain.inspections import APPLIED, APPROVED, COMPLETED, IN_PROGRESS, LAPSED, Inspection, transition
from app.domain.times import shanghai_day
from app.services.connector import issuing
from app.services.flagging import flags
from app.services.paperwork import visit_papers
from app.services.people.access import own_inspection
from app.services.trust import codes
from app.store import actors
from app.store.reference import rests_on_registers
from app.store.unit_of_work import UnitOfWork

STANDING = (APPROVED, IN_PROGRESS, COMPLETED, LAPSED)  # approved, and not taken back since


@rests_on_registers
def approve(work: UnitOfWork, actor: Actor, inspection_id: str, override_reason: str | None = None) -> Inspection:
    """Approves, issues the code and signs the notice, in one transaction. Pressed twice by the same head, it stays one.

    `override_reason` is needed where an advisory is blocking; it stays on record (履职记录). Raises NotFound, Forbidden
    ("own_application": nobody approves what they applied for; "deputys_head_applied": nor does a deputy what the head
    applied for, where the unit has another head), Refused (state), Invalid("override_reason_missing").
    """
    inspection = own_inspection(work, actor, inspection_id, HEAD)
    if inspection.code is not None and inspection.decided_by == actor.id and inspection.state in STANDING:
        return inspection
    _require_decider(work, actor, inspection, "inspection.approved")
    issuing.require_own(work, inspection.jurisdiction, inspection.kind)
    overridden = overrides(work, inspection, override_reason)
    issued = codes.issue(work, inspection)
    body: dict[str, Any] = {
        "reason": override_reason,
        "overridden": overridden,
        "decider": actor.identity,
        "acting_for": actor.acting_for,
        "code": issued.body,
    }
    fact = work.fact("inspection.approved", ("inspection", inspection.id), body, actor, inspection.jurisdiction)
    approved = work.record(fact, inspection)
    visit_papers.on_approval(work, actor, approved)
    flags.after_inspection(work, inspection, approved)
    return approved


def overrides(work: UnitOfWork, inspection: Inspection, override_reason: str | None) -> list[str]:
    """The rules whose advice blocks and that the head overrides. Raises Invalid("override_reason_missing")."""
    blocking = [a.rule for a in flags.advise(work, inspection) if a.blocking]
    if blocking and not override_reason:
        raise Invalid("override_reason_missing", "override_reason", rules=", ".join(blocking))
    return blocking


def reject(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str) -> Inspection:
    """Rejects with a reason. Raises like `approve`, and Invalid("reason_missing")."""
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    inspection = own_inspection(work, actor, inspection_id, HEAD)
    _require_decider(work, actor, inspection, "inspection.rejected")
    body = {"reason": reason, "decider": actor.identity, "acting_for": actor.acting_for}
    fact = work.fact("inspection.rejected", ("inspection", inspection.id), body, actor, inspection.jurisdiction)
    rejected = work.record(fact, inspection)
    flags.after_inspection(work, inspection, rejected)  # it no longer explains what a unit's own system says
    return rejected


def _require_decider(work: UnitOfWork, actor: Actor, inspection: Inspection, step: str) -> None:
    require_decider(work, actor, inspection, inspection.applicant)
    transition(inspection.state, step)
    assert inspection.state == APPLIED


def require_decider(work: UnitOfWork, actor: Actor, inspection: Inspection, applicant: str) -> None:
    """The head of the lead unit, or a deputy, decides; never on what they applied for themselves.

    What a head applied for is decided by another head of the unit; only where there is none, by the deputy (副职).

    Raises Forbidden("not_the_lead_unit" | "own_application" | "deputys_head_applied").
    """
    if inspection.lead_unit != actor.unit:
        raise Forbidden("not_the_lead_unit", unit=inspection.lead_unit)
    if applicant == actor.identity:
        raise Forbidden("own_application")
    if applicant != actor.acting_for:
        return
    if actors.has_other_head(work.session, inspection.lead_unit, applicant, shanghai_day(work.now)):
        raise Forbidden("deputys_head_applied", head=actor.acting_for_name)
