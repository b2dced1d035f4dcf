"""Accounts as an administrator keeps them: those of the own district; roles are dated."""

from datetime import date

from sqlalchemy import select

from app.domain.actors import ADMIN, DISCIPLINE, INTEGRATION, ROLES, UNIT_OF_ROLE, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.services.keeping import periods
from app.services.people import accounts, two_persons
from app.services.people.scope import account_in_scope, unit_in_scope
from app.store.actors import secret_text
from app.store.models import RoleAssignment, Unit, User
from app.store.unit_of_work import UnitOfWork

# Accounts of discipline inspection are kept by commands on the server alone: an administrator who could open one, or set
# its password, could read what is sealed from administrators.
PERSON_ROLES = tuple(role for role in ROLES if role not in (INTEGRATION, DISCIPLINE))


def add_person(
    work: UnitOfWork, actor: Actor, username: str, name: str, unit: str, role: str, certificate_no: str | None
) -> tuple[str, str] | None:
    """A new account from today on: its id and first password, which is shown once. Raises Invalid at the field.

    None where the role needs a second administrator: it waits for one (services/people/two_persons.py).
    """
    actor.require(ADMIN)
    _unit(work, actor, unit)
    if role not in PERSON_ROLES:
        raise Invalid("unknown_role", "role", role=role, roles="、".join(PERSON_ROLES))
    accounts.require_unit_and_role(work, unit, role)
    if two_persons.needs_two(role):
        accounts.require_free_name(work, username)
        said = {"name": name, "unit": unit, "role": role, "certificate_no": certificate_no}
        two_persons.propose(work, actor, two_persons.ACCOUNT, username, said)
        return None
    password = secret_text(work.random(12))
    made = accounts.add_user(work, username, name, unit, role, password, certificate_no, by=actor, given=True)
    return made.id, password


def reset_password(work: UnitOfWork, actor: Actor, actor_id: str) -> str:
    """A new password, shown once; all sessions of the account end."""
    user = _person(work, actor, actor_id)
    password = secret_text(work.random(12))
    accounts.set_password(work, user.username, password, by=actor, given=True)
    return password


def disable(work: UnitOfWork, actor: Actor, actor_id: str) -> None:
    """Closes an account. Nobody closes the own: somebody must be left. Raises Refused("own_account")."""
    user = _person(work, actor, actor_id)
    if user.actor == actor.id:
        raise Refused("own_account")
    accounts.set_open(work, user.username, False, by=actor)


def enable(work: UnitOfWork, actor: Actor, actor_id: str) -> None:
    """Opens a closed account again; the password is as it was."""
    accounts.set_open(work, _person(work, actor, actor_id).username, True, by=actor)


def assign(
    work: UnitOfWork, actor: Actor, actor_id: str, unit: str, role: str, first: date | None, last: date | None
) -> bool:
    """A role from a day on, today at the earliest. The newest that holds counts. Whether it holds already: a role with
    powers waits for a second administrator (services/people/two_persons.py)."""
    user = _person(work, actor, actor_id)
    found = _unit(work, actor, unit)
    if role not in PERSON_ROLES:
        raise Invalid("unknown_role", "role", role=role, roles="、".join(PERSON_ROLES))
    if found.role != UNIT_OF_ROLE.get(role, found.role):
        raise Invalid(f"{UNIT_OF_ROLE[role]}_unit", "unit", unit=unit)
    if user.actor == actor.id:
        raise Refused("own_role", "role")
    if two_persons.needs_two(role):
        periods.check(work, first, last)
        said = {"unit": unit, "role": role, "first": str(first), "last": str(last) if last else ""}
        two_persons.propose(work, actor, two_persons.ROLE, user.actor, said)
        return False
    assignment = RoleAssignment(actor=user.actor, unit=unit, role=role, valid_from=first, valid_until=last)
    periods.begin(work, actor, periods.jurisdiction(work, found.region), assignment)
    return True


def end_role(work: UnitOfWork, actor: Actor, actor_id: str, period_id: int, last: date | None) -> None:
    user, assignment, district = _assignment(work, actor, actor_id, period_id)
    if user.actor == actor.id:
        raise Refused("own_role", "last")
    periods.end(work, actor, district, assignment, last)


def take_back_role(work: UnitOfWork, actor: Actor, actor_id: str, period_id: int) -> None:
    _, assignment, district = _assignment(work, actor, actor_id, period_id)
    periods.take_back(work, actor, district, assignment)


def _person(work: UnitOfWork, actor: Actor, actor_id: str) -> User:
    """An account of the region, never one that was or will be discipline inspection's. Raises Refused, NotFound."""
    actor.require(ADMIN)
    user = account_in_scope(work.session, actor, actor_id)
    where = (RoleAssignment.actor == actor_id, RoleAssignment.role == DISCIPLINE)
    if work.session.scalar(select(RoleAssignment.id).where(*where).limit(1)):
        raise Refused("discipline_account")
    return user


def _assignment(work: UnitOfWork, actor: Actor, actor_id: str, period_id: int) -> tuple[User, RoleAssignment, str]:
    user = _person(work, actor, actor_id)
    assignment: RoleAssignment = periods.of(work, RoleAssignment, period_id, "actor", actor_id)
    unit = work.session.get_one(Unit, assignment.unit)
    return user, assignment, periods.jurisdiction(work, unit.region)


def _unit(work: UnitOfWork, actor: Actor, code: str) -> Unit:
    try:
        return unit_in_scope(work.session, actor, code)
    except NotFound:
        raise Invalid("unknown_unit", "unit", unit=code) from None
