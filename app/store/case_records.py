"""Records of the units' own systems in the tables: as the domain reads them, and what may explain them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.domain.reconciliation import Content, Decision, Known, Match, Named, Record, Registry
from app.domain.times import shanghai_day
from app.store.models import CaseRecord, Enterprise, InspectionOfficer, InspectionRow, InspectionUnit
from app.store.models.base import table_of

CONTENT = (
    "jurisdiction", "kind", "source", "number", "uscc", "name", "name_key", "address", "address_key", "unit",
    "unit_text", "day", "note",
)  # fmt: skip
FOUND = ("state", "reason", "enterprise_id", "inspection_id")
LISTS = ("officers", "items")
AT_ONCE = 1000
DAY = timedelta(days=1)


def parts(values: Iterable[str], size: int = AT_ONCE) -> Iterator[list[str]]:
    """Distinct values in order, in pieces small enough for one query."""
    ordered = sorted(set(values))
    for at in range(0, len(ordered), size):
        yield ordered[at : at + size]


def columns(content: Content) -> dict[str, Any]:
    """The columns of what was received."""
    return {name: getattr(content, name) for name in CONTENT} | {
        name: json.dumps(getattr(content, name)) for name in LISTS
    }


def content_of(row: CaseRecord) -> Content:
    said: dict[str, Any] = {name: getattr(row, name) for name in CONTENT}
    said |= {name: tuple(json.loads(getattr(row, name))) for name in LISTS}
    return Content(**said)


def contents(session: Session, *where: Any) -> Iterator[tuple[str, Content]]:
    """Ids and contents of the records that `where` selects, by columns."""
    columns_ = [getattr(CaseRecord, name) for name in (*CONTENT, *LISTS)]
    for row_id, *values in session.execute(select(CaseRecord.id, *columns_).where(*where)):
        said = dict(zip((*CONTENT, *LISTS), values, strict=True))
        yield row_id, Content(**said | {name: tuple(json.loads(said[name])) for name in LISTS})


def record_of(row: CaseRecord) -> Record:
    """A stored record with the newest decision about it."""
    if not row.decisions:
        return Record(row.id, content_of(row))
    rejected = frozenset(json.loads(row.rejected or "[]"))
    return Record(row.id, content_of(row), Decision(row.decided_inspection, row.decided_enterprise, rejected))


def rows_of(session: Session, ids: Sequence[str]) -> list[CaseRecord]:
    """Records by id, as they stand in the tables now."""
    query = select(CaseRecord).where(CaseRecord.id.in_(ids)).order_by(CaseRecord.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def match_of(row: CaseRecord) -> Match:
    return Match(row.state, row.reason, row.enterprise_id, row.inspection_id)


def save_matches(session: Session, found: Mapping[str, Match]) -> None:
    """Writes where records stand now."""
    table = table_of(CaseRecord)
    statement = update(table).where(table.c.id == bindparam("row")).values({name: bindparam(name) for name in FOUND})
    rows = [
        {"row": i, "state": m.state, "reason": m.reason, "enterprise_id": m.enterprise, "inspection_id": m.inspection}
        for i, m in found.items()
    ]
    if rows:
        session.connection().execute(statement, rows)


def registry(session: Session, records: Sequence[Record]) -> Registry:
    """The enterprises that these records may name."""
    by_uscc: dict[str, str] = {}
    by_name: dict[str, list[Named]] = defaultdict(list)
    for some in parts(r.content.uscc for r in records if r.content.uscc):
        query = select(Enterprise.uscc, Enterprise.id).where(Enterprise.uscc.in_(some))
        by_uscc |= {str(uscc): found for uscc, found in session.execute(query)}
    names = (r.content.name_key for r in records if r.content.name_key and not r.content.uscc)
    columns_ = (Enterprise.search, Enterprise.id, Enterprise.address_key)
    for some in parts(names):
        for name, found, address in session.execute(select(*columns_).where(Enterprise.search.in_(some))):
            by_name[name].append(Named(found, address))
    return Registry(by_uscc, by_name)


_KNOWN = (
    InspectionRow.id, InspectionRow.enterprise_id, InspectionRow.window_start, InspectionRow.window_end,
    InspectionRow.visit_day, InspectionRow.ended_at, InspectionRow.state,
)  # fmt: skip


def known_of(session: Session, near: Mapping[str, tuple[date, date]]) -> dict[str, list[Known]]:
    """The inspections of each enterprise whose days touch those between its two days, both included."""
    if not near:
        return {}
    first, last = min(day for day, _ in near.values()), max(day for _, day in near.values())
    # an instant is within a day of its day; a visit may have begun long before the record's day and ended on it
    in_window = (InspectionRow.window_end >= _instant(first - DAY)) & (
        InspectionRow.window_start <= _instant(last + DAY)
    )
    begun = (InspectionRow.visit_day <= last) & (
        (InspectionRow.visit_day >= first) | (InspectionRow.ended_at >= _instant(first - DAY))
    )
    found: dict[str, list[Known]] = defaultdict(list)
    for some in parts(near):
        rows = [
            (r, days)
            for r in session.execute(
                select(*_KNOWN).where(InspectionRow.enterprise_id.in_(some), or_(in_window, begun))
            )
            if _touches(days := _days(r), near[r.enterprise_id])
        ]
        for known in _known(session, rows):
            found[known.enterprise].append(known)
    return found


def known_by_id(session: Session, ids: Iterable[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for some in parts(ids):
        rows = session.execute(select(*_KNOWN).where(InspectionRow.id.in_(some)))
        found |= {known.id: known for known in _known(session, [(r, _days(r)) for r in rows])}
    return found


def _touches(days: tuple[date, date], near: tuple[date, date]) -> bool:
    return days[0] <= near[1] and near[0] <= days[1]


def _known(session: Session, rows: Sequence[tuple[Any, tuple[date, date]]]) -> list[Known]:
    units: dict[str, list[str]] = defaultdict(list)
    officers: dict[str, list[str]] = defaultdict(list)
    for some in parts(r.id for r, _ in rows):
        of_units = select(InspectionUnit.inspection, InspectionUnit.unit).where(InspectionUnit.inspection.in_(some))
        for inspection, unit in session.execute(of_units):
            units[inspection].append(unit)
        named = (InspectionOfficer.inspection, InspectionOfficer.certificate_no)
        for inspection, officer in session.execute(select(*named).where(InspectionOfficer.inspection.in_(some))):
            officers[inspection].append(officer)
    return [
        Known(r.id, r.enterprise_id, tuple(units[r.id]), tuple(officers[r.id]), *days, state=r.state)
        for r, days in rows
    ]


def _instant(day: date) -> datetime:
    """Within a day of where that day begins in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _days(row: Any) -> tuple[date, date]:
    if row.visit_day is None:
        return shanghai_day(row.window_start), shanghai_day(row.window_end)
    ended = shanghai_day(row.ended_at) if row.ended_at else row.visit_day
    return row.visit_day, max(row.visit_day, ended)
