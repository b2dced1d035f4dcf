"""The inspector's and the head's pages: the desk, applying, deciding, showing the code, recording the result."""

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.context import actor, installation, now, perform, reading
from app.domain.actors import HEAD, INSPECTOR
from app.domain.codes.draw import code_matrix, svg
from app.domain.codes.short import display_short_code
from app.domain.errors import DomainError, Invalid, NotFound
from app.domain.inspections import Inspection
from app.domain.times import SHANGHAI, shanghai_day
from app.errors import sentence
from app.i18n import clock_time
from app.queries import inspections as inspection_queries
from app.queries import inspector as queries
from app.queries import registry
from app.queries.paging import USUAL
from app.security import roles
from app.services import applications, decisions, scans, visits
from app.services.access import may_see
from app.services.flags import advise
from app.store import inspections as inspection_store
from app.store.unit_of_work import history
from app.web.inspector import forms

blueprint = Blueprint("inspector", __name__, url_prefix="/inspect")
staff = roles(INSPECTOR, HEAD)


@blueprint.get("/")
@staff
def home() -> str:
    unit = str(actor().unit)
    with reading() as session:
        desk = queries.desk(session, unit, now(), shanghai_day(now()))
        listed = [*desk.today, *desk.waiting, *desk.results_due, *desk.coming]
        shown = inspection_queries.shown(session, actor(), listed, installation().config.public_url)
    by_id = {s.inspection.id: s for s in shown}
    return render_template("inspector/home.html", desk=desk, by_id=by_id, actor=actor())


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


@blueprint.get("/apply")
@staff
def apply_form() -> str:
    values = forms.fresh(now())
    again = request.args.get("again")
    if again:
        with reading() as session:
            s = _shown(session, again)
        values = forms.again(s.inspection, s.enterprise.uscc, s.enterprise.name, now())
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
        return _apply_page(values, _messages(error)), 422


@blueprint.get("/<inspection_id>")
@staff
def detail(inspection_id: str) -> str:
    return _detail_page(inspection_id, {})


@blueprint.post("/<inspection_id>/approve")
@roles(HEAD)
def approve(inspection_id: str) -> BaseResponse | tuple[str, int]:
    reason = (request.form.get("override_reason", "") or request.form.get("chosen_reason", "")).strip()[:2000]
    return _step(inspection_id, decisions.approve, inspection_id, reason or None)


@blueprint.post("/<inspection_id>/reject")
@roles(HEAD)
def reject(inspection_id: str) -> BaseResponse | tuple[str, int]:
    return _step(inspection_id, decisions.reject, inspection_id, request.form.get("reason", "").strip()[:2000])


@blueprint.post("/<inspection_id>/cancel")
@staff
def cancel(inspection_id: str) -> BaseResponse | tuple[str, int]:
    reason = request.form.get("reason", "").strip()[:2000] or None
    on_advice = request.form.get("on_advice") == "1"
    return _step(inspection_id, visits.cancel, inspection_id, reason, on_advice=on_advice)


@blueprint.get("/<inspection_id>/result")
@staff
def result_form(inspection_id: str) -> str:
    return _result_page(inspection_id, {}, {})


@blueprint.post("/<inspection_id>/result")
@staff
def result(inspection_id: str) -> BaseResponse | tuple[str, int]:
    with reading() as session:
        inspection = _shown(session, inspection_id).inspection
    try:
        if request.form.get("go") == "not_carried_out":
            note = request.form.get("why", "").strip()[:2000] or None
            perform(visits.not_carried_out, actor(), inspection_id, request.form.get("not_carried_out", ""), note)
        else:
            perform(visits.complete, actor(), inspection_id, forms.completion(request.form, inspection))
    except DomainError as error:
        return _result_page(inspection_id, request.form, _messages(error)), 422
    return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)


@blueprint.get("/<inspection_id>/code")
@staff
def code(inspection_id: str) -> str:
    """The code large enough to scan at arm's length, with its live state."""
    with reading() as session:
        s = _shown(session, inspection_id)
        challenges = scans.open_challenges(session, inspection_id, now())
    if s.code is None:
        raise NotFound("no_such_code")
    return render_template(
        "inspector/code.html",
        s=s,
        drawing=_drawing(s),
        short_code=display_short_code(s.code.short_code),
        challenges=challenges,
    )


@blueprint.get("/<inspection_id>/live")
@staff
def live(inspection_id: str) -> Response:
    """What the code page asks for every two seconds: state, scans, open comparison numbers."""
    with reading() as session:
        i = _shown(session, inspection_id).inspection
        challenges = scans.open_challenges(session, inspection_id, now())
    return jsonify(
        state=i.state,
        seen=clock_time(i.first_seen_at) if i.first_seen_at else None,
        arrived=clock_time(i.first_arrive_at) if i.first_arrive_at else None,
        challenges=[f"{c.digits[:3]} {c.digits[3:]}" for c in challenges],
    )


@blueprint.get("/<inspection_id>/notice")
@staff
def notice(inspection_id: str) -> str:
    """The print view: 行政检查通知书 with the code."""
    with reading() as session:
        s = _shown(session, inspection_id)
    if s.code is None:
        raise NotFound("no_such_code")
    short_code = display_short_code(s.code.short_code)
    return render_template("inspector/notice.html", s=s, drawing=_drawing(s), short_code=short_code, today=now())


def _drawing(s: inspection_queries.Shown) -> str:
    assert s.code is not None
    drawn = svg(code_matrix(s.code.url))
    return drawn if isinstance(drawn, str) else drawn.decode()


def _shown(session: Any, inspection_id: str) -> inspection_queries.Shown:
    found = inspection_store.get(session, inspection_id)
    if found is None or not may_see(actor(), found):
        raise NotFound("no_such_inspection", inspection=inspection_id)
    return inspection_queries.shown(session, actor(), [found], installation().config.public_url)[0]


def _step(inspection_id: str, use_case: Any, *args: Any, **kwargs: Any) -> BaseResponse | tuple[str, int]:
    """Performs a step and shows the page again, with a sentence where it was refused."""
    try:
        perform(use_case, actor(), *args, **kwargs)
    except NotFound:
        raise
    except DomainError as error:
        return _detail_page(inspection_id, _messages(error)), 422
    return redirect(url_for("inspector.detail", inspection_id=inspection_id), 303)


def _messages(error: DomainError) -> dict[str, str]:
    problems = error.problems if isinstance(error, Invalid) else [(error.field or "form", error.code, error.data)]
    return {name or "form": sentence(code, data) for name, code, data in problems}


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
        planned=planned,
        cap=min(caps, default=None),
    )


def _detail_page(inspection_id: str, errors: dict[str, str]) -> str:
    with reading() as session:
        s = _shown(session, inspection_id)
        facts = history(session, "inspection", inspection_id)
    advisories = _advice_now(s.inspection) if s.inspection.state == "applied" else ()
    return render_template(
        "inspector/detail.html",
        s=s,
        facts=facts,
        errors=errors,
        actor=actor(),
        advisories=advisories,
        typed=request.form,
    )


def _advice_now(inspection: Inspection) -> Any:
    with installation().unit_of_work() as work:
        found = advise(work, inspection)
        work.session.rollback()
    return found


def _result_page(inspection_id: str, values: Any, errors: dict[str, str]) -> str:
    with reading() as session:
        s = _shown(session, inspection_id)
    ended = min(now(), s.inspection.window_end).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
    return render_template("inspector/result.html", s=s, values=values, errors=errors, ended=ended)
