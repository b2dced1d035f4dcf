"""Asking the enterprises that were drawn: who asks, tries in vain, and what is answered. Each step is a fact.

Several supervisors work on one list: who asks claims the call-back first, and only who holds it records. The facts enter
the log in the daily batch, for an answer may be what a report is (promise 4).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, update

from app.domain import callbacks as domain
from app.domain.actors import OBSERVER, SUPERVISOR, Actor
from app.domain.callbacks import Answer
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.figures import Period
from app.domain.times import shanghai_day
from app.services.speaking import speech
from app.services.supervising import phones
from app.store import registry
from app.store.models import Callback, Enterprise
from app.store.unit_of_work import UnitOfWork

LONGEST_REASON = 200


def claim(work: UnitOfWork, actor: Actor, callback_id: str) -> None:
    """The actor asks this one; others see it. Raises NotFound, Refused("callback_claimed" | "callback_done")."""
    row = visible(work, actor, callback_id)
    if row.assigned_to is not None:
        raise Refused("callback_assigned")
    held_by = domain.holder(row.claimed_by, row.claimed_at, work.now)
    if held_by == actor.id:
        return
    if held_by is not None:
        raise Refused("callback_claimed")
    step(work, actor, row, "callback.claimed", {})


def release(work: UnitOfWork, actor: Actor, callback_id: str) -> None:
    """The actor does not ask it after all. Raises NotFound, Refused."""
    step(work, actor, _held(work, actor, callback_id), "callback.released", {})


def open_phone(work: UnitOfWork, actor: Actor, callback_id: str, reason: str) -> str | None:
    """The enterprise's number, for who asks, for a reason that stays on record; None where none is kept. Raises like
    `answer`, Invalid("reason_missing")."""
    row = _held(work, actor, callback_id)
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    step(work, actor, row, "callback.phone_opened", {"reason": reason.strip()[:LONGEST_REASON]})
    return phones.opened(work, row.enterprise)


def attempt(work: UnitOfWork, actor: Actor, callback_id: str, way: str, why: str) -> None:
    """Nobody could be asked; after the third time, or where asking again is no use, it is over. Raises Invalid."""
    row = _held(work, actor, callback_id)
    if way not in domain.WAYS:
        raise Invalid("callback_choose", "way")
    if why not in domain.FAILURES:
        raise Invalid("callback_choose", "why")
    body = {"way": way, "why": why, "last": domain.is_last_attempt(row.attempts, why)}
    step(work, actor, row, "callback.attempted", body)


def answer(work: UnitOfWork, actor: Actor, callback_id: str, said: Answer) -> None:
    """What the enterprise answered. Where somebody came without a code it is a report of its own, for the rule
    unregistered.report. Raises NotFound, Refused, Invalid with every wrong field."""
    row = _held(work, actor, callback_id)
    kept = domain.check(said, Period(row.first_day, row.last_day), shanghai_day(work.now))
    if kept.unit and kept.unit not in registry.units(work.session, [kept.unit]):
        raise Invalid("unknown_unit", "unit", unit=kept.unit)
    body: dict[str, Any] = {name: getattr(kept, name) for name in ("way", "came", "code", "unit")}
    body["visited_on"] = kept.visited_on.isoformat() if kept.visited_on else None
    body["note"] = work.vault.mark(f"callback:{row.id}", kept.note).hex() if kept.note else None
    body["went"] = work.vault.mark(f"callback-went:{row.id}", kept.went).hex() if kept.went else None
    body["report"] = _report(work, row, kept, kept.visited_on) if kept.tells_of_no_code and kept.visited_on else None
    sealed = work.vault.seal(kept.note.encode(), f"callback:{row.id}") if kept.note else None
    step(work, actor, row, "callback.answered", body, {"note": sealed, "went": kept.went})


def visible(work: UnitOfWork, actor: Actor, callback_id: str) -> Callback:
    """A call-back of the supervisor's region, or one that was given to the observer. Raises Forbidden, NotFound."""
    actor.require(SUPERVISOR, OBSERVER)
    row = work.session.scalar(select(Callback).where(Callback.id == callback_id))
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_callback")
    if actor.role == OBSERVER and row.assigned_to != actor.id:
        raise NotFound("no_such_callback")
    return row


def step(
    work: UnitOfWork, actor: Actor, row: Callback, kind: str, body: Mapping[str, Any], more: Mapping[str, Any] = {}
) -> None:
    """One fact about a call-back, and the columns that follow. Raises Refused("callback_done" | "changed_meanwhile")."""
    before = {"state": row.state, "attempts": row.attempts}
    values = domain.changes(before, kind, body, actor.id, work.now) | dict(more)
    changed = work.session.execute(
        update(Callback)
        .where(Callback.id == row.id, Callback.revision == row.revision)
        .values(**values, revision=row.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    work.store_fact(work.fact(kind, ("callback", row.id), body, actor, row.jurisdiction, held=True))
    work.session.expire(row)


def _held(work: UnitOfWork, actor: Actor, callback_id: str) -> Callback:
    """A call-back that the actor has claimed, or that was given to them.

    Raises Refused("callback_done" | "callback_not_claimed")."""
    row = visible(work, actor, callback_id)
    if row.state != domain.OPEN:
        raise Refused("callback_done")
    asks = row.assigned_to or domain.holder(row.claimed_by, row.claimed_at, work.now)
    if asks != actor.id:
        raise Refused("callback_not_claimed")
    return row


def _report(work: UnitOfWork, row: Callback, kept: Answer, day: date) -> str:
    """The report that this answer is; nothing in it says who was asked or who spoke."""
    enterprise = work.session.get_one(Enterprise, row.enterprise)
    told = f"回访抽查：企业说有人来检查，没有出示检查码。{kept.note}"[: speech.LONGEST_TEXT]
    receipt = speech.report(
        work,
        speech.Report(enterprise.name, day, told, unit_code=kept.unit, enterprise=enterprise.id),
    )
    return speech.id_of(work.session, receipt)
