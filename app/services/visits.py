"""What happens to a visit after its code was issued, as the unit records it: cancelled, done, not done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import inspections as domain
from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, SYSTEM, Actor
from app.domain.errors import Forbidden, Invalid, Problem, Refused
from app.domain.folding import merged_results
from app.domain.inspections import APPROVED, NOT_CARRIED_OUT_REASONS, OUTCOMES, Inspection, Result
from app.domain.joint import responsible
from app.domain.times import rfc3339
from app.services import flags
from app.services.access import own_inspection
from app.store import inspections as inspection_store
from app.store import registry
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
    inspection = _led(work, actor, inspection_id)
    return _record(work, actor, inspection, "inspection.cancelled", {"reason": reason, "on_advice": on_advice})


def complete(work: UnitOfWork, actor: Actor, inspection_id: str, completion: Completion) -> Inspection:
    """Records the result item by item. Raises NotFound, Forbidden, Refused (state), Invalid (each field).

    Of a joint visit each unit records its own items, the lead unit any (docs/decisions/0006): the visit is complete
    when every item has a result. Until then only the part is recorded.
    """
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    domain.transition(inspection.state, "inspection.completed")
    _check_results(inspection, completion, own_items(work.session, inspection, str(actor.unit)), actor, work.now)
    results = merged_results(inspection, completion.results)
    is_over = len(results) == len(inspection.items)
    told = results if is_over else completion.results
    body = {
        "unit": actor.unit,
        "results": [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in told],
        "ended_at": rfc3339(completion.ended_at),
    }
    kind = "inspection.completed" if is_over else "inspection.part_recorded"
    return _record(work, actor, inspection, kind, body, completion.ended_at)


def own_items(session: Session, inspection: Inspection, unit: str) -> tuple[str, ...]:
    """The items whose results a unit of the visit records; all of them where it comes alone."""
    if not inspection.is_joint:
        return inspection.items
    owners = {code: item.unit for code, item in registry.items(session, inspection.items).items()}
    return tuple(i for i in inspection.items if responsible(inspection, i, owners.get(i)) == unit)


def not_carried_out(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str, note: str | None) -> Inspection:
    """Records that the visit did not take place, with one of the fixed reasons."""
    inspection = _led(work, actor, inspection_id)
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


def _led(work: UnitOfWork, actor: Actor, inspection_id: str) -> Inspection:
    """What ends a visit without a result is the lead unit's to say, and only while nobody recorded one."""
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    if inspection.lead_unit != actor.unit:
        raise Forbidden("only_the_lead_unit", unit=inspection.lead_unit)
    if inspection.results:
        domain.transition(inspection.state, "inspection.completed")
        raise Refused("has_results")
    return inspection


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


def _check_results(
    inspection: Inspection, completion: Completion, own: tuple[str, ...], actor: Actor, now: datetime
) -> None:
    """A partner unit names its own items only; whoever records names each of the own that has no result yet."""
    problems: list[Problem] = []
    named = [r.item for r in completion.results]
    for r in completion.results:
        if r.item not in inspection.items:
            problems.append(("results", "item_not_on_code", {"item": r.item}))
        elif r.item not in own and actor.unit != inspection.lead_unit:
            problems.append(("results", "item_of_other_unit", {"item": r.item}))
        if r.outcome not in OUTCOMES:
            problems.append(("results", "unknown_choice", {"value": r.outcome, "choices": ", ".join(OUTCOMES)}))
    if len(set(named)) != len(named):
        problems.append(("results", "named_twice", {}))
    known = {*named, *(r.item for r in inspection.results)}
    missing = [item for item in own if item not in known]
    if missing or not named:
        problems.append(("results", "result_missing", {"items": ", ".join(missing or own)}))
    problems += _end_problems(inspection, completion.ended_at, now)
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _end_problems(inspection: Inspection, ended_at: datetime, now: datetime) -> list[Problem]:
    problems: list[Problem] = []
    if ended_at > now + timedelta(minutes=5):
        problems.append(("ended_at", "in_the_future", {}))
    start = inspection.started_at or inspection.first_arrive_at
    if start and ended_at < start:
        problems.append(("ended_at", "ends_before_start", {}))
    return problems
