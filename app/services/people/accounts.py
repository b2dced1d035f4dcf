"""Accounts of people: added, closed, signed in to, with new passwords. Their roles are dated."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import ROLES, SYSTEM, UNIT_OF_ROLE, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.sign_in import SignInRules
from app.domain.times import shanghai_day
from app.services import registers
from app.services.people import account_notices, passwords, second_factors, sessions
from app.services.people.sessions import Whence
from app.store import actors, registry
from app.store.limits import Limit
from app.store.models import ActorRow, RoleAssignment, Unit, User
from app.store.unit_of_work import UnitOfWork

SIGN_IN_LIMIT = Limit(burst=10, per_minute=6)  # an account from one address, or from one browser that was there before
SIGN_IN_ANYWHERE_LIMIT = Limit(burst=100, per_minute=20)  # an account from everywhere else: many addresses at once
SIGN_IN_FROM_LIMIT = Limit(burst=60, per_minute=60)  # an address: an office signs in through one


def add_user(
    work: UnitOfWork,
    username: str,
    name: str,
    unit: str,
    role: str,
    password: str,
    certificate_no: str | None = None,
    by: Actor = SYSTEM,
    given: bool = False,
) -> Actor:
    """A person's account with one role from today on. `given`: somebody else knows the password.

    Raises Invalid: unknown_unit, unknown_role, username_taken, supervisor_unit, password_… (passwords.check).
    """
    require_unit_and_role(work, unit, role)
    passwords.check(password, "password", (username, name))
    require_free_name(work, username)
    actor_id = add_actor(work, "person", name, unit, role)
    user = User(
        actor=actor_id,
        username=username,
        password_hash=passwords.hashed(password),
        certificate_no=certificate_no,
        disabled_at=None,
        password_changed_at=work.now,
        password_given=given,
    )
    work.session.add(user)
    _recorded(work, by, user)
    return _actor(work, actor_id)


def set_password(work: UnitOfWork, username: str, password: str, by: Actor = SYSTEM, given: bool = False) -> None:
    """Replaces a password and ends all sessions. Raises NotFound, Invalid (passwords.check)."""
    user = user_of(work, username)
    _replace_password(work, user, password, by, given, mixed=False)
    sessions.end_all(work, user.actor)


def change_password(work: UnitOfWork, actor: Actor, old: str, new: str, secret: str, rules: SignInRules) -> None:
    """A new password of one's own; every other session ends. Raises Invalid at `old` or `new`."""
    user = work.session.get_one(User, actor.id)
    if not passwords.is_right(user.password_hash, old):
        raise Invalid("wrong_password", "old")
    if new == old:
        raise Invalid("password_same", "new")
    _replace_password(work, user, new, actor, given=False, mixed=rules.mixed)
    sessions.end_all(work, actor.id, but=secret)


def set_open(work: UnitOfWork, username: str, is_open: bool, by: Actor = SYSTEM) -> None:
    """Closes an account and ends its sessions, or opens it again; what the person recorded stays. Raises NotFound."""
    user = user_of(work, username)
    user.disabled_at = None if is_open else work.now
    _recorded(work, by, user)
    if not is_open:
        sessions.end_all(work, user.actor)


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


def sign_in(
    work: UnitOfWork, username: str, password: str, whence: Whence, rules: SignInRules
) -> tuple[Actor, str, bool]:
    """The actor, the secret of a new session, and whether that waits for the second factor.

    Raises Refused("wrong_credentials"). Callers take the limits first: an attempt costs 50 ms of processor time.
    """
    user = work.session.scalar(select(User).where(User.username == username, User.disabled_at.is_(None)))
    if not passwords.is_right(user.password_hash if user else None, password) or user is None:
        raise Refused("wrong_credentials", "password")
    if passwords.is_cheap(user.password_hash):
        user.password_hash = passwords.hashed(password)
        _recorded(work, SYSTEM, user)
    needs_code = second_factors.has_factor(work.session, user.actor)
    secret = sessions.start(work, user.actor, whence, rules, way="password", needs_code=needs_code)
    return _actor(work, user.actor), secret, needs_code


def note_failure(work: UnitOfWork, username: str) -> None:
    """Counts a failed sign-in, where there is such an account for it."""
    account_notices.failed(work, work.session.scalar(select(User.actor).where(User.username == username)))


def username_of(session: Session, actor_id: str) -> str:
    return session.get_one(User, actor_id).username


def require_free_name(work: UnitOfWork, username: str) -> None:
    if work.session.scalar(select(User.actor).where(User.username == username)):
        raise Invalid("username_taken", "username", username=username)


def require_unit_and_role(work: UnitOfWork, unit: str, role: str) -> None:
    """Raises Invalid: unknown_unit, unknown_role, or the kind of unit that the role needs."""
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


def user_of(work: UnitOfWork, username: str) -> User:
    """The account of a user name. Raises NotFound."""
    user = work.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise NotFound("no_such_user", username=username)
    return user


def _replace_password(work: UnitOfWork, user: User, password: str, by: Actor, given: bool, *, mixed: bool) -> None:
    name = work.session.get_one(ActorRow, user.actor).name
    passwords.check(password, "new" if by.id == user.actor else "password", (user.username, name), mixed=mixed)
    user.password_hash = passwords.hashed(password)
    user.password_changed_at, user.password_given = work.now, given
    _recorded(work, by, user)
    account_notices.tell(work, user.actor, account_notices.PASSWORD)


def _recorded(work: UnitOfWork, by: Actor, row: User) -> None:
    work.session.flush()
    registers.record(work, by, work.default_jurisdiction, [row])
