"""Who sees which inspection: an inspector the own unit, a supervisor the own region and everything below it.

What an actor may not see does not exist for them: NotFound, never Forbidden.
"""

from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, Actor
from app.domain.errors import NotFound
from app.domain.inspections import Inspection
from app.store import inspections as inspection_store
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD, INTEGRATION)  # who records what a unit does


def may_see(actor: Actor, inspection: Inspection) -> bool:
    if actor.oversees:
        return inspection.jurisdiction in actor.regions
    return actor.unit in inspection.units


def own_inspection(work: UnitOfWork, actor: Actor, inspection_id: str, *roles: str) -> Inspection:
    """An inspection of the actor's unit, locked for a change. Raises Forbidden (role) or NotFound."""
    actor.require(*roles)
    inspection = inspection_store.get(work.session, inspection_id, lock=True)
    if inspection is None or actor.unit not in inspection.units:
        raise NotFound("no_such_inspection", inspection=inspection_id)
    return inspection


def visible_inspection(work: UnitOfWork, actor: Actor, inspection_id: str) -> Inspection:
    """An inspection that the actor may read. Raises NotFound."""
    inspection = inspection_store.get(work.session, inspection_id)
    if inspection is None or not may_see(actor, inspection):
        raise NotFound("no_such_inspection", inspection=inspection_id)
    return inspection
