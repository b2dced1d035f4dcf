"""Who watches the watchers: discipline inspection's looks and its sealed leads."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class Look(Base):
    """A page that somebody of discipline inspection looked at. Which one is sealed; its fact knows the hash."""

    __tablename__ = "looks"
    __table_args__ = (Index("ix_looks_jurisdiction_at", "jurisdiction", "at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Lead(Base):
    """A sealed lead (线索移送). A random id and the week, as with speech; `receipt_hash` and `answer` only where it is
    all that became of a complaint, for who holds the receipt."""

    __tablename__ = "leads"
    __table_args__ = (Index("ix_leads_jurisdiction", "jurisdiction", "state"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    way: Mapped[str] = mapped_column(String(12))  # rating | report | complaint | observation
    week: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))  # received | looked_into | closed
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    receipt_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    answer: Mapped[str | None] = mapped_column(Text)


class LeadStep(Base):
    """One step of a lead, its note sealed."""

    __tablename__ = "lead_steps"
    __table_args__ = (UniqueConstraint("lead", "position"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead: Mapped[str] = mapped_column(Id, ForeignKey("leads.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
