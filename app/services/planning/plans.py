"""Plans (检查计划): one verb a step. The unit drafts and submits, its head approves, the supervisor files, then it is public.

What lies between two steps is the table in `domain/plans.py`. Every step is a fact; the day of a step is the fact's day.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain import plans as domain
from app.domain.actors import ADMIN, HEAD, INSPECTOR, SUPERVISOR, SYSTEM, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Problem, Refused
from app.domain.plans import Content, Dates, Plan
from app.services.flagging import flag_registers
from app.store import plans as plan_store
from app.store import registry
from app.store.models import Enterprise, FactRow
from app.store.models import Plan as Row
from app.store.models import Unit as UnitRow
from app.store.unit_of_work import UnitOfWork

WRITERS = (INSPECTOR, HEAD)
LONGEST_CODE = 64
ADOPTED = "plan.adopted"


def draft(work: UnitOfWork, actor: Actor, code: str, content: Content) -> Plan:
    """A new plan of the actor's unit. Raises Forbidden, Invalid (each field; plan_code_taken, unknown_item)."""
    actor.require(*WRITERS)
    body = _body(work, actor, str(actor.unit), content) | {"code": _code(code), "unit": actor.unit}
    return create(work, actor, "plan.drafted", str(actor.unit), body)


def create(work: UnitOfWork, actor: Actor, kind: str, unit: str, body: Mapping[str, Any]) -> Plan:
    """Stores the first fact of a plan. Raises Invalid("plan_code_taken" | "unknown_unit")."""
    row = work.session.get(UnitRow, unit)
    if row is None:
        raise Invalid("unknown_unit", "unit", unit=unit)
    jurisdiction = registry.jurisdiction_of(work.session, row.region, None, work.default_jurisdiction)
    work.lock(f"plan:{jurisdiction}:{body['code']}")
    if plan_store.by_code(work.session, jurisdiction, body["code"]) is not None:
        raise Invalid("plan_code_taken", "code", plan=body["code"])
    fact = work.fact(kind, ("plan", work.new_id()), body, actor, jurisdiction)
    plan = domain.evolve(None, fact)
    work.store_fact(fact)
    plan_store.add(work.session, plan)
    _evaluate(work, plan)
    return plan


def revise(work: UnitOfWork, actor: Actor, plan_id: str, revision: int, content: Content) -> Plan:
    """Writes a draft anew. `revision` is the one that the author saw. Raises Refused("changed_meanwhile"), Invalid."""
    plan = own(work, actor, plan_id, *WRITERS)
    domain.transition(plan.state, "plan.revised")
    if plan.revision != revision:
        raise Refused("changed_meanwhile")
    if plan.content == content:
        return plan
    return step(work, actor, plan, "plan.revised", _body(work, actor, plan.unit, content))


def submit(work: UnitOfWork, actor: Actor, plan_id: str) -> Plan:
    """Hands a draft to the head. Raises Invalid("plan_without_rows")."""
    plan = own(work, actor, plan_id, *WRITERS)
    if not plan.lines:
        raise Invalid("plan_without_rows", "lines")
    return step(work, actor, plan, "plan.submitted", {})


def approve(work: UnitOfWork, actor: Actor, plan_id: str) -> Plan:
    """The head approves what others wrote. Raises Forbidden("own_plan") for who wrote any of it."""
    plan = own(work, actor, plan_id, HEAD)
    domain.transition(plan.state, "plan.approved")
    if actor.identity in plan.authors:
        raise Forbidden("own_plan")
    return step(work, actor, plan, "plan.approved", {"approver": actor.identity})


def give_back(work: UnitOfWork, actor: Actor, plan_id: str, reason: str) -> Plan:
    """The head returns what was submitted, the supervisor what waits for filing, with a reason."""
    plan = seen(work, actor, plan_id, HEAD, SUPERVISOR)
    waits_for = domain.SUBMITTED if actor.role == HEAD else domain.APPROVED
    if plan.state != waits_for:
        raise Refused("plan_not_in_this_state", state=plan.state, step="plan.returned")
    return step(work, actor, plan, "plan.returned", {"reason": _reason(reason)})


def file(work: UnitOfWork, actor: Actor, plan_id: str) -> Plan:
    """The supervisor files it (备案): from this day visits may rest on it."""
    return step(work, actor, seen(work, actor, plan_id, SUPERVISOR), "plan.filed", {})


def publish(work: UnitOfWork, actor: Actor, plan_id: str) -> Plan:
    """The head or the supervisor makes it public on this day."""
    return step(work, actor, seen(work, actor, plan_id, HEAD, SUPERVISOR), "plan.published", {})


def withdraw(work: UnitOfWork, actor: Actor, plan_id: str, reason: str) -> Plan:
    """Ends a plan from this day on; visits of earlier days still rest on it. A unit's draft may be dropped by its staff."""
    plan = seen(work, actor, plan_id, *WRITERS, SUPERVISOR)
    if plan.state != domain.DRAFT:
        actor.require(HEAD, SUPERVISOR)
    return step(work, actor, plan, "plan.withdrawn", {"reason": _reason(reason)})


def change_keys(work: UnitOfWork, actor: Actor, plan_id: str, keys: Sequence[str], reason: str) -> Plan:
    """Sets the key enterprises (ids) of an approved plan, from today on, with a reason. In a draft they are revised."""
    plan = own(work, actor, plan_id, HEAD)
    now = set(plan.content.keys)
    added, removed = [k for k in keys if k not in now], sorted(now - set(keys))
    if not added and not removed:
        return plan
    if len(keys) > domain.MOST_KEYS:
        raise Invalid("too_many_entries", "keys", most=domain.MOST_KEYS)
    body = {"added": list(dict.fromkeys(added)), "removed": removed, "reason": _reason(reason)}
    return step(work, actor, plan, "plan.keys_changed", body)


def bring(
    work: UnitOfWork, actor: Actor, unit: str, code: str, content: Content, dates: Dates, *, known: Plan | None
) -> Plan | None:
    """What an import says of a plan: entered where nobody knew it, revised where it is a draft; None: nothing new.

    `known` is the plan of that code as it stands. Only the operator, an administrator or a supervisor brings dates along.
    Raises Invalid, Refused("plan_stands") where an approved plan would change.
    """
    if dates != Dates() and actor.id != SYSTEM.id:
        actor.require(ADMIN, SUPERVISOR)
    if known is None:
        body = _body(work, actor, unit, content) | {"code": _code(code), "unit": unit} | domain.dates_body(dates)
        kind = "plan.imported" if dates != Dates() or actor.unit != unit else "plan.drafted"
        return create(work, actor, kind, unit, body)
    plan, changed = known, False
    if plan.content != content:
        if plan.state != domain.DRAFT:
            raise Refused("plan_stands", "code", plan=plan.code)
        plan, changed = step(work, actor, plan, "plan.revised", _body(work, actor, unit, content)), True
    stood = plan.dates
    merged = Dates(*(new or old for new, old in zip(_each(dates), _each(stood), strict=True)))
    if merged != stood:
        if any(old and old != new for new, old in zip(_each(merged), _each(stood), strict=True)):
            raise Refused("plan_dates_stand", "code", plan=plan.code)
        plan, changed = step(work, actor, plan, "plan.dates_entered", domain.dates_body(merged)), True
    return plan if changed else None


def _each(dates: Dates) -> tuple[date | None, ...]:
    return dates.approved_on, dates.filed_on, dates.published_on


def may_see(actor: Actor, plan: Plan) -> bool:
    """Published plans are everybody's; others the unit's own and the supervisor's of the region."""
    if plan.is_public or plan.unit == actor.unit:
        return True
    return actor.role == SUPERVISOR and plan.jurisdiction in actor.regions


def own(work: UnitOfWork, actor: Actor, plan_id: str, *roles: str) -> Plan:
    """A plan of the actor's unit, locked for a change. Raises Forbidden (role) or NotFound("no_such_plan")."""
    actor.require(*roles)
    plan = plan_store.get(work.session, plan_id, lock=True)
    if plan is None or plan.unit != actor.unit:
        raise NotFound("no_such_plan")
    return plan


def seen(work: UnitOfWork, actor: Actor, plan_id: str, *roles: str) -> Plan:
    """The same for somebody who may be the region's supervisor."""
    if actor.role != SUPERVISOR:
        return own(work, actor, plan_id, *roles)
    actor.require(*roles)
    plan = plan_store.get(work.session, plan_id, lock=True)
    if plan is None or plan.jurisdiction not in actor.regions:
        raise NotFound("no_such_plan")
    return plan


def step(work: UnitOfWork, actor: Actor, plan: Plan, kind: str, body: Mapping[str, Any]) -> Plan:
    """Records one fact about a plan and what follows from it: its state, and the flags of visits that rest on it."""
    fact = work.fact(kind, ("plan", plan.id), body, actor, plan.jurisdiction)
    after = domain.evolve(plan, fact)
    work.store_fact(fact)
    plan_store.save(work.session, plan, after)
    _evaluate(work, plan)
    return after


def _evaluate(work: UnitOfWork, plan: Plan) -> None:
    """Visits that rest on the plan, and its key enterprises where it has ended, as it stands now."""
    flag_registers.after(work, [(Row, {"id": plan.id, "code": plan.code})])


def adopt(work: UnitOfWork) -> list[str]:
    """Once: plans that were there before their changes were facts get their first one; what was done, in words."""
    subject = ("plans", "plans")
    done = (FactRow.subject_kind == subject[0], FactRow.subject_id == subject[1], FactRow.kind == ADOPTED)
    if work.session.scalar(select(FactRow.id).where(*done).limit(1)):
        return []
    with_facts = select(FactRow.id).where(FactRow.subject_kind == "plan", FactRow.subject_id == Row.id)
    rows = list(work.session.scalars(select(Row).where(~with_facts.exists())))
    for plan in plan_store.assemble(work.session, rows):
        body = {"code": plan.code, "unit": plan.unit, "author": SYSTEM.id, **domain.content_body(plan.content)}
        body |= domain.dates_body(plan.dates)
        fact = work.fact("plan.imported", ("plan", plan.id), body, SYSTEM, plan.jurisdiction)
        work.store_fact(fact)
        plan_store.save(work.session, plan, domain.evolve(None, fact))
    work.store_fact(work.fact(ADOPTED, subject, {"adopted": len(rows)}, SYSTEM, work.default_jurisdiction))
    return [f"recorded {len(rows)} plans that were there before"] if rows else []


def _body(work: UnitOfWork, actor: Actor, unit: str, content: Content) -> dict[str, Any]:
    """What a fact says of the content. Raises Invalid for every wrong field, unknown item and unknown enterprise."""
    domain.check(content)
    items = registry.items(work.session, [line.item for line in content.lines])
    problems: list[Problem] = [
        (f"lines.{n}.item", "unknown_item", {"item": line.item})
        for n, line in enumerate(content.lines, start=1)
        if line.item not in items
    ]
    problems += [
        (f"lines.{n}.item", "plan_item_of_other_unit", {"item": line.item})
        for n, line in enumerate(content.lines, start=1)
        if line.item in items and items[line.item].unit != unit and line.joint_role is None
    ]
    known = set(work.session.scalars(select(Enterprise.id).where(Enterprise.id.in_(content.keys))))
    if not known >= set(content.keys):
        problems.append(("keys", "no_such_enterprise", {}))
    if len(set(content.keys)) != len(content.keys):
        problems.append(("keys", "named_twice", {}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    return {"author": actor.identity, **domain.content_body(content)}


def _code(code: str) -> str:
    code = code.strip()
    if not code:
        raise Invalid("missing", "code")
    if len(code) > LONGEST_CODE:
        raise Invalid("too_long", "code", most=LONGEST_CODE)
    if any(c in "/\\?#" or c.isspace() or not c.isprintable() for c in code):
        raise Invalid("plan_code_signs", "code")
    return code


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid("reason_missing", "reason")
    if len(text) > domain.LONGEST["note"]:
        raise Invalid("too_long", "reason", most=domain.LONGEST["note"])
    return text
