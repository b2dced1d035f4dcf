"""What a flag's page and an enterprise's page rest on: timelines, histories, reports."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.inspections import Inspection
from app.store import inspections as inspection_store
from app.store.models import Enterprise, EnterpriseCode, FindingRow, InspectionRow, Speech, Unit, User
from app.store.models.people import ActorRow

MOST = 100


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report as the supervisor reads it: the week it came, never the minute."""

    id: str
    week: str
    enterprise: str
    enterprise_id: str | None
    unit: str | None
    visited_on: date | None
    what: str
    people: str | None
    unit_text: str | None
    state: str
    answer: str | None
    has_voice: bool = False


def visits(session: Session, enterprise_id: str, limit: int = MOST) -> list[Inspection]:
    """An enterprise's inspections, newest first, whoever made them."""
    query = (
        select(InspectionRow)
        .where(InspectionRow.enterprise_id == enterprise_id)
        .order_by(InspectionRow.window_start.desc(), InspectionRow.id.desc())
        .limit(limit)
    )
    return inspection_store.select_where(session, query)


def flags_of(session: Session, enterprise_id: str) -> list[FindingRow]:
    query = select(FindingRow).where(FindingRow.enterprise_id == enterprise_id, FindingRow.standing)
    return list(session.scalars(query.order_by(FindingRow.raised_for.desc()).limit(MOST)))


def reports(session: Session, actor: Actor, state: str | None) -> list[ShownReport]:
    """Reports of the own region, those waiting first asked for by state; a hundred at most."""
    query = (
        select(Speech, Enterprise.name, Unit.name)
        .outerjoin(Enterprise, Enterprise.id == Speech.enterprise)
        .outerjoin(Unit, Unit.code == Speech.unit)
        .where(Speech.kind == "report", Speech.jurisdiction.in_(actor.regions))
    )
    if state:
        query = query.where(Speech.state == state)
    rows = session.execute(query.order_by(Speech.week.desc(), Speech.id).limit(MOST))
    return [_report(row, name, unit) for row, name, unit in rows]


def _report(row: Speech, name: str | None, unit: str | None) -> ShownReport:
    said = json.loads(row.body) if row.body else {}
    return ShownReport(
        id=row.id,
        week=row.week,
        enterprise=name or said.get("enterprise_name", ""),
        enterprise_id=row.enterprise,
        unit=unit,
        visited_on=row.visited_on,
        what=said.get("what", ""),
        people=said.get("people"),
        unit_text=said.get("unit_text"),
        state=row.state,
        answer=row.answer,
        has_voice="voice" in said,
    )


def report_of(session: Session, actor: Actor, speech_id: str) -> ShownReport | None:
    row = session.get(Speech, speech_id)
    if row is None or row.kind != "report" or row.jurisdiction not in actor.regions:
        return None
    enterprise = session.get(Enterprise, row.enterprise) if row.enterprise else None
    unit = session.get(Unit, row.unit) if row.unit else None
    return _report(row, enterprise.name if enterprise else None, unit.name if unit else None)


def users(session: Session) -> list[tuple[str, str, bool]]:
    """User names, names and whether they are open, for the administrator."""
    query = select(User.username, ActorRow.name, User.disabled_at).join(ActorRow, ActorRow.id == User.actor)
    return [(username, name, ended is None) for username, name, ended in session.execute(query.order_by(User.username))]


def enterprise_codes(session: Session) -> tuple[int, int]:
    """How many enterprises have a permanent code that counts, and how many there are."""
    held = select(func.count()).select_from(EnterpriseCode).where(EnterpriseCode.replaced_at.is_(None))
    return session.scalar(held) or 0, session.scalar(select(func.count()).select_from(Enterprise)) or 0
