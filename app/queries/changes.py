"""What has changed since somebody last looked, in the order of the log: no change is passed over and none comes twice.

The order of facts by their number would not do: a number is taken before its transaction commits, so that a lower one can
appear after a higher one was read. The log orders what is committed.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import Invalid
from app.domain.inspections import Inspection
from app.services.people.access import may_see
from app.store import inspections as inspection_store
from app.store import log as log_store
from app.store.models import FactRow, LogEntry

LOOKED_THROUGH = 5000  # entries of the log in one call
BEGINNING = "0"


@dataclass(frozen=True, slots=True)
class Changes:
    """The inspections that changed, as they are now; where to go on from; whether there is more already."""

    inspections: tuple[Inspection, ...]
    cursor: str
    more: bool


def since(session: Session, actor: Actor, cursor: str, limit: int) -> Changes:
    """The changes after a cursor that an actor may see, at most `limit` facts of them. Raises Invalid("cursor")."""
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 18:
        raise Invalid("cursor", "cursor")
    head = log_store.newest_head(session)
    size = head.size if head else 0
    begin = int(cursor)
    if begin > size:
        raise Invalid("cursor", "cursor")
    end = min(begin + LOOKED_THROUGH, size)
    query = (
        select(LogEntry.position, FactRow.subject_id)
        .join(FactRow, FactRow.leaf == LogEntry.leaf)
        .where(LogEntry.position >= begin, LogEntry.position < end, FactRow.subject_kind == "inspection")
        .order_by(LogEntry.position)
        .limit(limit)
    )
    found = session.execute(query).all()
    if len(found) == limit:
        end = found[-1].position + 1
    inspections = inspection_store.get_many(session, (row.subject_id for row in found))
    return Changes(tuple(i for i in inspections if may_see(actor, i)), str(end), end < size)
