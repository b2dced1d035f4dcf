"""The facts: insert-only. What else changes is recomputed from here, or dated reference data."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id

Sequence = BigInteger().with_variant(Integer, "sqlite")


class FactRow(Base):
    """`body` is canonical JSON; `leaf` is SHA-256(salt ‖ canonical record), what the log covers."""

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_subject", "subject_kind", "subject_id", "seq"),
        Index("ix_facts_kind", "jurisdiction", "kind", "seq"),
        Index("ix_facts_leaf", "leaf"),
    )
    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(Id)
    body: Mapped[str] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
