"""The enterprise's space: persons with sealed contacts, memberships, sessions, one-time codes, and what is laid before
units. Nothing here is found by a number that others can read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.words import digest


class SpacePerson(Base):
    """`sealed` is name and address as JSON, gone once erased. `contact_mark` finds who proved that the address is
    theirs, `city_mark` who came by the city's sign-in, `return_hash` (SHA-256 of 100 random bits) the entry code."""

    __tablename__ = "space_persons"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    city_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    return_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class SpaceMember(Base):
    """A person in an enterprise's space. `via`: visit | invitation | sign_in | merged; `inspection` and `handed_by` say
    at which visit and by which officer's page the digits were handed over."""

    __tablename__ = "space_members"
    __table_args__ = (
        Index("ix_space_members_enterprise", "enterprise"),
        Index(
            "uq_space_members_standing", "person", "enterprise", unique=True,
            sqlite_where=text("removed_at IS NULL"), postgresql_where=text("removed_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey("space_persons.id"))
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"))
    jurisdiction: Mapped[str] = mapped_column(Code)
    role: Mapped[str] = mapped_column(String(10))
    manages: Mapped[bool]
    via: Mapped[str] = mapped_column(String(10))
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    handed_by: Mapped[str | None] = mapped_column(Id)
    invited_by: Mapped[str | None] = mapped_column(Id)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None] = mapped_column(Id)
    removed_reason: Mapped[str | None] = mapped_column(String(200))


class SpaceSession(Base):
    """A browser in the space. The cookie holds a random value of which only SHA-256 is kept."""

    __tablename__ = "space_sessions"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    person: Mapped[str] = mapped_column(Id, ForeignKey("space_persons.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(100))


class SpaceCode(Base):
    """A one-time code, or the request for one at a visit (`code_mark` None until the officer hands the digits over).

    `purpose`: visit | invitation | sign_in | contact. `code_mark` is an HMAC of the six digits. `proves_contact`: the
    digits went to the address itself, so who types them owns it. `device_mark`: only the asking browser may use it."""

    __tablename__ = "space_codes"
    __table_args__ = (
        Index("ix_space_codes_contact_mark", "contact_mark"),
        Index("ix_space_codes_inspection", "inspection"),
        Index("ix_space_codes_expires_at", "expires_at"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    contact_mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    enterprise: Mapped[str | None] = mapped_column(Id, ForeignKey("enterprises.id"))
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    person: Mapped[str | None] = mapped_column(Id, ForeignKey("space_persons.id"))
    role: Mapped[str | None] = mapped_column(String(10))
    manages: Mapped[bool]
    code_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    proves_contact: Mapped[bool]
    device_mark: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    handed_by: Mapped[str | None] = mapped_column(Id)


class MatterRow(Base):
    """What an enterprise laid before a unit (domain/matters.py); columns follow from its facts. `sealed` holds the
    findings of a self-check, of which the facts know only the hash; of text, wanted and answer they know hashes with `salt`."""

    __tablename__ = "matters"
    __table_args__ = (
        Index("ix_matters_inspection", "inspection"),
        Index("ix_matters_enterprise", "enterprise", "kind"),
        Index("ix_matters_unit", "unit", "state"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    enterprise: Mapped[str] = mapped_column(Id, ForeignKey("enterprises.id"))
    inspection: Mapped[str | None] = mapped_column(Id, ForeignKey("inspections.id"))
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"))
    item: Mapped[str | None] = mapped_column(Code, ForeignKey("items.code"))
    officer: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)
    wanted: Mapped[str | None] = mapped_column(String(100))
    sha256: Mapped[str | None] = mapped_column(String(64))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_by: Mapped[str] = mapped_column(Id)
    made_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(Id)
    answered_at: Mapped[datetime | None]
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))

    @property
    def text_digest(self) -> str | None:
        return digest(self.salt, "text", self.text)

    @property
    def wanted_digest(self) -> str | None:
        return digest(self.salt, "wanted", self.wanted)

    @property
    def answer_digest(self) -> str | None:
        return digest(self.salt, "answer", self.answer)


class OutboxRow(Base):
    """A message that waits to leave the house. `sealed` is recipient and words as JSON, gone once it left or gave up.

    `channel`: mail | sms | webhook. `topic` says for what, so that an operator sees what is stuck without reading it.
    `subscription`: of whose (models/followup.py), where it is a supervisor's own."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state", "state", "next_at"),
        Index("ix_outbox_subscription", "subscription", "id"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(40))
    subscription: Mapped[str | None] = mapped_column(Id)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))  # queued | sending | sent | given_up
    tries: Mapped[int]
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(200))
