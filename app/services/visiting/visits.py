"""What happens to a visit after its code was issued, as the unit records it: cancelled, done, not done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import inspections as domain
from app.domain.actors import SYSTEM, Actor
from app.domain.errors import Forbidden, Invalid, Problem, Refused
from app.domain.folding import merged_results
from app.domain.inspections import APPROVED, NOT_CARRIED_OUT_REASONS, OUTCOMES, Inspection, Result
from app.domain.joint import responsible
from app.domain.onsite import USUALLY, Companion, PointResult, Rectify, people_problems, point_problems
from app.domain.times import rfc3339, shanghai_day
from app.services.connector import issuing
from app.services.flagging import flags
from app.services.people.access import WORKERS, own_inspection
from app.services.visiting import onsite, rectifications
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import InspectionRow
from app.store.points import points_on
from app.store.reference import rests_on_registers
from app.store.unit_of_work import UnitOfWork

LAPSES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Completion:
    """POST …/complete: one result an item, and when the visit ended; what else was seen on site is optional."""

    results: tuple[Result, ...]
    ended_at: datetime
    points: tuple[PointResult, ...] = ()
    people: tuple[Companion, ...] = ()
    headcount: int | None = None
    rectify: Rectify = USUALLY


def cancel(work: UnitOfWork, actor: Actor, inspection_id: str, reason: str | None, *, on_advice: bool) -> Inspection:
    """Cancels before the visit begins. `on_advice` keeps it as a duty record: the platform advised against it."""
    inspection = _led(work, actor, inspection_id)
    issuing.require_ours(inspection)
    return record_step(work, actor, inspection, "inspection.cancelled", {"reason": reason, "on_advice": on_advice})


@rests_on_registers
def complete(work: UnitOfWork, actor: Actor, inspection_id: str, completion: Completion) -> Inspection:
    """Records the result item by item; once the visit is complete, a found problem opens its rectification.

    Raises NotFound, Forbidden, Refused (state), Invalid (each field). Of a joint visit each unit records its own items,
    the lead unit any (docs/decisions/0006): the visit is complete when every item has a result. Until then only the part
    is recorded.
    """
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    domain.transition(inspection.state, "inspection.completed")
    known = known_points(work.session, inspection)
    own = own_items(work.session, inspection, str(actor.unit))
    _check_results(inspection, completion, own, actor, work.now)
    problems = [*point_problems(completion.points, completion.results, known)]
    _refuse([*problems, *people_problems(completion.people, completion.headcount)])
    ended_at = max(completion.ended_at, _beginning(inspection))
    results = merged_results(inspection, completion.results)
    is_over = len(results) == len(inspection.items)
    told = results if is_over else completion.results
    body = {
        "unit": actor.unit,
        "results": [{"item": r.item, "outcome": r.outcome, "note": r.note} for r in told],
        "ended_at": rfc3339(ended_at),
        **_on_site(work, inspection, completion, known),
    }
    kind = "inspection.completed" if is_over else "inspection.part_recorded"
    after = record_step(work, actor, inspection, kind, body, ended_at)
    if is_over:
        rectifications.after_completion(work, actor, after, onsite.rectify_of(work.session, after))
    return after


def known_points(session: Session, inspection: Inspection) -> dict[str, dict[int, str]]:
    """The check points of the visit's items as they held on the day it was to begin."""
    listed = points_on(session, inspection.items, shanghai_day(inspection.window_start))
    return {item: {p.no: p.point for p in points} for item, points in listed.items()}


def _on_site(
    work: UnitOfWork, inspection: Inspection, completion: Completion, known: Mapping[str, Mapping[int, str]]
) -> dict[str, Any]:
    """What the fact of a result says beside the outcome of each item. The draft of it is forgotten."""
    said = completion.rectify
    return {
        "points": [
            {"item": p.item, "no": p.no, "point": known[p.item][p.no], "outcome": p.outcome, "note": p.note}
            for p in completion.points
        ],
        "people": [{"role": p.role, "organisation": p.organisation, "name": p.name} for p in completion.people],
        "headcount": completion.headcount,
        "rectify": {
            "due": said.due.isoformat() if said.due else None,
            "demand": said.demand,
            "on_the_spot": said.on_the_spot,
        },
        "photos": onsite.settle(work, inspection, [r.item for r in completion.results]),
    }


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
    domain.transition(inspection.state, "inspection.not_carried_out")
    body = {"reason": reason, "note": note, "photos": onsite.settle(work, inspection, inspection.items)}
    return record_step(work, actor, inspection, "inspection.not_carried_out", body)


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
        record_step(work, SYSTEM, inspection, "inspection.lapsed", {})
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


def record_step(
    work: UnitOfWork,
    actor: Actor,
    inspection: Inspection,
    kind: str,
    body: Mapping[str, Any],
    occurred_at: datetime | None = None,
) -> Inspection:
    """Records a fact about an inspection, the state that follows, and what the rules say of it now."""
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
    _refuse([*problems, *_end_problems(inspection, completion.ended_at, now)])


def _refuse(problems: list[Problem]) -> None:
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)


def _end_problems(inspection: Inspection, ended_at: datetime, now: datetime) -> list[Problem]:
    problems: list[Problem] = []
    if ended_at > now + timedelta(minutes=5):
        problems.append(("ended_at", "in_the_future", {}))
    # People say an end to the minute, most systems to the second: within the minute of the beginning it is no earlier.
    if ended_at < _beginning(inspection).replace(second=0, microsecond=0):
        problems.append(("ended_at", "ends_before_start", {}))
    return problems


def _beginning(inspection: Inspection) -> datetime:
    """When somebody was there; nobody has been before the time it was approved for."""
    return inspection.started_at or inspection.first_arrive_at or inspection.window_start
