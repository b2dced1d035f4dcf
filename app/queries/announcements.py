"""The advance notices (检查预告) of enterprises, for their own pages: what is offered, by whom, and what was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inspections import APPLIED, Inspection
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import Enterprise, InspectionRow, Item, Unit

MOST = 50


@dataclass(frozen=True, slots=True)
class Announced:
    """An announced visit with its names. `open` are the indexes of the slots that can still be chosen."""

    inspection: Inspection
    enterprise: Enterprise
    units: tuple[Unit, ...]
    items: tuple[Item, ...]
    open: tuple[int, ...]


def of_enterprises(session: Session, enterprise_ids: Sequence[str], now: datetime) -> list[Announced]:
    """What units announced to some enterprises and their heads have not decided yet, the next first."""
    query = (
        select(InspectionRow)
        .where(
            InspectionRow.enterprise_id.in_(enterprise_ids),
            InspectionRow.state == APPLIED,
            InspectionRow.announced_at.is_not(None),
        )
        .order_by(InspectionRow.window_start)
        .limit(MOST)
    )
    found = inspection_store.select_where(session, query)
    units = registry.units(session, [u for i in found for u in i.units])
    items = registry.items(session, [c for i in found for c in i.items])
    ids = {i.enterprise_id for i in found}
    enterprises = {e.id: e for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}
    return [
        Announced(
            inspection=i,
            enterprise=enterprises[i.enterprise_id],
            units=tuple(units[u] for u in i.units),
            items=tuple(items[c] for c in i.items),
            open=tuple(n for n, slot in enumerate(i.slots) if slot.start > now),
        )
        for i in found
    ]
