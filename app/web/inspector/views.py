"""The inspector's desk: today, lists, the search of enterprises. Applying and visits are modules beside this one."""

from flask import Response, jsonify, render_template, request

from app.context import actor, installation, now, reading
from app.domain.times import shanghai_day
from app.queries import applying as filling
from app.queries import chains, registry
from app.queries import inspections as inspection_queries
from app.queries import inspector as queries
from app.queries import joint as joint_queries
from app.queries import keeping as keeping_queries
from app.queries import papers as paper_queries
from app.queries import space as space_queries
from app.queries.paging import USUAL
from app.store import inspections as inspection_store
from app.web.inspector import (
    amending,
    applying,
    approving,
    batching,
    contacts,
    drafting,
    figures,
    hearing,
    joining,
    onsite,
    papers,
    questions,
    scanning,
    serving,
    visiting,
)
from app.web.inspector import chains as chain_pages
from app.web.inspector.blueprint import blueprint, staff

__all__ = [
    "amending",
    "applying",
    "approving",
    "batching",
    "blueprint",
    "chain_pages",
    "contacts",
    "drafting",
    "figures",
    "hearing",
    "joining",
    "onsite",
    "papers",
    "questions",
    "scanning",
    "serving",
    "visiting",
]


@blueprint.get("/")
@staff
def home() -> str:
    unit = str(actor().unit)
    with reading() as session:
        desk = queries.desk(session, unit, now(), shanghai_day(now()))
        drafts, n_drafts = filling.open_drafts(session, unit)
        to_correct, n_correct = filling.to_correct(session, unit, now())
        counts = queries.counts(session, unit, now(), shanghai_day(now())) | {
            "drafts": n_drafts,
            "to_correct": n_correct,
        }
        rectifications = chains.open_of(session, unit)
        ordered = inspection_store.get_many(session, [r.inspection for r in rectifications])
        listed = [*desk.today, *desk.waiting, *desk.results_due, *desk.coming, *desk.amending, *to_correct, *ordered]
        shown = inspection_queries.shown(session, actor(), listed, installation().config.public_url)
        asked = joint_queries.invitations(session, unit)
        partners = joint_queries.of_visits(session, [i for i in listed if i.lead_unit == unit], now())
        heard = space_queries.before_unit(session, installation().vault, unit)
        waiting = paper_queries.waiting(session, unit)
        expiring = keeping_queries.expiring(session, None, unit, shanghai_day(now()))
    by_id = {s.inspection.id: s for s in shown}
    colours = chains.lights(rectifications, shanghai_day(now()))
    return render_template(
        "inspector/home.html",
        desk=desk,
        by_id=by_id,
        actor=actor(),
        drafts=drafts,
        to_correct=to_correct,
        counts=counts,
        asked=asked,
        partners=partners,
        heard=heard,
        papers=len(waiting),
        expiring=expiring,
        rectifications=rectifications,
        colours=colours,
    )


@blueprint.get("/list")
@staff
def listing() -> str:
    filters = {name: request.args.get(name, "").strip() for name in ("state", "kind", "uscc", "number")}
    with reading() as session:
        found, following = inspection_queries.listed(session, actor(), request.args.get("cursor"), USUAL, **filters)
        shown = inspection_queries.shown(session, actor(), found, installation().config.public_url)
    return render_template("inspector/list.html", shown=shown, following=following, filters=filters)


@blueprint.get("/enterprises")
@staff
def enterprises() -> Response:
    """The live search of the application form."""
    with reading() as session:
        found = registry.enterprises(session, request.args.get("q", "")[:100], limit=8)
    return jsonify([{"uscc": e.uscc, "name": e.name, "address": e.address} for e in found])
