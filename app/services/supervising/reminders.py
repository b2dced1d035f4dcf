"""What the worker does as deadlines come near or pass: a reminder for each, once yellow and once red, as a fact.

A deadline that is near when it is set is not reminded of on that day: whoever reads of it has just been told.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.domain.actors import SYSTEM
from app.domain.deadlines import GREEN, light
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import ANSWERED, CORRECTING, SENT, columns_after
from app.domain.times import shanghai_day
from app.services.supervising import unit_questions
from app.store import followup
from app.store.models import FindingRow, UnitQuestion
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 500
LOOKED_AHEAD = 15  # working days: no `near` is longer in practice, and what is green is left out


def remind(work: UnitOfWork) -> int:
    """Reminders that are due; how many."""
    today, calendar = shanghai_day(work.now), followup.calendar(work.session)
    last = calendar.after(today, LOOKED_AHEAD)
    near: dict[str, int] = {}

    def lit(row: Any, told_at: datetime) -> str:
        if shanghai_day(told_at) == today:
            return GREEN
        if row.jurisdiction not in near:
            near[row.jurisdiction] = followup.terms(work.session, row.jurisdiction, today).near
        return light(row.due_on, today, calendar, near[row.jurisdiction])

    done = 0
    flags = select(FindingRow).where(FindingRow.state.in_((SENT, ANSWERED, CORRECTING)), FindingRow.due_on <= last)
    for row in work.session.scalars(flags.order_by(FindingRow.id)).all():
        if (now := lit(row, row.changed_at)) != GREEN and row.reminded != f"{row.due_on} {now}" and done < AT_ONCE:
            done += _remind(work, row, now)
    asked = select(UnitQuestion).where(UnitQuestion.state == "sent", UnitQuestion.due_on <= last)
    for question in work.session.scalars(asked.order_by(UnitQuestion.id)).all():
        if (now := lit(question, question.sent_at)) != GREEN and question.reminded != f"{question.due_on} {now}":
            unit_questions.remind(work, SYSTEM, question, now)
            done += 1
    return done


def _remind(work: UnitOfWork, row: FindingRow, now: str) -> bool:
    """Notes the reminder unless somebody took a step at this moment: then the next round looks again."""
    body = {"due": str(row.due_on), "light": now}
    values: dict[str, Any] = {"reminded": columns_after("finding.reminded", body, SYSTEM.id, work.now)["reminded"]}
    changed = work.session.execute(
        update(FindingRow)
        .where(FindingRow.id == row.id, FindingRow.revision == row.revision)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    held = CATALOGUE[row.rule].rests_on_speech
    work.store_fact(work.fact("finding.reminded", ("finding", row.id), body, SYSTEM, row.jurisdiction, held=held))
    return True
