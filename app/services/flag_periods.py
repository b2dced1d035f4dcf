"""Flags over a period: the repeats of a district year, the triggered share of a closed quarter, plans that have ended."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from app.domain.flags.findings import Finding
from app.domain.flags.periods import (
    KeyEnterprise,
    Quarter,
    Share,
    plan_findings,
    region_year_findings,
    share_findings,
)
from app.domain.inspections import TRIGGERED, Inspection
from app.domain.times import day_end, shanghai_day
from app.services.findings import settle
from app.store.flag_facts import Reference
from app.store.models import FindingRow, InspectionRow, InspectionUnit, Plan, PlanKeyEnterprise
from app.store.unit_of_work import UnitOfWork

REGION, REPEAT = "repeat.60d.region", "repeat.60d"
MANY = 500
Years = dict[tuple[str, int], date]  # a jurisdiction and year; a day in it


def evaluate_region_year(
    work: UnitOfWork, reference: Reference, jurisdiction: str, year: int, since: date | None = None
) -> None:
    """repeat.60d.region from the repeat.60d findings of a district and year that stand; those before `since` are known
    to be right already, so that a new visit at the end of the year does not read the whole year again."""
    work.lock(f"region-year:{jurisdiction}:{year}")
    first, last = max(since or date.min, date(year, 1, 1)), date(year, 12, 31)
    repeats = (FindingRow.rule == REPEAT, FindingRow.standing, FindingRow.jurisdiction == jurisdiction)
    query = (
        select(FindingRow, InspectionRow.visit_start, InspectionRow.number)
        .join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .where(*repeats, FindingRow.raised_for.between(first, last))
    )
    rows = [(start, number, _as_finding(row)) for row, start, number in work.session.execute(query) if start]
    earlier = (*repeats, FindingRow.raised_for >= date(year, 1, 1), FindingRow.raised_for < first)
    before = work.session.scalar(select(func.count()).select_from(FindingRow).where(*earlier)) or 0
    where = (
        FindingRow.rule == REGION,
        FindingRow.jurisdiction == jurisdiction,
        FindingRow.period == str(year),
        FindingRow.raised_for >= first,
    )
    settle(work, where, region_year_findings(rows, jurisdiction, year, reference.policies, before))


def repeat_days(work: UnitOfWork, where: Iterable[Any]) -> Years:
    """The first day of a standing repeat.60d in each (jurisdiction, year) among the findings that `where` selects."""
    query = select(FindingRow.jurisdiction, FindingRow.raised_for).where(
        *where, FindingRow.rule == REPEAT, FindingRow.standing
    )
    return first_days((j, day) for j, day in work.session.execute(query))


def first_days(found: Iterable[tuple[str, date]]) -> Years:
    days: Years = {}
    for jurisdiction, day in found:
        add_first_days(days, {(jurisdiction, day.year): day})
    return days


def add_first_days(days: Years, others: Years) -> None:
    """Keeps the earlier day of each."""
    for key, day in others.items():
        days[key] = min(day, days.get(key, day))


def after_visits(work: UnitOfWork, reference: Reference, changed: Sequence[Inspection], as_of: datetime) -> None:
    """What late visits touch: quarters that have closed, plans that have ended. Today's visits touch neither."""
    days = {(i.jurisdiction, shanghai_day(i.visit_start)) for i in changed if i.visit_start}
    for jurisdiction, quarter in sorted({(j, Quarter.of(day)) for j, day in days}):
        evaluate_quarter(work, reference, jurisdiction, quarter, as_of)
    enterprises = sorted({i.enterprise_id for i in changed if i.visit_start})
    first = min((day for _, day in days), default=None)
    for at in range(0, len(enterprises), MANY) if first is not None else ():
        ended = (Plan.ends_on >= first, Plan.ends_on < day_of(as_of))
        evaluate_plans(work, reference, (PlanKeyEnterprise.enterprise.in_(enterprises[at : at + MANY]), *ended))


def sweep(work: UnitOfWork, reference: Reference, jurisdiction: str, before: datetime, as_of: datetime) -> None:
    """What closes between two sweeps."""
    quarter = Quarter.of(shanghai_day(before))
    while day_end(quarter.last_day) <= as_of:
        evaluate_quarter(work, reference, jurisdiction, quarter, as_of)
        quarter = quarter.following
    ended = (Plan.jurisdiction == jurisdiction, Plan.ends_on >= day_of(before), Plan.ends_on < day_of(as_of))
    evaluate_plans(work, reference, ended)


def evaluate_quarter(
    work: UnitOfWork, reference: Reference, jurisdiction: str, quarter: Quarter, as_of: datetime
) -> None:
    """share.triggered of a quarter, once it has closed by `as_of`."""
    if day_end(quarter.last_day) > as_of:
        return
    work.lock(f"quarter:{jurisdiction}:{quarter}")
    visits = (
        InspectionRow.jurisdiction == jurisdiction,
        InspectionRow.counts,
        InspectionRow.visit_day.between(quarter.first_day, quarter.last_day),
    )
    counted = (func.count(), func.sum(case((InspectionRow.kind == TRIGGERED, 1), else_=0)))
    whole = Share(*(n or 0 for n in work.session.execute(select(*counted).where(*visits)).one()))
    query = (
        select(InspectionUnit.unit, *counted)
        .join(InspectionRow, InspectionRow.id == InspectionUnit.inspection)
        .where(*visits)
        .group_by(InspectionUnit.unit)
    )
    units = {u: Share(n, t) for u, n, t in work.session.execute(query) if reference.supervised.get(u)}
    where = (
        FindingRow.rule == "share.triggered",
        FindingRow.jurisdiction == jurisdiction,
        FindingRow.period == str(quarter),
    )
    settle(work, where, share_findings(quarter, jurisdiction, units, whole, reference.policies))


def evaluate_plans(work: UnitOfWork, reference: Reference, where: Sequence[Any]) -> None:
    """under_inspected for key enterprises of ended plans that were filed and not withdrawn before.

    `where` chooses over Plan and PlanKeyEnterprise.
    """
    visited = (
        select(InspectionRow.id)
        .join(InspectionUnit, InspectionUnit.inspection == InspectionRow.id)
        .where(
            InspectionRow.enterprise_id == PlanKeyEnterprise.enterprise,
            InspectionRow.counts,
            InspectionUnit.unit == Plan.unit,
            InspectionRow.visit_day.between(Plan.starts_on, Plan.ends_on),
        )
        .exists()
    )
    stands = Plan.filed_on.is_not(None) & (Plan.withdrawn_on.is_(None) | (Plan.withdrawn_on > Plan.ends_on))
    key = (Plan.id, Plan.code, Plan.unit, Plan.jurisdiction, Plan.ends_on, PlanKeyEnterprise.enterprise, visited)
    query = (
        select(stands, *key)
        .join(PlanKeyEnterprise, PlanKeyEnterprise.plan == Plan.id)
        .where(PlanKeyEnterprise.valid_from <= Plan.ends_on)
        .where((PlanKeyEnterprise.valid_until.is_(None)) | (PlanKeyEnterprise.valid_until >= Plan.ends_on))
        .where(*where)
    )
    rows = [(row[0], KeyEnterprise(*row[1:])) for row in work.session.execute(query)]
    keys = [key for stands, key in rows if stands and reference.supervised.get(key.unit)]
    if rows:
        subjects = [f"{key.plan}:{key.enterprise_id}" for _, key in rows]
        chosen = (FindingRow.rule == "under_inspected", FindingRow.subject_id.in_(subjects))
        settle(work, chosen, plan_findings(keys, reference.policies))


def day_of(as_of: datetime) -> date:
    """Plans and quarters that ended before this day have ended by `as_of`."""
    return shanghai_day(as_of)


def _as_finding(row: FindingRow) -> Finding:
    return Finding(
        row.rule, row.severity, row.subject_kind, row.subject_id, row.jurisdiction, row.raised_for, row.unit,
        inspection_id=row.inspection_id, enterprise_id=row.enterprise_id,
    )  # fmt: skip
