"""What a supervisor keeps for the own desk."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.store.models import Enterprise, SavedView, Subscription, Unit, Watch


@dataclass(frozen=True, slots=True)
class Desk:
    """`watches` with the names of what is watched; `channels` that a digest goes to, and whether red flags go at once."""

    views: list[SavedView]
    watches: list[tuple[Watch, str]]
    channels: dict[str, bool]


def desk(session: Session, actor: Actor) -> Desk:
    watches = list(session.scalars(select(Watch).where(Watch.actor == actor.id).order_by(Watch.id)))
    wanted = [w.subject for w in watches]
    enterprises = {e.id: e.name for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(wanted)))}
    units = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_(wanted)))}
    named = [(w, (enterprises if w.kind == "enterprise" else units).get(w.subject, w.subject)) for w in watches]
    channels = select(Subscription.channel, Subscription.urgent).where(Subscription.actor == actor.id)
    return Desk(views(session, actor), named, dict(session.execute(channels).all()))


def webhook(session: Session, actor: Actor) -> Subscription | None:
    """The actor's webhook, for the key that signs what goes there."""
    mine = (Subscription.actor == actor.id, Subscription.channel == "webhook")
    return session.scalar(select(Subscription).where(*mine))


def views(session: Session, actor: Actor) -> list[SavedView]:
    return list(session.scalars(select(SavedView).where(SavedView.actor == actor.id).order_by(SavedView.name)))
