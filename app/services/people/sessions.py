"""Sessions of people who sign in: begun, listed, ended one by one or everywhere else; idle and absolute limits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import NotFound
from app.domain.sign_in import HALF_LIFETIME, TOUCHED_EVERY, SignInRules, coarse_place, device_kind, owed
from app.domain.times import shanghai_day
from app.services.people import account_notices
from app.store import actors
from app.store.models import LoginSession, Passkey, SecondFactor, User
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Whence:
    """The browser that a request came from, as it says itself, and its address; `is_new`: the account was not signed in
    on it before."""

    user_agent: str
    address: str | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Somebody signed in. `owes`: what must be done before anything else opens (domain/sign_in.py)."""

    actor: Actor
    owes: str
    stale: bool  # its last use should be noted again


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its owner sees it; `id` names it to the form that ends it and opens nothing."""

    id: str
    device: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def start(
    work: UnitOfWork,
    actor_id: str,
    whence: Whence,
    rules: SignInRules,
    *,
    way: str,
    needs_code: bool,
    trusted: bool = False,
) -> str:
    """The secret of a new session. One that waits for the second factor ends after ten minutes.

    `way`: password, code, passkey, office; on record with a sign-in that is whole. `trusted`: the office's sign-in did the
    second factor."""
    secret = actors.secret_text(work.random(32))
    work.session.add(
        LoginSession(
            hash=actors.secret_hash(secret),
            actor=actor_id,
            created_at=work.now,
            last_seen_at=work.now,
            expires_at=work.now + (HALF_LIFETIME if needs_code else rules.longest),
            ended_at=None,
            device=device_kind(whence.user_agent),
            place=coarse_place(whence.address),
            needs_code=needs_code,
            trusted=trusted,
        )
    )
    work.session.flush()
    if not needs_code:
        account_notices.signed_in(work, actor_id, way, new=whence.is_new)
        if whence.is_new:
            account_notices.tell(work, actor_id, account_notices.BROWSER, whence.user_agent, whence.address)
    return secret


def of(session: Session, secret: str, now: datetime, rules: SignInRules) -> OpenSession | None:
    """Who a session cookie's value stands for; None when it ended, ran out, lay idle, or the account is closed."""
    has_passkey = exists().where(Passkey.actor == LoginSession.actor)
    query = (
        select(LoginSession, User, SecondFactor.confirmed_at, has_passkey)
        .join(User, User.actor == LoginSession.actor)
        .outerjoin(SecondFactor, SecondFactor.actor == LoginSession.actor)
        .where(LoginSession.hash == actors.secret_hash(secret), User.disabled_at.is_(None), *_open(now, rules))
    )
    found = session.execute(query).first()
    actor = actors.by_id(session, found[0].actor, shanghai_day(now)) if found else None
    if found is None or actor is None:
        return None
    row, user, confirmed_at, passkey = found
    owes = owed(
        rules,
        actor.role,
        needs_code=row.needs_code,
        has_factor=confirmed_at is not None or passkey or row.trusted,
        given=user.password_given,
        changed_at=user.password_changed_at,
        now=now,
    )
    return OpenSession(actor, owes, row.last_seen_at < now - TOUCHED_EVERY)


def waiting(session: Session, secret: str, now: datetime) -> str | None:
    """Whose session waits for its second factor under this secret; None where none does (any more)."""
    where = (LoginSession.hash == actors.secret_hash(secret), LoginSession.needs_code, LoginSession.ended_at.is_(None))
    return session.scalar(select(LoginSession.actor).where(*where, LoginSession.expires_at > now))


def touch(work: UnitOfWork, secret: str) -> None:
    """Notes that a session was used."""
    where = (LoginSession.hash == actors.secret_hash(secret), LoginSession.ended_at.is_(None))
    work.session.execute(update(LoginSession).where(*where).values(last_seen_at=work.now))


def own(session: Session, actor: Actor, secret: str, now: datetime, rules: SignInRules) -> list[Listed]:
    """The browsers that the actor is signed in on, the latest used first."""
    query = select(LoginSession).where(LoginSession.actor == actor.id, *_open(now, rules))
    rows = session.scalars(query.order_by(LoginSession.last_seen_at.desc(), LoginSession.hash))
    this = actors.secret_hash(secret)
    return [Listed(_id(r.hash), r.device, r.place, r.created_at, r.last_seen_at, r.hash == this) for r in rows]


def end_one(work: UnitOfWork, actor: Actor, session_id: str) -> None:
    """Ends one of the actor's sessions. Raises NotFound("no_such_session"), for another's too."""
    query = select(LoginSession.hash).where(LoginSession.actor == actor.id, LoginSession.ended_at.is_(None))
    found = next((h for h in work.session.scalars(query) if _id(h) == session_id), None)
    if found is None:
        raise NotFound("no_such_session")
    _end(work, LoginSession.hash == found)


def end(work: UnitOfWork, secret: str) -> None:
    """Ends the session of a cookie's value. Ending it twice changes nothing."""
    _end(work, LoginSession.hash == actors.secret_hash(secret))


def end_all(work: UnitOfWork, actor_id: str, but: str = "") -> int:
    """Ends every session of somebody, but for the one whose secret is `but`; how many."""
    return _end(work, LoginSession.actor == actor_id, LoginSession.hash != actors.secret_hash(but))


def _end(work: UnitOfWork, *where: Any) -> int:
    done = work.session.execute(
        update(LoginSession).where(*where, LoginSession.ended_at.is_(None)).values(ended_at=work.now)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _open(now: datetime, rules: SignInRules) -> tuple[Any, ...]:
    return (
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > now,
        LoginSession.created_at > now - rules.longest,
        LoginSession.last_seen_at > now - rules.idle,
    )


def _id(hashed: bytes) -> str:
    return hashed[:8].hex()
