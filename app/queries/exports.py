"""Rows for export, streamed: flags, inspections, ratings. What is exported obeys the same promises as the pages."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.enterprise_codes import PATH, display_enterprise_code
from app.domain.times import rfc3339, shanghai_day
from app.store.models import Enterprise, EnterpriseCode, FindingRow, InspectionRow, Speech

FLAG_COLUMNS = ("rule", "severity", "inspection_number", "uscc", "unit", "raised_for", "state")
INSPECTION_COLUMNS = (
    "number", "state", "kind", "uscc", "enterprise_name", "unit", "cause", "clue_no", "window_start", "window_end",
    "started_at", "ended_at", "imported",
)  # fmt: skip
ENTERPRISE_CODE_COLUMNS = ("uscc", "enterprise_name", "code", "url")
RATING_COLUMNS = ("unit", "quarter", "enterprises", "average")
FEWEST_ENTERPRISES = 10
AT_ONCE = 5000


def flags(session: Session) -> Iterator[tuple[Any, ...]]:
    """One row a finding, withdrawn ones too, in the order they were raised."""
    query = (
        select(
            FindingRow.rule, FindingRow.severity, InspectionRow.number, Enterprise.uscc, FindingRow.unit,
            FindingRow.raised_for, FindingRow.state,
        )
        .outerjoin(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .outerjoin(Enterprise, Enterprise.id == FindingRow.enterprise_id)
        .order_by(FindingRow.id)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    for rule, severity, number, uscc, unit, day, state in session.execute(query):
        yield rule, severity, number or "", uscc or "", unit, day.isoformat(), state


def inspections(session: Session) -> Iterator[tuple[Any, ...]]:
    query = (
        select(InspectionRow, Enterprise.uscc, Enterprise.name)
        .join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
        .order_by(InspectionRow.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for i, uscc, name in session.execute(query):
        times = (i.window_start, i.window_end, i.visit_start, i.ended_at)
        yield (
            i.number, i.state, i.kind, uscc or "", name, i.lead_unit, i.cause or "", i.clue_no or "",
            *(rfc3339(t) if t else "" for t in times), "yes" if i.imported else "no",
        )  # fmt: skip


def enterprise_codes(session: Session, public_url: str) -> Iterator[tuple[Any, ...]]:
    """The permanent codes (企业码) that count, by name: what a printer needs."""
    query = (
        select(Enterprise.uscc, Enterprise.name, EnterpriseCode.code)
        .join(EnterpriseCode, EnterpriseCode.enterprise == Enterprise.id)
        .where(EnterpriseCode.replaced_at.is_(None))
        .order_by(Enterprise.search, Enterprise.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for uscc, name, code in session.execute(query):
        yield uscc or "", name, display_enterprise_code(code), f"{public_url}{PATH}{code}"


def ratings(session: Session, today_quarter: str) -> Iterator[tuple[Any, ...]]:
    """One figure a unit and closed quarter (promise 4): the lowest rating of each visit, at least ten enterprises,
    else carried forward; rounded to half a point."""
    query = (
        select(
            InspectionRow.lead_unit,
            InspectionRow.enterprise_id,
            InspectionRow.id,
            InspectionRow.window_end,
            Speech.rating,
        )
        .join(InspectionRow, InspectionRow.id == Speech.inspection)
        .where(Speech.kind == "rating", Speech.rating.is_not(None))
    )
    lowest: dict[tuple[str, str], dict[tuple[str, str], int]] = defaultdict(dict)
    for unit, enterprise, inspection, ended, rating in session.execute(query):
        day = shanghai_day(ended)
        quarter = f"{day.year}-Q{(day.month + 2) // 3}"
        visits = lowest[unit, quarter]
        visits[inspection, enterprise] = min(int(rating or 5), visits.get((inspection, enterprise), 5))
    carried: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for (unit, quarter), visits in sorted(lowest.items()):
        carried[unit] |= visits
        enterprises = {enterprise for _, enterprise in carried[unit]}
        if quarter < today_quarter and len(enterprises) >= FEWEST_ENTERPRISES:
            values = carried.pop(unit).values()
            yield unit, quarter, len(enterprises), round(sum(values) / len(values) * 2) / 2
