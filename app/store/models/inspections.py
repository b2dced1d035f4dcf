"""Inspections: the current state folded from facts, with units, officers and items as tables of their own."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.domain.inspections import Slot
from app.domain.times import parse_rfc3339, rfc3339
from app.store.models.base import Base, Code, Id


class Slots(TypeDecorator[tuple[Slot, ...]]):
    """The slots of an advance notice as JSON; none is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Slot, ...] | None, dialect: Any) -> str | None:
        return json.dumps([[rfc3339(s.start), rfc3339(s.end)] for s in value]) if value else None

    def process_result_value(self, value: str | None, dialect: Any) -> tuple[Slot, ...]:
        return tuple(Slot(parse_rfc3339(a), parse_rfc3339(b)) for a, b in json.loads(value)) if value else ()


_CONTACTS = text("kind = 'contact'")  # few beside the visits
_BEGUN = text("visit_day IS NOT NULL")
# entered after they began, or begun without a code: few. An index has this condition, word for word
LATE = text("(begun_at IS NOT NULL OR exception IS NOT NULL OR (started_at < applied_at AND imported = false))")


class InspectionRow(Base):
    """One row an inspection; columns as in domain.inspections.Inspection. `revision` guards concurrent changes.

    `visit_start`, `visit_day` and `counts` repeat what the domain derives (rules.md: Start, Day, counts), for indexes;
    `due_at` is the next instant at which time alone may change a finding of this visit.
    """

    __tablename__ = "inspections"
    __table_args__ = (
        UniqueConstraint("jurisdiction", "number"),
        Index("ix_inspections_enterprise_visit_start", "enterprise_id", "visit_start"),
        Index("ix_inspections_lead_unit_window_start", "lead_unit", "window_start"),
        Index("ix_inspections_jurisdiction_visit_day", "jurisdiction", "visit_day"),
        # lists of a period, in the order of its days
        Index("ix_inspections_visit_day", "visit_day", "id", postgresql_where=_BEGUN, sqlite_where=_BEGUN),
        Index("ix_inspections_window_start", "window_start", "id"),
        Index("ix_inspections_state_window_end", "state", "window_end"),
        Index("ix_inspections_clue_key", "jurisdiction", "clue_key"),
        Index("ix_inspections_due_at", "due_at"),
        Index("ix_inspections_place_key", "place_key"),
        Index("ix_inspections_plan_code", "jurisdiction", "plan_code"),
        Index("ix_inspections_late", "id", postgresql_where=LATE, sqlite_where=LATE),
        Index("ix_inspections_contacts", "id", postgresql_where=_CONTACTS, sqlite_where=_CONTACTS),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    revision: Mapped[int]
    number: Mapped[str] = mapped_column(String(64))
    jurisdiction: Mapped[str] = mapped_column(Code)
    enterprise_id: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(16))
    lead_unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str] = mapped_column(Id)
    applicant: Mapped[str] = mapped_column(Id)
    imported: Mapped[bool]
    mirrored: Mapped[bool] = mapped_column(default=False)
    plan_code: Mapped[str | None] = mapped_column(Code)
    cause: Mapped[str | None] = mapped_column(String(20))
    clue_no: Mapped[str | None] = mapped_column(String(100))
    clue_key: Mapped[str | None] = mapped_column(String(100))
    clue_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    recheck_of: Mapped[str | None] = mapped_column(Id)
    place_kind: Mapped[str] = mapped_column(String(16))
    place_address: Mapped[str | None] = mapped_column(String(400))
    place_key: Mapped[str | None] = mapped_column(String(100))
    place_region: Mapped[str | None] = mapped_column(Code)
    way: Mapped[str] = mapped_column(String(10))
    surprise: Mapped[bool]
    started_at: Mapped[datetime | None]
    exception: Mapped[str | None] = mapped_column(String(20))
    exception_reason: Mapped[str | None] = mapped_column(Text)
    low_yield_reason: Mapped[str | None] = mapped_column(Text)
    external_system: Mapped[str | None] = mapped_column(String(100))
    external_number: Mapped[str | None] = mapped_column(String(100))
    external_qr: Mapped[str | None] = mapped_column(Text)
    begun_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    slots: Mapped[tuple[Slot, ...]] = mapped_column(Slots, nullable=True)
    slot_chosen: Mapped[int | None]
    slot_chosen_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Id)
    decided_for: Mapped[str | None] = mapped_column(Id)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    code_cti: Mapped[str | None] = mapped_column(String(32))
    first_seen_at: Mapped[datetime | None]
    first_arrive_at: Mapped[datetime | None]
    self_scanned: Mapped[bool]
    enterprise_arrived_at: Mapped[datetime | None]
    officer_arrived_at: Mapped[datetime | None]
    officer_scanned_at: Mapped[datetime | None]
    device_enterprises: Mapped[int | None]
    served_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome_told: Mapped[str | None] = mapped_column(String(16))
    result_recorded_at: Mapped[datetime | None]
    not_carried_out_reason: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    lapsed_at: Mapped[datetime | None]
    amendments: Mapped[int] = mapped_column(default=0, server_default="0")
    pending_amendment: Mapped[int | None]
    contact_kind: Mapped[str | None] = mapped_column(String(16))
    assisting: Mapped[int | None]
    headcount: Mapped[int | None]
    visit_start: Mapped[datetime | None]
    visit_day: Mapped[date | None]
    counts: Mapped[bool]
    due_at: Mapped[datetime | None]


class InspectionUnit(Base):
    """The units of a visit; position 0 leads."""

    __tablename__ = "inspection_units"
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)


class InspectionOfficer(Base):
    """The officers as named. An unknown certificate stays as text: the rules say so, the application is not lost."""

    __tablename__ = "inspection_officers"
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    certificate_no: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str | None] = mapped_column(String(60))
    unit: Mapped[str | None] = mapped_column(Code)


class InspectionItem(Base):
    """The items of a visit and, once recorded, their outcomes."""

    __tablename__ = "inspection_items"
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(Code, ForeignKey("items.code"), index=True)
    outcome: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)


class InspectionInvitation(Base):
    """Another unit asked to come along (综合查一次), one row a unit; what it offers as JSON."""

    __tablename__ = "inspection_invitations"
    __table_args__ = (Index("ix_inspection_invitations_unit_state", "unit", "state"),)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    state: Mapped[str] = mapped_column(String(10))
    invited_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(Text)
    items: Mapped[str] = mapped_column(Text)
    officers: Mapped[str] = mapped_column(Text)
    offered_by: Mapped[str | None] = mapped_column(Id)
    plan_code: Mapped[str | None] = mapped_column(Code, index=True)
    cause: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]


class CodeRow(Base):
    """An issued code, one row a version. `cti` is its identity; `short_code` is for typing."""

    __tablename__ = "codes"
    __table_args__ = (UniqueConstraint("inspection", "version"), Index("ix_codes_expires_at", "expires_at"))
    cti: Mapped[str] = mapped_column(String(32), primary_key=True)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"))
    version: Mapped[int]
    kid: Mapped[str] = mapped_column(String(16), ForeignKey("unit_keys.kid"))
    short_code: Mapped[str] = mapped_column(String(12), unique=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]


class UnitKey(Base):
    """A unit's signing key. The private part is encrypted with the installation's key; `suite` belongs to the key."""

    __tablename__ = "unit_keys"
    kid: Mapped[str] = mapped_column(String(16), primary_key=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"), index=True)
    use: Mapped[str] = mapped_column(String(8))  # codes | status
    suite: Mapped[str] = mapped_column(String(16))
    jwk: Mapped[str] = mapped_column(Text)
    private: Mapped[bytes] = mapped_column(LargeBinary)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(200))


class Challenge(Base):
    """An open comparison number (对照码) of one device: two minutes, then it is deleted. No fact.

    `mark` is an HMAC of the device under a key of the code.
    """

    __tablename__ = "challenges"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    inspection: Mapped[str] = mapped_column(Id, ForeignKey("inspections.id"), index=True)
    digits: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class IssueCounter(Base):
    """The next free number of a unit and year: one atomic statement takes it."""

    __tablename__ = "issue_counters"
    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[int]
