"""Ways into an enterprise's space: digits handed over at a visit, an invitation, a code sent to a proved address, the
entry code, the city's sign-in. Never a number that others can read (docs/decisions).

A refused attempt returns None instead of raising, so that its try stays counted; callers take rate limits first.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, SYSTEM, Actor
from app.domain.applications import EnterpriseRef
from app.domain.errors import NotFound, Refused
from app.domain.ids import random_id
from app.domain.inspections import COMPLETED, IN_PROGRESS, Inspection
from app.domain.space import (
    CODE_LIFETIME,
    INVITATION_LIFETIME,
    LEGAL,
    MOST_TRIES,
    REQUEST_LIFETIME,
    Address,
    Person,
    check_name,
    check_role,
    six_digits,
)  # fmt: skip
from app.services import enterprises
from app.services.people.access import own_inspection
from app.services.sending import outbox
from app.services.space import members, persons
from app.services.trust.verification import look
from app.store.models import SpaceCode, SpacePerson
from app.store.unit_of_work import UnitOfWork, deleted
from app.store.vault import Vault

AFTER_VISIT = timedelta(days=1)  # a visit that ended yesterday still knows who was there
MOST_REQUESTS = 10  # open ones of one visit
VISIT, INVITATION, SIGN_IN, CONTACT = "visit", "invitation", "sign_in", "contact"


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in: the secret of their new session, and whether this was the first time."""

    person: str
    secret: str
    new: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody at a visit asks for the six digits; shown on the officer's page. The address is masked there."""

    id: str
    name: str
    masked: str
    role: str
    handed_over: bool


def ask_at_visit(work: UnitOfWork, presented: str, name: str, address: Address, role: str, device: str) -> Inspection:
    """Somebody who holds a visit's code asks to be its enterprise's person; the officer hands the digits over in person.

    Raises Invalid, NotFound("no_such_code"), Refused("no_visit_now") unless the visit has begun."""
    inspection = look(work.session, presented, work.now).inspection
    if inspection is None:
        raise NotFound("no_such_code")
    _request(work, inspection, name, address, role, device)
    return inspection


def ask_on_officers_page(
    work: UnitOfWork, actor: Actor, inspection_id: str, name: str, address: Address, role: str
) -> str:
    """The enterprise's person types on the officer's page and reads the digits there; the digits. Raises like above."""
    inspection = own_inspection(work, actor, inspection_id, INSPECTOR, HEAD)
    return _hand_over(work, actor, _request(work, inspection, name, address, role, None))


def hand_over(work: UnitOfWork, actor: Actor, inspection_id: str, request_id: str) -> str:
    """Six digits for a request, to be read aloud to the person who stands there; shown once, good for ten minutes.

    Who handed them over stays on record. Raises NotFound, Forbidden, Refused("no_visit_now")."""
    inspection = own_inspection(work, actor, inspection_id, INSPECTOR, HEAD)
    _require_visit(inspection, work)
    row = work.session.get(SpaceCode, request_id, with_for_update=True)
    if row is None or row.inspection != inspection.id or row.used_at is not None or row.expires_at <= work.now:
        raise NotFound("no_such_request")
    return _hand_over(work, actor, row)


def requests(session: Session, vault: Vault, inspection_id: str, now: datetime) -> list[Request]:
    """The open requests of a visit, oldest first."""
    query = select(SpaceCode).where(
        SpaceCode.inspection == inspection_id, SpaceCode.used_at.is_(None), SpaceCode.expires_at > now
    )
    found = []
    for row in session.scalars(query.order_by(SpaceCode.created_at, SpaceCode.id)):
        name, address = _opened(vault, row)
        found.append(Request(row.id, name, address.masked, row.role or "", row.code_mark is not None))
    return found


def invite(
    work: UnitOfWork, person: Person, enterprise: str, name: str, address: Address, role: str, manages: bool, by: str
) -> str | None:
    """A manager invites somebody: the code goes to their address where a gateway can, else the digits are returned, to be
    told in person. `by`: sent | told. Raises Invalid, NotFound, Forbidden("not_a_manager")."""
    person.manager_of(enterprise)
    row = _code(work, INVITATION, check_name(name), address, INVITATION_LIFETIME)
    row.enterprise, row.role, row.manages, row.person = enterprise, check_role(role), manages, person.id
    row.proves_contact = by == "sent"
    return _give(work, row, address, by)


def send_code(work: UnitOfWork, address: Address, device: str, by: str, person: Person | None = None) -> str | None:
    """A one-time code for a proved address; for `person`, one that proves the address. Unknown addresses get nothing, and
    nobody is told, by the time it takes neither: there is a code without digits, which nothing fits.
    `by`: sent | told (demonstration only: the digits are returned)."""
    row = _code(work, CONTACT if person else SIGN_IN, "", address, CODE_LIFETIME)
    row.proves_contact, row.device_mark = True, work.vault.mark("space-device", device)
    row.person = person.id if person else None
    if person is None and persons.owner_of(work.session, work.vault, address) is None:
        return None
    return _give(work, row, address, by)


def enter(
    work: UnitOfWork, address: Address, digits: str, device: str, agent: str, current: Person | None
) -> Entered | None:
    """Redeems a one-time code; None where the digits are wrong, used, expired or tried too often.

    `current`: who is signed in on this browser: digits told at another visit add to what they see."""
    row = _matching(work, address, digits, device)
    if row is None or (row.purpose == CONTACT and (current is None or current.id != row.person)):
        return None
    row.used_at = work.now
    person, new = _who(work, row, address, current)
    if row.purpose in (VISIT, INVITATION) and row.enterprise is not None:
        visit = row.purpose == VISIT
        members.add(
            work, person.id, row.enterprise, row.role or "", manages=row.manages, via=row.purpose,
            inspection=row.inspection, handed_by=row.handed_by, invited_by=None if visit else row.person,
        )  # fmt: skip
    return Entered(person.id, persons.start_session(work, person.id, agent), new)


def enter_with_entry_code(work: UnitOfWork, address: Address, text: str, agent: str) -> Entered | None:
    """The way back without a gateway: address and entry code together; None where they do not fit."""
    query = select(SpacePerson).where(SpacePerson.return_hash == persons.entry_code_hash(text))
    row = work.session.scalar(query)
    found = persons.details(work.vault, row) if row else None
    if row is None or found is None or found.address != address:
        return None
    return Entered(row.id, persons.start_session(work, row.id, agent), False)


def enter_by_city(
    work: UnitOfWork, issuer: str, subject: str, name: str, claimed: Sequence[EnterpriseRef], agent: str
) -> Entered:
    """Somebody whom the city's sign-in knows, for the enterprises that it names. Raises Refused("no_enterprise_named")."""
    if not claimed:
        raise Refused("no_enterprise_named")
    marks = work.vault.marks("space-city", f"{issuer}\x00{subject}")
    mark = marks[0]
    work.lock(f"space-city:{mark.hex()}")
    row = work.session.scalar(select(SpacePerson).where(SpacePerson.city_mark.in_(marks)))
    new = row is None
    if row is None:
        row = persons.create(work, name, None, verified=False)
        row.city_mark = mark
    named = [enterprises.find_or_enter(work, ref, "sign_in", SYSTEM).id for ref in claimed]
    for enterprise in dict.fromkeys(named):
        members.add(work, row.id, enterprise, LEGAL, manages=True, via=members.SIGN_IN)
    members.end_sign_in_memberships(work, row.id, set(named))
    return Entered(row.id, persons.start_session(work, row.id, agent), new)


def forget_codes(work: UnitOfWork) -> int:
    """Codes and requests whose time is over, with the names and addresses in them; how many."""
    return deleted(work, delete(SpaceCode).where(SpaceCode.expires_at < work.now))


def _request(
    work: UnitOfWork, inspection: Inspection, name: str, address: Address, role: str, device: str | None
) -> SpaceCode:
    """The open request of this address at this visit, made anew."""
    _require_visit(inspection, work)
    name, role = check_name(name), check_role(role)
    mark = persons.contact_mark(work.vault, address)
    here = (SpaceCode.inspection == inspection.id, SpaceCode.used_at.is_(None))
    work.session.execute(delete(SpaceCode).where(*here, SpaceCode.contact_mark == mark))
    if (
        len(list(work.session.scalars(select(SpaceCode.id).where(*here, SpaceCode.expires_at > work.now))))
        >= MOST_REQUESTS
    ):
        raise Refused("too_many_requests")
    row = _code(work, VISIT, name, address, REQUEST_LIFETIME)
    row.inspection, row.enterprise, row.role, row.manages = inspection.id, inspection.enterprise_id, role, True
    row.device_mark = work.vault.mark("space-device", device) if device else None
    work.session.flush()
    return row


def _require_visit(i: Inspection, work: UnitOfWork) -> None:
    ended = i.state == COMPLETED and i.ended_at is not None and work.now < i.ended_at + AFTER_VISIT
    begun = i.visit_start is not None and i.visit_start <= work.now
    if not (begun and (i.state == IN_PROGRESS or ended)):
        raise Refused("no_visit_now")


def _hand_over(work: UnitOfWork, actor: Actor, row: SpaceCode) -> str:
    row.handed_by, row.expires_at = actor.id, work.now + CODE_LIFETIME
    return _set_digits(work, row)


def _code(work: UnitOfWork, purpose: str, name: str, address: Address, lifetime: timedelta) -> SpaceCode:
    row = SpaceCode(
        id=random_id(work.random), purpose=purpose, contact_mark=persons.contact_mark(work.vault, address),
        manages=False, proves_contact=False, tries=0, created_at=work.now, expires_at=work.now + lifetime,
    )  # fmt: skip
    said = {"name": name, "channel": address.channel, "value": address.value}
    row.sealed = work.vault.seal(json.dumps(said, ensure_ascii=False).encode(), f"space-code:{row.id}")
    work.session.add(row)
    return row


def _opened(vault: Vault, row: SpaceCode) -> tuple[str, Address]:
    said = json.loads(vault.open(row.sealed, f"space-code:{row.id}"))
    return said["name"], Address(said["channel"], said["value"])


def _set_digits(work: UnitOfWork, row: SpaceCode) -> str:
    digits = six_digits(work.random)
    row.code_mark, row.tries = work.vault.mark(f"space-digits:{row.id}", digits), 0
    work.session.flush()
    return digits


def _give(work: UnitOfWork, row: SpaceCode, address: Address, by: str) -> str | None:
    digits = _set_digits(work, row)
    if by == "told":
        return digits
    text = f"您的检查码企业空间验证码是 {digits}，请勿告诉他人。如非本人操作，请忽略。"
    channel = outbox.SMS if address.channel == "phone" else outbox.MAIL
    outbox.enqueue(
        work, channel, address.value, text, topic="space.code", subject="检查码企业空间验证码",
        good_for=row.expires_at - work.now,
    )  # fmt: skip
    return None


def _matching(work: UnitOfWork, address: Address, digits: str, device: str) -> SpaceCode | None:
    """The open code of this address with these digits. Every open one counts the try."""
    mark = persons.contact_mark(work.vault, address)
    work.lock(f"space-enter:{mark.hex()}")
    query = select(SpaceCode).where(
        SpaceCode.contact_mark == mark,
        SpaceCode.code_mark.is_not(None),
        SpaceCode.used_at.is_(None),
        SpaceCode.expires_at > work.now,
        SpaceCode.tries < MOST_TRIES,
    )
    here = work.vault.mark("space-device", device)
    found = None
    for row in list(work.session.scalars(query.order_by(SpaceCode.created_at.desc()).with_for_update())):
        if row.device_mark is not None and row.device_mark != here:
            continue
        row.tries += 1
        if hmac.compare_digest(row.code_mark or b"", work.vault.mark(f"space-digits:{row.id}", digits)):
            found = found or row
    work.session.flush()
    return found


def _who(work: UnitOfWork, row: SpaceCode, address: Address, current: Person | None) -> tuple[SpacePerson, bool]:
    """The person that a redeemed code stands for, and whether they are new.

    Digits that went to the address prove it: its owner comes in, or who is signed in here becomes its owner. Digits told
    in person prove nothing about the address: they open a new person, or add to who is signed in on this browser."""
    name, _ = _opened(work.vault, row)
    if not row.proves_contact:
        if current is not None:
            return work.session.get_one(SpacePerson, current.id), False
        return persons.create(work, name, address, verified=False), True
    owner = persons.owner_of(work.session, work.vault, address)
    asked_by = current if row.purpose == CONTACT else None
    if owner is not None:
        if asked_by is not None:
            members.merge(work, asked_by.id, owner.id)
        return owner, False
    if asked_by is not None:
        mine = work.session.get_one(SpacePerson, asked_by.id)
        known = persons.details(work.vault, mine)
        persons.seal(work, mine, known.name if known else "", address)
        mine.contact_mark = persons.contact_mark(work.vault, address)
        return mine, False
    return persons.create(work, name, address, verified=True), True
