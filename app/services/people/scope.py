"""Whose registers an administrator keeps: those of the own region and of everything below it."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import ADMIN, HEAD, Actor
from app.domain.errors import NotFound
from app.store import registry
from app.store.models import Enterprise, Item, Officer, RoleAssignment, Unit, User


def regions_of(session: Session, actor: Actor) -> frozenset[str] | None:
    """The regions whose registers the actor keeps; None: all (the platform's own commands)."""
    if actor.kind == "system":
        return None
    return registry.regions_below(session, actor.region) if actor.region else frozenset()


def unit_in_scope(session: Session, actor: Actor, code: str) -> Unit:
    """A unit that the actor keeps: an administrator those of the region, a head the own.

    Raises NotFound("no_such_unit"): another's unit does not exist for the actor.
    """
    unit = session.get(Unit, code)
    if unit is None or not keeps_unit(session, actor, unit):
        raise NotFound("no_such_unit", unit=code)
    return unit


def keeps_unit(session: Session, actor: Actor, unit: Unit) -> bool:
    return keeper(session, actor)(unit)


def keeper(session: Session, actor: Actor) -> Callable[[Unit], bool]:
    """Says of a unit whether the actor keeps it; asks the session nothing more, so it holds past its transaction."""
    if actor.role == HEAD:
        return lambda unit: unit.code == actor.unit
    regions = regions_of(session, actor)
    return lambda unit: regions is None or (actor.role == ADMIN and unit.region in regions)


def enterprise_in_scope(session: Session, actor: Actor, enterprise_id: str) -> Enterprise:
    """An enterprise that the administrator keeps: of the region, or of none yet. Raises NotFound("no_such_enterprise")."""
    enterprise = session.get(Enterprise, enterprise_id)
    regions = regions_of(session, actor)
    if enterprise is None or not (regions is None or enterprise.region is None or enterprise.region in regions):
        raise NotFound("no_such_enterprise")
    return enterprise


def officer_in_scope(session: Session, actor: Actor, officer_id: str) -> tuple[Officer, Unit]:
    """An officer of a unit that the actor keeps. Raises NotFound("no_such_officer")."""
    officer = session.get(Officer, officer_id)
    unit = session.get(Unit, officer.unit) if officer is not None and officer.unit is not None else None
    if officer is None or unit is None or not keeps_unit(session, actor, unit):
        raise NotFound("no_such_officer")
    return officer, unit


def item_in_scope(session: Session, actor: Actor, code: str) -> tuple[Item, Unit]:
    """An item of a unit that the actor keeps. Raises NotFound("no_such_item")."""
    item = session.scalar(select(Item).where(Item.code == code))
    unit = session.get(Unit, item.unit) if item is not None else None
    if item is None or unit is None or not keeps_unit(session, actor, unit):
        raise NotFound("no_such_item")
    return item, unit


def account_in_scope(session: Session, actor: Actor, actor_id: str) -> User:
    """The account of somebody whose unit (of the newest role) the actor keeps. Raises NotFound("no_such_account")."""
    user = session.get(User, actor_id)
    newest = (
        select(Unit)
        .join(RoleAssignment, RoleAssignment.unit == Unit.code)
        .where(RoleAssignment.actor == actor_id)
        .order_by(RoleAssignment.valid_from.desc(), RoleAssignment.id.desc())
        .limit(1)
    )
    unit = session.scalar(newest)
    if user is None or unit is None or not keeps_unit(session, actor, unit):
        raise NotFound("no_such_account")
    return user
