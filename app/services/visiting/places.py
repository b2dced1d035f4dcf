"""Where the code was shown: with the officer's knowledge, once a visit, coarse, forgotten after a year.

The fact holds a salted hash; the place itself stands in a table from which it can be erased (docs/decisions/0014).
"""

import hashlib
from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import HEAD, INSPECTOR, SYSTEM, Actor
from app.domain.errors import Invalid
from app.domain.inspections import Inspection, transition
from app.domain.places import coarse, is_place
from app.services.people.access import own_inspection
from app.services.visiting.visits import record_step
from app.store.models import CodePlace, InspectionRow
from app.store.unit_of_work import UnitOfWork

KEPT = timedelta(days=365)
ERASED_AT_ONCE = 500


def record(work: UnitOfWork, actor: Actor, inspection_id: str, lat: float, lon: float) -> Inspection:
    """Keeps the coarse place of this moment, once a visit; a second time changes nothing.

    Raises NotFound, Forbidden, Refused (state), Invalid("not_a_place").
    """
    inspection = own_inspection(work, actor, inspection_id, INSPECTOR, HEAD)
    if not is_place(lat, lon):
        raise Invalid("not_a_place", "lat")
    transition(inspection.state, "inspection.placed")
    if work.session.get(CodePlace, inspection.id) is not None:
        return inspection
    row = CodePlace(
        inspection=inspection.id, lat=coarse(lat), lon=coarse(lon), salt=work.random(16), recorded_at=work.now
    )
    work.session.add(row)
    work.session.flush()
    return record_step(work, actor, inspection, "inspection.placed", {"sha256": digest(row)})


def forget(work: UnitOfWork) -> int:
    """Housekeeping: erases places after a year; that they were erased is a fact."""
    query = (
        select(CodePlace, InspectionRow.jurisdiction)
        .join(InspectionRow, InspectionRow.id == CodePlace.inspection)
        .where(CodePlace.recorded_at < work.now - KEPT)
        .limit(ERASED_AT_ONCE)
    )
    found = work.session.execute(query).all()
    for row, jurisdiction in found:
        work.store_fact(work.fact("place.erased", ("place", row.inspection), {}, SYSTEM, jurisdiction))
        work.session.delete(row)
    return len(found)


def digest(row: CodePlace) -> str:
    """What the fact holds of a place."""
    return hashlib.sha256(row.salt + f"{row.lat},{row.lon}".encode()).hexdigest()
