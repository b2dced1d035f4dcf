"""What each figure counts, once for pages, lists, reports and the API: a number and its list share one condition.

Visits count as rules.md says (`counts`), on the day they began. A joint visit counts for each of its units.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from app.domain.figures import Period, Rate
from app.queries.registry import inspecting_units
from app.store import day_figures, distinct
from app.store.counting import FLAGS, ON_SPEECH, VISITS, flag_condition
from app.store.day_figures import BEGUN, NAMES, OPEN_ENDED, SETTLING, SPENT
from app.store.distinct import Distinct
from app.store.hours import ShanghaiHour, Weekday
from app.store.models import (
    Enterprise,
    FindingRow,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    Region,
    RuleClock,
    Unit,
)

__all__ = [
    "FEWEST_ENTERPRISES", "FLAGS", "ON_SPEECH", "RATES", "VISITS", "Figures", "Officer", "against", "as_of", "behind",
    "by_day", "counted_flags", "counted_visits", "figures", "flag_condition", "flags_by_rule", "flags_where", "heat",
    "officer", "officers_of", "towns", "units_beside", "visits_where",
]  # fmt: skip
i = InspectionRow
MICROSECONDS_AN_HOUR = 3_600_000_000
MICROSECONDS_A_DAY = 24 * MICROSECONDS_AN_HOUR
FEWEST_ENTERPRISES = 10  # below it a unit's rating rate would say who spoke (promise 4)


# share → (what of it, what it is of). `rated` has no list: a list would say which visit was spoken about.
RATES: dict[str, tuple[str, str]] = {
    "triggered": ("triggered", "visits"),
    "joint": ("joint", "visits"),
    "problems": ("problems", "recorded"),
    "shown": ("shown", "own"),
    "scanned": ("scanned", "own"),
    "rated": ("rated", "own"),
}


@dataclass(slots=True)
class Figures:
    """The figures of one unit, town, month or the whole region in a period."""

    counts: dict[str, int] = field(default_factory=dict)
    enterprises: int = 0
    days_to_close: float | None = None

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def rate(self, name: str) -> Rate | None:
        """A share with what it rests on; None where too few enterprises stand behind a rating rate."""
        if name == "rated" and self["own"] and self.enterprises < FEWEST_ENTERPRISES:
            return None
        found, of = RATES[name]
        return Rate(self[found], self[of])


@dataclass(frozen=True, slots=True)
class Officer:
    """What an officer did in a period: visits by (weekday, hour), hours spent, and visits of which no end is on record."""

    figures: Figures
    heat: dict[tuple[int, int], int]
    hours: float
    open_ended: int


def visits_where(regions: Iterable[str], period: Period) -> tuple[Any, ...]:
    """The visits of a period in the regions."""
    return i.jurisdiction.in_(regions), i.visit_day.between(period.first, period.last), i.counts


def flags_where(regions: Iterable[str], period: Period) -> tuple[Any, ...]:
    """The standing flags for days of a period in the regions."""
    return (
        FindingRow.jurisdiction.in_(regions),
        FindingRow.raised_for.between(period.first, period.last),
        FindingRow.standing,
    )


def counted_visits(query: Any, regions: Iterable[str], period: Period | None, what: Mapping[str, str]) -> Any:
    """`query` over inspections narrowed to what a figure counts: `count` (a name of VISITS), unit, town, item, officer,
    weekday, hour. A period that lasts until date.max has no end."""
    if what.get("count"):
        query = query.where(VISITS[what["count"]] if what["count"] in VISITS else false(), i.counts)
    if period:
        query = query.where(i.jurisdiction.in_(regions), i.visit_day >= period.first)
        query = query.where(i.visit_day <= period.last) if period.last < date.max else query
    if what.get("unit"):
        query = query.where(i.id.in_(select(InspectionUnit.inspection).where(InspectionUnit.unit == what["unit"])))
    if what.get("item"):
        query = query.where(i.id.in_(select(InspectionItem.inspection).where(InspectionItem.item == what["item"])))
    if what.get("town"):
        query = query.where(i.enterprise_id.in_(select(Enterprise.id).where(Enterprise.region == what["town"])))
    if what.get("officer"):
        named = select(InspectionOfficer.inspection).where(InspectionOfficer.certificate_no == what["officer"])
        query = query.where(i.id.in_(named))
    if what.get("weekday"):
        query = query.where(_is(Weekday(i.visit_day), what["weekday"]))
    if what.get("hour"):
        query = query.where(_is(ShanghaiHour(i.visit_start), what["hour"]))
    return query


def _is(said: Any, text: str) -> Any:
    """That an expression is a whole number. PostgreSQL expects one row in two hundred of an equality, one in three of this: of two
    equalities it read all visits of a year and sorted what it found, instead of reading the newest until a page is full."""
    return func.abs(said - _whole(text)) < 1


def _whole(text: str) -> int:
    """A small whole number of an address; what is none fits nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1


def as_of(session: Session, regions: Iterable[str]) -> datetime | None:
    """How fresh flags are: the oldest last sweep of the regions."""
    return session.scalar(select(func.min(RuleClock.as_of)).where(RuleClock.jurisdiction.in_(tuple(regions))))


def heat(session: Session, regions: Iterable[str], period: Period) -> dict[tuple[int, int], int]:
    """Visits of a period by weekday (1 Monday to 7) and hour of their beginning."""
    summed = _totals(session, tuple(regions), period, ("hour",), "visits", by_weekday=True)
    return {(day, int(at)): count for (day, at), count in summed.items() if count}


def towns(session: Session, regions: Iterable[str], period: Period) -> list[tuple[str, str, int, int]]:
    """Every town of the regions by code, with its visits and its standing flags in the period.

    Last, without code and name, what no town has: the sum is that of the region.
    """
    regions = tuple(regions)
    visits = _totals(session, regions, period, ("town",), "visits")
    flags = _totals(session, regions, period, ("flags.town", "speech.town"), "raised")
    query = select(Region.code, Region.name).where(Region.level == "town", Region.code.in_(regions))
    listed = session.execute(query.order_by(Region.code)).all()
    rows = [(code, name, visits.pop((0, code), 0), flags.pop((0, code), 0)) for code, name in listed]
    rest = sum(visits.values()), sum(flags.values())
    return [*rows, ("", "", *rest)] if rows and any(rest) else rows


def flags_by_rule(session: Session, regions: Iterable[str], period: Period) -> dict[str, int]:
    """The standing flags for days of a period by rule, most first."""
    summed = _totals(session, tuple(regions), period, ("flags.rule", "speech.rule"), "raised")
    counts = {rule: count for (_, rule), count in summed.items() if count}
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def counted_flags(query: Any, what: Mapping[str, str]) -> Any:
    """`query` over findings narrowed to what a figure counts: `count` (a name of FLAGS) and officer."""
    if what.get("count"):
        query = query.where(FindingRow.standing, flag_condition(what["count"]) if what["count"] in FLAGS else false())
    if what.get("officer"):
        query = query.where(FindingRow.officer == what["officer"])
    return query


def figures(
    session: Session,
    regions: Iterable[str],
    period: Period,
    by: str | None = None,
    unit: str | None = None,
    *,
    for_everybody: bool = False,
) -> dict[str, Figures]:
    """Figures by unit, town, item, month or day (or all under ""), of the region or of a unit by month or day: sums by day added.

    `for_everybody`: without flags that rest on ratings or reports (promise 4: whose number no unit learns).
    Raises Refused("figures_being_summed")."""
    regions, grain = tuple(regions), "unit" if unit else by if by in ("unit", "town", "item") else ""
    sides: tuple[str, ...] = ("flags",) if for_everybody else ("flags", "speech")
    of_flags = {f"{side}.{grain}" if grain else side for side in sides} if by in (None, "unit", "town") else set()
    length = {"month": 7, "day": 10}.get(by or "")
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    enterprises: dict[str, Distinct] = defaultdict(Distinct)
    for day, of, key, tally in day_figures.read(session, regions, period.first, period.last, (grain, *of_flags), unit):
        group = day.isoformat()[:length] if length else "" if by is None else key
        own = counts[group]
        for name, n in tally.counts.items():
            own[name] = own.get(name, 0) + n
        if of == grain:
            enterprises[group].add(key, day, tally.digest, tally.enterprises)
    if by is None:
        counts.setdefault("", {})
    found = distinct.count(enterprises, lambda days, keys: day_figures.marks(session, regions, grain, days, keys))
    return {key: _figures(own, found.get(key, 0), bool(of_flags)) for key, own in counts.items()}


def _totals(
    session: Session,
    regions: tuple[str, ...],
    period: Period,
    grains: tuple[str, ...],
    name: str,
    by_weekday: bool = False,
) -> dict[tuple[int, str], int]:
    return day_figures.totals(session, regions, period.first, period.last, grains, name, by_weekday)


def _figures(counts: dict[str, int], enterprises: int, with_flags: bool) -> Figures:
    names = (*NAMES, *(FLAGS if with_flags else ()))
    settled = counts.get("settled", 0)
    days = counts[SETTLING] / settled / MICROSECONDS_A_DAY if settled else None
    return Figures({name: counts.get(name, 0) for name in names}, enterprises, days)


def officers_of(session: Session, regions: Iterable[str], period: Period, unit: str) -> dict[str, tuple[int, int]]:
    """(visits, standing flags that name the officer) of a unit in a period, by certificate number."""
    visits, flags = Counter[str](), Counter[str]()
    grains = ("unit.officers", "flags.officers", "speech.officers")
    for _, grain, _, tally in day_figures.read(session, tuple(regions), period.first, period.last, grains, unit):
        (visits if grain == "unit.officers" else flags).update(tally.counts)
    return {number: (visits[number], flags[number]) for number in visits | flags}


def officer(session: Session, regions: Iterable[str], period: Period, certificate_no: str) -> Officer:
    """What an officer did in a period."""
    regions = tuple(regions)
    counts, heat, who = Counter[str](), Counter[tuple[int, int]](), Distinct()
    for day, _, key, tally in day_figures.read(
        session, regions, period.first, period.last, ("officer",), certificate_no
    ):
        who.add(key, day, tally.digest, tally.enterprises)
        for name, n in tally.counts.items():
            if name.startswith(BEGUN):
                heat[day.isoweekday(), int(name.removeprefix(BEGUN))] += n
            else:
                counts[name] += n
    enterprises = distinct.count(
        {"": who}, lambda days, keys: day_figures.marks(session, regions, "officer", days, keys)
    )
    return Officer(
        _figures(counts, enterprises[""], False), dict(heat), counts[SPENT] / MICROSECONDS_AN_HOUR, counts[OPEN_ENDED]
    )


def by_day(session: Session, regions: Iterable[str], period: Period) -> Iterator[tuple[date, dict[str, int]]]:
    """(day, counts) of visits, of flags and of flags by severity; a day may come several times."""
    grains = ("", "flags", "speech")
    for day, _, _, tally in day_figures.read(session, tuple(regions), period.first, period.last, grains):
        yield day, tally.counts


def behind(session: Session, regions: Iterable[str], period: Period) -> int:
    """Of how many days of a period the latest changes are not in the figures yet."""
    return day_figures.behind(session, tuple(regions), period.first, period.last)


def units_beside(session: Session, regions: Iterable[str], found: Mapping[str, Figures]) -> list[tuple[Unit, Figures]]:
    """The inspecting units of the regions and those that visited there, by level and code, with their figures."""
    own, empty = frozenset(regions), Figures()
    units = [u for u in inspecting_units(session) if u.region in own or u.code in found]
    return [(u, found.get(u.code, empty)) for u in units]


def against(
    session: Session, regions: Iterable[str], period: Period, unit: str | None = None
) -> list[tuple[Period, Figures]]:
    """The figures of the period, of the one before (环比) and of the same days a year ago (同比)."""
    regions = tuple(regions)
    periods = (period, period.before, period.year_before)
    found = {p: figures(session, regions, p, unit=unit).get("", Figures()) for p in dict.fromkeys(periods)}
    return [(p, found[p]) for p in periods]
