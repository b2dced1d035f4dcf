"""Inspection plans (检查计划) folded from facts, their rows, key enterprises; drawing by lot and conflicts of interest."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


class Plan(Base):
    """Columns as in domain.plans.Plan. `authors` are identities, one a line; `revision` guards concurrent changes."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("jurisdiction", "code"), Index("ix_plans_state", "jurisdiction", "state"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    code: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # yearly | special
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    revision: Mapped[int] = mapped_column(default=1)
    authors: Mapped[str] = mapped_column(Text, default="")
    imported: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    submitted_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    published_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(400))
    reason: Mapped[str | None] = mapped_column(String(400))


class PlanRow(Base):
    """One row of a plan (the Longyan form); columns as in domain.plans.Line, `position` from 1."""

    __tablename__ = "plan_rows"
    __table_args__ = (Index("uq_plan_rows_plan_position", "plan", "position", unique=True),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    plan: Mapped[str] = mapped_column(Id, ForeignKey("plans.id"), index=True)
    position: Mapped[int]
    item: Mapped[str] = mapped_column(Code, ForeignKey("items.code"), index=True)
    basis: Mapped[str | None] = mapped_column(Text)
    objects: Mapped[str | None] = mapped_column(String(200))
    wanted: Mapped[int | None]
    share: Mapped[int | None]
    content: Mapped[str | None] = mapped_column(Text)
    way: Mapped[str | None] = mapped_column(String(40))
    frequency: Mapped[str | None] = mapped_column(String(100))
    cap: Mapped[int | None]
    timing: Mapped[str | None] = mapped_column(String(100))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    office: Mapped[str | None] = mapped_column(String(100))
    joint_role: Mapped[str | None] = mapped_column(String(10))
    partners: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(400))


class PlanKeyEnterprise(Base):
    """A key enterprise that a plan wants visited before it ends."""

    __tablename__ = "plan_key_enterprises"
    __table_args__ = (UniqueConstraint("plan", "enterprise"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    plan: Mapped[str] = mapped_column(Id, ForeignKey("plans.id"))
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class OfficerConflict(Base):
    """An officer declared a conflict of interest with an enterprise (回避), from a day until a day; never drawn together."""

    __tablename__ = "officer_conflicts"
    __table_args__ = (UniqueConstraint("certificate_no", "enterprise", "valid_from"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    certificate_no: Mapped[str] = mapped_column(String(40), ForeignKey("officers.certificate_no"), index=True)
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    declared_by: Mapped[str] = mapped_column(Id)


class Lot(Base):
    """A drawing by lot (双随机). `pool` is the canonical text of domain.lots; the seed is sealed until it is drawn.

    `left_out` and `result` are JSON: [[id, reason], …] and [[subject, [person, …]], …].
    """

    __tablename__ = "lots"
    __table_args__ = (Index("ix_lots_unit", "unit", "committed_at"), Index("ix_lots_plan", "plan", "plan_row"))
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    purpose: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    plan: Mapped[str | None] = mapped_column(Id, ForeignKey("plans.id"))
    plan_row: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))  # committed | drawn | abandoned
    pool: Mapped[str] = mapped_column(Text)
    pool_hash: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[str] = mapped_column(String(64))
    sealed_seed: Mapped[bytes] = mapped_column(LargeBinary)
    left_out: Mapped[str] = mapped_column(Text)
    committed_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    seed: Mapped[str | None] = mapped_column(String(64))
    word: Mapped[str | None] = mapped_column(String(100))
    result: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(400))
