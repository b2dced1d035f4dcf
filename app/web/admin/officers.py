"""Officers and their certificates. A head keeps those of the own unit."""

from flask import render_template, request

from app.context import actor, perform, reading
from app.queries import keeping as queries
from app.services.keeping import officers as keeping
from app.services.people import scope
from app.web.admin.blueprint import Answer, blueprint, filters, keepers, own_regions, own_unit, saved, today
from app.web.admin.forms import Reading, typed


@blueprint.get("/officers")
@keepers
def officers() -> str:
    chosen = filters("q", "unit", "state")
    with reading() as session:
        own = own_regions(session)
        rows, following = queries.officers(session, own, own_unit(), chosen, request.args.get("cursor"), today())
        expiring = queries.expiring(session, own, own_unit(), today())
    return render_template(
        "admin/officers.html", rows=rows, following=following, filters=chosen, expiring=expiring, units=_units()
    )


@blueprint.get("/officers/new")
@keepers
def new_officer() -> str:
    return _new_page("", {})


@blueprint.post("/officers/new")
@keepers
def add_officer() -> Answer:
    def act() -> str:
        form = Reading(request.form)
        number, name = form.code("certificate_no", 40, needed=True), form.text("name", 60, needed=True)
        unit = own_unit() or form.code("unit", needed=True)
        first, last = form.day("valid_from", needed=True), form.day("valid_until")
        form.done()
        return f"/admin/officers/{perform(keeping.add_officer, actor(), number, name, unit, first, last).id}"

    return saved("officer", act, _new_page)


@blueprint.get("/officers/<officer_id>")
@keepers
def officer(officer_id: str) -> str:
    return _page(officer_id, "", {})


@blueprint.post("/officers/<officer_id>")
@keepers
def change_officer(officer_id: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        name, unit = form.text("name", 60, needed=True), own_unit() or form.code("unit", needed=True)
        form.done()
        perform(keeping.change_officer, actor(), officer_id, name, unit)
        return f"/admin/officers/{officer_id}"

    return saved("officer", act, lambda form, errors: _page(officer_id, form, errors))


@blueprint.post("/officers/<officer_id>/certificates")
@keepers
def add_certificate(officer_id: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        first, last = form.day("valid_from", needed=True), form.day("valid_until")
        form.done()
        perform(keeping.add_certificate, actor(), officer_id, first, last)
        return f"/admin/officers/{officer_id}"

    return saved("certificate", act, lambda form, errors: _page(officer_id, form, errors))


@blueprint.post("/officers/<officer_id>/suspensions")
@keepers
def suspend(officer_id: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        first, last = form.day("valid_from", needed=True), form.day("valid_until")
        reason = form.text("reason", 200, needed=True)
        form.done()
        perform(keeping.suspend, actor(), officer_id, first, last, reason)
        return f"/admin/officers/{officer_id}"

    return saved("suspension", act, lambda form, errors: _page(officer_id, form, errors))


@blueprint.post("/officers/<officer_id>/<kind>/<int:period>")
@keepers
def change_period(officer_id: str, kind: str, period: int) -> Answer:
    """An end for a validity or suspension that runs; or taking back one that has not begun."""

    def act() -> str:
        form = Reading(request.form)
        if request.form.get("go") == "take_back":
            perform(keeping.take_back_period, actor(), officer_id, kind, period)
        else:
            last = form.day("last", needed=True)
            form.done()
            perform(keeping.end_period, actor(), officer_id, kind, period, last)
        return f"/admin/officers/{officer_id}"

    return saved(f"{kind}_end", act, lambda form, errors: _page(officer_id, form, errors))


def _new_page(form: str, errors: dict[str, str]) -> str:
    values = typed(request.form) or {"valid_from": today().isoformat(), "unit": actor().unit or ""}
    return render_template("admin/officer_new.html", values=values, errors=errors, units=_units(), only=own_unit())


def _page(officer_id: str, form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found, _ = scope.officer_in_scope(session, actor(), officer_id)
        certificates, suspensions = queries.of_officer(session, found.certificate_no)
    values = {"name": found.name, "unit": found.unit or ""} | (typed(request.form) if form == "officer" else {})
    return render_template(
        "admin/officer.html",
        officer=found,
        certificates=queries.periods(certificates, today()),
        suspensions=queries.periods(suspensions, today()),
        values=values,
        typed=typed(request.form),
        form=form,
        errors=errors,
        units=_units(),
        only=own_unit(),
        today=today(),
    )


def _units() -> dict[str, str]:
    with reading() as session:
        return {u.code: u.name for u in queries.kept_units(session, own_regions(session))}
