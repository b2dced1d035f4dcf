"""The supervisor's plans: what waits for filing, all units with their progress, one plan, its drawings."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.context import actor, reading
from app.domain.actors import SUPERVISOR
from app.queries import plans as queries
from app.queries import registry
from app.queries.paging import USUAL
from app.security import roles
from app.web.plans import pages, words
from app.web.plans.public import year_of

blueprint = Blueprint("supervised_plans", __name__, url_prefix="/supervise/plans")
supervisors = roles(SUPERVISOR)


@blueprint.get("/")
@supervisors
def listing() -> str:
    filters = {name: request.args.get(name, "").strip()[:64] for name in ("state", "kind", "unit", "year")}
    filters["year"] = year_of(filters["year"])
    with reading() as session:
        waiting = queries.waiting(session, actor())
        found, following = queries.listed(session, actor(), request.args.get("cursor"), USUAL, **filters)
        shown = queries.shown(session, found)
        units = registry.inspecting_units(session)
    return render_template(
        "plans/supervised.html",
        waiting=waiting,
        shown=shown,
        following=following,
        filters=filters,
        units=units,
        names={u.code: u.name for u in units},
        pw=words,
    )


@blueprint.get("/<plan_id>")
@supervisors
def plan(plan_id: str) -> str:
    return pages.plan_page("supervise", plan_id)


@blueprint.post("/<plan_id>/<any(file,publish,return,withdraw):step>")
@supervisors
def act(plan_id: str, step: str) -> Response | tuple[str, int]:
    return pages.step("supervise", plan_id, step)


@blueprint.get("/<plan_id>/visits")
@supervisors
def visits(plan_id: str) -> str:
    return pages.visits_page("supervise", plan_id, request.args.get("item", "")[:64], request.args.get("which", "done"))


@blueprint.get("/lots/<lot_id>")
@supervisors
def lot(lot_id: str) -> str:
    return pages.lot_page("supervise", lot_id)
