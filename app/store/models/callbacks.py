"""Call-backs by lot: what was drawn for a week, and each enterprise that is asked. Both follow from their facts."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class CallbackDraw(Base):
    """One pool of one week: how many enterprises or visits were in it, and how many visits were registered in the days
    that it is about. `lot` is empty where there was nothing to draw from."""

    __tablename__ = "callback_draws"
    __table_args__ = (UniqueConstraint("jurisdiction", "week", "pool"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    week: Mapped[str] = mapped_column(String(8))
    pool: Mapped[str] = mapped_column(String(10))  # closed | unvisited | doubtful
    lot: Mapped[str | None] = mapped_column(Id, ForeignKey("lots.id"), unique=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    size: Mapped[int]
    registered: Mapped[int]
    wanted: Mapped[int]
    drawn_at: Mapped[datetime | None]


class Callback(Base):
    """One enterprise to be asked. `note` is sealed; of it and of `went` the facts hold keyed marks only, so that
    both can be erased.

    `mark` is the id that stands in the published pool instead of the enterprise's or the visit's.
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        UniqueConstraint("draw", "mark"),
        Index("ix_callbacks_jurisdiction_state", "jurisdiction", "state"),
        Index("ix_callbacks_enterprise_drawn_at", "enterprise", "drawn_at"),
        Index("ix_callbacks_assigned_to", "assigned_to"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    draw: Mapped[str] = mapped_column(Id, ForeignKey("callback_draws.id"))
    pool: Mapped[str] = mapped_column(String(10))
    place: Mapped[int]
    mark: Mapped[str] = mapped_column(String(16))
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"))
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    drawn_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))  # open | done | not_reached
    attempts: Mapped[int]
    claimed_by: Mapped[str | None] = mapped_column(Id)
    claimed_at: Mapped[datetime | None]
    assigned_to: Mapped[str | None] = mapped_column(Id)  # an observer who asks it
    came: Mapped[str | None] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(8))
    went: Mapped[str | None] = mapped_column(String(8))
    visited_on: Mapped[date | None]
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    ended_at: Mapped[datetime | None]
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int]
