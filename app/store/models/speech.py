"""What enterprises say. Apart: random ids, the week instead of the time, erasable; nothing joins device marks."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class Speech(Base):
    """A rating or a report. `body` is its canonical JSON until it is erased; `leaf` stays, for the log.

    `inspection` (ratings) and `enterprise`, `unit`, `visited_on` (reports) are what rules ask for. `known` (reports) is
    a JSON list of the inspections of the enterprise that had been issued when the report arrived: it replaces the time
    of arrival. `receipt_hash` finds it for who holds the receipt.
    """

    __tablename__ = "speech"
    __table_args__ = (
        Index("ix_speech_inspection", "inspection"),
        Index("ix_speech_enterprise_visited_on", "enterprise", "visited_on"),
        Index("ix_speech_kind_week", "jurisdiction", "kind", "week"),
        Index("ix_speech_kind_state", "jurisdiction", "kind", "state"),
        Index("ix_speech_leaf", "leaf"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # rating | report
    jurisdiction: Mapped[str] = mapped_column(Code)
    week: Mapped[str] = mapped_column(String(8))
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    enterprise: Mapped[str | None] = mapped_column(Id, ForeignKey("enterprises.id"))
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    visited_on: Mapped[date | None]
    known: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None]
    body: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    answer: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))  # received | in_hand | answered
    upheld: Mapped[bool | None] = mapped_column(Boolean)
    erased_at: Mapped[datetime | None]


class Contact(Base):
    """How to reach who reported, encrypted; opened only with a reason that is recorded. Erased with the speech."""

    __tablename__ = "speech_contacts"
    speech: Mapped[str] = mapped_column(Id, ForeignKey("speech.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class DeviceArrival(Base):
    """How many enterprises a device arrived at on a day (rule code.self_scan): keyed marks, forgotten after two days."""

    __tablename__ = "device_arrivals"
    day_mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    enterprise_mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class DeviceMark(Base):
    """ "Once per device": an HMAC under a key of the code. Nothing joins it; deleted when its window is over."""

    __tablename__ = "device_marks"
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
