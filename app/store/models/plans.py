"""Inspection plans (检查计划) and their rows, with the dates that rules ask for."""

from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


class Plan(Base):
    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("jurisdiction", "code"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    code: Mapped[str] = mapped_column(Code)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # yearly | special
    title: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    approved_on: Mapped[date | None]
    filed_on: Mapped[date | None]
    published_on: Mapped[date | None]


class PlanRow(Base):
    """One row of a plan (the Longyan form): item, objects or share, content, way, frequency, time, partners."""

    __tablename__ = "plan_rows"
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    plan: Mapped[str] = mapped_column(Id, ForeignKey("plans.id"), index=True)
    item: Mapped[str] = mapped_column(Code, ForeignKey("items.code"))
    objects: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[str | None] = mapped_column(Text)
    way: Mapped[str | None] = mapped_column(String(40))
    frequency: Mapped[str | None] = mapped_column(String(100))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    joint_role: Mapped[str | None] = mapped_column(String(10))
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
