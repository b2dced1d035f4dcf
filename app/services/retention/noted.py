"""What was said is kept for a stated time and then erased (decisions/0027): leads, observations, the words of call-backs.

Words stand sealed or salted beside their facts, so that the log stays whole without them; each erasure is a fact of its own,
held like the facts about what was said, and `log verify` tells it from tampering.
"""

import json
from datetime import timedelta

from sqlalchemy import func, or_, select

from app.domain.actors import SYSTEM
from app.domain.errors import Invalid, NotFound
from app.services import kept
from app.services.speaking import voice
from app.services.supervising import callbacks as callback_service
from app.services.visiting import matters as matter_service
from app.store.models import Callback, Lead, LeadStep, MatterRow, Observation
from app.store.unit_of_work import UnitOfWork

LEADS_KEPT = timedelta(days=5 * 365)  # after the last step of a closed one
OBSERVATIONS_KEPT = timedelta(days=3 * 365)  # after the answer
MATTERS_KEPT = timedelta(days=10 * 365)  # after the last step: as long as files of inspections are kept
CALLBACKS_KEPT = timedelta(days=2 * 365)  # after the end: what was noted, and how it went
AT_ONCE = 200


def leads(work: UnitOfWork) -> int:
    """Erases the sealed words of closed leads and of their steps; how many. Week, way and the steps taken stay."""
    last = select(func.max(LeadStep.at)).where(LeadStep.lead == Lead.id).correlate(Lead).scalar_subquery()
    old = (Lead.state == "closed", func.length(Lead.sealed) > 0, last < work.now - LEADS_KEPT)
    found = list(work.session.scalars(select(Lead).where(*old).limit(AT_ONCE).with_for_update()))
    for lead in found:
        voice.forget(work, json.loads(work.vault.open(lead.sealed, f"lead:{lead.id}")))
        lead.sealed, lead.answer = b"", None
        for step in work.session.scalars(select(LeadStep).where(LeadStep.lead == lead.id)):
            step.sealed = b""
        work.store_fact(work.fact("lead.erased", ("lead", lead.id), {}, SYSTEM, lead.jurisdiction, held=True))
    return len(found)


def observations(work: UnitOfWork) -> int:
    """Erases what observers told, and what they were answered; how many."""
    old = (Observation.state == "answered", Observation.changed_at < work.now - OBSERVATIONS_KEPT)
    found = list(work.session.scalars(select(Observation).where(*old).limit(AT_ONCE).with_for_update()))
    for row in found:
        gone = {"text": "", "enterprise_name": None, "answer": None}
        kept.step(work, SYSTEM, row, "observation.erased", gone)
        row.salt = None
    return len(found)


def matters(work: UnitOfWork) -> int:
    """Erases what enterprises laid before units, and the answers; how many. What was decided, and when, stays."""
    said = or_(*(column.is_not(None) for column in (MatterRow.text, MatterRow.answer, MatterRow.sealed)))
    last = func.coalesce(MatterRow.answered_at, MatterRow.made_at)
    old = select(MatterRow).where(said, last < work.now - MATTERS_KEPT).order_by(MatterRow.id)
    found = list(work.session.scalars(old.limit(AT_ONCE).with_for_update()))
    for row in found:
        matter_service.erase(work, row, "time")
    return len(found)


def matter_asked_for(work: UnitOfWork, named: str, reason: str) -> None:
    """Erases the words of one (by its id, or a wish's number), as somebody may ask whom they name (个人信息保护法 art. 47).

    `reason` is in the fact: no names there. Raises NotFound("no_such_matter"), Invalid("missing")."""
    if not reason.strip():
        raise Invalid("missing", "reason")
    where = or_(MatterRow.id == named, MatterRow.number == named)
    row = work.session.scalar(select(MatterRow).where(where).with_for_update())
    if row is None:
        raise NotFound("no_such_matter")
    matter_service.erase(work, row, reason.strip()[:200])


def callbacks(work: UnitOfWork) -> int:
    """Erases what was noted and how it went; that somebody came, and whether with a code, is what the estimate counts."""
    said = or_(Callback.note.is_not(None), Callback.went.is_not(None))
    old = select(Callback).where(said, Callback.ended_at < work.now - CALLBACKS_KEPT)
    found = list(work.session.scalars(old.limit(AT_ONCE)))
    for row in found:
        callback_service.step(work, SYSTEM, row, "callback.erased", {}, {"note": None, "went": None})
    return len(found)
