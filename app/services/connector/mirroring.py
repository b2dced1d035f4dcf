"""What another system says of a visit becomes facts here, once: sent again it changes nothing.

The first fact of a visit proves when this platform learned of it. Rules, ratings, reports and the follow-up then work as for
any other; only a code is never issued for it.
"""

from typing import Any

from sqlalchemy import select

from app.domain import inspections as states
from app.domain import mirroring as domain
from app.domain.actors import SYSTEM, Actor
from app.domain.applications import EnterpriseRef
from app.domain.errors import Invalid, Problem, Refused
from app.domain.inspections import Inspection
from app.domain.mirroring import Told
from app.services import enterprises
from app.services.applying.applications import next_number
from app.services.connector import issuing
from app.services.flagging import flags
from app.services.visiting import onsite, rectifications
from app.store import inspections as inspection_store
from app.store import registry
from app.store.mirroring import add, by_number
from app.store.models import InspectionRow, MirroredVisit
from app.store.unit_of_work import UnitOfWork

ADDED, UPDATED, UNCHANGED, LINKED, PASSED = "added", "updated", "unchanged", "linked", "passed"


def receive(work: UnitOfWork, told: Told, actor: Actor = SYSTEM) -> str:
    """Records what another system says of a visit; what came of it.

    `linked`: it was applied for here with that number and stays as it is here; `passed`: not approved there, so no visit
    yet. Raises Invalid for an unknown unit or item, Refused("mirror_other_enterprise", "issued_here").
    """
    work.lock(f"mirror:{told.system}:{told.number}")
    row = by_number(work.session, told.system, told.number)
    if row is not None and row.told == told.digest:
        return UNCHANGED
    if row is None:
        return _first(work, told, actor) if told.was_registered else PASSED
    before = inspection_store.get(work.session, row.inspection, lock=True)
    assert before is not None
    if not before.mirrored:
        _note(row, told)
        return LINKED
    after = _follow(work, before, told, actor)
    _note(row, told)
    row.differs = domain.differs(after, told)
    if after == before:
        return UNCHANGED
    flags.after_inspection(work, before, after)
    return UPDATED


def _first(work: UnitOfWork, told: Told, actor: Actor) -> str:
    _require_known(work, told)
    ref = EnterpriseRef(told.uscc, told.enterprise, told.address, told.no_uscc_reason)
    enterprise = enterprises.find_or_enter(work, ref, "connector", actor)
    unit = registry.units(work.session, told.units[:1])[told.units[0]]
    jurisdiction = registry.jurisdiction_of(work.session, unit.region, enterprise.region, work.default_jurisdiction)
    issuing.require_mirroring(work, jurisdiction)
    kind, described = (
        (domain.IMPORTED, domain.history(told)) if told.imported else (domain.MIRRORED, domain.description(told))
    )
    body = described | {
        "number": _number(work, told, jurisdiction),
        "applicant": actor.identity,
        "enterprise": enterprise.id,
        "officers": registry.officers_named(work.session, told.officers),
    }
    inspection = work.record(work.fact(kind, ("inspection", work.new_id()), body, actor, jurisdiction))
    work.store_fact(
        work.fact(domain.LEARNED, ("mirror", inspection.id), domain.learned(told), actor, inspection.jurisdiction)
    )
    inspection = _advance(work, inspection, told, actor)
    row = add(work.session, inspection, work.now)
    _note(row, told)
    flags.after_inspection(work, None, inspection)
    return ADDED


def _follow(work: UnitOfWork, before: Inspection, told: Told, actor: Actor) -> Inspection:
    """The facts that lead from what is known to what the other system says now."""
    _require_known(work, told)
    known = work.session.get_one(InspectionRow, before.id)
    enterprise = registry.enterprise(work.session, known.enterprise_id)
    if enterprise and told.uscc and enterprise.uscc and enterprise.uscc != told.uscc:
        raise Refused("mirror_other_enterprise", "enterprise", number=before.number)
    after = before
    body = domain.description(told) | {
        "number": before.number,
        "applicant": before.applicant,
        "enterprise": before.enterprise_id,
        "officers": registry.officers_named(work.session, told.officers),
    }
    fact = work.fact(domain.CHANGED, ("inspection", before.id), body, actor, before.jurisdiction)
    if before.state in states.TRANSITIONS[domain.CHANGED] and domain.changes(before, fact):
        after = work.record(fact, before)
    return _advance(work, after, told, actor)


def _advance(work: UnitOfWork, inspection: Inspection, told: Told, actor: Actor) -> Inspection:
    """Begun, ended, not carried out, cancelled: each as far as it was not known here."""

    def step(kind: str, body: dict[str, Any]) -> Inspection:
        body = body | {"told_by": told.system}
        fact = work.fact(kind, ("inspection", inspection.id), body, actor, inspection.jurisdiction)
        return work.record(fact, inspection)

    def may(kind: str) -> bool:
        return inspection.state in states.TRANSITIONS[kind]

    if told.has_begun and may(domain.BEGUN) and domain.tells_more_of_beginning(inspection, told):
        inspection = step(domain.BEGUN, domain.begun(told))
    kind, body = domain.ending(inspection, told)
    if kind and may(kind):
        inspection = step(kind, body)
        if kind == "inspection.completed":
            rectifications.after_completion(work, actor, inspection, onsite.rectify_of(work.session, inspection))
    return inspection


def _require_known(work: UnitOfWork, told: Told) -> None:
    units, items = registry.units(work.session, told.units), registry.items(work.session, told.items)
    problems: list[Problem] = [("units", "unknown_unit", {"unit": u}) for u in told.units if u not in units]
    problems += [("items", "unknown_item", {"item": i}) for i in told.items if i not in items]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _number(work: UnitOfWork, told: Told, jurisdiction: str) -> str:
    """Their number, so that people know the visit by one; ours where it could be taken for one of ours or is taken."""
    taken = select(InspectionRow.id).where(
        InspectionRow.jurisdiction == jurisdiction, InspectionRow.number == told.number
    )
    if len(told.number) > 64 or domain.looks_like_ours(told.number) or work.session.scalar(taken):
        return next_number(work, told.units[0])
    return told.number


def _note(row: MirroredVisit, told: Told) -> None:
    row.told, row.told_state, row.their_id = told.digest, told.state, told.their_id
    if told.qr:
        row.qr_digest = domain.qr_digest(told.qr)
