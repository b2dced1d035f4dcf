"""Acts that need two persons (OWASP ASVS 5.0, 2.3.5): one proposes, another confirms."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class Proposal(Base):
    """`body` is JSON: what will be done. Open while `decided_at` is None; `confirmed` False: withdrawn."""

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_jurisdiction_decided_at", "jurisdiction", "decided_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(String(16))  # account | role | key | factor
    subject: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Id, ForeignKey("actors.id"))
    decided_at: Mapped[datetime | None]
    confirmed: Mapped[bool | None]
