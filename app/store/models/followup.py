"""Beside flags: questions put to units, and what each supervisor keeps for the own desk (views, watches, digests)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class UnitQuestion(Base):
    """A question put to a unit that names no visit, day or enterprise (promise 4). It follows from its facts.

    Nothing here says which flag it came from: that stands in a fact about the flag, which no unit reads.
    """

    __tablename__ = "unit_questions"
    __table_args__ = (
        Index("ix_unit_questions_unit", "unit", "state"),
        Index("ix_unit_questions_jurisdiction", "jurisdiction", "state"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    state: Mapped[str] = mapped_column(String(10))  # sent | answered | closed
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    sent_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(Id)
    signed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reminded: Mapped[str | None] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)


class SavedView(Base):
    """Filters of the flag list under a person's own name for them."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("actor", "name"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(500))


class Watch(Base):
    """An enterprise or unit that a supervisor watches: new flags on it are marked in the list."""

    __tablename__ = "watches"
    __table_args__ = (UniqueConstraint("actor", "kind", "subject"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    kind: Mapped[str] = mapped_column(String(10))  # enterprise | unit
    subject: Mapped[str] = mapped_column(Code)
    since: Mapped[datetime]


class Subscription(Base):
    """Where a supervisor's digest goes, once a day, and new red flags at once where wanted. The address is sealed."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("actor", "channel"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    channel: Mapped[str] = mapped_column(String(10))  # mail | webhook
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime]
    last_day: Mapped[date | None]
    key_no: Mapped[int] = mapped_column(
        default=0
    )  # of a webhook: which of its own keys signs (services/sending/webhook_keys.py)
    key_since: Mapped[datetime | None]
    urgent: Mapped[bool] = mapped_column(default=False)  # new red flags at once, beside the digest


class RedTold(Base):
    """A red flag that a subscription was told of at once; kept for days, so that nothing is told twice."""

    __tablename__ = "red_told"
    subscription: Mapped[str] = mapped_column(Id, primary_key=True)
    finding: Mapped[str] = mapped_column(Id, primary_key=True)
    told_at: Mapped[datetime]
