"""The office's own sign-in of staff (统一身份认证, OpenID Connect): it says who somebody is, never what they may do.

An account is linked by its owner, signed in here, who went to the provider and came back: issuer and subject are kept as one
keyed mark. No account and no role is ever made from what the provider says, and names in its claims mean nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import NotFound, Refused
from app.domain.sign_in import SignInRules
from app.domain.times import shanghai_day
from app.services import registers
from app.services.people import account_notices, second_factors, sessions
from app.services.people.sessions import Whence
from app.store import actors
from app.store.models import OfficeSubject, User
from app.store.unit_of_work import UnitOfWork


def linked_at(session: Session, actor_id: str) -> datetime | None:
    """Since when an account is linked; None where it is not."""
    return session.scalar(select(OfficeSubject.linked_at).where(OfficeSubject.actor == actor_id))


def link(work: UnitOfWork, actor: Actor, issuer: str, subject: str) -> None:
    """Links the actor's account to who came back from the provider. Raises Refused("office_taken", "office_linked")."""
    marks = work.vault.marks("office-sign-in", f"{issuer}\x00{subject}")
    work.lock(f"office:{marks[0].hex()}")
    if linked_at(work.session, actor.id) is not None:
        raise Refused("office_linked")
    if work.session.scalar(select(OfficeSubject.actor).where(OfficeSubject.mark.in_(marks))):
        raise Refused("office_taken")
    row = OfficeSubject(actor=actor.id, mark=marks[0], linked_at=work.now)
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [row])
    account_notices.tell(work, actor.id, account_notices.OFFICE)


def unlink(work: UnitOfWork, actor: Actor) -> None:
    """Raises NotFound("office_not_linked")."""
    row = work.session.get(OfficeSubject, actor.id)
    if row is None:
        raise NotFound("office_not_linked")
    registers.removed(work, actor, work.default_jurisdiction, [row])
    work.session.delete(row)
    account_notices.tell(work, actor.id, account_notices.OFFICE)


def sign_in(
    work: UnitOfWork, issuer: str, subject: str, *, trusted: bool, whence: Whence, rules: SignInRules
) -> tuple[Actor, str, bool]:
    """The actor, the secret of a new session, and whether that waits for the second factor.

    `trusted`: the provider did two factors, in a way that the setting names. Raises Refused("office_unknown").
    """
    marks = work.vault.marks("office-sign-in", f"{issuer}\x00{subject}")
    query = select(OfficeSubject.actor).join(User, User.actor == OfficeSubject.actor)
    actor_id = work.session.scalar(query.where(OfficeSubject.mark.in_(marks), User.disabled_at.is_(None)))
    found = actors.by_id(work.session, actor_id, shanghai_day(work.now)) if actor_id else None
    if found is None:
        raise Refused("office_unknown")
    needs_code = not trusted and second_factors.has_factor(work.session, found.id)
    secret = sessions.start(work, found.id, whence, rules, way="office", needs_code=needs_code, trusted=trusted)
    return found, secret, needs_code


def is_trusted(claims: Any, wanted: Iterable[str]) -> bool:
    """Whether the provider says (`acr`, or one of `amr`; RFC 8176) that it did what the setting asks for."""
    said = claims.get("amr")
    methods = {m for m in said if isinstance(m, str)} if isinstance(said, list) else set()
    return bool(
        ({claims.get("acr")} if isinstance(claims.get("acr"), str) else set()) & set(wanted) or methods & set(wanted)
    )
