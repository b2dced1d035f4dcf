"""The page of a rectification and its re-checks, and the steps of the unit."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined, Invalid
from app.domain.onsite import Rectify
from app.domain.rectifications import light
from app.domain.times import shanghai_day
from app.queries import chains as queries
from app.queries import inspections as inspection_queries
from app.security import sent_files, takes_files
from app.services import files
from app.services.visiting import rectifications
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff


@blueprint.get("/chain/<inspection_id>")
@staff
def chain(inspection_id: str) -> str:
    return _page(inspection_id, {})


@blueprint.post("/chain/<inspection_id>")
@staff
@takes_files
def act_on_chain(inspection_id: str) -> BaseResponse | tuple[str, int]:
    """Extend, close from papers, send back, or order the rectification of a visit that has none yet."""
    go, note = request.form.get("go", ""), request.form.get("note", "")
    try:
        due = _due() if go in ("extend", "send_back", "open") else None
        if go == "extend" and due:
            perform(rectifications.extend, actor(), inspection_id, due, note)
        elif go == "send_back" and due:
            perform(rectifications.send_back, actor(), inspection_id, due, note)
        elif go == "open":
            rectify = Rectify(due, note.strip()[:2000] or None)
            perform(rectifications.open_, actor(), inspection_id, rectify)
        else:
            perform(rectifications.verify, actor(), inspection_id, note, sent_files("photos"))
    except Declined as error:
        return _page(inspection_id, messages(error)), 422
    return redirect(url_for("inspector.chain", inspection_id=inspection_id), 303)


@blueprint.get("/chain/<inspection_id>/files/<file_id>")
@staff
def chain_file(inspection_id: str, file_id: str) -> Response:
    with reading() as session:
        shown_or_404(session, inspection_id)
        kept = files.opened(session, installation().vault, file_id, ("rectification", inspection_id))
    return send_file(BytesIO(kept.data), kept.media_type)


def _due() -> date:
    try:
        return date.fromisoformat(request.form.get("due", ""))
    except ValueError:
        raise Invalid("missing", "due") from None


def _page(inspection_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        inspection = shown_or_404(session, inspection_id).inspection
        found = queries.chain(session, inspection)
        root = shown_or_404(session, found.root.id)
        who, url = actor(), installation().config.public_url
        visits = inspection_queries.shown(session, who, [v for v in found.visits if who.unit in v.units], url)
        days = queries.usual_days(session, inspection.jurisdiction, shanghai_day(now()))
    today = shanghai_day(now())
    values: Any = request.form
    return render_template(
        "inspector/chain.html",
        root=root,
        chain=found,
        visits=visits,
        colour=light(found.rectification, today) if found.rectification and found.rectification.is_open else None,
        today=today,
        tomorrow=(today + timedelta(days=1)).isoformat(),
        due=(today + timedelta(days=days)).isoformat(),
        files=f"/inspect/chain/{found.root.id}/files/",
        values=values,
        errors=errors,
    )
