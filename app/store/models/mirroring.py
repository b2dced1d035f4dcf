"""Beside another system: which inspection is which of its visits, how far it was read, and what could not be taken."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Id


class MirroredVisit(Base):
    """One visit of another system and the inspection that stands for it here: mirrored, or applied for here with its number.

    `told` is the digest of what the other system said last, `told_state` its state then; `differs` what is recorded otherwise
    here. `returned_at`: when the result recorded here was given back. The inspection itself follows from facts; this row
    only finds it, and whoever finds one by its QR compares the whole text.
    """

    __tablename__ = "mirrored_visits"
    __table_args__ = (
        UniqueConstraint("system", "number"),
        Index("ix_mirrored_visits_qr_digest", "qr_digest"),
        Index("ix_mirrored_visits_returned_at", "returned_at", "told_state"),
    )
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    system: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(100))
    their_id: Mapped[str | None] = mapped_column(String(100))
    qr_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    told: Mapped[str | None] = mapped_column(String(64))
    told_state: Mapped[str | None] = mapped_column(String(16))
    learned_at: Mapped[datetime]
    differs: Mapped[str | None] = mapped_column(String(16))
    returned_at: Mapped[datetime | None]
    return_problem: Mapped[str | None] = mapped_column(String(300))


class Connector(Base):
    """How far another system was read. `cursor` is its own word for that; `caught_up_at`: when nothing newer was there."""

    __tablename__ = "connectors"
    system: Mapped[str] = mapped_column(String(100), primary_key=True)
    cursor: Mapped[str | None] = mapped_column(String(200))
    tried_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    caught_up_at: Mapped[datetime | None]
    registers_at: Mapped[datetime | None]
    figures: Mapped[str | None] = mapped_column(String(10))  # the newest quarter whose ratings were given back
    problem: Mapped[str | None] = mapped_column(String(300))


class ConnectorRefusal(Base):
    """What another system said and could not be taken, with the reason; tried again with every round until it fits."""

    __tablename__ = "connector_refusals"
    __table_args__ = (UniqueConstraint("system", "kind", "number"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    system: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(String(100))
    code: Mapped[str] = mapped_column(String(60))
    data: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    tried_at: Mapped[datetime]
