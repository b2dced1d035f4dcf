"""How the connector to another system stands: for its page, its command, metrics and doctor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.mirroring import OWN, Issuing
from app.domain.times import shanghai_day
from app.services.connector.returning import waiting
from app.store.issuing import issuing_on, to_come
from app.store.models import Connector, ConnectorRefusal, InspectionRow, MirroredVisit, Unit

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A visit of the other system, by its number there and here."""

    inspection: str
    number: str
    their_number: str
    why: str


@dataclass(frozen=True, slots=True)
class Status:
    """`lag_seconds`: how long ago everything there was known here; None where that never was."""

    issuing: Issuing
    to_come: Sequence[tuple[date, Issuing]]
    tried_at: datetime | None
    caught_up_at: datetime | None
    registers_at: datetime | None
    lag_seconds: int | None
    problem: str | None
    figures: str | None
    mirrored: int
    refused: int
    refusals: Sequence[ConnectorRefusal]
    to_return: int
    not_returned: Sequence[Row]
    differing: Sequence[Row]


def status(session: Session, system: str, region: str, now: datetime) -> Status:
    """Everything about the connector to `system` (empty: none is set)."""
    row = session.get(Connector, system) if system else None
    caught = row.caught_up_at if row else None
    today = shanghai_day(now)
    refusals = select(ConnectorRefusal).where(ConnectorRefusal.system == system).order_by(ConnectorRefusal.since.desc())
    mirrored = select(func.count()).select_from(MirroredVisit).where(MirroredVisit.system == system)
    refused = select(func.count()).select_from(ConnectorRefusal).where(ConnectorRefusal.system == system)
    return Status(
        issuing=issuing_on(session, region, today),
        to_come=to_come(session, region, today),
        tried_at=row.tried_at if row else None,
        caught_up_at=caught,
        registers_at=row.registers_at if row else None,
        lag_seconds=max(0, round((now - caught).total_seconds())) if caught else None,
        problem=row.problem if row else None,
        figures=row.figures if row else None,
        mirrored=session.scalar(mirrored) or 0,
        refused=session.scalar(refused) or 0,
        refusals=list(session.scalars(refusals.limit(SHOWN))),
        to_return=_to_return(session, system),
        not_returned=_rows(session, system, MirroredVisit.return_problem),
        differing=_rows(session, system, MirroredVisit.differs),
    )


def unit_names(session: Session) -> dict[str, str]:
    return {row.code: row.name for row in session.execute(select(Unit.code, Unit.name))}


def lag(session: Session, system: str, region: str, now: datetime) -> float | None:
    """Seconds since everything there was known here; None where it never was, or where this platform alone issues and
    nothing is taken: an alarm would be about nothing."""
    caught = session.scalar(select(Connector.caught_up_at).where(Connector.system == system))
    if caught is None or issuing_on(session, region, shanghai_day(now)).mode == OWN:
        return None
    return (now - caught).total_seconds()


def _to_return(session: Session, system: str) -> int:
    query = (
        select(func.count())
        .select_from(MirroredVisit)
        .join(InspectionRow, InspectionRow.id == MirroredVisit.inspection)
        .where(*waiting(system))
    )
    return session.scalar(query) or 0


def _rows(session: Session, system: str, why: object) -> list[Row]:
    query = (
        select(InspectionRow.id, InspectionRow.number, MirroredVisit.number, why)  # type: ignore[call-overload]
        .join(MirroredVisit, MirroredVisit.inspection == InspectionRow.id)
        .where(MirroredVisit.system == system, why.is_not(None))  # type: ignore[attr-defined]
        .order_by(InspectionRow.id.desc())
        .limit(SHOWN)
    )
    return [Row(*found) for found in session.execute(query)]
