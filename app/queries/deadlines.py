"""Deadlines by day: of flags, of objections, of questions to units."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import deadlines
from app.domain.actors import Actor
from app.domain.supervision import ANSWERED, CORRECTING, INVESTIGATING, SENT, UPHELD
from app.store import followup
from app.store.models import FindingRow, Unit, UnitQuestion

MOST = 1000


@dataclass(frozen=True, slots=True)
class Deadline:
    """`kind` is flag, objection or question; `rule` of a flag; `state` says what is due."""

    kind: str
    id: str
    rule: str
    state: str
    unit: str
    light: str | None


def between(session: Session, actor: Actor, first: date, last: date, today: date) -> dict[date, list[Deadline]]:
    """All deadlines of the actor's regions from `first` to `last`, by day; at most a thousand of each kind."""
    calendar, near = followup.calendar(session), followup.terms(session, str(actor.region), today).near
    found: dict[date, list[Deadline]] = defaultdict(list)
    mine, f = FindingRow.jurisdiction.in_(actor.regions), FindingRow
    running = f.state.in_((INVESTIGATING, SENT, ANSWERED, CORRECTING, UPHELD))
    names = {u.code: u.name for u in session.scalars(select(Unit))}
    for row in session.scalars(select(f).where(mine, running, f.due_on.between(first, last)).limit(MOST)):
        if row.due_on:
            lit = deadlines.light(row.due_on, today, calendar, near)
            found[row.due_on].append(Deadline("flag", row.id, row.rule, row.state, names.get(row.unit, ""), lit))
    objecting = select(f).where(mine, f.state.in_((UPHELD, CORRECTING)), f.object_until.between(first, last))
    for row in session.scalars(objecting.limit(MOST)):
        if row.object_until:
            found[row.object_until].append(
                Deadline("objection", row.id, row.rule, row.state, names.get(row.unit, ""), None)
            )
    q = UnitQuestion
    open_questions = (q.jurisdiction.in_(actor.regions), q.state == "sent", q.due_on.between(first, last))
    for asked in session.scalars(select(q).where(*open_questions).limit(MOST)):
        lit = deadlines.light(asked.due_on, today, calendar, near)
        found[asked.due_on].append(Deadline("question", asked.id, "", asked.state, names.get(asked.unit, ""), lit))
    return found
