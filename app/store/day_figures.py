"""Figures summed by day: counted from rows, kept, and read with the days that changed since counted anew.

A reader never sees an old sum: days that carry a mark are counted from their rows (store/models/day_figures.py). Grains of
visits: all (""), unit, town, item, hour; of flags: flags, flags.unit, flags.town, flags.rule, and the same under "speech" for
rules that rest on what enterprises say, so that figures for everybody leave them out (promise 4).
"""

import hashlib
import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, literal, literal_column, select
from sqlalchemy.orm import Session

from app.store.counting import FLAGS, ON_SPEECH, RATED, VISITS, flag_condition
from app.store.hours import JsonNumber, ShanghaiHour, Weekday
from app.store.models import (
    DayFigures,
    Enterprise,
    FigureMark,
    FindingRow,
    InspectionItem,
    InspectionRow,
    InspectionUnit,
)
from app.store.models.base import table_of

NAMES = (*VISITS, "rated")
SETTLING = "settling"  # microseconds from raising to settling, of all settled flags together
_RULES = json.dumps([NAMES, FLAGS, ON_SPEECH, 1])
SHAPE = hashlib.sha256(_RULES.encode()).hexdigest()[:16]  # sums of another shape are made again
MOST_MARKED = 31  # days counted from rows beside the sums; more, and everything is counted from rows
MICROSECOND = timedelta(microseconds=1)
Cell = tuple[str, date, str, str]  # jurisdiction, day, grain, key


@dataclass(slots=True)
class Tally:
    counts: dict[str, int] = field(default_factory=dict)
    enterprises: set[int] = field(default_factory=set)

    def add(self, counts: dict[str, int], enterprises: Iterable[int] = ()) -> None:
        for name, n in counts.items():
            self.counts[name] = self.counts.get(name, 0) + n
        self.enterprises.update(enterprises)


def counted(session: Session, regions: Collection[str], days: Collection[date]) -> dict[Cell, Tally]:
    """What the rows say of these days, under every grain and key."""
    found: dict[Cell, Tally] = defaultdict(Tally)
    if days:
        _count_visits(session, regions, days, found)
        _count_flags(session, regions, days, found)
    return found


def _count_visits(session: Session, regions: Collection[str], days: Collection[date], found: dict[Cell, Tally]) -> None:
    i = InspectionRow
    where = (i.jurisdiction.in_(regions), i.visit_day.in_(days), i.counts)
    keys: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for grain, model, column in (
        ("unit", InspectionUnit, InspectionUnit.unit),
        ("item", InspectionItem, InspectionItem.item),
    ):
        query = select(model.inspection, column).join(i, i.id == model.inspection).where(*where)
        for inspection, key in session.execute(query):
            keys[inspection].append((grain, key))
    conditions = [c.label(f"c{n}") for n, c in enumerate((*VISITS.values(), RATED))]
    row_columns = (i.id, i.jurisdiction, i.visit_day, i.enterprise_id, Enterprise.region, ShanghaiHour(i.visit_start))
    asked: Any = (*row_columns, *conditions)
    query = select(*asked).outerjoin(Enterprise, Enterprise.id == i.enterprise_id).where(*where)
    rows: Any = session.execute(query)
    for inspection, jurisdiction, day, enterprise, town, hour, *said in rows:
        counts = {name: 1 for name, holds in zip(NAMES, said, strict=True) if holds}
        who = (mark(enterprise),)
        for grain, key in (("", ""), ("town", town or ""), ("hour", str(hour)), *keys[inspection]):
            found[jurisdiction, day, grain, key].add(counts, who)


def _count_flags(session: Session, regions: Collection[str], days: Collection[date], found: dict[Cell, Tally]) -> None:
    f = FindingRow
    conditions = [flag_condition(name).label(f"c{n}") for n, name in enumerate(FLAGS)]
    query = (
        select(f.jurisdiction, f.raised_for, f.rule, f.unit, Enterprise.region, f.raised_at, f.changed_at, *conditions)
        .outerjoin(Enterprise, Enterprise.id == f.enterprise_id)
        .where(f.jurisdiction.in_(regions), f.raised_for.in_(days), f.standing)
    )
    for row in session.execute(query):
        jurisdiction, day, rule, unit, town, raised_at, changed_at, *said = row
        counts = {name: 1 for name, holds in zip(FLAGS, said, strict=True) if holds}
        if counts.get("settled"):
            counts[SETTLING] = (changed_at - raised_at) // MICROSECOND
        side = "speech" if rule in ON_SPEECH else "flags"
        for grain, key in ((side, ""), (f"{side}.unit", unit), (f"{side}.town", town or ""), (f"{side}.rule", rule)):
            found[jurisdiction, day, grain, key].add(counts)


def mark(enterprise: str) -> int:
    """Eight bytes that stand for an enterprise in a set. Two of a million are the same once in ten million districts."""
    return int.from_bytes(hashlib.blake2b(enterprise.encode(), digest_size=8).digest(), "big")


def read(
    session: Session, regions: Collection[str], first: date, last: date, grains: Collection[str], key: str | None = None
) -> Iterator[tuple[date, str, str, Tally]] | None:
    """(day, grain, key, tally) of the days between two, both included; None where counting all rows is the better way."""
    marked = _marked(session, regions, first, last)
    return None if marked is None else _rows(session, regions, (first, last), grains, key, marked)


def totals(
    session: Session, regions: Collection[str], first: date, last: date, grains: Collection[str], name: str,
    by_weekday: bool = False,
) -> dict[tuple[int, str], int] | None:  # fmt: skip
    """One count of the days between two, added by the database under (weekday 1 to 7 where asked, else 0; key).

    None where counting all rows is the better way.
    """
    marked = _marked(session, regions, first, last)
    if marked is None:
        return None
    d = DayFigures
    weekday: Any = Weekday(d.day) if by_weekday else literal(0)
    query = select(weekday, d.key, func.sum(JsonNumber(d.counts, literal_column(f"'{name}'")))).where(
        d.jurisdiction.in_(regions), d.day.between(first, last), d.grain.in_(grains)
    )
    if marked:
        query = query.where(d.day.not_in(marked))
    found: dict[tuple[int, str], int] = defaultdict(int)
    for on, key, count in session.execute(query.group_by(literal_column("1"), d.key)):
        found[on, key] = int(count or 0)
    for (_, day, grain, key), tally in counted(session, regions, marked).items():
        if grain in grains:
            found[day.isoweekday() if by_weekday else 0, key] += tally.counts.get(name, 0)
    return found


def _marked(session: Session, regions: Collection[str], first: date, last: date) -> set[date] | None:
    """The days whose sums do not hold; None where they are too many, or all sums are of another shape."""
    within = (FigureMark.jurisdiction.in_(regions), FigureMark.day.between(first, last))
    marked = set(session.scalars(select(FigureMark.day).where(*within).distinct().limit(MOST_MARKED + 1)))
    if len(marked) > MOST_MARKED or session.scalar(select(DayFigures.shape).limit(1)) != SHAPE:
        return None
    return marked


def _rows(
    session: Session,
    regions: Collection[str],
    between: tuple[date, date],
    grains: Collection[str],
    key: str | None,
    marked: set[date],
) -> Iterator[tuple[date, str, str, Tally]]:
    d = DayFigures
    query = select(d.day, d.grain, d.key, d.counts, d.enterprises).where(
        d.jurisdiction.in_(regions), d.day.between(*between), d.grain.in_(grains)
    )
    for day, grain, own, counts, enterprises in session.execute(query if key is None else query.where(d.key == key)):
        if day not in marked:
            yield day, grain, own, Tally(json.loads(counts), _set(enterprises))
    for (_, day, grain, own), tally in counted(session, regions, marked).items():
        if grain in grains and (key is None or own == key):
            yield day, grain, own, tally


def _set(packed: bytes) -> Any:
    marks = array("Q")
    marks.frombytes(packed)
    return marks


def store(session: Session, jurisdiction: str, days: Collection[date]) -> None:
    """Sums these days again and keeps them."""
    d = DayFigures
    session.execute(delete(d).where(d.jurisdiction == jurisdiction, d.day.in_(days)))
    rows = [columns(cell, tally) for cell, tally in counted(session, [jurisdiction], days).items()]
    if rows:
        session.execute(insert(table_of(d)), rows)


def columns(cell: Cell, tally: Tally) -> dict[str, Any]:
    """A sum as it is kept: the same for the same rows, so that it can be compared."""
    jurisdiction, day, grain, key = cell
    return {
        "jurisdiction": jurisdiction,
        "day": day,
        "grain": grain,
        "key": key,
        "shape": SHAPE,
        "counts": json.dumps(tally.counts, sort_keys=True),
        "enterprises": array("Q", sorted(tally.enterprises)).tobytes(),
    }


def mark_all(session: Session) -> None:
    """Marks every day: what is counted has changed."""
    visits = select(InspectionRow.jurisdiction, InspectionRow.visit_day).where(InspectionRow.visit_day.is_not(None))
    flags, kept = (
        select(FindingRow.jurisdiction, FindingRow.raised_for),
        select(DayFigures.jurisdiction, DayFigures.day),
    )
    session.execute(insert(table_of(FigureMark)).from_select(["jurisdiction", "day"], visits.union(flags, kept)))
