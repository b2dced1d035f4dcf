"""The supervisor's view of what happened on site: chains of re-checks, their files, contacts beside visits. Reads only."""

from datetime import date
from io import BytesIO

from flask import Response, render_template, request, send_file

from app.context import actor, installation, now, reading
from app.domain.errors import NotFound
from app.domain.inspections import Inspection
from app.domain.rectifications import light
from app.domain.times import shanghai_day
from app.queries import chains, contacts, registry
from app.queries import inspections as inspection_queries
from app.queries.paging import USUAL
from app.services import files
from app.services.people.access import may_see
from app.store import inspections as inspection_store
from app.store.database import Session
from app.web.supervisor.blueprint import blueprint, readers


@blueprint.get("/chain/<inspection_id>")
@readers
def chain(inspection_id: str) -> str:
    with reading() as session:
        found = chains.chain(session, _seen(session, inspection_id))
        _seen(session, found.root.id)
        visits = [v for v in found.visits if may_see(actor(), v)]
        shown = inspection_queries.shown(session, actor(), visits, installation().config.public_url)
    r = found.rectification
    colour = light(r, shanghai_day(now())) if r and r.is_open else None
    files_at = f"/supervise/chain/{found.root.id}/files/"
    return render_template("supervisor/chain.html", chain=found, visits=shown, colour=colour, files=files_at)


@blueprint.get("/chain/<inspection_id>/files/<file_id>")
@readers
def chain_file(inspection_id: str, file_id: str) -> Response:
    return _file(inspection_id, file_id, "rectification")


@blueprint.get("/inspections/<inspection_id>/photos/<file_id>")
@readers
def photo(inspection_id: str, file_id: str) -> Response:
    return _file(inspection_id, file_id, "inspection")


@blueprint.get("/contacts")
@readers
def contact_list() -> str:
    """走访 and the like of this year, by unit beside its inspections, and the list."""
    today = shanghai_day(now())
    unit = request.args.get("unit", "").strip()[:64]
    with reading() as session:
        found, following = contacts.of_region(session, actor(), unit or None, request.args.get("cursor"), USUAL)
        counts = contacts.counts(session, actor(), date(today.year, 1, 1), today)
        names = registry.names(session, [unit]) if unit else {}
    return render_template(
        "supervisor/contacts.html",
        found=found,
        following=following,
        counts=counts,
        year=today.year,
        unit=unit,
        name=names.get(unit, unit),
    )


def _file(inspection_id: str, file_id: str, subject: str) -> Response:
    with reading() as session:
        _seen(session, inspection_id)
        kept = files.opened(session, installation().vault, file_id, (subject, inspection_id))
    return send_file(BytesIO(kept.data), kept.media_type)


def _seen(session: Session, inspection_id: str) -> Inspection:
    found = inspection_store.get(session, inspection_id)
    if found is None or not may_see(actor(), found):
        raise NotFound("no_such_inspection", inspection=inspection_id)
    return found
