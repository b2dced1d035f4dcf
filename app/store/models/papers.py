"""Papers 文书: the current state folded from their facts, and what each unit set for its own."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class PaperRow(Base):
    """One row a paper, for lists and numbers; columns as in domain.papers.lifecycle.Paper. What stands in it is in its facts.

    A number is unique by (unit, kind, year, serial). `subject` is what the paper is about: an inspection, a flag, …
    """

    __tablename__ = "papers"
    __table_args__ = (
        UniqueConstraint("unit", "kind", "year", "serial"),
        Index("ix_papers_subject_kind_subject_id", "subject_kind", "subject_id"),
        Index("ix_papers_enterprise_served_at", "enterprise", "served_at"),
        Index("ix_papers_unit_state", "unit", "state"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(String(20))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    enterprise: Mapped[str | None] = mapped_column(Id, ForeignKey("enterprises.id"))
    state: Mapped[str] = mapped_column(String(12))
    drafter: Mapped[str] = mapped_column(Id)
    drafted_at: Mapped[datetime]
    reviewer: Mapped[str | None] = mapped_column(Id)
    reviewed_at: Mapped[datetime | None]
    returned_reason: Mapped[str | None] = mapped_column(Text)
    signer: Mapped[str | None] = mapped_column(Id)
    signed_at: Mapped[datetime | None]
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(String(120))
    served_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)


class PaperCounter(Base):
    """The last serial given in a unit, kind and year; taken in the transaction of signing, so numbers have no gaps."""

    __tablename__ = "paper_counters"
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class PaperSetting(Base):
    """A unit's 机关代字 (before the kind's word in a number) and whether its papers are reviewed by another person."""

    __tablename__ = "paper_settings"
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(30), unique=True)
    reviewed: Mapped[bool] = mapped_column(Boolean)
    recorded_at: Mapped[datetime]
