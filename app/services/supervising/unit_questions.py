"""Questions to units that name no visit, day or enterprise; where one came from, only the bureau's own record says."""

from typing import Any

from sqlalchemy import func, literal, select, update

from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.flags.catalogue import CATALOGUE
from app.domain.questions import changes, check_text
from app.domain.times import shanghai_day
from app.domain.uploads import PAPERS, Upload
from app.services import files
from app.services.supervising.flag_actions import visible
from app.store import followup
from app.store.models import Enterprise, FindingRow, Unit, UnitQuestion
from app.store.unit_of_work import UnitOfWork

SHORTEST_NAME = 4


def send(work: UnitOfWork, actor: Actor, unit: str, text: str, days: int | None, flag_id: str | None) -> UnitQuestion:
    """Puts a question to a unit of the supervisor's region. `flag_id`: the flag that made the bureau ask.

    Raises Forbidden, NotFound, Invalid (unit; text: empty, or it names something)."""
    actor.require(SUPERVISOR)
    flag = visible(work, actor, flag_id) if flag_id else None
    found = work.session.get(Unit, unit)
    if found is None or found.role != "inspecting" or found.region not in actor.regions:
        raise Invalid("no_such_unit", "unit", unit=unit)
    said = check_text(text, _named_in(work, text))
    today = shanghai_day(work.now)
    jurisdiction = flag.jurisdiction if flag else str(actor.region)
    terms = followup.terms(work.session, jurisdiction, today)
    due = followup.calendar(work.session).after(today, days or terms.answer)
    row = UnitQuestion(id=work.new_id(), jurisdiction=jurisdiction, revision=1)
    _set(work, actor, row, "question.sent", {"unit": unit, "text": said, "due": due.isoformat()})
    work.session.add(row)
    work.session.flush()
    if flag is not None:
        _note_on(work, actor, flag, row.id, said)
    return row


def sign_for(work: UnitOfWork, actor: Actor, question_id: str) -> None:
    row = own(work, actor, question_id)
    if row.signed_at is not None:
        raise Refused("already_signed_for")
    _step(work, actor, row, "question.signed_for", {})


def answer(work: UnitOfWork, actor: Actor, question_id: str, note: str, uploads: tuple[Upload, ...]) -> None:
    """The unit's answer, with papers. Raises NotFound, Refused, Invalid."""
    row = own(work, actor, question_id)
    if not note.strip():
        raise Invalid("note_needed", "note")
    subject = ("question", row.id)
    kept = [
        files.keep(work, actor, u, purpose="followup", subject=subject, jurisdiction=row.jurisdiction, kinds=PAPERS)
        for u in uploads
    ]
    named = [files.reference(k) | {"name": k.name} for k in kept]
    _step(work, actor, row, "question.answered", {"note": note.strip(), "files": named})


def close(work: UnitOfWork, actor: Actor, question_id: str, note: str) -> None:
    """The bureau has what it wanted to know, or does not need it any more."""
    actor.require(SUPERVISOR)
    if not note.strip():
        raise Invalid("note_needed", "note")
    _step(work, actor, readable(work.session, actor, question_id), "question.closed", {"note": note.strip()})


def own(work: UnitOfWork, actor: Actor, question_id: str) -> UnitQuestion:
    actor.require(INSPECTOR, HEAD)
    return readable(work.session, actor, question_id)


def readable(session: Any, actor: Actor, question_id: str) -> UnitQuestion:
    """A question of the actor's unit or region. Raises NotFound("no_such_question")."""
    row = session.get(UnitQuestion, question_id)
    mine = row is not None and (
        row.jurisdiction in actor.regions if actor.role == SUPERVISOR else row.unit == actor.unit
    )
    if row is None or not mine:
        raise NotFound("no_such_question")
    found: UnitQuestion = row
    return found


def remind(work: UnitOfWork, actor: Actor, row: UnitQuestion, light: str) -> None:
    _step(work, actor, row, "question.reminded", {"due": row.due_on.isoformat(), "light": light})


def _named_in(work: UnitOfWork, text: str) -> list[str]:
    """The names of known enterprises that stand in the text."""
    inside = func.length(Enterprise.name) >= SHORTEST_NAME, literal(text).contains(Enterprise.name, autoescape=False)
    return list(work.session.scalars(select(Enterprise.name).where(*inside).limit(3)))


def _note_on(work: UnitOfWork, actor: Actor, flag: FindingRow, question: str, said: str) -> None:
    """That this flag made the bureau ask stands with the flag, where no unit reads."""
    body = {"question": question, "note": said, "by": actor.name}
    held = CATALOGUE[flag.rule].rests_on_speech
    work.store_fact(work.fact("finding.asked", ("finding", flag.id), body, actor, flag.jurisdiction, held=held))


def _set(work: UnitOfWork, actor: Actor, row: UnitQuestion, kind: str, body: dict[str, Any]) -> None:
    for name, value in changes(row.state, kind, body, actor.id, work.now).items():
        setattr(row, name, value)
    work.store_fact(work.fact(kind, ("question", row.id), body, actor, row.jurisdiction))


def _step(work: UnitOfWork, actor: Actor, row: UnitQuestion, kind: str, body: dict[str, Any]) -> None:
    values = changes(row.state, kind, body, actor.id, work.now)
    changed = work.session.execute(
        update(UnitQuestion)
        .where(UnitQuestion.id == row.id, UnitQuestion.revision == row.revision)
        .values(**values, revision=row.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    work.store_fact(work.fact(kind, ("question", row.id), body, actor, row.jurisdiction))
    work.session.expire(row)
