"""Records of the units' own systems (案件、处罚决定、检查记录、投诉、企业自报), and where each stands in the reconciliation."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id


class CaseRecord(Base):
    """What was received follows from the facts `case_record.received`/`corrected`, the decision from `.decided`.

    `state`, `reason`, `enterprise_id` and `inspection_id` are what the matching says now (domain/reconciliation.py).
    `officers`, `items` and `rejected` are JSON lists. `decisions` counts them: two at once, one wins.
    """

    __tablename__ = "case_records"
    __table_args__ = (
        UniqueConstraint("jurisdiction", "kind", "source", "number"),
        Index("ix_case_records_jurisdiction_state", "jurisdiction", "state", "kind"),
        Index("ix_case_records_enterprise_day", "enterprise_id", "day"),
        Index("ix_case_records_uscc", "uscc"),
        Index("ix_case_records_name_key", "name_key"),
        Index("ix_case_records_decided_inspection", "decided_inspection"),
        Index("ix_case_records_inspection", "inspection_id"),
        Index("ix_case_records_unit_day", "unit", "day"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(100))
    uscc: Mapped[str | None] = mapped_column(String(18))
    name: Mapped[str | None] = mapped_column(String(200))
    name_key: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(400))
    address_key: Mapped[str | None] = mapped_column(String(100))
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    unit_text: Mapped[str | None] = mapped_column(String(100))
    day: Mapped[date]
    officers: Mapped[str] = mapped_column(Text)
    items: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    decided_inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    decided_enterprise: Mapped[str | None] = mapped_column(Id, ForeignKey("enterprises.id"))
    rejected: Mapped[str | None] = mapped_column(Text)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    decisions: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    enterprise_id: Mapped[str | None] = mapped_column(Id, ForeignKey("enterprises.id"))
    inspection_id: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
