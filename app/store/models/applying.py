"""What stands before an application: drafts, templates, batches, and who is a head's deputy.

Drafts, templates and batches are working papers and change in place; what becomes of a draft is a fact (`draft.*`), and
deputies are a register: `log verify` holds their rows against the facts.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class Draft(Base):
    """An application in the making, seen by its whole unit. `typed` is what was typed (JSON), emptied at its end."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_unit_state", "unit", "state", "saved_at"),
        UniqueConstraint("unit", "client_key"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    jurisdiction: Mapped[str] = mapped_column(Code)
    client_key: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))  # open | applied | discarded
    title: Mapped[str] = mapped_column(String(200))
    typed: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    begun_by: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    saved_by: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    inspection: Mapped[str | None] = mapped_column(Id)


class ApplicationTemplate(Base):
    """A named beginning of applications: the owner's own, or (owner None) the unit's."""

    __tablename__ = "application_templates"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    owner: Mapped[str | None] = mapped_column(Id, ForeignKey("actors.id"))
    name: Mapped[str] = mapped_column(String(60))
    typed: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    made_at: Mapped[datetime]


class ApplicationKey(Base):
    """Which inspection an applicant's own key made; `digest` tells whether the same was sent again."""

    __tablename__ = "application_keys"
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))


class Batch(Base):
    """Many applications at once. `mode`: all (or nothing) | skip (the bad rows); None until somebody chose."""

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_unit", "unit", "made_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    title: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(10))  # new | checked | applying | applied | nothing
    mode: Mapped[str | None] = mapped_column(String(4))
    total: Mapped[int]
    job: Mapped[str | None] = mapped_column(Id)
    made_by: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    made_at: Mapped[datetime]


class BatchRow(Base):
    """One row: what it says, what is wrong with it, what the rules say of it, and the inspection it became."""

    __tablename__ = "batch_rows"
    batch: Mapped[str] = mapped_column(Id, ForeignKey("batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"), index=True)


class Deputy(Base):
    """A deputy (代理负责人) acts as the head of the unit from the first day to the last, both included."""

    __tablename__ = "deputies"
    __table_args__ = (Index("ix_deputies_deputy", "deputy", "valid_from"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    head: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    deputy: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    named_by: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
