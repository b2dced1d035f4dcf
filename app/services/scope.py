"""Whose registers an administrator keeps: those of the own region and of everything below it."""

from sqlalchemy.orm import Session

from app.domain.actors import ADMIN, HEAD, Actor
from app.domain.errors import NotFound
from app.store import actors
from app.store.models import Enterprise, Unit


def regions_of(session: Session, actor: Actor) -> frozenset[str] | None:
    """The regions whose registers the actor keeps; None: all (the platform's own commands)."""
    if actor.kind == "system":
        return None
    return actors.regions_below(session, actor.region) if actor.region else frozenset()


def unit_in_scope(session: Session, actor: Actor, code: str) -> Unit:
    """A unit that the actor keeps: an administrator those of the region, a head the own.

    Raises NotFound("no_such_unit"): another's unit does not exist for the actor.
    """
    unit = session.get(Unit, code)
    if unit is None or not keeps_unit(session, actor, unit):
        raise NotFound("no_such_unit", unit=code)
    return unit


def keeps_unit(session: Session, actor: Actor, unit: Unit) -> bool:
    if actor.role == HEAD:
        return unit.code == actor.unit
    regions = regions_of(session, actor)
    return regions is None or (actor.role == ADMIN and unit.region in regions)


def enterprise_in_scope(session: Session, actor: Actor, enterprise_id: str) -> Enterprise:
    """An enterprise that the administrator keeps: of the region, or of none yet. Raises NotFound("no_such_enterprise")."""
    enterprise = session.get(Enterprise, enterprise_id)
    regions = regions_of(session, actor)
    if enterprise is None or not (regions is None or enterprise.region is None or enterprise.region in regions):
        raise NotFound("no_such_enterprise")
    return enterprise
