"""What happens to a visit after its code was issued, as the unit records it: cancelled, done, not done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.domain import inspections as domain
from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, SYSTEM, Actor
from app.domain.errors import Invalid, Problem
from app.domain.inspections import APPROVED, NOT_CARRIED_OUT_REASONS, OUTCOMES, Inspection, Result
from app.domain.times import rfc3339
from app.services import flags
from app.services.access import own_inspection
from app.store import inspections as inspection_store
from app.store.models import InspectionRow
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD, INTEGRATION)
LAPSES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Completion:
    """POST …/complete: one result an item, and when the visit ended."""

    results: tuple[Result, ...]
    ended_at: datetime


def cancel(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str | None, *, on_advice: bool) -> Inspection:
    """Cancels before the visit begins. `on_advice` keeps it as a duty record: the platform advised against it."""
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    return _record(work, actor, inspection, "inspection.cancelled", {"reason": reason, "on_advice": on_advice})


def complete(work: UnitOfWork, actor: Actor, inspection_id: str, completion: Completion) -> Inspection:
    """Records the result item by item. Raises NotFound, Forbidden, Refused (state), Invalid (each field)."""
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    domain.transition(inspection.state, "inspection.completed")
    _check_results(inspection, completion, work.now)
    body = {
        "results": [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in completion.results],
        "ended_at": rfc3339(completion.ended_at),
    }
    return _record(work, actor, inspection, "inspection.completed", body, completion.ended_at)


def not_carried_out(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str, note: str | None) -> Inspection:
    """Records that the visit did not take place, with one of the fixed reasons."""
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    if reason not in NOT_CARRIED_OUT_REASONS:
        choices = ", ".join(NOT_CARRIED_OUT_REASONS)
        raise Invalid("unknown_choice", "not_carried_out.reason", value=reason, choices=choices)
    if reason == "other" and not note:
        raise Invalid("note_missing", "not_carried_out.note")
    return _record(work, actor, inspection, "inspection.not_carried_out", {"reason": reason, "note": note})


def lapse(work: UnitOfWork) -> int:
    """Marks issued codes that were never begun as lapsed once their window is over; how many.

    A result can still be recorded: the visit may have taken place without a scan."""
    query = (
        select(InspectionRow)
        .where(InspectionRow.state == APPROVED, InspectionRow.window_end <= work.now)
        .order_by(InspectionRow.window_end)
        .limit(LAPSES_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = inspection_store.select_where(work.session, query)
    for inspection in found:
        _record(work, SYSTEM, inspection, "inspection.lapsed", {})
    return len(found)


def _record(
    work: UnitOfWork,
    actor: Actor,
    inspection: Inspection,
    kind: str,
    body: Mapping[str, Any],
    occurred_at: datetime | None = None,
) -> Inspection:
    fact = work.fact(kind, ("inspection", inspection.id), body, actor, inspection.jurisdiction, occurred_at)
    after = work.record(fact, inspection)
    flags.after_inspection(work, inspection, after)
    return after


def _check_results(inspection: Inspection, completion: Completion, now: datetime) -> None:
    problems: list[Problem] = []
    named = [r.item for r in completion.results]
    for r in completion.results:
        if r.item not in inspection.items:
            problems.append(("results", "item_not_on_code", {"item": r.item}))
        if r.outcome not in OUTCOMES:
            problems.append(("results", "unknown_choice", {"value": r.outcome, "choices": ", ".join(OUTCOMES)}))
    if len(set(named)) != len(named):
        problems.append(("results", "named_twice", {}))
    missing = [item for item in inspection.items if item not in named]
    if missing:
        problems.append(("results", "result_missing", {"items": ", ".join(missing)}))
    if completion.ended_at > now + timedelta(minutes=5):
        problems.append(("ended_at", "in_the_future", {}))
    start = inspection.started_at or inspection.first_arrive_at
    if start and completion.ended_at < start:
        problems.append(("ended_at", "ends_before_start", {}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
