"""On site: the form of the result with its drafts and photographs, and the place where the code was shown."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Declined, Invalid
from app.domain.times import SHANGHAI, shanghai_day
from app.errors import sentence
from app.queries import chains
from app.queries import inspections as inspection_queries
from app.security import sent_files, takes_files
from app.services import files
from app.services.visiting import onsite, places, visits
from app.store.points import points_on
from app.web.inspector import onsite_forms as forms
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff


@blueprint.get("/<inspection_id>/result")
@staff
def result_form(inspection_id: str) -> str:
    return _page(inspection_id, None, {})


@blueprint.post("/<inspection_id>/result")
@staff
@takes_files
def result(inspection_id: str) -> BaseResponse | tuple[str, int] | str:
    """Keeps the photographs first, then does what the pressed button says; what was typed is never lost."""
    s, points = _visit(inspection_id)
    with reading() as session:
        own = visits.own_items(session, s.inspection, str(actor().unit))
    go = request.form.get("go", "complete")
    try:
        if go == "not_carried_out":
            note = request.form.get("why", "").strip()[:2000] or None
            perform(visits.not_carried_out, actor(), inspection_id, request.form.get("not_carried_out", ""), note)
            return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)
        refused = _keep_sent(s)
        perform(onsite.save_draft, actor(), inspection_id, forms.parts(request.form, s.inspection, points))
        if refused:
            return _page(inspection_id, request.form, refused), 422
        if go in ("draft", "more"):
            return _page(inspection_id, request.form, {}, saved=go == "draft", more=go == "more")
        completion = forms.completion(request.form, s.inspection, points, own, now())
        perform(visits.complete, actor(), inspection_id, completion)
    except Declined as error:
        return _page(inspection_id, request.form, messages(error)), 422
    return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)


@blueprint.post("/<inspection_id>/result/draft")
@staff
def draft(inspection_id: str) -> Response:
    """What the page's script sends while the form is filled in: one item, or the rest."""
    s, points = _visit(inspection_id)
    at = perform(onsite.save_draft, actor(), inspection_id, forms.parts(request.form, s.inspection, points))
    return jsonify(saved=at.astimezone(SHANGHAI).strftime("%H:%M"), at=onsite.milliseconds(at))


@blueprint.post("/<inspection_id>/photos")
@staff
@takes_files
def photos(inspection_id: str) -> Response | tuple[Response, int]:
    """Photographs as the page's script sends them, one at a time: each is kept or refused by itself."""
    try:
        item = request.form.get("item", "")
        kept, refused = perform(onsite.keep_photos, actor(), inspection_id, item, sent_files("photo"))
    except Declined as error:
        return jsonify(problem=sentence(error.code, error.data)), 422
    if refused:
        return jsonify(problem=sentence(refused[0].code, refused[0].data)), 422
    return jsonify(photos=[row.id for row in kept])


@blueprint.get("/<inspection_id>/photos/<file_id>")
@staff
def photo(inspection_id: str, file_id: str) -> Response:
    with reading() as session:
        shown_or_404(session, inspection_id)
        kept = files.opened(session, installation().vault, file_id, ("inspection", inspection_id))
    return send_file(BytesIO(kept.data), kept.media_type)


@blueprint.post("/<inspection_id>/photos/<file_id>/remove")
@staff
@takes_files
def remove_photo(inspection_id: str, file_id: str) -> BaseResponse:
    perform(onsite.remove_photo, actor(), inspection_id, file_id)
    return redirect(url_for("inspector.result_form", inspection_id=inspection_id), 303)


@blueprint.post("/<inspection_id>/place")
@staff
def place(inspection_id: str) -> Response | tuple[Response, int]:
    """The coarse place, where the officer switched it on. Nothing is answered but that it was taken."""
    try:
        lat, lon = (float(request.form.get(name, "nan")[:20]) for name in ("lat", "lon"))
        perform(places.record, actor(), inspection_id, lat, lon)
    except ValueError:
        return jsonify(problem=sentence("not_a_place", {})), 422
    except Declined as error:
        return jsonify(problem=sentence(error.code, error.data)), 422
    return jsonify(kept=True)


def _visit(inspection_id: str) -> tuple[inspection_queries.Shown, forms.Points]:
    with reading() as session:
        s = shown_or_404(session, inspection_id)
        return s, points_on(session, s.inspection.items, shanghai_day(s.inspection.window_start))


def _keep_sent(s: inspection_queries.Shown) -> dict[str, str]:
    """The photographs that came with the form; {field: sentence} of those that are refused."""
    problems: dict[str, str] = {}
    for item in (*s.inspection.items, ""):
        uploads = [*sent_files(f"photos.{item}"), *sent_files(f"camera.{item}")]
        try:
            _, refused = perform(onsite.keep_photos, actor(), s.inspection.id, item, uploads) if uploads else ([], ())
        except Invalid as error:
            refused = (error,)
        if refused:
            problems[f"photos.{item}"] = " ".join(sentence(e.code, e.data) for e in refused)
    return problems


def _page(inspection_id: str, form: Any, errors: dict[str, str], *, saved: bool = False, more: bool = False) -> str:
    """The form with what was just sent, else with the draft that is kept."""
    s, points = _visit(inspection_id)
    today = shanghai_day(now())
    with reading() as session:
        kept = onsite.drafts(session, s.inspection, actor())
        saved_at = onsite.saved_at(session, s.inspection, actor())
        taken = onsite.photos(session, inspection_id)
        own = visits.own_items(session, s.inspection, str(actor().unit))
        days = chains.usual_days(session, s.inspection.jurisdiction, today)
    values: Any = form if form is not None else MultiDict({k: v for part in kept.values() for k, v in part.items()})
    known = {r.item for r in s.inspection.results}
    due = today + timedelta(days=days)
    rows = max(forms.rows_of(values), forms.FEWEST_ROWS) + (2 if more else 0)
    return render_template(
        "inspector/result.html",
        s=s,
        points=points,
        photos={item: [row for of, row in taken if of == item] for item in (*s.inspection.items, "")},
        own=[item for item in own if item not in known],
        others=[item for item in s.inspection.items if item not in own and item not in known],
        is_lead=s.inspection.lead_unit == actor().unit,
        values=values,
        errors=errors,
        saved=saved,
        saved_at=saved_at,
        has_draft=form is None and bool(kept),
        rows=min(rows, forms.MOST_ROWS),
        due=due.isoformat(),
        tomorrow=(today + timedelta(days=1)).isoformat(),
        ended=forms.usual_end(s.inspection, now()).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        end_typed=forms.end_typed(values),
    )
