"""The registry of enterprises (经营主体): an id of our own, its dated records, and the lists it stands on."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


class Enterprise(Base):
    """What holds now, for finding it. `search` is the compared name, `initials` pinyin initials of it."""

    __tablename__ = "enterprises"
    __table_args__ = (
        Index("ix_enterprises_search", "search"),
        Index("ix_enterprises_initials", "initials"),
        Index("ix_enterprises_region", "region"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(String(200))
    initials: Mapped[str] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(Code, ForeignKey("regions.code"))
    address: Mapped[str | None] = mapped_column(String(400))
    no_uscc_reason: Mapped[str | None] = mapped_column(String(200))
    first_known_at: Mapped[datetime]


class EnterpriseRecord(Base):
    """What held from a day on, as it was learned: insert-only; the newest recorded of the newest day counts."""

    __tablename__ = "enterprise_records"
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"), index=True)
    valid_from: Mapped[date]
    uscc: Mapped[str | None] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(Code)
    address: Mapped[str | None] = mapped_column(String(400))
    industry: Mapped[str | None] = mapped_column(String(8))
    risk: Mapped[str | None] = mapped_column(String(10))
    credit: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]


class DoNotDisturb(Base):
    """无感监管对象 (subject_kind enterprise) and 无事不扰事项 (item): triggered visits only, between two days."""

    __tablename__ = "do_not_disturb"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "valid_from"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    subject_kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(200))
