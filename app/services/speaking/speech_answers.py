"""The justice bureau answers what was reported; who holds the receipt reads it. Opening a contact needs a reason."""

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Invalid, NotFound
from app.store.models import Contact, Speech
from app.store.unit_of_work import UnitOfWork


def answer(work: UnitOfWork, actor: Actor, speech_id: str, text: str) -> None:
    """Answers a report of the own region. Raises NotFound, Invalid("note_needed")."""
    row = _report(work, actor, speech_id)
    if not text.strip():
        raise Invalid("note_needed", "answer")
    row.answer, row.state = text.strip(), "answered"
    body = {"state": row.state, "answer": row.answer}
    work.store_fact(work.fact("report.answered", ("report", row.id), body, actor, row.jurisdiction, held=True))


def open_contact(work: UnitOfWork, actor: Actor, speech_id: str, reason: str) -> str | None:
    """The contact of who reported, for a reason that stays on record. Raises NotFound, Invalid("reason_missing")."""
    row = _report(work, actor, speech_id)
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    subject, body = ("report", row.id), {"reason": reason}
    work.store_fact(work.fact("report.contact_opened", subject, body, actor, row.jurisdiction, held=True))
    contact = work.session.get(Contact, row.id)
    return work.vault.open(contact.sealed, f"contact:{row.id}").decode() if contact else None


def _report(work: UnitOfWork, actor: Actor, speech_id: str) -> Speech:
    actor.require(SUPERVISOR)
    row = work.session.get(Speech, speech_id)
    if row is None or row.kind != "report" or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_report")
    return row
