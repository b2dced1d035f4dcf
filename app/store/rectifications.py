"""Rectifications in the database: the domain's Rectification in and out; and the chain that re-checks make."""

from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.rectifications import Rectification
from app.store import inspections as inspection_store
from app.store.models import RectificationRow

FIELDS = tuple(f.name for f in fields(Rectification))
LONGEST_CHAIN = 50


def get(session: Session, inspection_id: str, *, lock: bool = False) -> Rectification | None:
    """The rectification that an inspection ordered, locked until the end of the transaction where asked."""
    query = select(RectificationRow).where(RectificationRow.inspection == inspection_id)
    row = session.scalar(query.with_for_update() if lock else query)
    return _rectification(row) if row else None


def save(session: Session, r: Rectification) -> None:
    """Stores the state of a rectification, new or changed."""
    row = session.get(RectificationRow, r.inspection)
    if row is None:
        session.add(RectificationRow(**{name: getattr(r, name) for name in FIELDS}))
    else:
        for name in FIELDS:
            setattr(row, name, getattr(r, name))
    session.flush()


def select_where(session: Session, query: Any) -> list[Rectification]:
    """The rectifications that a query over RectificationRow selects, in its order."""
    return [_rectification(row) for row in session.scalars(query)]


def root_of(session: Session, inspection: Inspection) -> Inspection:
    """The visit that a chain of re-checks began with: itself where it is no re-check, or of another enterprise's visit."""
    root, seen = inspection, {inspection.id}
    while root.recheck_of and root.recheck_of not in seen and len(seen) < LONGEST_CHAIN:
        before = inspection_store.get(session, root.recheck_of)
        if before is None or before.enterprise_id != inspection.enterprise_id:
            break
        seen.add(before.id)
        root = before
    return root


def _rectification(row: RectificationRow) -> Rectification:
    return Rectification(**{name: getattr(row, name) for name in FIELDS})
