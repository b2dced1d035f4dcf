"""Beside the form: putting drafts away, templates, the advance notice, and the worker that keeps the form's page."""

from flask import Response, redirect, request, send_from_directory, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.config import ROOT
from app.context import actor, perform
from app.domain.errors import Invalid
from app.security import public
from app.services.applying import announcements, drafts, templates
from app.web.inspector import forms
from app.web.inspector.blueprint import blueprint, messages, over, staff
from app.web.inspector.visiting import detail_page, step


@blueprint.post("/drafts/<draft_id>/discard")
@staff
def discard_draft(draft_id: str) -> BaseResponse:
    draft = perform(drafts.discard, actor(), draft_id)
    return over(redirect(url_for("inspector.home"), 303), draft.client_key)


@blueprint.post("/templates/<template_id>/remove")
@staff
def remove_template(template_id: str) -> BaseResponse:
    perform(templates.remove, actor(), template_id)
    return redirect(url_for("inspector.apply_form"), 303)


@blueprint.post("/<inspection_id>/template")
@staff
def save_template(inspection_id: str) -> BaseResponse | tuple[str, int]:
    name, for_unit = request.form.get("template_name", ""), request.form.get("template_for") == "unit"
    return step(inspection_id, templates.save_from, inspection_id, name, for_unit=for_unit)


@blueprint.post("/<inspection_id>/announce")
@staff
def announce(inspection_id: str) -> BaseResponse | tuple[str, int]:
    """Offers the enterprise up to three times."""
    try:
        slots = forms.slots(request.form)
    except Invalid as error:
        return detail_page(inspection_id, messages(error)), 422
    return step(inspection_id, announcements.announce, inspection_id, slots)


@blueprint.get("/apply-worker.js")
@public
def apply_worker() -> Response:
    """The service worker of the form: under /inspect/, so that it may keep the page there. It holds nobody's data."""
    response = send_from_directory(ROOT / "app" / "static" / "js", "apply-worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
