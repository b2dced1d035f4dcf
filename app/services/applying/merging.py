"""What joining a visit makes superfluous: the joining unit's own open applications at the same enterprise.

Whoever changes who comes along, before the code or after it, holds the enterprise's name `joint:…` first and the rows of
inspections after it: two units that join each other at the same moment come one after the other.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.inspections import APPLIED, APPROVED, Inspection
from app.domain.times import shanghai_day
from app.services.visiting.visits import record_step
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import InspectionRow
from app.store.unit_of_work import UnitOfWork

STAYS_ALONE = ("recheck", "emergency")  # a re-check belongs to its rectification, an emergency does not wait


def locked(work: UnitOfWork, inspection_id: str) -> Inspection:
    """The inspection, with everything that joint visits of its enterprise change held until the end. Raises NotFound."""
    enterprise = work.session.scalar(select(InspectionRow.enterprise_id).where(InspectionRow.id == inspection_id))
    if enterprise is None:
        raise NotFound("no_such_inspection", inspection=inspection_id)
    work.lock(f"joint:{enterprise}")
    return _lock_row(work, inspection_id)


def mergeable(session: Session, inspection: Inspection, unit: str, today: date) -> list[Inspection]:
    """A unit's own open inspections of the same enterprise that joining `inspection` would make superfluous."""
    window = registry.joint_window(session, inspection.jurisdiction, today)
    start = inspection.window_start
    query = (
        select(InspectionRow)
        .where(
            InspectionRow.enterprise_id == inspection.enterprise_id,
            InspectionRow.lead_unit == unit,
            InspectionRow.state.in_([APPLIED, APPROVED]),
            InspectionRow.window_start.between(start - window, start + window),
            or_(InspectionRow.cause.is_(None), InspectionRow.cause.not_in(STAYS_ALONE)),
            InspectionRow.id != inspection.id,
        )
        .order_by(InspectionRow.id)
    )
    return inspection_store.select_where(session, query)


def superfluous(work: UnitOfWork, inspection: Inspection, units: Sequence[str]) -> list[Inspection]:
    """The `mergeable` ones of each unit, locked; one that began in the meantime stays."""
    today = shanghai_day(work.now)
    found = [own for unit in units for own in mergeable(work.session, inspection, unit, today)]
    return [own for own in (_lock_row(work, one.id) for one in found) if own.state in (APPLIED, APPROVED)]


def named(merged: Sequence[Inspection]) -> list[dict[str, Any]]:
    """The merged inspections as a fact names them."""
    return [{"id": o.id, "number": o.number, "kind": o.kind, "clue_no": o.clue_no} for o in merged]


def merge(work: UnitOfWork, actor: Actor, merged: Sequence[Inspection], into: Inspection) -> Inspection:
    """Cancels each of `merged`; units that had joined it are invited to the visit that is left, which is returned."""
    said = {"reason": f"已合并到 {into.number} / merged into {into.number}", "merged_into": into.id}
    for own in merged:
        record_step(work, actor, own, "inspection.cancelled", said)
        for unit in own.units[1:]:
            invitation = into.invitation(unit)
            if unit not in into.units and not (invitation and invitation.stands):
                note = f"{own.number} 已合并到本次检查"
                into = record_step(work, actor, into, "inspection.invited", {"unit": unit, "note": note})
    return into


def _lock_row(work: UnitOfWork, inspection_id: str) -> Inspection:
    found = inspection_store.get(work.session, inspection_id, lock=True)
    assert found is not None
    return found
