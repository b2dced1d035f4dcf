"""What each figure counts, once for pages, lists, reports and the API: a number and its list share one condition.

Visits count as rules.md says (`counts`), on the day they began. A joint visit counts for each of its units.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, false, func, select
from sqlalchemy.orm import Session

from app.domain.figures import Period, Rate
from app.queries.registry import inspecting_units
from app.store import day_figures
from app.store.counting import FLAGS, ON_SPEECH, RATED, VISITS, flag_condition
from app.store.day_figures import NAMES, SETTLING
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
    "FEWEST_ENTERPRISES", "FLAGS", "ON_SPEECH", "RATES", "VISITS", "Figures", "against", "as_of", "counted_flags",
    "counted_visits", "figures", "flag_condition", "flags_by_rule", "flags_where", "heat", "towns", "units_beside",
    "visits_where",
]  # fmt: skip
i = InspectionRow
MICROSECONDS_A_DAY = 86_400_000_000
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
    weekday, hour."""
    if what.get("count"):
        query = query.where(VISITS[what["count"]] if what["count"] in VISITS else false(), i.counts)
    if period:
        query = query.where(i.jurisdiction.in_(regions), i.visit_day.between(period.first, period.last))
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
        query = query.where(Weekday(i.visit_day) == _whole(what["weekday"]))
    if what.get("hour"):
        query = query.where(ShanghaiHour(i.visit_start) == _whole(what["hour"]))
    return query


def _whole(text: str) -> int:
    """A small whole number of an address; what is none fits nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1


def as_of(session: Session, regions: Iterable[str]) -> datetime | None:
    """How fresh flags are: the oldest last sweep of the regions."""
    return session.scalar(select(func.min(RuleClock.as_of)).where(RuleClock.jurisdiction.in_(tuple(regions))))


def heat(
    session: Session, regions: Iterable[str], period: Period, officer: str | None = None
) -> dict[tuple[int, int], int]:
    """Visits of a period by weekday (1 Monday to 7) and hour of their beginning; of one officer where asked."""
    regions = tuple(regions)
    summed = None if officer else _totals(session, regions, period, ("hour",), "visits", by_weekday=True)
    if summed is not None:
        return {(day, int(at)): count for (day, at), count in summed.items() if count}
    weekday, hour = Weekday(i.visit_day), ShanghaiHour(i.visit_start)
    query = select(weekday, hour, func.count()).where(*visits_where(regions, period)).group_by(weekday, hour)
    query = counted_visits(query, regions, None, {"officer": officer or ""})
    return {(day, at): count for day, at, count in session.execute(query)}


def towns(session: Session, regions: Iterable[str], period: Period) -> list[tuple[str, str, int, int]]:
    """Every town of the regions by code, with its visits and its standing flags in the period.

    Last, without code and name, what no town has: the sum is that of the region.
    """
    regions = tuple(regions)
    visits = _totals(session, regions, period, ("town",), "visits")
    flags = _totals(session, regions, period, ("flags.town", "speech.town"), "raised")
    if visits is None or flags is None:
        found = _from_rows(session, regions, period, "town", None, False)
        visits, flags = ({(0, town): f[name] for town, f in found.items()} for name in ("visits", "raised"))
    query = select(Region.code, Region.name).where(Region.level == "town", Region.code.in_(regions))
    listed = session.execute(query.order_by(Region.code)).all()
    rows = [(code, name, visits.pop((0, code), 0), flags.pop((0, code), 0)) for code, name in listed]
    rest = sum(visits.values()), sum(flags.values())
    return [*rows, ("", "", *rest)] if rows and any(rest) else rows


def flags_by_rule(session: Session, regions: Iterable[str], period: Period) -> dict[str, int]:
    """The standing flags for days of a period by rule, most first."""
    regions = tuple(regions)
    summed = _totals(session, regions, period, ("flags.rule", "speech.rule"), "raised")
    if summed is None:
        query = select(FindingRow.rule, func.count()).where(*flags_where(regions, period)).group_by(FindingRow.rule)
        counts = {row[0]: row[1] for row in session.execute(query)}
    else:
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
    officer: str | None = None,
    for_everybody: bool = False,
) -> dict[str, Figures]:
    """Figures by unit, town, month, day, item or officer (or all under ""): from sums by day, from rows where there are none.

    `for_everybody`: without flags that rest on ratings or reports (promise 4: whose number no unit learns)."""
    regions = tuple(regions)
    if not officer and by != "officer":
        found = _from_sums(session, regions, period, by, unit, for_everybody)
        if found is not None:
            return found
    return _from_rows(session, regions, period, by, unit, for_everybody, officer)


def _summed(
    session: Session, regions: tuple[str, ...], period: Period, grains: tuple[str, ...], key: str | None = None
) -> Iterator[tuple[date, str, str, day_figures.Tally]] | None:
    return day_figures.read(session, regions, period.first, period.last, grains, key)


def _totals(
    session: Session,
    regions: tuple[str, ...],
    period: Period,
    grains: tuple[str, ...],
    name: str,
    by_weekday: bool = False,
) -> dict[tuple[int, str], int] | None:
    return day_figures.totals(session, regions, period.first, period.last, grains, name, by_weekday)


def _from_sums(
    session: Session, regions: tuple[str, ...], period: Period, by: str | None, unit: str | None, for_everybody: bool
) -> dict[str, Figures] | None:
    """Adds days. None where they are not made yet, or nobody sums what is asked (towns or items of one unit)."""
    if unit and by in ("town", "item"):
        return None
    grain = "unit" if unit else by if by in ("unit", "town", "item") else ""
    sides: tuple[str, ...] = ("flags",) if for_everybody else ("flags", "speech")
    of_flags = {f"{side}.{grain}" if grain else side for side in sides} if by in (None, "unit", "town") else set()
    rows = _summed(session, regions, period, (grain, *of_flags), unit)
    if rows is None:
        return None
    length = {"month": 7, "day": 10}.get(by or "")
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    enterprises: dict[str, Distinct] = defaultdict(Distinct)
    for day, _, key, tally in rows:
        group = day.isoformat()[:length] if length else "" if by is None else key
        own = counts[group]
        for name, n in tally.counts.items():
            own[name] = own.get(name, 0) + n
        if tally.enterprises:
            enterprises[group].add(tally.enterprises)
    if by is None:
        counts.setdefault("", {})
    return {key: _figures(own, len(enterprises[key]), bool(of_flags)) for key, own in counts.items()}


def _figures(counts: dict[str, int], enterprises: int, with_flags: bool) -> Figures:
    names = (*NAMES, *(FLAGS if with_flags else ()))
    settled = counts.get("settled", 0)
    days = counts[SETTLING] / settled / MICROSECONDS_A_DAY if settled else None
    return Figures({name: counts.get(name, 0) for name in names}, enterprises, days)


def _from_rows(
    session: Session,
    regions: tuple[str, ...],
    period: Period,
    by: str | None,
    unit: str | None,
    for_everybody: bool,
    officer: str | None = None,
) -> dict[str, Figures]:
    """The same from every visit: three grouped queries however much there is."""
    out: dict[str, Figures] = defaultdict(Figures)
    count = func.count()
    key, query = _grouped(by)
    query = query.add_columns(
        func.count(i.enterprise_id.distinct()), count.filter(RATED), *(count.filter(VISITS[n]) for n in VISITS)
    ).where(*visits_where(regions, period))
    query = counted_visits(query, regions, None, {"unit": unit or "", "officer": officer or ""})
    for value, enterprises, rated, *counts in session.execute(query if by is None else query.group_by(key)):
        out[value or ""] = Figures(dict(zip(VISITS, counts, strict=True)) | {"rated": rated}, enterprises)
    if by in (None, "unit", "town", "officer"):
        more = [FindingRow.rule.not_in(ON_SPEECH)] if for_everybody else []
        _add_flags(session, by, [*flags_where(regions, period), *more, *_about(unit, officer)], out)
    return out


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


def _about(unit: str | None, officer: str | None) -> list[Any]:
    wanted = ((FindingRow.unit, unit), (FindingRow.officer, officer))
    return [column == value for column, value in wanted if value]


def _grouped(by: str | None) -> tuple[Any, Any]:
    if by == "unit":
        return InspectionUnit.unit, select(InspectionUnit.unit).join(i, i.id == InspectionUnit.inspection)
    if by == "item":
        return InspectionItem.item, select(InspectionItem.item).join(i, i.id == InspectionItem.inspection)
    if by == "town":
        return Enterprise.region, select(Enterprise.region).join(i, i.enterprise_id == Enterprise.id)
    if by == "officer":
        key = InspectionOfficer.certificate_no
        return key, select(key).join(i, i.id == InspectionOfficer.inspection)
    if by in ("month", "day"):
        day = func.substr(cast(i.visit_day, String), 1, 7 if by == "month" else 10)
        return day, select(day).select_from(i)
    return None, select(func.coalesce(func.max(""), "")).select_from(i)


def _add_flags(session: Session, by: str | None, where: list[Any], out: dict[str, Figures]) -> None:
    key: Any = {
        None: cast("", String), "unit": FindingRow.unit, "town": func.coalesce(Enterprise.region, ""),
        "officer": func.coalesce(FindingRow.officer, ""),
    }[by]  # fmt: skip
    count = func.count()
    query = select(key, *(count.filter(flag_condition(n)) for n in FLAGS)).select_from(FindingRow).where(*where)
    settled = select(key, FindingRow.raised_at, FindingRow.changed_at).select_from(FindingRow).where(*where)
    if by == "town":
        query, settled = (q.outerjoin(Enterprise, Enterprise.id == FindingRow.enterprise_id) for q in (query, settled))
    for value, *counts in session.execute(query if by is None else query.group_by(key)):
        out[value].counts |= dict(zip(FLAGS, counts, strict=True))
    lasted: dict[str, list[int]] = defaultdict(list)
    for value, raised_at, settled_at in session.execute(settled.where(flag_condition("settled"))):
        lasted[value].append((settled_at - raised_at) // day_figures.MICROSECOND)
    for value, times in lasted.items():
        out[value].days_to_close = sum(times) / len(times) / MICROSECONDS_A_DAY
