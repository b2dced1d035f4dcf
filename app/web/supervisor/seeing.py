"""Units side by side, and one unit: figures with what they rest on, never ranked."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from app.context import actor, browsing, now
from app.domain.errors import NotFound
from app.domain.figures import Period
from app.domain.tiles import layout as tile_layout
from app.domain.times import shanghai_day
from app.queries import burden
from app.queries import figures as figure_queries
from app.queries.figures import FEWEST_ENTERPRISES, FLAGS, RATES
from app.store.models import Unit
from app.web.supervisor.blueprint import blueprint, readers
from app.web.words import FIGURES, WEEKDAYS, rule_name

USUAL_DAYS, EARLIEST = 90, 1990
TOO_MUCH, TOO_LITTLE = ("repeat.", "cap.", "several_heads", "low_yield"), ("under_inspected",)


INSPECTION_FILTERS = (
    "state", "kind", "uscc", "number", "late", "count", "unit", "town", "item", "officer",
    "weekday", "hour",
)  # fmt: skip


def inspection_filters() -> dict[str, str]:
    """What narrows the list of inspections, from the address."""
    return {name: request.args.get(name, "").strip()[:100] for name in INSPECTION_FILTERS}


def day_of(name: str) -> date | None:
    """A day of the address, or None where there is none or no such day."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def days_asked() -> Period | None:
    """The days in the address, or None where there are none that make sense."""
    first, last = day_of("from"), day_of("to")
    return Period(first, last) if first and last and first <= last and first.year >= EARLIEST else None


def period_asked() -> Period:
    """The period in the address, else the last ninety days."""
    today = shanghai_day(now())
    return days_asked() or Period(today - timedelta(days=USUAL_DAYS - 1), today)


def list_link(name: str, period: Period, **more: str) -> str | None:
    """The address of the list that a figure counts; ratings have none (promise 4)."""
    if name == "rated":
        return None
    path = "/supervise/flags" if name in FLAGS else "/supervise/inspections"
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return f"{path}?{urlencode({'count': name} | days | {k: v for k, v in more.items() if v})}"


@blueprint.get("/units")
@readers
def units() -> str:
    """All inspecting units of the region in administrative order, each with sample sizes and intervals; those without any
    visit apart, after them."""
    period = period_asked()
    with browsing() as session:
        found = figure_queries.figures(session, actor().regions, period, "unit")
        rows = figure_queries.units_beside(session, actor().regions, found)
        behind = figure_queries.behind(session, actor().regions, period)
    without = [(u, f) for u, f in rows if not f["visits"]]
    return _page("units", period, rows=[(u, f) for u, f in rows if f["visits"]], without=without, behind=behind)


@blueprint.get("/figures")
@readers
def figures() -> str:
    """The region's figures against the period before (环比) and a year ago (同比), by weekday and hour, by town."""
    period, regions = period_asked(), actor().regions
    with browsing() as session:
        columns = figure_queries.against(session, regions, period)
        heat = figure_queries.heat(session, regions, period)
        towns = figure_queries.towns(session, regions, period)
        tiles, by_place = tile_layout([code for code, *_ in towns if code], burden.places(session, regions))
        rules = figure_queries.flags_by_rule(session, regions, period)
        as_of, behind = figure_queries.as_of(session, regions), figure_queries.behind(session, regions, period)
    return _page(
        "figures",
        period,
        columns=columns,
        towns=towns,
        tiles=tiles,
        by_place=by_place,
        too_much=[(r, rule_name(r), n) for r, n in rules.items() if r.startswith(TOO_MUCH)],
        too_little=[(r, rule_name(r), n) for r, n in rules.items() if r.startswith(TOO_LITTLE)],
        as_of=as_of,
        behind=behind,
        **_heat(heat),
    )


def _heat(heat: dict[tuple[int, int], int]) -> dict[str, Any]:
    """A table of weekdays and hours: the usual hours, and what lies outside of them."""
    hours = range(min([8, *(h for _, h in heat)]), max([17, *(h for _, h in heat)]) + 1)
    return {"heat": heat, "hours": hours, "most": max(heat.values(), default=1), "weekdays": WEEKDAYS}


@blueprint.get("/units/<code>")
@readers
def unit(code: str) -> str:
    """One unit: the period against the one before and the same a year ago."""
    period = period_asked()
    with browsing() as session:
        row = session.get(Unit, code)
        if row is None or row.role != "inspecting":
            raise NotFound("no_such_unit")
        columns = figure_queries.against(session, actor().regions, period, code)
        by_officer = figure_queries.officers_of(session, actor().regions, period, code)
        names = burden.officer_names(session, by_officer)
        behind = figure_queries.behind(session, actor().regions, period)
    officers = [
        (number, names.get(number, ""), {"visits": visits, "raised": raised})
        for number, (visits, raised) in sorted(by_officer.items())
    ]
    return _page("unit", period, unit=row, columns=columns, officers=officers, behind=behind)


@blueprint.get("/officers/<path:certificate_no>")
@readers
def officer(certificate_no: str) -> str:
    """One officer: visits, hours, weekdays and hours of the day, certificates, and the flags that concern them.

    Nothing of ratings: promise 4 knows no figure by officer.
    """
    period, regions = period_asked(), actor().regions
    with browsing() as session:
        found = burden.officer(session, certificate_no, regions)
        if found is None:
            raise NotFound("no_such_officer")
        did = figure_queries.officer(session, regions, period, certificate_no)
        flags = burden.flags_of(session, certificate_no, regions, period)
        behind = figure_queries.behind(session, regions, period)
    more = {"behind": behind, "spent": did.hours, "open_ended": did.open_ended, "flags": flags}
    return _page("officer", period, officer=found, f=did.figures, **more, **_heat(did.heat))


@blueprint.context_processor
def _figures() -> dict[str, Any]:
    """What the macros of figures need, on every page."""
    return {"list_link": list_link, "rates": RATES, "figure_words": FIGURES, "fewest": FEWEST_ENTERPRISES}


def _page(name: str, period: Period, **more: Any) -> str:
    return render_template(f"supervisor/{name}.html", period=period, **more)
