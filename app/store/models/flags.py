"""Findings (预警) as they stand. Their history is facts of subject kind `finding`."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id

_NAMED = text("officer <> ''")  # few beside the others
_SOMEBODYS = text("assignee IS NOT NULL")
_ASIDE = text("aside_until IS NOT NULL")


class FindingRow(Base):
    """One finding per key (rule, subject kind and id, unit, officer, period) in a jurisdiction; empty text where a part
    does not apply.

    `standing` is whether it follows from the facts now; `state` is where the follow-up is (api.md: Flag).
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint(
            "rule", "subject_kind", "subject_id", "unit", "officer", "period", "jurisdiction", name="uq_findings_key"
        ),
        Index("ix_findings_subject", "subject_kind", "subject_id"),
        Index("ix_findings_jurisdiction_state", "jurisdiction", "state", "severity"),
        Index("ix_findings_jurisdiction_raised_for", "jurisdiction", "raised_for"),
        Index("ix_findings_raised_for", "raised_for", "id"),  # lists of a period, in the order of its days
        Index("ix_findings_jurisdiction_rule", "jurisdiction", "rule", "standing", "raised_for"),
        Index("ix_findings_enterprise", "enterprise_id"),
        Index("ix_findings_inspection", "inspection_id"),
        Index("ix_findings_unit_rule", "unit", "rule"),
        Index("ix_findings_jurisdiction_due_on", "jurisdiction", "due_on"),
        Index("ix_findings_unit_sent_at", "unit", "sent_at"),
        Index("ix_findings_case_id", "case_id"),
        Index("ix_findings_assignee", "assignee", "id", postgresql_where=_SOMEBODYS, sqlite_where=_SOMEBODYS),
        Index("ix_findings_aside", "id", postgresql_where=_ASIDE, sqlite_where=_ASIDE),
        Index("ix_findings_raised_at", "raised_at"),
        Index("ix_findings_officer", "officer", "raised_for", postgresql_where=_NAMED, sqlite_where=_NAMED),
        # where open flags come from, without reading their rows
        Index("ix_findings_where_from", "jurisdiction", "state", "unit", "rule", "enterprise_id"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    rule: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(6))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(Code, default="")
    officer: Mapped[str] = mapped_column(String(40), default="")
    period: Mapped[str] = mapped_column(String(20), default="")
    jurisdiction: Mapped[str] = mapped_column(Code)
    inspection_id: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    enterprise_id: Mapped[str | None] = mapped_column(Id, ForeignKey("enterprises.id"))
    raised_for: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    standing: Mapped[bool]
    revision: Mapped[int] = mapped_column(default=1)
    raised_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    assignee: Mapped[str | None] = mapped_column(Id)
    due_on: Mapped[date | None]
    sent_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    case_id: Mapped[str | None] = mapped_column(Id)  # flags of one case take each step together
    object_until: Mapped[date | None]
    aside_until: Mapped[date | None]
    reminded: Mapped[str | None] = mapped_column(String(20))  # the deadline and light last reminded of


class RuleClock(Base):
    """The as-of time of time-driven rules in a jurisdiction: the last sweep. Incremental evaluation uses it too."""

    __tablename__ = "rule_clocks"
    jurisdiction: Mapped[str] = mapped_column(Code, primary_key=True)
    as_of: Mapped[datetime]


class BadPresentation(Base):
    """A posted verification that ended badly, grouped by device and clock hour (rule code.bad). Insert-only."""

    __tablename__ = "bad_presentations"
    __table_args__ = (UniqueConstraint("device_group", "hour", "verdict"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    device_group: Mapped[str] = mapped_column(String(64))
    hour: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(20))
    cti: Mapped[str | None] = mapped_column(String(32))
    inspection: Mapped[str | None] = mapped_column(Id)
    recorded_at: Mapped[datetime]
