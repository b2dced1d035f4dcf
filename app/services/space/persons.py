"""Persons in an enterprise's space: their sealed names and addresses, their sessions, their entry codes, their erasure."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import NotFound
from app.domain.ids import CROCKFORD, crockford, random_id
from app.domain.space import CONTACT_KEPT, IDLE, LONGEST_SESSION, Address, Membership, Person
from app.store import actors
from app.store.models import SpaceMember, SpacePerson, SpaceSession
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

MISREAD = str.maketrans("OIL", "011")
TOUCHED_EVERY = timedelta(minutes=5)  # so that reading a page does not write each time
ERASED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Details:
    """Name and address of a person, opened for somebody who may see them; `verified`: the address was proved."""

    name: str
    address: Address | None
    verified: bool


def actor_of(person_id: str) -> Actor:
    """Who facts name: the person's random id, which says nothing once the person is erased."""
    return Actor(id=person_id, kind="member", name="企业人员")


def contact_marks(vault: Vault, address: Address) -> list[bytes]:
    """The marks under which an address may have been kept, ours first."""
    return vault.marks("space-contact", f"{address.channel}:{address.value}")


def contact_mark(vault: Vault, address: Address) -> bytes:
    return contact_marks(vault, address)[0]


def create(work: UnitOfWork, name: str, address: Address | None, *, verified: bool) -> SpacePerson:
    """A person with nothing but a name and an address. A proved address is theirs alone."""
    row = SpacePerson(id=random_id(work.random), created_at=work.now)
    seal(work, row, name, address)
    if verified and address is not None:
        row.contact_mark = contact_mark(work.vault, address)
    work.session.add(row)
    work.session.flush()
    return row


def seal(work: UnitOfWork, row: SpacePerson, name: str, address: Address | None) -> None:
    said = {"name": name, "channel": address.channel if address else "", "value": address.value if address else ""}
    row.sealed = work.vault.seal(json.dumps(said, ensure_ascii=False).encode(), f"space-person:{row.id}")


def details(vault: Vault, row: SpacePerson) -> Details | None:
    """What a person is called and how reached; None once erased."""
    if row.sealed is None:
        return None
    said = json.loads(vault.open(row.sealed, f"space-person:{row.id}"))
    address = Address(said["channel"], said["value"]) if said["channel"] else None
    return Details(said["name"], address, row.contact_mark is not None)


def owner_of(session: Session, vault: Vault, address: Address) -> SpacePerson | None:
    """Who proved that an address is theirs."""
    return session.scalar(select(SpacePerson).where(SpacePerson.contact_mark.in_(contact_marks(vault, address))))


def start_session(work: UnitOfWork, person_id: str, device: str) -> str:
    """The secret of a new session."""
    secret = actors.secret_text(work.random(32))
    work.session.add(
        SpaceSession(
            hash=actors.secret_hash(secret),
            id=random_id(work.random),
            person=person_id,
            created_at=work.now,
            last_seen_at=work.now,
            expires_at=work.now + LONGEST_SESSION,
            ended_at=None,
            device=device[:100],
        )
    )
    work.session.flush()
    return secret


def of_session(session: Session, secret: str, now: datetime) -> tuple[Person, SpaceSession] | None:
    """Who a session cookie's value stands for, as a member of what they belong to now; None when it ended or expired,
    and for who belongs to no enterprise any more."""
    row = session.get(SpaceSession, actors.secret_hash(secret))
    if row is None or row.ended_at is not None or row.expires_at <= now or row.last_seen_at <= now - IDLE:
        return None
    person = person_of(session, row.person)
    return (person, row) if person.memberships else None


def person_of(session: Session, person_id: str) -> Person:
    query = select(SpaceMember).where(SpaceMember.person == person_id, SpaceMember.removed_at.is_(None))
    rows = session.scalars(query.order_by(SpaceMember.added_at, SpaceMember.id))
    return Person(person_id, tuple(Membership(m.id, m.enterprise, m.role, m.manages, m.via) for m in rows))


def touch(work: UnitOfWork, secret: str) -> None:
    where = (SpaceSession.hash == actors.secret_hash(secret), SpaceSession.ended_at.is_(None))
    work.session.execute(update(SpaceSession).where(*where).values(last_seen_at=work.now))


def open_sessions(session: Session, person_id: str, now: datetime) -> list[SpaceSession]:
    """The browsers that a person is signed in on, newest first."""
    query = select(SpaceSession).where(
        SpaceSession.person == person_id,
        SpaceSession.ended_at.is_(None),
        SpaceSession.expires_at > now,
        SpaceSession.last_seen_at > now - IDLE,
    )
    return list(session.scalars(query.order_by(SpaceSession.last_seen_at.desc(), SpaceSession.id)))


def end_session(work: UnitOfWork, person_id: str, session_id: str) -> None:
    """Ends one of the person's sessions. Raises NotFound("no_such_session")."""
    where = (SpaceSession.id == session_id, SpaceSession.person == person_id, SpaceSession.ended_at.is_(None))
    done = work.session.execute(update(SpaceSession).where(*where).values(ended_at=work.now))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("no_such_session")


def new_entry_code(work: UnitOfWork, person_id: str) -> str:
    """The entry code (入口码) that brings a person back where no gateway can send one: 100 random bits, shown once;
    the one before ends."""
    text = crockford(int.from_bytes(work.random(13), "big") >> 4, 20)
    row = work.session.get_one(SpacePerson, person_id)
    row.return_hash = entry_code_hash(text)
    work.session.flush()
    return "-".join(text[i : i + 5] for i in range(0, 20, 5))


def entry_code_hash(text: str) -> bytes:
    """As people type: upper case, O as 0, I and L as 1, no separators."""
    folded = text.upper().translate(MISREAD)
    return hashlib.sha256(b"entry:" + "".join(c for c in folded if c in CROCKFORD).encode()).digest()


def erase(work: UnitOfWork, row: SpacePerson, jurisdiction: str, by: Actor = SYSTEM) -> None:
    """Forgets name, address and every way in; that there was a person, and which, stays (fact contact.erased)."""
    row.sealed = row.contact_mark = row.city_mark = row.return_hash = None
    row.erased_at = work.now
    work.session.execute(
        update(SpaceSession)
        .where(SpaceSession.person == row.id, SpaceSession.ended_at.is_(None))
        .values(ended_at=work.now)
    )
    work.store_fact(work.fact("contact.erased", ("person", row.id), {}, by, jurisdiction))
    work.session.flush()


def erase_former(work: UnitOfWork) -> int:
    """Erases the contacts of who belongs to no enterprise any more, thirty days after the last membership; how many."""
    standing = exists().where(SpaceMember.person == SpacePerson.id, SpaceMember.removed_at.is_(None))
    left = select(func.max(SpaceMember.removed_at)).where(SpaceMember.person == SpacePerson.id).scalar_subquery()
    query = (
        select(SpacePerson)
        .where(SpacePerson.erased_at.is_(None), ~standing, left < work.now - CONTACT_KEPT)
        .order_by(SpacePerson.id)
        .limit(ERASED_AT_ONCE)
    )
    rows = list(work.session.scalars(query))
    for row in rows:
        where = SpaceMember.person == row.id
        last = select(SpaceMember.jurisdiction).where(where).order_by(SpaceMember.removed_at.desc()).limit(1)
        erase(work, row, work.session.scalar(last) or work.default_jurisdiction)
    return len(rows)
