"""What figures are, told again from the rows by grouped queries of their own: what the sums by day are held against."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.domain.figures import Period
from app.queries import burden
from app.queries import figures as queries
from app.queries.figures import Figures, Officer, counted_visits, flag_condition, flags_where, visits_where
from app.store.counting import FLAGS, ON_SPEECH, RATED, VISITS
from app.store.day_figures import MICROSECOND, NAMES
from app.store.hours import ShanghaiHour, Weekday
from app.store.models import (
    Enterprise,
    FindingRow,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    Region,
)
from tests.house import House

i, f = InspectionRow, FindingRow
count = func.count()
YEAR, WINTER = Period(date(2025, 1, 1), date(2025, 12, 31)), Period(date(2026, 2, 2), date(2026, 3, 31))
ASKED: tuple[tuple[str | None, str | None], ...] = (
    (None, None), ("unit", None), ("town", None), ("item", None), ("month", None), ("day", None), (None, "YT-B00"),
    ("month", "YT-B01"),
)  # fmt: skip


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
    """As `queries.figures.figures`, and of one officer."""
    regions, out = tuple(regions), defaultdict[str, Figures](Figures)
    key, query = _grouped(by)
    query = query.add_columns(
        func.count(i.enterprise_id.distinct()), count.filter(RATED), *(count.filter(VISITS[n]) for n in VISITS)
    ).where(*visits_where(regions, period))
    query = counted_visits(query, regions, None, {"unit": unit or "", "officer": officer or ""})
    for value, enterprises, rated, *counts in session.execute(query if by is None else query.group_by(key)):
        out[value or ""] = Figures(dict(zip(VISITS, counts, strict=True)) | {"rated": rated}, enterprises)
    if by in (None, "unit", "town") and not officer:
        more = [f.rule.not_in(ON_SPEECH)] if for_everybody else []
        _add_flags(session, by, [*flags_where(regions, period), *more, *([f.unit == unit] if unit else [])], out)
    return out


def _grouped(by: str | None) -> tuple[Any, Any]:
    if by in ("unit", "item"):
        model: Any = InspectionUnit if by == "unit" else InspectionItem
        key: Any = getattr(model, by)
        return key, select(key).join(i, i.id == model.inspection)
    if by == "town":
        return Enterprise.region, select(Enterprise.region).join(i, i.enterprise_id == Enterprise.id)
    if by in ("month", "day"):
        day = func.substr(cast(i.visit_day, String), 1, 7 if by == "month" else 10)
        return day, select(day).select_from(i)
    return None, select(func.coalesce(func.max(""), "")).select_from(i)


def _add_flags(session: Session, by: str | None, where: list[Any], out: dict[str, Figures]) -> None:
    key: Any = {None: cast("", String), "unit": f.unit, "town": func.coalesce(Enterprise.region, "")}[by]
    query = select(key, *(count.filter(flag_condition(n)) for n in FLAGS)).select_from(f).where(*where)
    settled = select(key, f.raised_at, f.changed_at).select_from(f).where(*where, flag_condition("settled"))
    if by == "town":
        query, settled = (q.outerjoin(Enterprise, Enterprise.id == f.enterprise_id) for q in (query, settled))
    for value, *counts in session.execute(query if by is None else query.group_by(key)):
        out[value].counts |= dict(zip(FLAGS, counts, strict=True))
    lasted = defaultdict[str, list[int]](list)
    for value, raised_at, settled_at in session.execute(settled):
        lasted[value].append((settled_at - raised_at) // MICROSECOND)
    for value, times in lasted.items():
        out[value].days_to_close = sum(times) / len(times) / queries.MICROSECONDS_A_DAY


def heat(session: Session, regions: Iterable[str], period: Period, officer: str = "") -> dict[tuple[int, int], int]:
    weekday, hour = Weekday(i.visit_day), ShanghaiHour(i.visit_start)
    query = select(weekday, hour, count).where(*visits_where(regions, period)).group_by(weekday, hour)
    query = counted_visits(query, regions, None, {"officer": officer})
    return {(day, at): n for day, at, n in session.execute(query)}


def flags_by_rule(session: Session, regions: Iterable[str], period: Period) -> dict[str, int]:
    query = select(f.rule, count).where(*flags_where(regions, period)).group_by(f.rule)
    return {row.rule: row[1] for row in session.execute(query)}


def towns(session: Session, regions: Iterable[str], period: Period) -> dict[str, tuple[int, int]]:
    found = figures(session, regions, period, "town")
    return {town: (own["visits"], own["raised"]) for town, own in found.items() if own["visits"] or own["raised"]}


def officers_of(session: Session, regions: Iterable[str], period: Period, unit: str) -> dict[str, tuple[int, int]]:
    o = InspectionOfficer
    query = select(o.certificate_no, count).join(i, i.id == o.inspection).where(*visits_where(regions, period))
    query = counted_visits(query, (), None, {"unit": unit}).group_by(o.certificate_no)
    visits = Counter({row[0]: row[1] for row in session.execute(query)})
    named = select(f.officer, count).where(*flags_where(regions, period), f.unit == unit, f.officer != "")
    flags = Counter({row[0]: row[1] for row in session.execute(named.group_by(f.officer))})
    return {number: (visits[number], flags[number]) for number in visits | flags}


def officer(session: Session, regions: Iterable[str], period: Period, certificate_no: str) -> Officer:
    own = figures(session, regions, period, officer=certificate_no)[""]
    query = select(i.visit_start, i.ended_at).where(*visits_where(regions, period))
    times = session.execute(counted_visits(query, regions, None, {"officer": certificate_no})).all()
    known = [max((end - start).total_seconds(), 0) for start, end in times if start and end]
    return Officer(own, heat(session, regions, period, certificate_no), sum(known) / 3600, len(times) - len(known))


def flags_of(session: Session, regions: Iterable[str], period: Period, certificate_no: str) -> list[str]:
    visits = select(InspectionOfficer.inspection).where(InspectionOfficer.certificate_no == certificate_no)
    about = (f.officer == certificate_no) | f.inspection_id.in_(visits)
    query = select(f.id).where(about, *flags_where(regions, period)).order_by(f.raised_for.desc(), f.id)
    return list(session.scalars(query))


def told(found: dict[str, Figures]) -> dict[str, Any]:
    names = (*NAMES, *FLAGS)
    own = {k: ({n: f[n] for n in names if f[n]}, f.enterprises, f.days_to_close) for k, f in found.items()}
    return {key: one for key, one in own.items() if one[0]}


def agree(house: House) -> None:
    """Every way of asking, from sums and from rows."""
    with house.installation.reading() as session:
        regions = tuple(session.scalars(select(Region.code)))
        officers = sorted(session.scalars(select(InspectionOfficer.certificate_no).distinct()))
        assert officers
        for period in (YEAR, WINTER):
            asked = session, regions, period
            for by, unit in ASKED:
                for everybody in (False, True) if by is None else (False,):
                    one, other = (way(*asked, by, unit, for_everybody=everybody) for way in (queries.figures, figures))
                    assert told(one) == told(other), (period, by, unit)
            assert queries.heat(*asked) == heat(*asked)
            assert queries.flags_by_rule(*asked) == flags_by_rule(*asked)
            by_town = {town: (visits, flags) for town, _, visits, flags in queries.towns(*asked) if visits or flags}
            assert by_town == towns(*asked)
            for unit in ("YT-B00", "YT-B01"):
                assert queries.officers_of(*asked, unit) == officers_of(*asked, unit)
            for number in {"98000000", officers[0], officers[-1]}:
                did, own = queries.officer(*asked, number), officer(*asked, number)
                assert told({"": did.figures}) == told({"": own.figures})
                assert (did.heat, did.hours, did.open_ended) == (own.heat, pytest.approx(own.hours), own.open_ended)
                listed = [row.id for row in burden.flags_of(session, number, regions, period)]
                assert listed == flags_of(*asked, number)
