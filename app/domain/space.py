"""The enterprise's space: who its people are, how they are reached, and which visits of the enterprise they see."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from app.domain.errors import Forbidden, Invalid, NotFound
from app.domain.ids import RandomBytes
from app.domain.inspections import APPLIED, CANCELLED, CONTACT, DRAFT, REJECTED, REPLACED, Inspection

RECEPTION, SAFETY, LEGAL = "reception", "safety", "legal"
ROLES = (RECEPTION, SAFETY, LEGAL)
PHONE, MAIL = "phone", "mail"
LONGEST_NAME = 40
CODE_LIFETIME = timedelta(minutes=10)
INVITATION_LIFETIME = timedelta(hours=24)
REQUEST_LIFETIME = timedelta(hours=2)  # of a request at a visit that waits for the officer to hand over the digits
MOST_TRIES = 5
IDLE, LONGEST_SESSION = timedelta(days=14), timedelta(days=90)
CONTACT_KEPT = timedelta(days=30)  # after the last membership ended, so that a removal can be looked into

_MAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
_HIDDEN_BEFORE_ARRIVAL = (DRAFT, APPLIED, REJECTED, REPLACED)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached: a phone number (digits, + in front of foreign ones) or a mail address."""

    channel: str
    value: str

    @property
    def masked(self) -> str:
        """Enough to recognise the own one: 138****0001, l****@example.com."""
        if self.channel == PHONE:
            return f"{self.value[:3]}****{self.value[-4:]}"
        name, _, host = self.value.partition("@")
        return f"{name[:1]}****@{host}"


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in one enterprise's space. `manages`: may invite and remove others."""

    id: str
    enterprise: str
    role: str
    manages: bool
    via: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who is in the space: `id` says nothing about the human being, `memberships` are those of now."""

    id: str
    memberships: tuple[Membership, ...]

    @property
    def enterprises(self) -> tuple[str, ...]:
        return tuple(m.enterprise for m in self.memberships)

    def member_of(self, enterprise: str) -> Membership:
        """The membership in an enterprise. Raises NotFound: what is not theirs does not exist for them."""
        found = next((m for m in self.memberships if m.enterprise == enterprise), None)
        if found is None:
            raise NotFound("no_such_space")
        return found

    def manager_of(self, enterprise: str) -> Membership:
        """Like `member_of`. Raises Forbidden("not_a_manager") for who was invited without that right."""
        found = self.member_of(enterprise)
        if not found.manages:
            raise Forbidden("not_a_manager")
        return found

    def speaker_of(self, enterprise: str) -> Membership:
        """Who may speak for the enterprise: legal persons and managers. Raises Forbidden("not_a_speaker")."""
        found = self.member_of(enterprise)
        if not found.manages and found.role != LEGAL:
            raise Forbidden("not_a_speaker")
        return found


def address(text: str, field: str = "contact") -> Address:
    """What a person typed as an address. Raises Invalid("contact_missing" | "contact_wrong") at `field`."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if not folded:
        raise Invalid("contact_missing", field)
    if "@" in folded:
        mail = folded.lower()
        if len(mail) > 200 or not _MAIL.fullmatch(mail):
            raise Invalid("contact_wrong", field)
        return Address(MAIL, mail)
    digits = re.sub(r"[\s().-]", "", folded)
    digits = digits.removeprefix("+86").removeprefix("0086")
    if not re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}|\+[1-9]\d{7,14}", digits, re.ASCII):
        raise Invalid("contact_wrong", field)
    return Address(PHONE, digits)


def check_name(name: str) -> str:
    """How a person is called, trimmed. Raises Invalid at `name`."""
    if not name:
        raise Invalid("missing", "name")
    if len(name) > LONGEST_NAME:
        raise Invalid("too_long", "name", most=LONGEST_NAME)
    return name


def check_role(role: str) -> str:
    if role not in ROLES:
        raise Invalid("missing", "role")
    return role


def six_digits(random: RandomBytes) -> str:
    """A one-time code: 64 random bits make the bias of the remainder immeasurable."""
    return f"{int.from_bytes(random(8), 'big') % 1_000_000:06d}"


def typed_digits(text: str) -> str:
    """The digits of a one-time code as typed, without spaces and full-width forms."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdigit() and c.isascii())


def shows(inspection: Inspection) -> bool:
    """Whether the enterprise's space shows an inspection.

    An application is the unit's own matter until it is announced or approved; a surprise visit (突击检查) is shown once
    it has begun at the enterprise, so that nothing here warns of it, not even that it was called off.
    """
    i = inspection
    if i.kind == CONTACT or i.imported:
        return True
    if i.surprise:
        return i.visit_start is not None or i.first_seen_at is not None
    if i.announced_at is not None:  # who was told of it is told how it went on
        return True
    if i.state in _HIDDEN_BEFORE_ARRIVAL:
        return False
    return i.state != CANCELLED or i.code is not None
