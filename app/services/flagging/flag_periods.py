"""Flags over a period: the repeats of a district year, the triggered share of a closed quarter, plans that have ended."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.domain.flags.findings import Finding
from app.domain.flags.periods import (
    KeyEnterprise,
    Quarter,
    Share,
    places_that_matter,
    plan_findings,
    region_year_findings,
    share_findings,
)
from app.domain.inspections import TRIGGERED, Inspection
from app.domain.times import day_end, shanghai_day
from app.services.flagging.findings import settle, settle_about
from app.store.models import FindingRow, InspectionRow, InspectionUnit, Plan, PlanKeyEnterprise
from app.store.prepared import Prepared
from app.store.reference import Reference
from app.store.unit_of_work import UnitOfWork

REGION, REPEAT = "repeat.60d.region", "repeat.60d"
MANY = 500
Years = dict[tuple[str, int], set[str]]  # visits of a jurisdiction and year


def evaluate_region_year(
    work: UnitOfWork, reference: Reference, jurisdiction: str, year: int, touched: Collection[str] | None = None
) -> None:
    """repeat.60d.region from the repeat.60d findings of a district and year that stand.

    `touched` are the visits of which some came or went; all others were right before. Then only the first ones of the year
    are read, as many as may have changed places around the Kth: the rest lies behind it whatever happened. So each piece
    of a large import costs what it touches, not what the year holds.
    """
    work.lock(f"region-year:{jurisdiction}:{year}")
    own = (FindingRow.jurisdiction == jurisdiction, FindingRow.period == str(year), FindingRow.rule == REGION)
    repeats = (
        FindingRow.jurisdiction == jurisdiction,
        FindingRow.rule == REPEAT,
        FindingRow.standing,
        FindingRow.raised_for.between(date(year, 1, 1), date(year, 12, 31)),
    )
    policies = reference.policies
    if touched is None:
        settle(work, own, region_year_findings(_repeats(work, *repeats), jurisdiction, year, policies))
        return
    places = places_that_matter(policies, jurisdiction, year) + len(touched)
    nth = select(FindingRow.raised_for).where(*repeats).order_by(FindingRow.raised_for).offset(places - 1).limit(1)
    until = work.session.scalar(nth) or date(year, 12, 31)
    head = _repeats(work, *repeats, FindingRow.raised_for <= until)
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in region_year_findings(head, jurisdiction, year, policies):
        found[finding.subject_id].append(finding)
    every = sorted({finding.subject_id for _, _, finding in head} | set(touched))
    for at in range(0, len(every), MANY):
        part = every[at : at + MANY]
        of_part = (FindingRow.subject_kind == "inspection", FindingRow.subject_id.in_(part))  # both have the index
        rest = _repeats(work, *repeats, FindingRow.raised_for > until, *of_part)
        behind = region_year_findings(rest, jurisdiction, year, policies, before=len(head))
        settle(work, (*own, FindingRow.subject_id.in_(part)), [*behind, *(f for i in part for f in found[i])])


_REPEAT = (
    FindingRow.rule, FindingRow.severity, FindingRow.subject_kind, FindingRow.subject_id, FindingRow.jurisdiction,
    FindingRow.raised_for, FindingRow.unit, FindingRow.inspection_id, FindingRow.enterprise_id,
    InspectionRow.visit_start, InspectionRow.number,
)  # fmt: skip


def _repeats(work: UnitOfWork, *where: Any) -> list[tuple[datetime, str, Finding]]:
    query = select(*_REPEAT).join(InspectionRow, InspectionRow.id == FindingRow.inspection_id).where(*where)
    found: Any = work.session.execute(query)
    return [(row.visit_start, row.number, _as_finding(row)) for row in found if row.visit_start]


def by_year(found: Iterable[tuple[str, date, str]]) -> Years:
    years: Years = {}
    for jurisdiction, day, visit in found:
        years.setdefault((jurisdiction, day.year), set()).add(visit)
    return years


def join(years: Years, others: Years) -> None:
    """Adds the visits of others."""
    for key, visits in others.items():
        years.setdefault(key, set()).update(visits)


def after_visits(work: UnitOfWork, reference: Reference, changed: Sequence[Inspection], as_of: datetime) -> None:
    """What late visits touch: quarters that have closed, plans that have ended. Today's visits touch neither."""
    days = {(i.jurisdiction, shanghai_day(i.visit_start)) for i in changed if i.visit_start}
    for jurisdiction, quarter in sorted({(j, Quarter.of(day)) for j, day in days}):
        evaluate_quarter(work, reference, jurisdiction, quarter, as_of)
    enterprises = sorted({i.enterprise_id for i in changed if i.visit_start})
    first = min((day for _, day in days), default=None)
    for at in range(0, len(enterprises), MANY) if first is not None else ():
        part = {"enterprises": enterprises[at : at + MANY], "first": first, "until": day_of(as_of)}
        _settle_plans(work, reference, [_key(row) for row in _ENDED_SINCE.all(work.session, **part)])


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
    units, whole = shares(work.session, reference, jurisdiction, quarter)
    where = (
        FindingRow.rule == "share.triggered",
        FindingRow.jurisdiction == jurisdiction,
        FindingRow.period == str(quarter),
    )
    settle(work, where, share_findings(quarter, jurisdiction, units, whole, reference.policies))


def shares(
    session: Session, reference: Reference, jurisdiction: str, quarter: Quarter
) -> tuple[dict[str, Share], Share]:
    """How much of a quarter was triggered: of each supervised unit, and of all visits of the jurisdiction."""
    visits = (
        InspectionRow.jurisdiction == jurisdiction,
        InspectionRow.counts,
        InspectionRow.visit_day.between(quarter.first_day, quarter.last_day),
    )
    counted = (func.count(), func.sum(case((InspectionRow.kind == TRIGGERED, 1), else_=0)))
    whole = Share(*(n or 0 for n in session.execute(select(*counted).where(*visits)).one()))
    query = (
        select(InspectionUnit.unit, *counted)
        .join(InspectionRow, InspectionRow.id == InspectionUnit.inspection)
        .where(*visits)
        .group_by(InspectionUnit.unit)
    )
    return {u: Share(n, t) for u, n, t in session.execute(query) if reference.supervised.get(u)}, whole


def evaluate_plans(work: UnitOfWork, reference: Reference, where: Sequence[Any]) -> None:
    """under_inspected for key enterprises of ended plans that were filed and not withdrawn before.

    `where` chooses over Plan and PlanKeyEnterprise.
    """
    _settle_plans(work, reference, key_enterprises(work.session, where))


def _settle_plans(work: UnitOfWork, reference: Reference, rows: Sequence[tuple[bool, KeyEnterprise]]) -> None:
    keys = [key for stands, key in rows if stands and reference.supervised.get(key.unit)]
    if rows:
        subjects = [f"{key.plan}:{key.enterprise_id}" for _, key in rows]
        settle_about(work, ["under_inspected"], "plan_enterprise", subjects, plan_findings(keys, reference.policies))


def key_enterprises(session: Session, where: Sequence[Any]) -> list[tuple[bool, KeyEnterprise]]:
    """Key enterprises of the plans that `where` chooses; with each, whether its plan was filed and not withdrawn before."""
    return [_key(row) for row in session.execute(_KEY_ENTERPRISES.where(*where))]


def _key(row: Any) -> tuple[bool, KeyEnterprise]:
    return row[0], KeyEnterprise(*row[1:])


def _key_enterprises() -> Any:
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
    return (
        select(stands, *key)
        .join(PlanKeyEnterprise, PlanKeyEnterprise.plan == Plan.id)
        .where(PlanKeyEnterprise.valid_from <= Plan.ends_on)
        .where((PlanKeyEnterprise.valid_until.is_(None)) | (PlanKeyEnterprise.valid_until >= Plan.ends_on))
    )


_KEY_ENTERPRISES = _key_enterprises()
_ENDED_SINCE = Prepared(
    _KEY_ENTERPRISES.where(
        PlanKeyEnterprise.enterprise.in_(bindparam("enterprises", expanding=True)),
        Plan.ends_on >= bindparam("first"),
        Plan.ends_on < bindparam("until"),
    )
)


def day_of(as_of: datetime) -> date:
    """Plans and quarters that ended before this day have ended by `as_of`."""
    return shanghai_day(as_of)


def _as_finding(row: Any) -> Finding:
    return Finding(
        row.rule, row.severity, row.subject_kind, row.subject_id, row.jurisdiction, row.raised_for, row.unit,
        inspection_id=row.inspection_id, enterprise_id=row.enterprise_id,
    )  # fmt: skip
