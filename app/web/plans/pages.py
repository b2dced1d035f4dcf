"""What the pages of plans share, whoever looks: one plan with its progress, the visits behind a number, a drawing."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.actors import HEAD, SUPERVISOR
from app.domain.errors import Declined, NotFound
from app.domain.lots import Pool
from app.domain.plans import TRANSITIONS, Plan
from app.domain.times import shanghai_day
from app.errors import sentence
from app.queries import lots as lot_queries
from app.queries import plans as queries
from app.services.planning import lots, plans
from app.store import plans as plan_store
from app.store.database import Session
from app.store.models import Lot
from app.store.unit_of_work import history
from app.web.plans import words

BASES = {"inspect": "inspector/_base.html", "supervise": "supervisor/_base.html"}


def plan_or_404(session: Session, plan_id: str) -> Plan:
    """A plan that the actor may see. Raises NotFound("no_such_plan")."""
    plan = plan_store.get(session, plan_id)
    if plan is None or not plans.may_see(actor(), plan):
        raise NotFound("no_such_plan")
    return plan


def lot_or_404(session: Session, lot_id: str) -> Lot:
    """A drawing whose names the actor may see. Raises NotFound("no_such_lot")."""
    lot = session.get(Lot, lot_id)
    if lot is None or not lots.may_see(actor(), lot):
        raise NotFound("no_such_lot")
    return lot


def possible(plan: Plan) -> list[str]:
    """The steps that the actor may take now, by the last word of their fact."""
    steps = {step.removeprefix("plan.") for step, table in TRANSITIONS.items() if plan.state in table}
    who = actor()
    if who.role == SUPERVISOR:
        mine = {"filed", "published", "withdrawn"} | ({"returned"} if plan.state == "approved" else set())
        return sorted(steps & mine)
    if plan.unit != who.unit:
        return []
    mine = {"revised", "submitted"} | ({"withdrawn"} if plan.state == "draft" else set())
    if who.role == HEAD:
        mine |= {"published", "withdrawn", "keys_changed"} | ({"returned"} if plan.state == "submitted" else set())
        mine |= {"approved"} if who.identity not in plan.authors else set()
    return sorted(steps & mine)


def plan_page(where: str, plan_id: str, error: str = "") -> str:
    """`where` is inspect or supervise: the address it lies under, and whose frame it has."""
    with reading() as session:
        plan = plan_or_404(session, plan_id)
        s = queries.shown(session, [plan])[0]
        is_ours = plan.unit == actor().unit or (actor().role == SUPERVISOR and plan.jurisdiction in actor().regions)
        keys = queries.keys(session, plan) if is_ours else []
        facts = history(session, "plan", plan_id) if is_ours else []
    return render_template(
        "plans/plan.html",
        base=BASES[where],
        where=where,
        s=s,
        keys=keys,
        facts=facts,
        steps=possible(plan),
        is_ours=is_ours,
        is_author=actor().identity in plan.authors,
        is_open=plan.is_open(shanghai_day(now())),
        error=error,
        pw=words,
    )


STEPS: dict[str, Any] = {
    "submit": plans.submit,
    "approve": plans.approve,
    "file": plans.file,
    "publish": plans.publish,
}
REASONED: dict[str, Any] = {"return": plans.give_back, "withdraw": plans.withdraw}


def step(where: str, plan_id: str, name: str) -> Response | tuple[str, int]:
    """One step, with a reason where it asks for one; then the plan again, with a sentence where it was refused."""
    try:
        if name in STEPS:
            perform(STEPS[name], actor(), plan_id)
        else:
            perform(REASONED[name], actor(), plan_id, request.form.get("reason", ""))
    except Declined as error:
        return plan_page(where, plan_id, sentence(error.code, error.data)), 422
    return redirect(f"/{where}/plans/{plan_id}", 303)


def visits_page(where: str, plan_id: str, item: str, which: str) -> str:
    """The visits that a number of the progress counts."""
    with reading() as session:
        plan = plan_or_404(session, plan_id)
        if not (plan.unit == actor().unit or plan.jurisdiction in actor().regions):
            raise NotFound("no_such_plan")
        found = queries.visits(session, plan, item or None, which)
        name = next((s.items[item].name for s in queries.shown(session, [plan]) if item in s.items), "")
    return render_template(
        "plans/visits.html", base=BASES[where], where=where, plan=plan, found=found, item=name, which=which
    )


def lot_page(where: str, lot_id: str, error: str = "", typed: Any = None) -> str:
    """A drawing with the names behind its ids."""
    with reading() as session:
        lot = lot_or_404(session, lot_id)
        plan = plan_store.get(session, lot.plan) if lot.plan else None
        position = lots.position(session, lot_id, "lot.committed")
        pairs = lot_queries.drawn_pairs(session, lot)
        left_out = lot_queries.left_out(session, lot)
        chain = lots.chain(session, lot)
    return render_template(
        "plans/lot.html",
        base=BASES[where],
        where=where,
        lot=lot,
        plan=plan,
        pool=Pool.parse(lot.pool),
        position=position,
        pairs=pairs,
        left_out=left_out,
        chain=chain,
        error=error,
        typed=typed or {},
        pw=words,
    )
