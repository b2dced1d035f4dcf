"""Reference data that rules read, all of it dated: regions, units, items, settings, the working-day calendar."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


class Region(Base):
    """A tree by parent, not by prefix (310000 contains 310114 because its row says so). GB/T 2260 codes."""

    __tablename__ = "regions"
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))  # province | city | district | town
    parent: Mapped[str | None] = mapped_column(Code, ForeignKey("regions.code"), index=True)
    valid_from: Mapped[date] = mapped_column(default=date.min)
    valid_until: Mapped[date | None]


class Unit(Base):
    """A body. `role` is inspecting or supervisor. `supervised`: within the tree a finding may be raised for."""

    __tablename__ = "units"
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(10))
    region: Mapped[str] = mapped_column(Code, ForeignKey("regions.code"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    parent: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    supervised: Mapped[bool] = mapped_column(Boolean, default=True)
    phone: Mapped[str | None] = mapped_column(String(40))


class UnitTerritory(Base):
    """Where a unit may inspect: a region and all below it, from a date until a date."""

    __tablename__ = "unit_territories"
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    region: Mapped[str] = mapped_column(Code, ForeignKey("regions.code"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class Item(Base):
    """An inspection item (检查事项). `no` stands in tokens and is never used again."""

    __tablename__ = "items"
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(Text)


class ItemTerm(Base):
    """What held for an item during a time: published or not, its yearly cap (None: the policy's)."""

    __tablename__ = "item_terms"
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    item: Mapped[str] = mapped_column(Code, ForeignKey("items.code"), index=True)
    published: Mapped[bool]
    yearly_cap: Mapped[int | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class NationalCode(Base):
    """How the national platform (互联网+监管) calls an item: 监管事项目录编码 and 实施清单编码."""

    __tablename__ = "national_codes"
    item: Mapped[str] = mapped_column(Code, ForeignKey("items.code"), primary_key=True)
    catalogue_code: Mapped[str] = mapped_column(String(14))
    implementation_code: Mapped[str] = mapped_column(String(50))


class JurisdictionSetting(Base):
    """A jurisdiction's own texts and numbers (duty desk, text on refusing with source), newest valid_from wins."""

    __tablename__ = "jurisdiction_settings"
    __table_args__ = (UniqueConstraint("region", "key", "valid_from"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    region: Mapped[str] = mapped_column(Code, ForeignKey("regions.code"))
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]


class CalendarDay(Base):
    """Days on which working differs from Monday–Friday. A later `version` of a day replaces an earlier one."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("day", "version"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    day: Mapped[date] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    working: Mapped[bool]


class Policy(Base):
    """One version of the rules' settings of a jurisdiction, from a day until the next version; JSON settings."""

    __tablename__ = "policies"
    __table_args__ = (
        UniqueConstraint("region", "version"),
        Index("ix_policies_region_valid_from", "region", "valid_from"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    region: Mapped[str] = mapped_column(Code, ForeignKey("regions.code"))
    version: Mapped[int]
    valid_from: Mapped[date]
    settings: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Id)
    confirmed_by: Mapped[str | None] = mapped_column(Id)
    recorded_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class RegisterVersion(Base):
    """One row: the version of what this file and the keys hold, exchanged by triggers (app/store/reference.py)."""

    __tablename__ = "register_version"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(36))
