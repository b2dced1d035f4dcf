"""Rows for export, streamed: flags, inspections, codes. What is exported obeys the same promises as the pages."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.enterprise_codes import PATH, display_enterprise_code
from app.domain.enterprises import normalise_name, normalise_uscc
from app.domain.figures import Period
from app.domain.times import rfc3339
from app.queries.figures import flags_where, visits_where
from app.queries.registry import named_like
from app.store.counting import ON_SPEECH
from app.store.models import Enterprise, EnterpriseCode, FindingRow, InspectionRow, Region

FLAG_COLUMNS = ("rule", "severity", "inspection_number", "uscc", "unit", "raised_for", "state")
INSPECTION_COLUMNS = (
    "number", "state", "kind", "uscc", "enterprise_name", "unit", "cause", "clue_no", "window_start", "window_end",
    "started_at", "ended_at", "imported",
)  # fmt: skip
ENTERPRISE_COLUMNS = ("uscc", "enterprise_name", "town", "address", "visits_year", "flags_year")
ENTERPRISE_CODE_COLUMNS = ("uscc", "enterprise_name", "code", "url")
AT_ONCE = 5000


def count(session: Session, query: Any) -> int:
    """How many rows a list's query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def flags_count(session: Session) -> int:
    """How many findings there are, withdrawn ones too."""
    return session.scalar(select(func.count()).select_from(FindingRow)) or 0


def inspections_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(InspectionRow)) or 0


def flags(session: Session, listed: Any = None) -> Iterator[tuple[Any, ...]]:
    """One row a finding, withdrawn ones too, in the order they were raised: FLAG_COLUMNS, and last whose certificate it is
    about, if anybody's. `listed`: only those of a list's query."""
    query = (
        select(
            FindingRow.rule, FindingRow.severity, InspectionRow.number, Enterprise.uscc, FindingRow.unit,
            FindingRow.raised_for, FindingRow.state, FindingRow.officer,
        )
        .outerjoin(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
        .outerjoin(Enterprise, Enterprise.id == FindingRow.enterprise_id)
        .order_by(FindingRow.id)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip
    if listed is not None:
        query = query.where(FindingRow.id.in_(_ids(listed, FindingRow.id)))
    for rule, severity, number, uscc, unit, day, state, officer in session.execute(query):
        yield rule, severity, number or "", uscc or "", unit, day.isoformat(), state, officer


def inspections(session: Session, listed: Any = None) -> Iterator[tuple[Any, ...]]:
    """One row an inspection. `listed`: only those of a list's query."""
    i = InspectionRow  # its columns, not its objects: a fifth of the time, and nothing of a hundred thousand rows is kept
    times = (i.window_start, i.window_end, i.visit_start, i.ended_at)
    query = (
        select(
            i.number,
            i.state,
            i.kind,
            Enterprise.uscc,
            Enterprise.name,
            i.lead_unit,
            i.cause,
            i.clue_no,
            *times,
            i.imported,
        )
        .join(Enterprise, Enterprise.id == i.enterprise_id)
        .order_by(i.id)
        .execution_options(yield_per=AT_ONCE)
    )
    if listed is not None:
        query = query.where(i.id.in_(_ids(listed, i.id)))
    rows: Any = session.execute(query)
    for *said, start, end, began, ended, imported in rows:
        told = (rfc3339(t) if t else "" for t in (start, end, began, ended))
        yield (*(value or "" for value in said), *told, "yes" if imported else "no")


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


def enterprises(session: Session, regions: Iterable[str], text: str, days: Period) -> Iterator[tuple[Any, ...]]:
    """Enterprises of the regions (or of none) by name, with their visits and standing flags of a period.

    Flags that rest on somebody's words are not counted: two files would differ by who spoke between them.
    """
    regions = tuple(regions)
    visits, flagged = (
        select(key, func.count().label("n")).where(*where).group_by(key).subquery()
        for key, where in (
            (InspectionRow.enterprise_id, visits_where(regions, days)),
            (FindingRow.enterprise_id, (*flags_where(regions, days), FindingRow.rule.not_in(ON_SPEECH))),
        )
    )
    query = select(
        Enterprise.uscc, Enterprise.name, Region.name.label("town"), Enterprise.address,
        func.coalesce(visits.c.n, 0), func.coalesce(flagged.c.n, 0),
    )  # fmt: skip
    query = query.outerjoin(visits, visits.c.enterprise_id == Enterprise.id).outerjoin(
        flagged, flagged.c.enterprise_id == Enterprise.id
    )
    query = query.outerjoin(Region, Region.code == Enterprise.region).where(*enterprises_where(regions, text))
    for row in session.execute(query.order_by(Enterprise.search, Enterprise.id).execution_options(yield_per=AT_ONCE)):
        yield tuple("" if value is None else value for value in row)


def enterprises_count(session: Session, regions: Iterable[str], text: str) -> int:
    return count(session, select(Enterprise.id).where(*enterprises_where(regions, text)))


def enterprises_where(regions: Iterable[str], text: str) -> tuple[Any, ...]:
    """Those of the regions, and those of which no region is known; by part of the name, initials or USCC."""
    here = or_(Enterprise.region.is_(None), Enterprise.region.in_(tuple(regions)))
    name = normalise_name(text)
    if not name:
        return (here,)
    return here, or_(named_like(name), Enterprise.uscc.startswith(normalise_uscc(text), autoescape=True))


def _ids(listed: Any, key: Any) -> Any:
    return listed.order_by(None).with_only_columns(key)
