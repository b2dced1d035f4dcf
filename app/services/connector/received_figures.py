"""Closed ratings that another system gives back: one figure a unit and quarter (promise 4: never more), each a fact."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import INTEGRATION, SUPERVISOR, Actor
from app.domain.errors import Invalid
from app.services.people.scope import regions_of
from app.store import registry
from app.store.models import FactRow
from app.store.unit_of_work import UnitOfWork

RECEIVED = "figure.received"
SUBJECT = "received_figure"


@dataclass(frozen=True, slots=True)
class Figure:
    """`halves` are half points, 2 to 10."""

    unit: str
    quarter: str
    halves: int


@dataclass(frozen=True, slots=True)
class Received:
    system: str
    figure: Figure


def receive(work: UnitOfWork, actor: Actor, system: str, figures: Sequence[Figure]) -> list[str]:
    """Keeps what is new: added, corrected or unchanged of each. Raises Invalid("unknown_unit") for another district's."""
    actor.require(INTEGRATION, SUPERVISOR)
    units = registry.units(work.session, {f.unit for f in figures})
    own = regions_of(work.session, actor)
    for n, f in enumerate(figures):
        unit = units.get(f.unit)
        mine = unit and (unit.code == actor.unit if actor.role == INTEGRATION else own is None or unit.region in own)
        if not mine:
            raise Invalid("unknown_unit", f"figures.{n}.unit", unit=f.unit)
    work.lock(RECEIVED)
    known = {(r.system, r.figure.unit, r.figure.quarter): r.figure.halves for r in received(work.session)}
    told = []
    for f in figures:
        before = known.get((system, f.unit, f.quarter))
        told.append("added" if before is None else "unchanged" if before == f.halves else "corrected")
        if before != f.halves:
            body = {"system": system, "unit": f.unit, "quarter": f.quarter, "halves": f.halves}
            region = registry.district_of(work.session, units[f.unit].region) or work.default_jurisdiction
            work.store_fact(work.fact(RECEIVED, (SUBJECT, f"{f.quarter}:{f.unit}"[:64]), body, actor, region))
            known[system, f.unit, f.quarter] = f.halves
    return told


def received(session: Session, units: Iterable[str] | None = None) -> list[Received]:
    """What was given back so far, the newest word of each, by quarter (newest first) and unit."""
    query = select(FactRow.body).where(FactRow.subject_kind == SUBJECT, FactRow.kind == RECEIVED).order_by(FactRow.seq)
    newest = {}
    for said in (json.loads(body) for body in session.scalars(query)):
        figure = Figure(said["unit"], said["quarter"], said["halves"])
        newest[said["system"], figure.unit, figure.quarter] = Received(said["system"], figure)
    wanted = None if units is None else set(units)
    found = [r for r in newest.values() if wanted is None or r.figure.unit in wanted]
    return sorted(found, key=lambda r: (r.figure.quarter, r.figure.unit), reverse=True)
