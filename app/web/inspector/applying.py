"""The application form (申领): search, check against the rules, send, or heed the advice."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.errors import Invalid
from app.domain.times import shanghai_day
from app.queries import inspector as queries
from app.queries import joint as joint_queries
from app.queries import registry
from app.services import applications
from app.store import registry as register
from app.web.inspector import forms
from app.web.inspector.blueprint import blueprint, messages, shown_or_404, staff


@blueprint.get("/apply")
@staff
def apply_form() -> str:
    values = forms.fresh(now())
    again = request.args.get("again")
    if again:
        with reading() as session:
            s = shown_or_404(session, again)
        values = forms.again(s.inspection, s.enterprise.uscc, s.enterprise.name, now())
    elif request.args.get("enterprise"):
        with reading() as session:
            enterprise = register.enterprise(session, request.args["enterprise"][:64])
        if enterprise is not None:
            values |= {"enterprise.uscc": enterprise.uscc or "", "enterprise.name": enterprise.name}
    return _apply_page(values, {})


@blueprint.post("/apply")
@staff
def apply() -> BaseResponse | str | tuple[str, int]:
    """Search, check, send or heed the advice: which button was pressed says which."""
    values = forms.typed(request.form)
    pressed = request.form.get("go", "check")
    if pressed == "edit" or pressed == "search":
        return _apply_page(values, {}, search=request.form.get("search", "") if pressed == "search" else "")
    try:
        application = forms.application(values)
        if pressed == "send":
            applied = perform(applications.apply, actor(), application)
            return redirect(url_for("inspector.detail", inspection_id=applied.inspection.id), 303)
        if pressed == "heed":
            perform(applications.heed_advice, actor(), application, request.form.get("note", "").strip()[:500])
            return redirect(url_for("inspector.home"), 303)
        return _check_page(values, application)
    except Invalid as error:
        return _apply_page(values, messages(error)), 422


def _apply_page(values: dict[str, Any], errors: dict[str, str], search: str = "") -> str:
    today = shanghai_day(now())
    with reading() as session:
        items, _ = registry.items(session, today, actor().unit, None, 200)
        officers = registry.officers(session, actor().unit, today)
        found = registry.enterprises(session, search, limit=8) if search else []
        units = registry.inspecting_units(session)
    return render_template(
        "inspector/apply.html",
        values=values,
        errors=errors,
        items=[i for i in reversed(items) if i.published],
        officers=officers,
        found=found,
        search=search,
        units=[u for u in units if u.code != actor().unit],
    )


def _check_page(values: dict[str, Any], application: Any) -> str:
    """What the rules say before anything is sent; recorded is nothing."""
    with installation().unit_of_work() as work:
        enterprise, advisories = applications.preview(work, actor(), application)
        recent = queries.recent(work.session, enterprise.id) if enterprise else []
        tasks = queries.open_tasks(work.session, enterprise.id, now()) if enterprise else []
        partners = _partners(work, enterprise, application) if enterprise else []
        units = registry.names(work.session, [i.lead_unit for i in [*recent, *tasks]])
        year, unit = shanghai_day(application.window_start).year, str(actor().unit)
        planned = queries.planned_this_year(work.session, enterprise.id, unit, year) if enterprise else 0
        terms = registry.items(work.session, shanghai_day(now()), unit, None, 200)[0]
        caps = [t.yearly_cap for t in terms if t.code in application.items and t.yearly_cap is not None]
        work.session.expunge_all()
        work.session.rollback()
    return render_template(
        "inspector/check.html",
        values=values,
        enterprise=enterprise,
        advisories=advisories,
        recent=recent,
        units=units,
        tasks=tasks,
        partners=partners,
        planned=planned,
        cap=min(caps, default=None),
    )


def _partners(work: Any, enterprise: Any, application: Any) -> Any:
    region = work.default_jurisdiction
    start, address = application.window_start, application.place_address
    found = joint_queries.before_applying(work.session, str(actor().unit), enterprise.id, address, start, region, now())
    return [p for p in found if p.unit not in application.invite]
