"""Questions to units for reading: lists by who may see them, one with its steps, its papers."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import deadlines
from app.domain.actors import SUPERVISOR, Actor
from app.domain.questions import SENT
from app.queries.followup import Step
from app.services import files
from app.services.supervising import unit_questions
from app.store import followup
from app.store.models import InspectionRow, InspectionUnit, Unit, UnitQuestion
from app.store.models.people import ActorRow
from app.store.unit_of_work import history

MOST = 100


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    row: UnitQuestion
    unit_name: str
    light: str | None
    steps: tuple[Step, ...] = ()


def listed(session: Session, actor: Actor, today: date) -> list[ShownQuestion]:
    """A supervisor's region's, or a unit's own; open ones first, newest first."""
    mine = UnitQuestion.jurisdiction.in_(actor.regions) if actor.role == SUPERVISOR else UnitQuestion.unit == actor.unit
    query = select(UnitQuestion, Unit.name).join(Unit, Unit.code == UnitQuestion.unit).where(mine)
    rows = session.execute(query.order_by(UnitQuestion.state != SENT, UnitQuestion.id.desc()).limit(MOST))
    return [ShownQuestion(row, name, _light(session, row, today)) for row, name in rows]


def one(session: Session, actor: Actor, question_id: str, today: date) -> ShownQuestion:
    """A question with what was done. Raises NotFound."""
    row = unit_questions.readable(session, actor, question_id)
    unit = session.get(Unit, row.unit)
    facts = history(session, "question", row.id)
    who = select(ActorRow).where(ActorRow.id.in_({f.recorded_by for f in facts}))
    names = {a.id: a.name for a in session.scalars(who)}
    steps = []
    for fact in facts:
        body = json.loads(fact.body)
        note = body.get("note") or body.get("text", "")
        hidden = fact.kind == "question.closed" and actor.role != SUPERVISOR
        sent = tuple(body.get("files", ()))
        by = names.get(fact.recorded_by, "")
        steps.append(Step(fact.kind, fact.recorded_at, by, "" if hidden else note, None, files=sent))
    return ShownQuestion(row, unit.name if unit else row.unit, _light(session, row, today), tuple(steps))


def kept_file(session: Session, vault: Any, actor: Actor, question_id: str, file_id: str) -> files.KeptFile:
    """A paper of an answer. Raises NotFound."""
    row = unit_questions.readable(session, actor, question_id)
    return files.opened(session, vault, file_id, ("question", row.id))


def waiting_at(session: Session, unit: str) -> int:
    where = (UnitQuestion.unit == unit, UnitQuestion.state == SENT)
    return session.scalar(select(func.count()).select_from(UnitQuestion).where(*where)) or 0


def visited_lately(session: Session, unit: str, today: date) -> int | None:
    """How many enterprises the unit visited in thirty days: where they are few, a question tells who spoke."""
    if not unit:
        return None
    query = (
        select(func.count(func.distinct(InspectionRow.enterprise_id)))
        .join(InspectionUnit, InspectionUnit.inspection == InspectionRow.id)
        .where(InspectionUnit.unit == unit, InspectionRow.visit_day > today - timedelta(days=30))
    )
    return session.scalar(query)


def _light(session: Session, row: UnitQuestion, today: date) -> str | None:
    if row.state != SENT:
        return None
    near = followup.terms(session, row.jurisdiction, today).near
    return deadlines.light(row.due_on, today, followup.calendar(session), near)
