"""What each figure counts, once for pages, lists, reports and the API: a number and its list share one condition.

Visits count as rules.md says (`counts`), on the day they began. A joint visit counts for each of its units.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.figures import Period, Rate
from app.domain.flags.catalogue import CATALOGUE
from app.queries.registry import inspecting_units
from app.store.hours import ShanghaiHour, Weekday
from app.store.models import (
    Enterprise,
    FactRow,
    FindingRow,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    Region,
    RuleClock,
    Speech,
    Unit,
)

i = InspectionRow
FEWEST_ENTERPRISES = 10  # below it a unit's rating rate would say who spoke (promise 4)


def _any(column: Any, *where: Any) -> Any:
    """Whether such a row belongs to the visit. Its table is an alias, so that a query may also group by it."""
    return select(column).where(*where).correlate(i).exists()


_items, _units, _said = aliased(InspectionItem), aliased(InspectionUnit), aliased(Speech)
_own = and_(i.state == "completed", i.imported.is_(False))
_scanned = or_(i.first_seen_at.is_not(None), i.enterprise_arrived_at.is_not(None))
_recorded = _any(_items.item, _items.inspection == i.id, _items.outcome.in_(("no_problem", "problem_found")))
_problem = _any(_items.item, _items.inspection == i.id, _items.outcome == "problem_found")
_joint = _any(_units.unit, _units.inspection == i.id, _units.position == 1)
_above = _any(
    _units.unit, _units.inspection == i.id, _units.unit.in_(select(Unit.code).where(Unit.supervised.is_(False)))
)
_rated = _any(_said.id, _said.inspection == i.id, _said.kind == "rating")

# name → condition on a visit that counts. `above`: a body outside the supervised tree took part. `shown` is what rule
# code.not_shown does not flag; `scanned` leaves out paper notices and codes that only the inspector's own device opened.
VISITS: dict[str, Any] = {
    "visits": i.counts,
    "planned": i.kind == "planned",
    "triggered": i.kind == "triggered",
    "joint": _joint,
    "above": _above,
    "recorded": _recorded,
    "problems": _problem,
    "own": _own,
    "shown": and_(_own, or_(_scanned, i.served_at.is_not(None))),
    "scanned": and_(_own, _scanned, i.self_scanned.is_(False)),
}
# share → (what of it, what it is of). `rated` has no list: a list would say which visit was spoken about.
RATES: dict[str, tuple[str, str]] = {
    "triggered": ("triggered", "visits"),
    "joint": ("joint", "visits"),
    "problems": ("problems", "recorded"),
    "shown": ("shown", "own"),
    "scanned": ("scanned", "own"),
    "rated": ("rated", "own"),
}
ON_SPEECH = tuple(code for code, rule in CATALOGUE.items() if rule.rests_on_speech)
FLAGS = ("raised", "upheld", "corrected", "settled")


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


def flag_condition(name: str) -> Any:
    """raised, upheld, corrected or settled, on a standing flag.

    A closed flag was upheld if the last judgement about it was; that stands in its facts.
    """
    step, later = aliased(FactRow), aliased(FactRow)
    about = (step.subject_kind == "finding", step.subject_id == FindingRow.id)
    dismissed = (
        select(later.seq)
        .where(later.subject_kind == "finding", later.subject_id == step.subject_id, later.seq > step.seq)
        .where(later.kind == "finding.dismiss")
        .correlate(step)
        .exists()
    )
    last_upheld = (
        select(step.seq).where(*about, step.kind == "finding.uphold", ~dismissed).correlate(FindingRow).exists()
    )
    upheld = or_(FindingRow.state.in_(("upheld", "correcting")), and_(FindingRow.state == "closed", last_upheld))
    corrected = select(step.seq).where(*about, step.kind == "finding.corrected").correlate(FindingRow).exists()
    return {
        "raised": FindingRow.standing,
        "upheld": upheld,
        "corrected": and_(upheld, corrected),
        "settled": FindingRow.state.in_(("closed", "dismissed")),
    }[name]


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
    weekday, hour = Weekday(i.visit_day), ShanghaiHour(i.visit_start)
    query = select(weekday, hour, func.count()).where(*visits_where(regions, period)).group_by(weekday, hour)
    query = counted_visits(query, regions, None, {"officer": officer or ""})
    return {(day, at): count for day, at, count in session.execute(query)}


def towns(session: Session, regions: Iterable[str], period: Period) -> list[tuple[str, str, int, int]]:
    """Every town of the regions by code, with its visits and its standing flags in the period."""
    regions = tuple(regions)
    e, f = Enterprise, FindingRow
    count = func.count()
    visits = select(e.region, count).join(i, i.enterprise_id == e.id).where(*visits_where(regions, period))
    flags = select(e.region, count).join(f, f.enterprise_id == e.id).where(*flags_where(regions, period))
    visited, flagged = (dict(session.execute(q.group_by(e.region)).all()) for q in (visits, flags))
    rows = session.execute(
        select(Region.code, Region.name).where(Region.level == "town", Region.code.in_(regions)).order_by(Region.code)
    )
    return [(code, name, visited.get(code, 0), flagged.get(code, 0)) for code, name in rows]


def flags_by_rule(session: Session, regions: Iterable[str], period: Period) -> dict[str, int]:
    """The standing flags for days of a period by rule, most first."""
    count = func.count()
    query = select(FindingRow.rule, count).where(*flags_where(tuple(regions), period)).group_by(FindingRow.rule)
    return {row[0]: row[1] for row in session.execute(query.order_by(count.desc(), FindingRow.rule))}


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
    """Figures by unit, town, month, day, item or officer (or all under ""), three grouped queries however much there is.

    `for_everybody`: without flags that rest on ratings or reports (promise 4: whose number no unit learns)."""
    regions = tuple(regions)
    out: dict[str, Figures] = defaultdict(Figures)
    names = list(VISITS)
    count = func.count()
    key, query = _grouped(by)
    query = query.add_columns(
        func.count(i.enterprise_id.distinct()),
        count.filter(and_(_own, _rated)),
        *(count.filter(VISITS[n]) for n in names),
    ).where(*visits_where(regions, period))
    query = counted_visits(query, regions, None, {"unit": unit or "", "officer": officer or ""})
    for value, enterprises, rated, *counts in session.execute(query if by is None else query.group_by(key)):
        out[value or ""] = Figures(dict(zip(names, counts, strict=True)) | {"rated": rated}, enterprises)
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
    return [(p, figures(session, regions, p, unit=unit).get("", Figures())) for p in periods]


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
    lasted: dict[str, list[float]] = defaultdict(list)
    for value, raised_at, settled_at in session.execute(settled.where(flag_condition("settled"))):
        lasted[value].append(_days(raised_at, settled_at))
    for value, days in lasted.items():
        out[value].days_to_close = sum(days) / len(days)


def _days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 86400
