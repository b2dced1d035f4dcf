"""Observers (社会监督员) and contact points: what they saw and were told, the answer, recusal, invitations to accompany."""

from dataclasses import dataclass

from sqlalchemy import select

from app.domain import leads
from app.domain.actors import OBSERVER, SUPERVISOR, Actor
from app.domain.callbacks import holder
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.times import shanghai_day
from app.services import kept
from app.services.supervising import callbacks
from app.services.supervising import leads as lead_service
from app.store import actors
from app.store import inspections as inspection_store
from app.store.models import Accompanying, Callback, Enterprise, InspectionRow, Item, Observation, Recusal, Unit
from app.store.unit_of_work import UnitOfWork

KINDS = ("observation", "opinion")
OUTCOMES = ("taken_up", "explained", "forwarded", "nothing")
LONGEST = 2000
BEFORE_THE_END = ("applied", "approved", "in_progress")


@dataclass(frozen=True, slots=True)
class Said:
    """On a unit, an item, a visit (by its number): one of them, several or none. `enterprise_name`: whose opinion it is."""

    kind: str
    text: str
    unit: str | None = None
    item: str | None = None
    number: str | None = None
    enterprise_name: str | None = None


def observe(work: UnitOfWork, actor: Actor, said: Said) -> Observation | None:
    """Sends an observation or an opinion to the bureau. What speaks of money opens a sealed lead beside it; what is
    about a bureau itself goes to discipline inspection alone (None). Raises Invalid, Refused("recused_here")."""
    actor.require(OBSERVER)
    unit, visit = _about(work, actor, said)
    body = {
        "kind": said.kind, "unit": said.unit, "item": said.item, "inspection": visit.id if visit else None,
        "enterprise_name": said.enterprise_name, "text": said.text.strip(),
    }  # fmt: skip
    bureau = leads.about_the_bureau(unit.role if unit else None, None)
    if bureau or leads.speaks_of_money(said.text):
        sealed = body | {"what": body["text"], "observer": actor.name}
        lead_service.open_lead(work, str(actor.region), leads.OBSERVATION, sealed)
    if bureau:
        return None
    made: Observation = kept.make(
        work, actor, "observation.made", str(actor.region), body | {"answer": None, "outcome": None}
    )
    return made


def _about(work: UnitOfWork, actor: Actor, said: Said) -> tuple[Unit | None, InspectionRow | None]:
    if said.kind not in KINDS:
        raise Invalid("unknown_choice", "kind", value=said.kind[:20], choices=", ".join(KINDS))
    if not said.text.strip():
        raise Invalid("missing", "text")
    if len(said.text) > LONGEST or len(said.enterprise_name or "") > 200:
        raise Invalid("too_long", "text", most=LONGEST)
    unit = work.session.get(Unit, said.unit) if said.unit else None
    if said.unit and (unit is None or unit.role == "discipline"):
        raise Invalid("unknown_unit", "unit", unit=said.unit[:40])
    if said.item and work.session.scalar(select(Item.code).where(Item.code == said.item)) is None:
        raise Invalid("unknown_item", "item", item=said.item[:40])
    visit = None
    if said.number:
        where = (InspectionRow.number == said.number, InspectionRow.jurisdiction.in_(actor.regions))
        visit = work.session.scalar(select(InspectionRow).where(*where))
        if visit is None:
            raise Invalid("no_such_number", "number")
        if is_recused(work, actor.id, visit.enterprise_id):
            raise Refused("recused_here", "number")
    return unit, visit


def answer(work: UnitOfWork, actor: Actor, observation_id: str, text: str, outcome: str) -> None:
    """The bureau tells the observer what came of it. Raises NotFound, Invalid, Refused."""
    actor.require(SUPERVISOR)
    row = kept.locked(work, "observation", observation_id)
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_observation")
    if not text.strip():
        raise Invalid("note_needed", "answer")
    if outcome not in OUTCOMES:
        raise Invalid("unknown_choice", "outcome", value=outcome[:20], choices=", ".join(OUTCOMES))
    kept.step(work, actor, row, "observation.answered", {"answer": text.strip()[:LONGEST], "outcome": outcome})


def recuse(work: UnitOfWork, actor: Actor, enterprise_id: str, reason: str) -> None:
    """An observer says where he does business; open invitations to visits there are taken back. Raises Invalid."""
    actor.require(OBSERVER)
    if work.session.get(Enterprise, enterprise_id) is None:
        raise Invalid("no_such_enterprise", "enterprise")
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    if is_recused(work, actor.id, enterprise_id):
        return
    columns = {"enterprise": enterprise_id, "reason": reason.strip()[:200]}
    kept.make(work, actor, "recusal.declared", str(actor.region), columns)
    there = select(InspectionRow.id).where(InspectionRow.enterprise_id == enterprise_id)
    where = (Accompanying.observer == actor.id, Accompanying.inspection.in_(there))
    invited = select(Accompanying).where(*where, Accompanying.state.in_(("invited", "accepted"))).with_for_update()
    for row in list(work.session.scalars(invited)):
        kept.step(work, actor, row, "accompanying.taken_back")
    given = select(Callback).where(Callback.assigned_to == actor.id, Callback.enterprise == enterprise_id)
    for callback in list(work.session.scalars(given.where(Callback.state == "open"))):
        callbacks.release(work, actor, callback.id)


def give_callback(work: UnitOfWork, actor: Actor, callback_id: str, observer_id: str) -> None:
    """Gives a call-back by lot to an observer, who asks it and sees no more than that takes; "" takes it back.

    Raises NotFound, Refused("callback_done" | "callback_claimed" | "observer_recused"), Invalid("no_such_observer").
    """
    actor.require(SUPERVISOR)
    row = callbacks.visible(work, actor, callback_id)
    if holder(row.claimed_by, row.claimed_at, work.now) not in (None, actor.id):
        raise Refused("callback_claimed")
    if observer_id:
        _known(work, actor, observer_id)
        if is_recused(work, observer_id, row.enterprise):
            raise Refused("observer_recused", "observer")
    callbacks.step(work, actor, row, "callback.assigned", {"to": observer_id or None})


def end_recusal(work: UnitOfWork, actor: Actor, recusal_id: str) -> None:
    actor.require(OBSERVER)
    row = kept.locked(work, "recusal", recusal_id)
    if row is None or row.made_by != actor.id:
        raise NotFound("no_such_recusal")
    kept.step(work, actor, row, "recusal.ended")


def is_recused(work: UnitOfWork, observer: str, enterprise_id: str) -> bool:
    where = (Recusal.made_by == observer, Recusal.enterprise == enterprise_id, Recusal.state == "standing")
    return work.session.scalar(select(Recusal.id).where(*where).limit(1)) is not None


def invite(work: UnitOfWork, actor: Actor, inspection_id: str, observer_id: str) -> None:
    """The bureau invites an observer to accompany a visit that is not over. Raises NotFound, Invalid, Refused."""
    actor.require(SUPERVISOR)
    visit = inspection_store.get(work.session, inspection_id)
    if visit is None or visit.jurisdiction not in actor.regions:
        raise NotFound("no_such_inspection", inspection=inspection_id)
    if visit.state not in BEFORE_THE_END:
        raise Refused("not_before_visit")
    _known(work, actor, observer_id)
    if is_recused(work, observer_id, visit.enterprise_id):
        raise Refused("observer_recused", "observer")
    where = (Accompanying.inspection == inspection_id, Accompanying.observer == observer_id)
    work.lock(f"accompany:{inspection_id}")
    if work.session.scalar(select(Accompanying.id).where(*where)):
        raise Refused("invited_already", "observer")
    columns = {"inspection": inspection_id, "observer": observer_id, "note": None}
    kept.make(work, actor, "accompanying.invited", visit.jurisdiction, columns)


def _known(work: UnitOfWork, actor: Actor, observer_id: str) -> None:
    """Raises Invalid("no_such_observer") where the actor's region has none of this id."""
    observer = actors.by_id(work.session, observer_id, shanghai_day(work.now))
    if observer is None or observer.role != OBSERVER or observer.region not in actor.regions:
        raise Invalid("no_such_observer", "observer")


def reply(work: UnitOfWork, actor: Actor, accompanying_id: str, go: str, note: str) -> None:
    """The observer accepts, declines, or tells of the visit afterwards. Raises NotFound, Invalid, Refused."""
    actor.require(OBSERVER)
    row = kept.locked(work, "accompanying", accompanying_id)
    if row is None or row.observer != actor.id:
        raise NotFound("no_such_accompanying")
    if go not in ("accepted", "declined", "told"):
        raise Invalid("unknown_choice", "form", value=go[:20], choices="accepted, declined, told")
    if go == "told" and not note.strip():
        raise Invalid("note_needed", "note")
    kept.step(work, actor, row, f"accompanying.{go}", {"note": note.strip()[:LONGEST] or row.note})
