"""The check points of items as they hold on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.store.models import ItemPoint


def points_on(session: Session, items: Sequence[str], day: date) -> dict[str, list[ItemPoint]]:
    """The points of each item in force on `day`, in order; items without any have an empty list."""
    found: dict[str, list[ItemPoint]] = {item: [] for item in items}
    still = or_(ItemPoint.valid_until.is_(None), ItemPoint.valid_until >= day)
    query = select(ItemPoint).where(ItemPoint.item.in_(items), ItemPoint.valid_from <= day, still)
    for row in session.scalars(query.order_by(ItemPoint.item, ItemPoint.no, ItemPoint.id)):
        found[row.item].append(row)
    return found
