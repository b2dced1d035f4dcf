"""What a supervisor keeps for the own desk."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.store.models import Enterprise, OutboxRow, SavedView, Subscription, Unit, Watch

LATEST = 5  # messages of a subscription that its owner sees


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription with its latest messages, the newest first: how each went."""

    row: Subscription
    sent: list[OutboxRow]


@dataclass(frozen=True, slots=True)
class Desk:
    """`watches` with the names of what is watched; what was subscribed to, by channel."""

    views: list[SavedView]
    watches: list[tuple[Watch, str]]
    channels: dict[str, Subscribed]


def desk(session: Session, actor: Actor) -> Desk:
    watches = list(session.scalars(select(Watch).where(Watch.actor == actor.id).order_by(Watch.id)))
    wanted = [w.subject for w in watches]
    enterprises = {e.id: e.name for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(wanted)))}
    units = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_(wanted)))}
    named = [(w, (enterprises if w.kind == "enterprise" else units).get(w.subject, w.subject)) for w in watches]
    rows = session.scalars(select(Subscription).where(Subscription.actor == actor.id)).all()
    return Desk(views(session, actor), named, {row.channel: Subscribed(row, _latest(session, row)) for row in rows})


def _latest(session: Session, row: Subscription) -> list[OutboxRow]:
    mine = select(OutboxRow).where(OutboxRow.subscription == row.id)
    return list(session.scalars(mine.order_by(OutboxRow.id.desc()).limit(LATEST)))


def views(session: Session, actor: Actor) -> list[SavedView]:
    return list(session.scalars(select(SavedView).where(SavedView.actor == actor.id).order_by(SavedView.name)))
