"""Accounts: people and API tokens, how they sign in and out. argon2id for passwords, SHA-256 for random secrets."""

import base64
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select, update

from app.domain.actors import ROLES, SYSTEM, UNIT_OF_ROLE, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.times import shanghai_day
from app.services import registers
from app.store import actors, registry
from app.store.limits import Limit
from app.store.models import ActorRow, ApiToken, LoginSession, RoleAssignment, Unit, User
from app.store.unit_of_work import UnitOfWork

HASHER = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)  # OWASP: 46 MiB, t=1, p=1
UNKNOWN_USER_HASH = HASHER.hash("nobody has this password")  # so that an unknown name costs the same time
SESSION_LIFETIME = timedelta(hours=12)
MIN_PASSWORD = 10
SIGN_IN_LIMIT = Limit(burst=10, per_minute=6)  # an account
SIGN_IN_FROM_LIMIT = Limit(burst=60, per_minute=60)  # an address: an office signs in through one


def secret_text(random_bytes: bytes) -> str:
    return base64.urlsafe_b64encode(random_bytes).rstrip(b"=").decode()


def add_user(
    work: UnitOfWork,
    username: str,
    name: str,
    unit: str,
    role: str,
    password: str,
    certificate_no: str | None = None,
) -> Actor:
    """A person's account with one role from today on.

    Raises Invalid: unknown_unit, unknown_role, username_taken, password_short, supervisor_unit.
    """
    _require_unit_and_role(work, unit, role)
    if len(password) < MIN_PASSWORD:
        raise Invalid("password_short", "password", length=MIN_PASSWORD)
    if work.session.scalar(select(User.actor).where(User.username == username)):
        raise Invalid("username_taken", "username", username=username)
    actor_id = add_actor(work, "person", name, unit, role)
    work.session.add(
        User(
            actor=actor_id,
            username=username,
            password_hash=HASHER.hash(password),
            certificate_no=certificate_no,
            disabled_at=None,
        )
    )
    return _actor(work, actor_id)


def issue_token(work: UnitOfWork, unit: str, role: str, name: str, expires_at: datetime | None = None) -> str:
    """A new API token, shown once. Raises Invalid: unknown_unit, unknown_role."""
    _require_unit_and_role(work, unit, role)
    actor_id = add_actor(work, "token", name, unit, role)
    token = "jcm_" + secret_text(work.random(32))
    work.session.add(
        ApiToken(actor=actor_id, hash=actors.secret_hash(token), created_at=work.now, expires_at=expires_at)
    )
    return token


def revoke_tokens(work: UnitOfWork, name: str) -> int:
    """Ends every token of that name; how many there were. Raises NotFound."""
    query = select(ActorRow.id).where(ActorRow.kind == "token", ActorRow.name == name)
    ids = list(work.session.scalars(query))
    if not ids:
        raise NotFound("no_such_token", name=name)
    work.session.execute(update(ApiToken).where(ApiToken.actor.in_(ids)).values(revoked_at=work.now))
    return len(ids)


def set_password(work: UnitOfWork, username: str, password: str) -> None:
    """Replaces a password and ends all sessions. Raises NotFound, Invalid("password_short")."""
    if len(password) < MIN_PASSWORD:
        raise Invalid("password_short", "password", length=MIN_PASSWORD)
    user = _user(work, username)
    user.password_hash = HASHER.hash(password)
    _end_sessions(work, user.actor)


def disable_user(work: UnitOfWork, username: str) -> None:
    """Closes an account and ends its sessions; what the person recorded stays. Raises NotFound."""
    user = _user(work, username)
    user.disabled_at = work.now
    _end_sessions(work, user.actor)


def add_actor(work: UnitOfWork, kind: str, name: str, unit: str, role: str) -> str:
    """An actor with a role but no way to sign in of its own; its id."""
    actor_id = work.new_id()
    work.session.add(ActorRow(id=actor_id, kind=kind, name=name, created_at=work.now))
    work.session.flush()
    today = shanghai_day(work.now)
    assignment = RoleAssignment(actor=actor_id, unit=unit, role=role, valid_from=today, valid_until=None)
    work.session.add(assignment)
    work.session.flush()
    district = registry.district_of(work.session, work.session.get_one(Unit, unit).region)
    registers.record(work, SYSTEM, district or work.default_jurisdiction, [assignment])
    return actor_id


def sign_in(work: UnitOfWork, username: str, password: str, device: str) -> tuple[Actor, str]:
    """The actor and the secret of a new session. Raises Refused("wrong_credentials").

    Callers take SIGN_IN_LIMIT first: an attempt costs 50 ms of processor time.
    """
    user = work.session.scalar(select(User).where(User.username == username, User.disabled_at.is_(None)))
    try:
        HASHER.verify(user.password_hash if user else UNKNOWN_USER_HASH, password)
    except (Argon2Error, InvalidHashError):
        raise Refused("wrong_credentials", "password") from None
    if user is None:
        raise Refused("wrong_credentials", "password")
    secret = secret_text(work.random(32))
    work.session.add(
        LoginSession(
            hash=actors.secret_hash(secret),
            actor=user.actor,
            created_at=work.now,
            last_seen_at=work.now,
            expires_at=work.now + SESSION_LIFETIME,
            ended_at=None,
            device=device[:100],
        )
    )
    return _actor(work, user.actor), secret


def sign_out(work: UnitOfWork, secret: str) -> None:
    """Ends one session. Ending it twice changes nothing."""
    where = (LoginSession.hash == actors.secret_hash(secret), LoginSession.ended_at.is_(None))
    work.session.execute(update(LoginSession).where(*where).values(ended_at=work.now))


def _require_unit_and_role(work: UnitOfWork, unit: str, role: str) -> None:
    found = work.session.get(Unit, unit)
    if found is None:
        raise Invalid("unknown_unit", "unit", unit=unit)
    if role not in ROLES:
        raise Invalid("unknown_role", "role", role=role, roles=", ".join(ROLES))
    if found.role != UNIT_OF_ROLE.get(role, found.role):
        raise Invalid(f"{UNIT_OF_ROLE[role]}_unit", "unit", unit=unit)


def _actor(work: UnitOfWork, actor_id: str) -> Actor:
    work.session.flush()
    actor = actors.by_id(work.session, actor_id, shanghai_day(work.now))
    if actor is None:
        raise Refused("wrong_credentials", "password")
    return actor


def _user(work: UnitOfWork, username: str) -> User:
    user = work.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound("no_such_user", username=username)
    return user


def _end_sessions(work: UnitOfWork, actor_id: str) -> None:
    where = (LoginSession.actor == actor_id, LoginSession.ended_at.is_(None))
    work.session.execute(update(LoginSession).where(*where).values(ended_at=work.now))
