"""企业码: the officer scans what hangs at the enterprise: right enterprise? then the arrival is recorded."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, now, perform, reading
from app.domain.actors import ADMIN, HEAD, INSPECTOR, SUPERVISOR
from app.domain.enterprise_codes import HOWS, LINK, MOST_TEXT, TYPED
from app.domain.errors import Declined, Invalid
from app.domain.inspections import IN_PROGRESS
from app.queries import registry
from app.security import roles
from app.services.visiting import arrivals, enterprise_codes
from app.web.enterprise.sheet import sheet
from app.web.inspector.blueprint import blueprint, messages, staff
from app.web.published.views import SCANNER


@blueprint.get("/scan")
@staff
def scan_form() -> str:
    return _scan_page("", {})


@blueprint.post("/scan")
@staff
def scan() -> str | tuple[str, int]:
    """Nothing is recorded yet: the page asks whether this is the right enterprise."""
    text = request.form.get("text", "")[:MOST_TEXT]
    try:
        return _here_page(text, _how(), {})
    except Invalid as error:
        return _scan_page(text, messages(error)), 422


@blueprint.post("/scan/arrive")
@staff
def scan_arrive() -> BaseResponse | tuple[str, int]:
    """The confirming tap. Leads to the code: it is to be shown next."""
    text, inspection_id = request.form.get("text", "")[:MOST_TEXT], request.form.get("inspection", "")[:64]
    try:
        perform(arrivals.arrive, actor(), inspection_id, arrivals.Arrival(text, _how()))
    except Declined as error:
        try:
            return _here_page(text, _how(), messages(error)), 422
        except Invalid:
            return _scan_page(text, messages(error)), 422
    return redirect(url_for("inspector.code", inspection_id=inspection_id), 303)


@blueprint.get("/e/<code>")
@roles(INSPECTOR, HEAD, SUPERVISOR, ADMIN)
def opened(code: str) -> BaseResponse | str | tuple[str, int]:
    """Where a colleague's phone lands that opened the enterprise's code with its own camera."""
    text = f"/e/{code}"
    if actor().may(INSPECTOR, HEAD):
        try:
            return _here_page(code, LINK, {})
        except Invalid as error:
            return _scan_page(code, messages(error)), 422
    with reading() as session:
        found = enterprise_codes.find(session, code)
    if found is None or actor().may(ADMIN):
        return redirect(url_for("admin.enterprise_codes") if actor().may(ADMIN) else text, 302)
    return redirect(url_for("supervisor.enterprise", enterprise_id=found.enterprise.id), 302)


@blueprint.get("/enterprises/<enterprise_id>/code")
@staff
def enterprise_sheet(enterprise_id: str) -> str:
    return sheet(enterprise_id, url_for("inspector.make_enterprise_code", enterprise_id=enterprise_id))


@blueprint.post("/enterprises/<enterprise_id>/code")
@staff
def make_enterprise_code(enterprise_id: str) -> BaseResponse:
    perform(enterprise_codes.issue, actor(), enterprise_id)
    return redirect(url_for("inspector.enterprise_sheet", enterprise_id=enterprise_id), 303)


def _how() -> str:
    how = request.form.get("how", TYPED)
    return how if how in HOWS else TYPED


def _scan_page(text: str, errors: dict[str, str]) -> str:
    is_built = (SCANNER / "officer.js").exists()
    return render_template("inspector/scan.html", text=text, errors=errors, is_built=is_built)


def _here_page(text: str, how: str, errors: dict[str, str]) -> str:
    """Raises Invalid where the text names no enterprise."""
    with reading() as session:
        here = arrivals.here(session, str(actor().unit), text, now())
        units = registry.names(session, [i.lead_unit for i in here.visits])
        others = registry.enterprise_names(session, [i.enterprise_id for i in here.elsewhere])
    ready = [i for i in here.visits if i.state == IN_PROGRESS or i.window_start <= now() < i.window_end]
    return render_template(
        "inspector/here.html", here=here, ready=ready, units=units, others=others, text=text, how=how, errors=errors
    )
