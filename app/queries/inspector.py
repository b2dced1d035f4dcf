"""What an inspector and the head find on their pages: today's visits, what waits, what is due; and an enterprise's past."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.inspections import APPLIED, APPROVED, IN_PROGRESS, LAPSED, PLANNED, Inspection
from app.domain.times import day_end, day_start
from app.store import inspections as inspection_store
from app.store.models import InspectionRow, InspectionUnit

MOST = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """The unit's work: codes to show today, what waits for the head (applications, amendments), results that are due."""

    today: list[Inspection]
    waiting: list[Inspection]
    results_due: list[Inspection]
    coming: list[Inspection]
    amending: list[Inspection]


def desk(session: Session, unit: str, now: datetime, today: date) -> Desk:
    """A unit's work now; each list is bounded."""
    return Desk(
        today=_of(session, unit, [APPROVED, IN_PROGRESS], day_start(today), day_end(today), now),
        waiting=_of(session, unit, [APPLIED]),
        results_due=_due(session, unit, now),
        amending=_amending(session, unit),
        coming=_of(session, unit, [APPROVED], day_end(today), day_end(today) + timedelta(days=14)),
    )


def counts(session: Session, unit: str, now: datetime, today: date) -> dict[str, int]:
    """How much there is of each list of the desk, however long it is."""
    wanted = {
        "today": _where([APPROVED, IN_PROGRESS], day_start(today), day_end(today), now),
        "waiting": _where([APPLIED]),
        "results_due": _where_due(now),
    }
    return {
        name: session.scalar(select(func.count()).select_from(InspectionRow).where(_own(unit), *where)) or 0  # type: ignore[arg-type]
        for name, where in wanted.items()
    }


def recent(session: Session, enterprise_id: str, limit: int = 8) -> list[Inspection]:
    """The latest visits of an enterprise by anybody."""
    query = (
        select(InspectionRow)
        .where(InspectionRow.enterprise_id == enterprise_id, InspectionRow.visit_start.is_not(None))
        .order_by(InspectionRow.visit_start.desc())
        .limit(limit)
    )
    return inspection_store.select_where(session, query)


def open_tasks(session: Session, enterprise_id: str, now: datetime) -> list[Inspection]:
    """What any unit has applied for or been approved to do at an enterprise and has not done yet: whom to join."""
    query = (
        select(InspectionRow)
        .where(
            InspectionRow.enterprise_id == enterprise_id,
            InspectionRow.state.in_([APPLIED, APPROVED]),
            InspectionRow.window_end > now,
        )
        .order_by(InspectionRow.window_start)
        .limit(MOST)
    )
    return inspection_store.select_where(session, query)


def planned_this_year(session: Session, enterprise_id: str, unit: str, year: int) -> int:
    """How many planned visits of a unit to an enterprise count in a year, whatever their items (rule cap.year)."""
    query = (
        select(func.count())
        .select_from(InspectionRow)
        .where(
            InspectionRow.enterprise_id == enterprise_id,
            InspectionRow.counts,
            InspectionRow.kind == PLANNED,
            InspectionRow.visit_day.between(date(year, 1, 1), date(year, 12, 31)),
            _own(unit),  # type: ignore[arg-type]
        )
    )
    return session.scalar(query) or 0


def _own(unit: str) -> object:
    return InspectionRow.id.in_(select(InspectionUnit.inspection).where(InspectionUnit.unit == unit))


def _of(
    session: Session,
    unit: str,
    states: list[str],
    begins: datetime | None = None,
    before: datetime | None = None,
    still_open: datetime | None = None,
) -> list[Inspection]:
    query = select(InspectionRow).where(_own(unit), *_where(states, begins, before, still_open))  # type: ignore[arg-type]
    return inspection_store.select_where(session, query.order_by(InspectionRow.window_start).limit(MOST))


def _where(
    states: list[str],
    begins: datetime | None = None,
    before: datetime | None = None,
    still_open: datetime | None = None,
) -> list[Any]:
    where: list[Any] = [InspectionRow.state.in_(states)]
    if before is not None:
        where.append(InspectionRow.window_start < before)
    if still_open is not None:
        where.append(InspectionRow.window_end > still_open)
    elif begins is not None:
        where.append(InspectionRow.window_start >= begins)
    return where


def _where_due(now: datetime) -> list[Any]:
    return [
        InspectionRow.state.in_([APPROVED, IN_PROGRESS, LAPSED]),
        (InspectionRow.state == IN_PROGRESS) | (InspectionRow.window_end <= now),
    ]


def _amending(session: Session, unit: str) -> list[Inspection]:
    """Visits under way with an amendment that waits for the head."""
    query = select(InspectionRow).where(
        _own(unit),  # type: ignore[arg-type]
        InspectionRow.state.in_([APPROVED, IN_PROGRESS]),
        InspectionRow.pending_amendment.is_not(None),
    )
    return inspection_store.select_where(session, query.order_by(InspectionRow.window_start).limit(MOST))


def _due(session: Session, unit: str, now: datetime) -> list[Inspection]:
    """Begun, or over without a word: a result or a reason is missing."""
    query = select(InspectionRow).where(_own(unit), *_where_due(now))  # type: ignore[arg-type]
    return inspection_store.select_where(session, query.order_by(InspectionRow.window_end).limit(MOST))
