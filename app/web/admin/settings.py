"""The district's own texts and numbers, the working-day calendar, and the tree of regions."""

from flask import render_template, request

from app.context import actor, installation, perform, reading
from app.queries import keeping as queries
from app.queries import keeping_people as people_queries
from app.services.keeping import settings as keeping
from app.store import registry
from app.web.admin.blueprint import Answer, administrators, blueprint, own_regions, saved, today
from app.web.admin.forms import Reading, typed

FIRST_YEAR = 2024


@blueprint.get("/settings")
@administrators
def settings() -> str:
    return _page("", {})


@blueprint.post("/settings/<key>")
@administrators
def set_value(key: str) -> Answer:
    def act() -> str:
        form = Reading(request.form)
        value, source = form.text("value", keeping.LONGEST, needed=True, lines=True), form.text("source")
        first = form.day("valid_from", needed=True)
        form.done()
        perform(keeping.set_value, actor(), key, value, source, first)
        return "/admin/settings"

    return saved(key, act, _page)


@blueprint.post("/settings/<key>/<int:period>")
@administrators
def take_back_setting(key: str, period: int) -> Answer:
    def act() -> str:
        perform(keeping.take_back, actor(), key, period)
        return "/admin/settings"

    return saved(f"{key}_end", act, _page)


@blueprint.get("/calendar")
@administrators
def calendar() -> str:
    return _calendar_page("", {})


@blueprint.post("/calendar")
@administrators
def set_day() -> Answer:
    def act() -> str:
        form = Reading(request.form)
        day, kind = form.day("day", needed=True), form.choice("working", ("yes", "no"))
        form.done()
        perform(keeping.set_day, actor(), day, kind == "yes")
        return f"/admin/calendar?year={day.year if day else ''}&saved=1"

    return saved("day", act, _calendar_page)


@blueprint.get("/regions")
@administrators
def regions() -> str:
    with reading() as session:
        rows = queries.regions(session, own_regions(session))
    return render_template("admin/regions.html", rows=rows, names={r.code: r.name for r in rows})


def _page(form: str, errors: dict[str, str]) -> str:
    with reading() as session:
        district = registry.district_of(session, actor().region) or installation().config.jurisdiction
        found = people_queries.settings(session, district)
    periods = {key: queries.periods(found.get(key, ()), today(), replaced=True) for key in keeping.SETTINGS}
    return render_template(
        "admin/settings.html",
        groups=keeping.GROUPS,
        periods=periods,
        presets=keeping.PRESETS,
        numbers=keeping.NUMBERS,
        needs_source=keeping.NEEDS_SOURCE,
        form=form,
        errors=errors,
        typed=typed(request.form),
        today=today(),
    )


def _calendar_page(form: str, errors: dict[str, str]) -> str:
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today().year
    with reading() as session:
        days = people_queries.calendar(session, year)
    years = range(FIRST_YEAR, today().year + keeping.OPEN_YEARS + 1)
    return render_template(
        "admin/calendar.html",
        year=year,
        years=years,
        days=days,
        form=form,
        errors=errors,
        typed=typed(request.form),
        today=today(),
    )
