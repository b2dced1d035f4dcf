"""走访 and the like in ten seconds: one short form. No code, and no inspection; the supervisor sees them beside visits."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.context import actor, now, perform, reading
from app.domain.applications import Application, EnterpriseRef
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, Problem
from app.domain.inspections import CONTACT, CONTACT_KINDS
from app.domain.times import SHANGHAI, shanghai_day
from app.queries import contacts as queries
from app.queries import registry
from app.queries.paging import USUAL
from app.services.applying import applications
from app.web.inspector.blueprint import blueprint, messages, staff
from app.web.inspector.forms import moment_of

LASTS = timedelta(hours=1)
LENGTHS = {"name": 200, "uscc": 40, "reason": 2000}


@blueprint.get("/contact")
@staff
def contact_form() -> str:
    return _page({}, {})


@blueprint.post("/contact")
@staff
def contact() -> Response | tuple[str, int] | str:
    if request.form.get("go") == "search":
        return _page(request.form, {}, search=request.form.get("search", "").strip()[:100])
    try:
        perform(applications.apply, actor(), _application(request.form))
    except Invalid as error:
        renamed = {_FIELDS.get(name, name): text for name, text in messages(error).items()}
        return _page(request.form, renamed), 422
    return redirect(url_for("inspector.contacts", recorded="1"), 303)


@blueprint.get("/contacts")
@staff
def contacts() -> str:
    with reading() as session:
        found, following = queries.of_unit(session, str(actor().unit), request.args.get("cursor"), USUAL)
    recorded = request.args.get("recorded") == "1"
    return render_template("inspector/contacts.html", found=found, following=following, recorded=recorded)


_FIELDS = {"enterprise.name": "name", "enterprise.uscc": "uscc", "window.start": "at", "contact_kind": "contact_kind"}


def _application(form: Any) -> Application:
    """The command. Raises Invalid."""
    problems: list[Problem] = [
        (name, "too_long", {"most": most}) for name, most in LENGTHS.items() if len(form.get(name, "")) > most
    ]
    at = moment_of(form.get("at", ""), "at", problems)
    if form.get("contact_kind") not in CONTACT_KINDS:
        problems.append(("contact_kind", "missing", {}))
    uscc, name = form.get("uscc", "").strip(), form.get("name", "").strip()
    if picked := form.get("enterprise", ""):
        uscc, _, name = picked.partition("|")
    if at is not None and at > now() + timedelta(minutes=5):
        problems.append(("at", "in_the_future", {}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    return Application(
        enterprise=EnterpriseRef(normalise_uscc(uscc) if uscc else None, name or None),
        kind=CONTACT,
        contact_kind=form["contact_kind"],
        items=(),
        officers=tuple(form.getlist("officers")),
        window_start=at,
        window_end=at + LASTS,
        reason=form.get("reason", "").strip() or None,
    )


def _page(values: Any, errors: dict[str, str], search: str = "") -> str:
    unit, today = str(actor().unit), shanghai_day(now())
    with reading() as session:
        found = registry.enterprises(session, search, limit=8) if search else []
        last = queries.last_enterprises(session, unit)
        officers = registry.officers(session, unit, today)
    own = [o.certificate_no for o in officers if o.name == actor().name]
    return render_template(
        "inspector/contact.html",
        values=values,
        errors=errors,
        search=search,
        found=found,
        last=[] if search else last,
        officers=officers,
        chosen=values.getlist("officers") if hasattr(values, "getlist") else own,
        at=now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
    )
