"""The registry of enterprises (经营主体): an id of our own, its dated records, and the lists it stands on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.domain.enterprises import address_key
from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


def _key_of_address(context: Any) -> str | None:
    return address_key(context.get_current_parameters().get("address"))


class Enterprise(Base):
    """What holds now, for finding it. `search` is the compared name, `initials` pinyin initials of it.

    `address_key` follows from the address by itself, except where an UPDATE in SQL sets the address.
    """

    __tablename__ = "enterprises"
    __table_args__ = (
        Index("ix_enterprises_search", "search"),
        Index("ix_enterprises_initials", "initials"),
        Index("ix_enterprises_region", "region"),
        Index("ix_enterprises_address_key", "address_key"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(String(200))
    initials: Mapped[str] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(Code, ForeignKey("regions.code"))
    address: Mapped[str | None] = mapped_column(String(400))
    address_key: Mapped[str | None] = mapped_column(String(100), default=_key_of_address)
    no_uscc_reason: Mapped[str | None] = mapped_column(String(200))
    first_known_at: Mapped[datetime]

    @validates("address")
    def _follow(self, _key: str, address: str | None) -> str | None:
        self.address_key = address_key(address)
        return address


class EnterprisePhone(Base):
    """How an enterprise is called back: sealed, opened one at a time with a reason that stays on record, erasable.

    `id` is the enterprise's. Its facts know only the hash of what was sealed; `mark` tells whether a file brings another number.
    """

    __tablename__ = "enterprise_phones"
    __table_args__ = (Index("ix_enterprise_phones_kept_at", "kept_at"),)
    id: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    kept_at: Mapped[datetime]


class EnterpriseCode(Base):
    """The permanent code (企业码) that hangs at an enterprise: random, says nothing by itself. The newest one counts."""

    __tablename__ = "enterprise_codes"
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"), index=True)
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(200))


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
