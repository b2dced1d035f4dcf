"""Weeks of call-backs by lot: drawn as they would have been, the older ones answered, the newest half done."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.domain import callbacks as domain
from app.domain.actors import Actor
from app.domain.callbacks import Answer
from app.domain.times import day_start, shanghai_day
from app.services.supervising import callback_draws, callbacks, observers, phones
from app.services.transparency import log as log_service
from app.store.models import Callback, Recusal, User
from app.store.unit_of_work import UnitOfWork

WEEKS = 8
TOLD = (  # every how manieth answer, what the enterprise said, the unit
    (30, "两个人来店里转了一圈，没有出示检查码，也没有说依据。", "YT-CGZF"),
    (45, "来了一个人，说是例行检查，要看台账。", None),
)


def weeks(work: UnitOfWork, supervisor: Actor, source: random.Random) -> None:
    """Eight weeks up to the last one that is over. Before the log is signed for the first time, for its time runs on."""
    monday = shanghai_day(work.now) - timedelta(days=shanghai_day(work.now).weekday())
    for back in range(WEEKS - 1, -1, -1):
        drawn_at = day_start(monday - timedelta(days=7 * back)) + timedelta(hours=1)
        of_week = replace(work, now=drawn_at)
        (bureau,) = (b for b in callback_draws.bureaus(of_week) if b.unit == supervisor.unit)
        callback_draws.commit_week(of_week, bureau, domain.last_week(drawn_at))
        _advance_log(of_week)
        callback_draws.draw_waiting(of_week, bureau)
        _ask(of_week, supervisor, source, min(work.now, drawn_at + timedelta(days=4)), is_newest=back == 0)
        _advance_log(of_week)
    begun = work.session.scalar(select(Callback.id).where(Callback.state == domain.OPEN).order_by(Callback.id.desc()))
    if begun is not None:
        callbacks.claim(work, supervisor, begun)
    _give(work, supervisor)


def _give(work: UnitOfWork, supervisor: Actor) -> None:
    """The two newest that wait are a lay supervisor's to ask; of each enterprise that waits a number is kept (nobody has it)."""
    waiting = (Callback.state == domain.OPEN, Callback.claimed_by.is_(None))
    rows = list(work.session.scalars(select(Callback).where(*waiting).order_by(Callback.id.desc())))
    for n, row in enumerate(rows):
        phones.keep(work, supervisor, row.enterprise, None, f"021-0000{n:04d}")
    observer = work.session.scalar(select(User.actor).where(User.username == "observer"))
    recused = select(Recusal.enterprise).where(Recusal.made_by == observer)
    free = [row.id for row in rows if row.enterprise not in set(work.session.scalars(recused))]
    for one in free[:2]:
        observers.give_callback(work, supervisor, one, str(observer))


def _advance_log(work: UnitOfWork) -> None:
    while log_service.sequence(work):
        pass


def _ask(work: UnitOfWork, supervisor: Actor, source: random.Random, until: datetime, is_newest: bool) -> None:
    """Three in four are reached; of the newest week the half is still to be asked."""
    query = select(Callback.id).where(Callback.state == domain.OPEN, Callback.drawn_at == work.now)
    ids = list(work.session.scalars(query.order_by(Callback.id)))
    for number, one in enumerate(ids[: len(ids) // 2 if is_newest else None]):
        at = min(work.now + timedelta(days=1 + number // 4, hours=8, minutes=25 * (number % 4)), until)
        step = replace(work, now=at)
        callbacks.claim(step, supervisor, one)
        if source.random() < 0.25:
            callbacks.attempt(step, supervisor, one, domain.TELEPHONE, source.choice(domain.FAILURES))
            continue
        callbacks.answer(step, supervisor, one, _said(step, one, source))


def _said(work: UnitOfWork, callback_id: str, source: random.Random) -> Answer:
    row = work.session.get_one(Callback, callback_id)
    way = source.choice(domain.WAYS)
    if row.pool != domain.UNVISITED:
        return Answer(way, "yes", "yes", source.choice(domain.WENT), _day(row, source))
    for every, what, unit in TOLD:
        if source.randrange(every) == 0:
            return Answer(way, "yes", "no", "badly", _day(row, source), unit, what)
    return Answer(way, "no")


def _day(row: Callback, source: random.Random) -> date:
    return row.first_day + timedelta(days=source.randint(0, (row.last_day - row.first_day).days))
