"""What goes back to another system: results recorded here, and closed ratings; never who rated, nor a single rating."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.domain.inspections import APPROVED, COMPLETED, IN_PROGRESS, LAPSED, NOT_CARRIED_OUT, Inspection
from app.domain.times import rfc3339
from app.services.connector.sources import Result
from app.services.connector.taking import state
from app.store import inspections as inspection_store
from app.store.figures import closed
from app.store.models import InspectionRow, MirroredVisit
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 100
OPEN_THERE = (APPROVED, IN_PROGRESS, LAPSED)


def waiting(system: str) -> tuple[Any, ...]:
    """What a visit whose result has not gone back yet fulfils: ended here, open there."""
    return (
        MirroredVisit.system == system,
        MirroredVisit.returned_at.is_(None),
        MirroredVisit.told_state.in_(OPEN_THERE),
        InspectionRow.state.in_((COMPLETED, NOT_CARRIED_OUT)),
    )


def results(work: UnitOfWork, system: str) -> list[Result]:
    """Results recorded here of visits that are still open there, the oldest first."""
    query = (
        select(InspectionRow.id)
        .join(MirroredVisit, MirroredVisit.inspection == InspectionRow.id)
        .where(*waiting(system))
        .order_by(MirroredVisit.return_problem.is_not(None), InspectionRow.id)
        .limit(AT_ONCE)
    )
    found = inspection_store.get_many(work.session, work.session.scalars(query))
    return [_result(i, work.session.get_one(MirroredVisit, i.id)) for i in found]


def _result(i: Inspection, row: MirroredVisit) -> Result:
    if i.state == NOT_CARRIED_OUT:
        body: dict[str, Any] = {"not_carried_out": {"reason": i.not_carried_out_reason, "note": i.note}}
    else:
        said = [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in i.results]
        body = {"results": said, "ended_at": rfc3339(i.ended_at or i.window_end)}
        if i.headcount:
            body["headcount"] = i.headcount
    return Result(i.id, row.number, row.their_id, i.lead_unit, body)


def returned(work: UnitOfWork, inspection_id: str, problem: str | None) -> None:
    """Notes that a result was given back, or why not."""
    row = work.session.get_one(MirroredVisit, inspection_id)
    row.return_problem = problem[:300] if problem else None
    row.returned_at = work.now if problem is None else None


def figures(work: UnitOfWork, system: str) -> list[tuple[str, Sequence[dict[str, Any]]]]:
    """The closed quarters not given back yet, each with the figure of every unit that has one: as units see them."""
    last = state(work, system).figures or ""
    quarters: dict[str, list[dict[str, Any]]] = {}
    for quarter, known in closed(work.session):
        told = [
            {"unit": f.unit, "quarter": str(quarter), "points": f.halves / 2} for f in known if f.halves is not None
        ]
        if str(quarter) > last and told:
            quarters[str(quarter)] = told
    return sorted(quarters.items())


def figures_returned(work: UnitOfWork, system: str, quarter: str) -> None:
    state(work, system).figures = quarter
