"""For everybody: published plans, the items that may be inspected (检查事项库), and drawings by lot to repeat."""

import json

from flask import Blueprint, Response, render_template, request

from app.context import browsing, now, reading, take
from app.delivery import rarely_changes
from app.domain.actors import PUBLIC
from app.domain.errors import NotFound
from app.domain.lots import Pool
from app.domain.times import shanghai_day
from app.queries import items as item_queries
from app.queries import plans as queries
from app.queries.paging import USUAL
from app.security import public
from app.services.planning import lots
from app.services.transparency import log_proofs
from app.store import plans as plan_store
from app.store.limits import Limit
from app.store.models import Lot
from app.web.plans import words

blueprint = Blueprint("public_plans", __name__)
REPEATS = Limit(burst=60, per_minute=60)


@blueprint.get("/plans")
@public
@rarely_changes
def plans() -> str:
    """Published plans by unit, year and item."""
    filters = {name: request.args.get(name, "").strip()[:64] for name in ("unit", "year", "item")}
    filters["year"] = year_of(filters["year"])
    with browsing() as session:
        found, following = queries.listed(session, PUBLIC, request.args.get("cursor"), USUAL, everybody=True, **filters)
        shown = queries.shown(session, found)
        units, years = queries.published_units(session), queries.published_years(session)
        item = item_queries.name_of(session, filters["item"]) if filters["item"] else None
    return render_template(
        "plans/public_list.html",
        shown=shown, following=following, filters=filters, units=units, years=years, item=item, pw=words,
    )  # fmt: skip


@blueprint.get("/plans/<plan_id>")
@public
@rarely_changes
def plan(plan_id: str) -> str:
    with reading() as session:
        found = plan_store.get(session, plan_id)
        if found is None or not found.is_public:
            raise NotFound("no_such_plan")
        s = queries.shown(session, [found])[0]
    return render_template("plans/public_plan.html", s=s, pw=words)


@blueprint.get("/items")
@public
@rarely_changes
def items() -> str:
    """What may be inspected at all: item, basis, unit, cap, since when published."""
    text, unit = request.args.get("q", "").strip()[:100], request.args.get("unit", "").strip()[:64]
    with browsing() as session:
        today = shanghai_day(now())
        found, following = item_queries.published(session, today, text, unit, request.args.get("cursor"), USUAL)
        units = item_queries.units(session)
    return render_template("plans/items.html", found=found, following=following, text=text, unit=unit, units=units)


@blueprint.get("/lots/<lot_id>")
@public
@rarely_changes
def lot(lot_id: str) -> str:
    take(f"lot:{request.remote_addr}", REPEATS)  # each look repeats the draw
    with reading() as session:
        found = _lot(session, lot_id)
        said = lots.published(session, found)
        chain = lots.chain(session, found)
        problems = [p for p in lots.problems(session, found) if p != "not_drawn"]
        plan = plan_store.get(session, found.plan) if found.plan else None
    return render_template(
        "plans/public_lot.html",
        chain=chain,
        lot=found, said=said, pool=Pool.parse(found.pool), problems=problems, plan=plan, pw=words,
    )  # fmt: skip


@blueprint.get("/lots/<lot_id>.json")
@public
def lot_file(lot_id: str) -> Response:
    """The file that `flask lots verify FILE` repeats."""
    with reading() as session:
        said = lots.published(session, _lot(session, lot_id))
    response = Response(json.dumps(said, ensure_ascii=False, indent=1), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="lot-{lot_id}.json"'
    return response


@blueprint.get("/lots/<lot_id>.tlog-proof")
@public
def lot_proof(lot_id: str) -> Response:
    """The proof that the commitment stands in the log, and since when a witness saw it there (docs/lots.md)."""
    take(f"proof:{request.remote_addr}", REPEATS)
    with reading() as session:
        file = log_proofs.proof_of(session, "lot", _lot(session, lot_id).id, lots.PROMISED)
    if file is None:
        raise NotFound("no_proof_yet")
    response = Response(file, content_type="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="lot-{lot_id}.tlog-proof"'
    return response


def _lot(session, lot_id: str) -> Lot:  # type: ignore[no-untyped-def]
    found: Lot | None = session.get(Lot, lot_id)
    if found is None or found.purpose in lots.NOT_PUBLIC:
        raise NotFound("no_such_lot")
    return found


def year_of(text: str) -> str:
    """A year as typed, or nothing where it is none."""
    return text if text.isascii() and text.isdigit() and len(text) == 4 and 2000 <= int(text) < 2100 else ""
