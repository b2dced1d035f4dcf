"""Units: the list, one unit with where it may inspect, a new one."""

from typing import Any

from flask import render_template, request

from app.context import actor, perform, reading
from app.queries import keeping as queries
from app.services.keeping import units as keeping
from app.services.keeping.units import UnitData
from app.services.people import scope
from app.web.admin.blueprint import Answer, administrators, blueprint, filters, own_regions, saved, today
from app.web.admin.forms import Reading, typed


@blueprint.get("/units")
@administrators
def units() -> str:
    chosen = filters("q", "level", "role")
    with reading() as session:
        rows, following = queries.units(session, own_regions(session), chosen, request.args.get("cursor"))
        names = {r.code: r.name for r in queries.regions(session, own_regions(session))}
    return render_template("admin/units.html", rows=rows, following=following, filters=chosen, regions=names)


@blueprint.get("/units/new")
@administrators
def new_unit() -> str:
    return _new_page("", {})


@blueprint.post("/units/new")
@administrators
def add_unit() -> Answer:
    def act() -> str:
        form = Reading(request.form)
        data, since = _data(form, form.code("code", needed=True)), form.day("since", needed=True)
        form.done()
        return f"/admin/units/{perform(keeping.add_unit, actor(), data, since).code}"

    return saved("unit", act, _new_page)


@blueprint.get("/units/<code>")
@administrators
def unit(code: str) -> str:
    return _page(code, "", {})


@blueprint.post("/units/<code>")
@administrators
def change_unit(code: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        data = _data(form, code)
        form.done()
        perform(keeping.change_unit, actor(), data)
        return f"/admin/units/{code}"

    return saved("unit", act, lambda form, errors: _page(code, form, errors))


@blueprint.post("/units/<code>/territories")
@administrators
def add_territory(code: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        region, first, last = (
            form.code("territory", needed=True),
            form.day("valid_from", needed=True),
            form.day("valid_until"),
        )
        form.done()
        perform(keeping.add_territory, actor(), code, region, first, last)
        return f"/admin/units/{code}"

    return saved("territory", act, lambda form, errors: _page(code, form, errors))


@blueprint.post("/units/<code>/territories/<int:period>")
@administrators
def change_territory(code: str, period: int) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        if request.form.get("go") == "take_back":
            perform(keeping.take_back_territory, actor(), code, period)
        else:
            last = form.day("last", needed=True)
            form.done()
            perform(keeping.end_territory, actor(), code, period, last)
        return f"/admin/units/{code}"

    return saved("territory_end", act, lambda form, errors: _page(code, form, errors))


def _data(form: Reading, code: str) -> UnitData:
    return UnitData(
        code=code,
        name=form.text("name", 100, needed=True),
        level=form.choice("level", keeping.LEVELS),
        region=form.code("region", needed=True),
        role=form.choice("role", keeping.UNIT_ROLES),
        parent=form.code("parent") or None,
        supervised=form.form.get("supervised") == "1",
        phone=form.text("phone", 40) or None,
    )


def _new_page(form: str, errors: dict[str, str]) -> str:
    values = typed(request.form) or {
        "level": "区",
        "role": "inspecting",
        "supervised": "1",
        "since": today().isoformat(),
    }
    return render_template("admin/unit_new.html", values=values, errors=errors, **_choices())


def _page(code: str, form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        found = scope.unit_in_scope(session, actor(), code)
        territories = queries.periods(queries.territories(session, code), today())
    values: dict[str, Any] = {
        n: getattr(found, n) or "" for n in ("name", "level", "region", "role", "parent", "phone")
    }
    values["supervised"] = "1" if found.supervised else ""
    if form == "unit":
        values |= {"supervised": ""} | typed(request.form)
    return render_template(
        "admin/unit.html",
        unit=found,
        territories=territories,
        values=values,
        typed=typed(request.form),
        form=form,
        errors=errors,
        today=today(),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    with reading() as session:
        own = own_regions(session)
        return {
            "regions": {r.code: r.name for r in queries.regions(session, own)},
            "units": {u.code: u.name for u in queries.kept_units(session, own)},
            "levels": {level: level for level in keeping.LEVELS},
        }
