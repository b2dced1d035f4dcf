"""Advance notice (检查预告): a unit offers up to three times for a visit, the enterprise chooses one before the approval.

A surprise inspection (突击检查) is never announced. What was chosen becomes the window of the application.
"""

from app.domain import applications as domain
from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Problem, Refused
from app.domain.inspections import CONTACT, Inspection, Slot, transition
from app.domain.times import rfc3339
from app.services.flagging import flags
from app.services.people.access import own_inspection
from app.services.space import members
from app.store import inspections as inspection_store
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD, INTEGRATION)


def announce(work: UnitOfWork, actor: Actor, inspection_id: str, slots: tuple[Slot, ...]) -> Inspection:
    """Offers an enterprise one to three times for an application that waits for its approval.

    Announced again, the new slots replace the old ones until one is chosen. Only the lead unit speaks to the enterprise:
    it hears of one visit once. Raises NotFound, Forbidden (role, "only_the_lead_unit"), Refused (state,
    "surprise_not_announced", "slot_chosen_already"), Invalid("slots": none, too many, over).
    """
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    if actor.unit != inspection.lead_unit:
        raise Forbidden("only_the_lead_unit", unit=inspection.lead_unit)
    transition(inspection.state, "inspection.announced")
    if inspection.surprise:
        raise Refused("surprise_not_announced", "slots")
    if inspection.kind == CONTACT:
        raise Refused("contact_not_announced", "slots")
    if inspection.slot_chosen is not None:
        raise Refused("slot_chosen_already", "slots")
    return record(work, actor, inspection, slots)


def choose_slot(work: UnitOfWork, actor: Actor, inspection_id: str, slot: int) -> Inspection:
    """The enterprise takes one of the offered times (0 is the first): it becomes the window, until the approval.

    The caller has made sure that `actor` speaks for the enterprise. Another choice may follow until the head approves.
    Raises NotFound (nothing was announced), Refused (state, "slot_over"), Invalid("no_such_slot").
    """
    inspection = inspection_store.get(work.session, inspection_id, lock=True)
    if inspection is None or inspection.announced_at is None:
        raise NotFound("no_such_announcement")
    transition(inspection.state, "inspection.slot_chosen")
    if not 0 <= slot < len(inspection.slots):
        raise Invalid("no_such_slot", "slot")
    chosen = inspection.slots[slot]
    if chosen.start <= work.now:
        raise Refused("slot_over", "slot")
    if slot == inspection.slot_chosen:
        return inspection
    body = {"slot": slot, "window": {"start": rfc3339(chosen.start), "end": rfc3339(chosen.end)}}
    fact = work.fact("inspection.slot_chosen", ("inspection", inspection.id), body, actor, inspection.jurisdiction)
    after = work.record(fact, inspection)
    flags.after_inspection(work, inspection, after)
    return after


def record(work: UnitOfWork, actor: Actor, inspection: Inspection, slots: tuple[Slot, ...]) -> Inspection:
    """The fact of an announcement, its slots checked. Raises Invalid."""
    problems: list[Problem] = domain.slot_problems(slots) or [
        ("slots", "slot_over", {}) for slot in slots if slot.start <= work.now
    ]
    if not slots:
        problems = [("slots", "missing", {})]
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems[:1], **data)
    body = {"slots": [{"start": rfc3339(s.start), "end": rfc3339(s.end)} for s in slots]}
    fact = work.fact("inspection.announced", ("inspection", inspection.id), body, actor, inspection.jurisdiction)
    after = work.record(fact, inspection)
    members.tell(work, inspection.enterprise_id, "有一次检查预告，请登录选择合适的时间。")
    return after
