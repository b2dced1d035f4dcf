"""Inspection items with their terms, and those inspected on a trigger only (无事不扰事项)."""

from flask import render_template, request

from app.context import actor, perform, reading
from app.queries import keeping as queries
from app.services.keeping import items as keeping
from app.services.keeping.items import Term
from app.services.people import scope
from app.web.admin.blueprint import Answer, administrators, blueprint, filters, own_regions, saved, today
from app.web.admin.forms import Reading, typed


@blueprint.get("/items")
@administrators
def items() -> str:
    chosen = filters("q", "unit", "published")
    with reading() as session:
        own = own_regions(session)
        rows, following = queries.items(session, own, chosen, request.args.get("cursor"), today())
    return render_template("admin/items.html", rows=rows, following=following, filters=chosen, units=_units())


@blueprint.get("/items/new")
@administrators
def new_item() -> str:
    return _new_page("", {})


@blueprint.post("/items/new")
@administrators
def add_item() -> Answer:
    def act() -> str:
        form = Reading(request.form)
        code, unit = form.code("code", needed=True), form.code("unit", needed=True)
        name, basis = form.text("name", needed=True), form.text("basis", 1000, lines=True)
        term = _term(form)
        form.done()
        return f"/admin/items/{perform(keeping.add_item, actor(), code, unit, name, basis, term).code}"

    return saved("item", act, _new_page)


@blueprint.get("/items/<code>")
@administrators
def item(code: str) -> str:
    return _page(code, "", {})


@blueprint.post("/items/<code>")
@administrators
def change_item(code: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        name, basis = form.text("name", needed=True), form.text("basis", 1000, lines=True)
        form.done()
        perform(keeping.change_item, actor(), code, name, basis)
        return f"/admin/items/{code}"

    return saved("item", act, lambda form, errors: _page(code, form, errors))


@blueprint.post("/items/<code>/terms")
@administrators
def add_term(code: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        term = _term(form)
        form.done()
        perform(keeping.add_term, actor(), code, term)
        return f"/admin/items/{code}"

    return saved("term", act, lambda form, errors: _page(code, form, errors))


@blueprint.post("/items/<code>/terms/<int:period>")
@administrators
def take_back_term(code: str, period: int) -> Answer:
    def act() -> str:
        perform(keeping.take_back_term, actor(), code, period)
        return f"/admin/items/{code}"

    return saved("term_end", act, lambda form, errors: _page(code, form, errors))


@blueprint.post("/items/<code>/quiet")
@administrators
def protect_item(code: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        first, last = form.day("valid_from", needed=True), form.day("valid_until")
        source = form.text("source", needed=True)
        form.done()
        perform(keeping.protect_item, actor(), code, first, last, source)
        return f"/admin/items/{code}"

    return saved("quiet", act, lambda form, errors: _page(code, form, errors))


@blueprint.post("/items/<code>/quiet/<int:period>")
@administrators
def end_item_protection(code: str, period: int) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        last = form.day("last", needed=True)
        form.done()
        perform(keeping.end_protection, actor(), code, period, last)
        return f"/admin/items/{code}"

    return saved("quiet_end", act, lambda form, errors: _page(code, form, errors))


def _term(form: Reading) -> Term:
    return Term(
        published=form.form.get("published") == "1",
        yearly_cap=form.number("yearly_cap"),
        first=form.day("valid_from", needed=True),
        last=form.day("valid_until"),
    )


def _new_page(form: str, errors: dict[str, str]) -> str:
    values = typed(request.form) or {"published": "1", "valid_from": today().isoformat()}
    return render_template("admin/item_new.html", values=values, errors=errors, units=_units())


def _page(code: str, form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found, unit = scope.item_in_scope(session, actor(), code)
        terms = queries.periods(queries.terms(session, code), today(), replaced=True)
        quiet = queries.periods(queries.protection(session, "item", code), today())
    values = {"name": found.name, "basis": found.basis} | (typed(request.form) if form == "item" else {})
    return render_template(
        "admin/item.html",
        item=found,
        unit=unit,
        terms=terms,
        quiet=quiet,
        values=values,
        typed=typed(request.form),
        form=form,
        errors=errors,
        today=today(),
    )


def _units() -> dict[str, str]:
    with reading() as session:
        return {u.code: u.name for u in queries.kept_units(session, own_regions(session)) if u.role == "inspecting"}
