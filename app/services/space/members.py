"""Who belongs to an enterprise's space: each arrival and each removal is a fact that names no human being."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Invalid, NotFound
from app.domain.space import Address, Person
from app.services.sending import outbox
from app.services.space import persons
from app.store import registry
from app.store.models import Enterprise, SpaceMember, SpacePerson
from app.store.unit_of_work import UnitOfWork

VISIT, INVITATION, SIGN_IN, MERGED = "visit", "invitation", "sign_in", "merged"
MOST_MEMBERS = 50


def add(
    work: UnitOfWork,
    person_id: str,
    enterprise_id: str,
    role: str,
    *,
    manages: bool,
    via: str,
    inspection: str | None = None,
    handed_by: str | None = None,
    invited_by: str | None = None,
) -> None:
    """Makes a person a member; who is one already stays as they are. Existing members are told.

    Raises Invalid("too_many_members")."""
    work.lock(f"space:{enterprise_id}")
    there = standing(work.session, enterprise_id)
    if any(m.person == person_id for m in there):
        return
    if len(there) >= MOST_MEMBERS:
        raise Invalid("too_many_members", "form", most=MOST_MEMBERS)
    enterprise = work.session.get_one(Enterprise, enterprise_id)
    jurisdiction = registry.jurisdiction_of(work.session, None, enterprise.region, work.default_jurisdiction)
    row = SpaceMember(
        id=work.new_id(), person=person_id, enterprise=enterprise_id, jurisdiction=jurisdiction, role=role,
        manages=manages, via=via, inspection=inspection, handed_by=handed_by, invited_by=invited_by, added_at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    body = {
        "person": person_id, "enterprise": enterprise_id, "role": role, "manages": manages, "via": via,
        "inspection": inspection, "handed_by": handed_by, "invited_by": invited_by,
    }  # fmt: skip
    work.store_fact(work.fact("member.added", ("member", row.id), body, persons.actor_of(person_id), jurisdiction))
    tell(work, enterprise_id, "检查码企业空间新加入了一位人员。如果不是贵企业的人，请登录后移除。", without=person_id)


def remove(work: UnitOfWork, person: Person, member_id: str) -> bool:
    """A manager removes a member, or somebody leaves; whether it was the person's own place.

    Raises NotFound for a member of another enterprise, Forbidden("not_a_manager")."""
    row = work.session.get(SpaceMember, member_id, with_for_update=True)
    if row is None or row.removed_at is not None or row.enterprise not in person.enterprises:
        raise NotFound("no_such_member")
    own = row.person == person.id
    if not own:
        person.manager_of(row.enterprise)
    _end(work, row, persons.actor_of(person.id), None)
    if own and not persons.person_of(work.session, person.id).memberships:
        left = work.session.get_one(SpacePerson, person.id)  # who leaves by themselves is forgotten at once
        persons.erase(work, left, row.jurisdiction, persons.actor_of(person.id))
    return own


def remove_by_supervisor(work: UnitOfWork, actor: Actor, member_id: str, reason: str) -> SpaceMember:
    """The supervisor ends a membership that should not be, with a reason. Raises NotFound, Invalid("reason_missing")."""
    actor.require(SUPERVISOR)
    row = work.session.get(SpaceMember, member_id, with_for_update=True)
    if row is None or row.removed_at is not None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_member")
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    _end(work, row, actor, reason.strip()[:200])
    return row


def end_sign_in_memberships(work: UnitOfWork, person_id: str, keep: set[str]) -> None:
    """Ends what the city's sign-in gave and no longer says."""
    for row in work.session.scalars(select(SpaceMember).where(SpaceMember.person == person_id)):
        if row.removed_at is None and row.via == SIGN_IN and row.enterprise not in keep:
            _end(work, row, persons.actor_of(person_id), "city sign-in")


def merge(work: UnitOfWork, person_id: str, into: str) -> None:
    """One human being proved to be two persons here: the places of the first become those of the second."""
    if person_id == into:
        return
    rows = work.session.scalars(
        select(SpaceMember).where(SpaceMember.person == person_id, SpaceMember.removed_at.is_(None))
    )
    jurisdiction = work.default_jurisdiction
    for row in list(rows):
        jurisdiction = row.jurisdiction
        _end(work, row, persons.actor_of(person_id), "merged")
        add(
            work, into, row.enterprise, row.role, manages=row.manages, via=MERGED,
            inspection=row.inspection, handed_by=row.handed_by, invited_by=row.invited_by,
        )  # fmt: skip
    persons.erase(work, work.session.get_one(SpacePerson, person_id), jurisdiction, persons.actor_of(into))


def standing(session: Session, enterprise_id: str) -> list[SpaceMember]:
    """The members of now, in the order they came."""
    query = select(SpaceMember).where(SpaceMember.enterprise == enterprise_id, SpaceMember.removed_at.is_(None))
    return list(session.scalars(query.order_by(SpaceMember.added_at, SpaceMember.id)))


def tell(work: UnitOfWork, enterprise_id: str, text: str, *, without: str | None = None) -> None:
    """Tells the members whose address was proved. The words name no visit, no body and no person: they leave the house."""
    query = select(SpacePerson).join(SpaceMember, SpaceMember.person == SpacePerson.id)
    query = query.where(SpaceMember.enterprise == enterprise_id, SpaceMember.removed_at.is_(None))
    for row in work.session.scalars(query.where(SpacePerson.contact_mark.is_not(None)).order_by(SpacePerson.id)):
        found = persons.details(work.vault, row)
        if found and found.address and row.id != without:
            send(work, found.address, f"{text} {work.public_url}/my/", topic="space.notice")


def send(work: UnitOfWork, address: Address, text: str, *, topic: str, **options: object) -> None:
    """Queues a message for an address, by the channel it belongs to."""
    channel = outbox.SMS if address.channel == "phone" else outbox.MAIL
    outbox.enqueue(work, channel, address.value, text, topic=topic, subject="检查码企业空间", **options)  # type: ignore[arg-type]


def _end(work: UnitOfWork, row: SpaceMember, by: Actor, reason: str | None) -> None:
    row.removed_at, row.removed_by, row.removed_reason = work.now, by.id, reason
    work.session.flush()
    work.store_fact(work.fact("member.removed", ("member", row.id), {"reason": reason}, by, row.jurisdiction))
