"""Enterprises: search and filters, one with its dated records and lists, a new one."""

from flask import render_template, request

from app.context import actor, perform, reading
from app.queries import keeping as queries
from app.services.keeping import enterprises as keeping
from app.services.keeping.enterprises import EnterpriseData
from app.services.people import scope
from app.web.admin.blueprint import Answer, administrators, blueprint, filters, own_regions, saved, today
from app.web.admin.forms import Reading, typed


@blueprint.get("/enterprises")
@administrators
def enterprises() -> str:
    chosen = filters("q", "region", "risk", "credit", "industry", "list")
    with reading() as session:
        own = own_regions(session)
        rows, following = queries.enterprises(session, own, chosen, request.args.get("cursor"), today())
    return render_template("admin/enterprises.html", rows=rows, following=following, filters=chosen, regions=_regions())


@blueprint.get("/enterprises/new")
@administrators
def new_enterprise() -> str:
    return _new_page("", {})


@blueprint.post("/enterprises/new")
@administrators
def add_enterprise() -> Answer:
    def act() -> str:
        form = Reading(request.form)
        data = _data(form)
        form.done()
        return f"/admin/enterprises/{perform(keeping.add_enterprise, actor(), data).id}"

    return saved("record", act, _new_page)


@blueprint.get("/enterprises/<enterprise_id>")
@administrators
def enterprise(enterprise_id: str) -> str:
    return _page(enterprise_id, "", {})


@blueprint.post("/enterprises/<enterprise_id>")
@administrators
def change_enterprise(enterprise_id: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        data = _data(form)
        form.done()
        perform(keeping.change_enterprise, actor(), enterprise_id, data)
        return f"/admin/enterprises/{enterprise_id}"

    return saved("record", act, lambda form, errors: _page(enterprise_id, form, errors))


@blueprint.post("/enterprises/<enterprise_id>/quiet")
@administrators
def protect_enterprise(enterprise_id: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        first, last = form.day("valid_from", needed=True), form.day("valid_until")
        source = form.text("source", needed=True)
        form.done()
        perform(keeping.protect_enterprise, actor(), enterprise_id, first, last, source)
        return f"/admin/enterprises/{enterprise_id}"

    return saved("quiet", act, lambda form, errors: _page(enterprise_id, form, errors))


@blueprint.post("/enterprises/<enterprise_id>/quiet/<int:period>")
@administrators
def end_enterprise_protection(enterprise_id: str, period: int) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        last = form.day("last", needed=True)
        form.done()
        perform(keeping.end_protection, actor(), enterprise_id, period, last)
        return f"/admin/enterprises/{enterprise_id}"

    return saved("quiet_end", act, lambda form, errors: _page(enterprise_id, form, errors))


def _data(form: Reading) -> EnterpriseData:
    return EnterpriseData(
        uscc=form.code("uscc", 40),
        name=form.text("name", needed=True),
        region=form.code("region") or None,
        address=form.text("address", 400) or None,
        industry=form.code("industry", 8) or None,
        risk=form.text("risk", 10) or None,
        credit=form.text("credit", 10) or None,
        since=form.day("since", needed=True),
    )


def _new_page(form: str, errors: dict[str, str]) -> str:
    values = typed(request.form) or {"since": today().isoformat()}
    return render_template("admin/enterprise_new.html", values=values, errors=errors, regions=_regions())


def _page(enterprise_id: str, form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = scope.enterprise_in_scope(session, actor(), enterprise_id)
        records = queries.records(session, enterprise_id)
        quiet = queries.periods(queries.protection(session, "enterprise", enterprise_id), today())
        key_in = queries.key_in(session, enterprise_id)
    values = {n: getattr(found, n) or "" for n in ("uscc", "name", "region", "address")}
    values |= {n: (getattr(records[0], n) if records else None) or "" for n in ("industry", "risk", "credit")}
    values |= {"since": today().isoformat()} | (typed(request.form) if form == "record" else {})
    return render_template(
        "admin/enterprise.html",
        enterprise=found,
        records=records,
        quiet=quiet,
        key_in=key_in,
        values=values,
        typed=typed(request.form),
        form=form,
        errors=errors,
        regions=_regions(),
        today=today(),
    )


def _regions() -> dict[str, str]:
    with reading() as session:
        return {r.code: r.name for r in queries.regions(session, own_regions(session))}
