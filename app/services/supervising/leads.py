"""Sealed leads for discipline inspection: opened by what is said, followed by it alone.

Everything here stays under the vault: the rows hold ciphertext, the facts its hash. Facts are held, so that the log does
not tell when somebody spoke.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from app.domain import leads as domain
from app.domain.actors import DISCIPLINE, SYSTEM, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.ids import random_id
from app.domain.leads import COMPLAINT
from app.domain.times import iso_week
from app.store.models import Lead, LeadStep
from app.store.unit_of_work import UnitOfWork

LONGEST_NOTE = 4000


def open_lead(
    work: UnitOfWork, jurisdiction: str, way: str, said: Mapping[str, Any], receipt_hash: bytes | None = None
) -> str:
    """Seals what was said and opens a lead with it; its id. `said` holds what canonical JSON holds."""
    lead_id = random_id(work.random)
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    sealed = work.vault.seal(text.encode(), f"lead:{lead_id}")
    body = {"way": way, "week": iso_week(work.now), "sha256": hashlib.sha256(sealed).hexdigest()}
    columns = domain.columns_after(None, "lead.opened", body)
    row = Lead(id=lead_id, jurisdiction=jurisdiction, sealed=sealed, receipt_hash=receipt_hash, answer=None, **columns)
    work.session.add(row)
    work.session.flush()
    work.store_fact(work.fact("lead.opened", ("lead", lead_id), body, SYSTEM, jurisdiction, held=True))
    return lead_id


def take_up(work: UnitOfWork, actor: Actor, lead_id: str, note: str) -> None:
    """Discipline inspection looks into it. Raises Forbidden, NotFound, Invalid, Refused("lead_decided")."""
    _step(work, actor, lead_id, "lead.taken_up", note)


def note(work: UnitOfWork, actor: Actor, lead_id: str, text: str) -> None:
    """What was found on the way."""
    _step(work, actor, lead_id, "lead.noted", text)


def close(work: UnitOfWork, actor: Actor, lead_id: str, text: str, answer: str = "") -> None:
    """The end, with what came of it. A complaint has an `answer` for who complained. Raises as the others."""
    row = own(work, actor, lead_id)
    told = answer.strip()[:LONGEST_NOTE]
    if row.way == COMPLAINT and not told:
        raise Invalid("note_needed", "answer")
    _step(work, actor, lead_id, "lead.closed", text, told if row.way == COMPLAINT else "")


def own(work: UnitOfWork, actor: Actor, lead_id: str) -> Lead:
    """A lead of the actor's region. For everybody else it is not there. Raises Forbidden, NotFound."""
    actor.require(DISCIPLINE)
    row = work.session.get(Lead, lead_id)
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_lead")
    return row


def _step(work: UnitOfWork, actor: Actor, lead_id: str, kind: str, text: str, answer: str = "") -> None:
    row = own(work, actor, lead_id)
    if not text.strip():
        raise Invalid("note_needed", "note")
    before, step_id = row.state, work.new_id()
    sealed = work.vault.seal(text.strip()[:LONGEST_NOTE].encode(), f"lead-step:{step_id}")
    body = {"step": step_id, "sha256": hashlib.sha256(sealed).hexdigest()}
    if answer:
        body["answer_sha256"] = hashlib.sha256(answer.encode()).hexdigest()
    values = domain.columns_after(before, kind, body) | ({"answer": answer} if answer else {})
    changed = work.session.execute(
        update(Lead)
        .where(Lead.id == lead_id, Lead.state == before)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    taken = work.session.scalar(select(func.count()).where(LeadStep.lead == lead_id)) or 0
    step = LeadStep(id=step_id, lead=lead_id, position=taken + 1, kind=kind, actor=actor.id, at=work.now, sealed=sealed)
    work.session.add(step)
    work.session.flush()
    work.session.expire(row)
    work.store_fact(work.fact(kind, ("lead", lead_id), body, actor, row.jurisdiction, held=True))


def of_receipt(session: Any, receipt_hash: bytes) -> Lead | None:
    """The lead that is all that became of a complaint, by its receipt."""
    found: Lead | None = session.scalar(select(Lead).where(Lead.receipt_hash == receipt_hash))
    return found
