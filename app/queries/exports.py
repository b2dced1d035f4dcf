"""Rows for export, streamed: flags, inspections, codes. What is exported obeys the same promises as the pages."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.enterprise_codes import PATH, display_enterprise_code
from app.domain.times import rfc3339
from app.store.models import Enterprise, EnterpriseCode, FindingRow, InspectionRow

FLAG_COLUMNS = ("rule", "severity", "inspection_number", "uscc", "unit", "raised_for", "state")
INSPECTION_COLUMNS = (
    "number", "state", "kind", "uscc", "enterprise_name", "unit", "cause", "clue_no", "window_start", "window_end",
    "started_at", "ended_at", "imported",
)  # fmt: skip
ENTERPRISE_CODE_COLUMNS = ("uscc", "enterprise_name", "code", "url")
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
