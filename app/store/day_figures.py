"""Figures summed by day: counted from rows, kept, and added up for a reader.

Grains of visits: all (""), unit, town, item, hour, officer (with hours of the day and time spent), unit.officers (visits by
officer). Grains of flags: flags (with severities), flags.unit, flags.town, flags.rule, flags.officers (of a unit, by the officer
they name), and the same under "speech" for rules that rest on what enterprises say, so that figures for everybody leave them
out (promise 4).

Days that carry a mark (store/models/day_figures.py) are counted from their rows while that is quick: then nobody sees an old sum.
Of more visits the sums are read as they stand, and `behind` says of how many days (docs/decisions/0053).
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

from app.domain.errors import Refused
from app.store.counting import FLAGS, ON_SPEECH, RATED, VISITS, flag_condition
from app.store.hours import JsonNumber, ShanghaiHour, Weekday
from app.store.models import (
    DayFigures,
    Enterprise,
    FigureMark,
    FindingRow,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
)
from app.store.models.base import table_of

NAMES = (*VISITS, "rated")
SETTLING = "settling"  # microseconds from raising to settling, of all settled flags together
# of an officer: microseconds of all visits together, visits without an end on record, visits by the hour in which they began
SPENT, OPEN_ENDED, BEGUN = "spent", "open_ended", "begun."
DIGEST = 16  # bytes
_RULES = json.dumps([NAMES, FLAGS, ON_SPEECH, 2])
SHAPE = hashlib.sha256(_RULES.encode()).hexdigest()[:16]  # sums of another shape are made again
MOST_COUNTED = 500  # visits of marked days that a reader counts from their rows: some hundredths of a second
MICROSECOND = timedelta(microseconds=1)
Cell = tuple[str, date, str, str]  # jurisdiction, day, grain, key


@dataclass(slots=True)
class Tally:
    """`enterprises` as marks where counted from rows; of a kept sum the `digest` of its marks stands for them."""

    counts: dict[str, int] = field(default_factory=dict)
    enterprises: set[int] = field(default_factory=set)
    digest: bytes = b""

    def add(self, counts: dict[str, int], enterprises: Iterable[int] = ()) -> None:
        for name, n in counts.items():
            self.counts[name] = self.counts.get(name, 0) + n
        self.enterprises.update(enterprises)


def counted(
    session: Session, regions: Collection[str], days: Collection[date], grains: Collection[str] | None = None
) -> dict[Cell, Tally]:
    """What the rows say of these days, under every grain (or at least these) and key."""
    found: dict[Cell, Tally] = defaultdict(Tally)
    of_flags = [g for g in grains or () if g.startswith(("flags", "speech"))]
    if days and (grains is None or len(of_flags) < len(grains)):
        _count_visits(session, regions, days, found, grains)
    if days and (grains is None or of_flags):
        _count_flags(session, regions, days, found)
    return found


def _count_visits(
    session: Session,
    regions: Collection[str],
    days: Collection[date],
    found: dict[Cell, Tally],
    grains: Collection[str] | None,
) -> None:
    i = InspectionRow
    where = (i.jurisdiction.in_(regions), i.visit_day.in_(days), i.counts)
    keys: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for grain, model, column in (
        ("unit", InspectionUnit, InspectionUnit.unit),
        ("item", InspectionItem, InspectionItem.item),
        ("officer", InspectionOfficer, InspectionOfficer.certificate_no),
    ):
        if grains is not None and not any(grain in asked for asked in grains):
            continue
        query = select(model.inspection, column).join(i, i.id == model.inspection).where(*where)
        for inspection, key in session.execute(query):
            keys[inspection].append((grain, key))
    conditions = [c.label(f"c{n}") for n, c in enumerate((*VISITS.values(), RATED))]
    about = (i.id, i.jurisdiction, i.visit_day, i.enterprise_id, _town(i.enterprise_id))
    columns: Any = (*about, i.visit_start, i.ended_at, ShanghaiHour(i.visit_start), *conditions)
    rows: Any = session.execute(select(*columns).where(*where))
    for inspection, jurisdiction, day, enterprise, town, start, end, hour, *said in rows:
        counts = {name: 1 for name, holds in zip(NAMES, said, strict=True) if holds}
        own, who = keys[inspection], (mark(enterprise),)
        for grain, key in (("", ""), ("town", town or ""), ("hour", str(hour)), *own):
            found[jurisdiction, day, grain, key].add(counts, who)
        officers = {key: 1 for grain, key in own if grain == "officer"}
        for grain, key in own if officers else ():
            if grain == "unit":
                found[jurisdiction, day, "unit.officers", key].add(officers)
            elif grain == "officer":
                found[jurisdiction, day, grain, key].add({f"{BEGUN}{hour}": 1} | _lasted(start, end))


def _town(enterprise: Any) -> Any:
    """Looked up for each row: joined, PostgreSQL reads every enterprise there is for the few visits of today, because it expects
    as many of them as on other days."""
    return select(Enterprise.region).where(Enterprise.id == enterprise).scalar_subquery()


def _lasted(start: Any, end: Any) -> dict[str, int]:
    """The microseconds of a visit, or that they are not known."""
    return {SPENT: max((end - start) // MICROSECOND, 0)} if start and end else {OPEN_ENDED: 1}


def _count_flags(session: Session, regions: Collection[str], days: Collection[date], found: dict[Cell, Tally]) -> None:
    f = FindingRow
    conditions = [flag_condition(name).label(f"c{n}") for n, name in enumerate(FLAGS)]
    query = (
        select(
            f.jurisdiction, f.raised_for, f.rule, f.severity, f.unit, f.officer, _town(f.enterprise_id), f.raised_at,
            f.changed_at, *conditions,
        )
        .where(f.jurisdiction.in_(regions), f.raised_for.in_(days), f.standing)
    )  # fmt: skip
    for row in session.execute(query):
        jurisdiction, day, rule, severity, unit, officer, town, raised_at, changed_at, *said = row
        counts = {name: 1 for name, holds in zip(FLAGS, said, strict=True) if holds} | {severity: 1}
        if counts.get("settled"):
            counts[SETTLING] = (changed_at - raised_at) // MICROSECOND
        side = "speech" if rule in ON_SPEECH else "flags"
        for grain, key in ((side, ""), (f"{side}.unit", unit), (f"{side}.town", town or ""), (f"{side}.rule", rule)):
            found[jurisdiction, day, grain, key].add(counts)
        if officer:
            found[jurisdiction, day, f"{side}.officers", unit].add({officer: 1})


def mark(enterprise: str) -> int:
    """Eight bytes that stand for an enterprise in a set. Two of a million are the same once in ten million districts."""
    return int.from_bytes(hashlib.blake2b(enterprise.encode(), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class _Standing:
    """Of a period: the days that are counted from rows, and how many are read as they were summed though rows have changed."""

    counted: Collection[date] = ()
    behind: int = 0


def behind(session: Session, regions: Collection[str], first: date, last: date) -> int:
    """How many days of a period are read as they were summed though rows have changed since; the worker is about to sum them."""
    return _standing(session, regions, first, last).behind


def _standing(session: Session, regions: Collection[str], first: date, last: date) -> _Standing:
    """Raises Refused("figures_being_summed") where days have no sums and too many visits to count them now."""
    d = DayFigures
    within = (FigureMark.jurisdiction.in_(regions), FigureMark.day.between(first, last))
    marked = set(session.scalars(select(FigureMark.day).where(*within).distinct()))
    shape = session.scalar(select(d.shape).limit(1))
    if shape not in (None, SHAPE):  # a newer version runs, and the worker did not yet
        marked = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    if not marked or _quickly_counted(session, regions, marked):
        return _Standing(marked)
    of_visits_or_flags = d.grain.in_(("", "flags", "speech"))
    kept = select(d.day).where(d.jurisdiction.in_(regions), of_visits_or_flags, d.day.in_(marked), d.shape == SHAPE)
    without = marked - set(session.scalars(kept.distinct()))
    if not _quickly_counted(session, regions, without):
        raise Refused("figures_being_summed", days=len(without))
    return _Standing(without, len(marked) - len(without))


def _quickly_counted(session: Session, regions: Collection[str], days: Collection[date]) -> bool:
    i = InspectionRow
    some = select(i.id).where(i.jurisdiction.in_(regions), i.visit_day.in_(days)).limit(MOST_COUNTED + 1).subquery()
    return not days or (session.scalar(select(func.count()).select_from(some)) or 0) <= MOST_COUNTED


def read(
    session: Session, regions: Collection[str], first: date, last: date, grains: Collection[str], key: str | None = None
) -> Iterator[tuple[date, str, str, Tally]]:
    """(day, grain, key, tally) of the days between two, both included. Raises Refused("figures_being_summed")."""
    apart = _standing(session, regions, first, last).counted
    d = DayFigures
    where: list[Any] = [d.jurisdiction.in_(regions), d.day.between(first, last), d.grain.in_(grains)]
    where += [d.key == key] if key is not None else []
    rows = session.execute(select(d.day, d.grain, d.key, d.counts, d.digest).where(*where))
    return _tallies(rows, apart, counted(session, regions, apart, grains), set(grains), key)


def _tallies(
    rows: Iterable[Any], apart: Collection[date], anew: dict[Cell, Tally], grains: set[str], key: str | None
) -> Iterator[tuple[date, str, str, Tally]]:
    for day, grain, own, counts, digest in rows:
        if day not in apart:
            yield day, grain, own, Tally(json.loads(counts), digest=digest)
    for (_, day, grain, own), tally in anew.items():
        if grain in grains and (key is None or own == key):
            yield day, grain, own, tally


def marks(
    session: Session, regions: Collection[str], grain: str, days: Collection[date], keys: Collection[str]
) -> Iterator[tuple[bytes, "array[int]"]]:
    """(digest, marks of enterprises) of kept sums."""
    d = DayFigures
    where = (d.jurisdiction.in_(regions), d.grain == grain, d.day.in_(days), d.key.in_(keys))
    for digest, packed in session.execute(select(d.digest, d.enterprises).where(*where)):
        unpacked = array("Q")
        unpacked.frombytes(packed)
        yield digest, unpacked


def totals(
    session: Session, regions: Collection[str], first: date, last: date, grains: Collection[str], name: str,
    by_weekday: bool = False,
) -> dict[tuple[int, str], int]:  # fmt: skip
    """One count of the days between two, added by the database under (weekday 1 to 7 where asked, else 0; key).

    Raises Refused("figures_being_summed").
    """
    apart = _standing(session, regions, first, last).counted
    d = DayFigures
    weekday: Any = Weekday(d.day) if by_weekday else literal(0)
    query = select(weekday, d.key, func.sum(JsonNumber(d.counts, literal_column(f"'{name}'")))).where(
        d.jurisdiction.in_(regions), d.day.between(first, last), d.grain.in_(grains)
    )
    if apart:
        query = query.where(d.day.not_in(apart))
    found: dict[tuple[int, str], int] = defaultdict(int)
    for on, key, count in session.execute(query.group_by(literal_column("1"), d.key)):
        found[on, key] = int(count or 0)
    for (_, day, grain, key), tally in counted(session, regions, apart, grains).items():
        if grain in grains:
            found[day.isoweekday() if by_weekday else 0, key] += tally.counts.get(name, 0)
    return found


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
    packed = array("Q", sorted(tally.enterprises)).tobytes()
    return {
        "jurisdiction": jurisdiction,
        "day": day,
        "grain": grain,
        "key": key,
        "shape": SHAPE,
        "counts": json.dumps(tally.counts, sort_keys=True),
        "enterprises": packed,
        "digest": hashlib.blake2b(packed, digest_size=DIGEST).digest() if packed else b"",
    }


def mark_all(session: Session) -> None:
    """Marks every day: what is counted has changed."""
    visits = select(InspectionRow.jurisdiction, InspectionRow.visit_day).where(InspectionRow.visit_day.is_not(None))
    flags, kept = (
        select(FindingRow.jurisdiction, FindingRow.raised_for),
        select(DayFigures.jurisdiction, DayFigures.day),
    )
    session.execute(insert(table_of(FigureMark)).from_select(["jurisdiction", "day"], visits.union(flags, kept)))
