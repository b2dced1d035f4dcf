"""Every list of the supervisor as CSV, XLSX or JSON lines: what the page shows, all of it, with the filters of its address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request

from app.context import actor, now, perform
from app.domain import national
from app.domain.actors import DISCIPLINE, SUPERVISOR
from app.domain.errors import NotFound
from app.domain.figures import Period, Rate
from app.domain.flags.catalogue import CATALOGUE
from app.domain.times import shanghai_day
from app.queries import exports, satisfaction
from app.queries import figures as figure_queries
from app.queries import flags as flag_queries
from app.queries import inspections as inspection_queries
from app.queries.figures import FLAGS, RATES
from app.services import exports as service
from app.web import export_words, words
from app.web.listed import Listed, Rows, count, sent
from app.web.sending import FORMS
from app.web.supervisor import flags, nationally, seeing, working_lists
from app.web.supervisor.blueprint import blueprint, readers

YEAR = timedelta(days=364)
COUNTS = ("visits", "planned", "triggered", "joint", "above")
UNIT_RATES = (
    "problems",
    "shown",
    "scanned",
)  # a unit's rating rate leaves the house in closed quarters only (promise 4)
OF_A_RATE = ("found", "of", "share", "from", "until")


@blueprint.get("/export/<what>.<form>")
@readers
def export(what: str, form: str) -> Response:
    """The list, streamed; that it was taken out is on record before its first byte leaves.

    What discipline inspection takes out is a look of its own, recorded by `security.py` like every page it opens.
    """
    if what not in LISTS or form not in FORMS or (actor().role == DISCIPLINE and what not in FOR_DISCIPLINE):
        raise NotFound("no_such_table")
    listed = LISTS[what]()
    if actor().role == SUPERVISOR:
        perform(service.record, actor(), what, form, listed.filters, None if listed.of_speech else count(listed))
    return sent(listed, form, what)


def _inspections() -> Listed:
    filters, days, who = seeing.inspection_filters(), seeing.days_asked(), actor()
    query = inspection_queries.filtered(who, filters | {"days": days})
    said = {"state": words.STATES, "kind": words.KINDS, "cause": words.CAUSES, "imported": export_words.YES_NO}
    return Listed(
        exports.INSPECTION_COLUMNS,
        lambda session: exports.inspections(session, query),
        filters | _days(days),
        lambda session: exports.count(session, query),
        said,
    )


def _flags() -> Listed:
    filters, who, today = flags.filters_of(request.args), actor(), shanghai_day(now())

    def query(session: Any) -> Any:
        return flag_queries.filtered(who, flags.asked_of(session, filters, today))

    def rows(session: Any) -> Rows:
        """What rests on somebody's words is marked, so that nobody passes it on to the unit unawares."""
        for row in exports.flags(session, query(session)):
            yield *row, "yes" if CATALOGUE[row[0]].rests_on_speech else "no"

    said = {
        "rule": export_words.RULES,
        "severity": words.SEVERITIES,
        "state": words.FLAG_STATES,
        "internal": export_words.YES_NO,
    }
    columns = (*exports.FLAG_COLUMNS, "officer", "internal")
    return Listed(columns, rows, filters, lambda session: exports.count(session, query(session)), said)


def _units() -> Listed:
    """Every row is marked: its numbers of flags count those that rest on somebody's words, too."""
    period, regions = seeing.period_asked(), actor().regions

    def rows(session: Any) -> Rows:
        found = figure_queries.figures(session, regions, period, "unit")
        for unit, f in figure_queries.units_beside(session, regions, found):
            rates = (cell for name in UNIT_RATES for cell in _rate(f.rate(name)))
            yield unit.code, unit.name, *(f[n] for n in COUNTS), *rates, *(f[n] for n in FLAGS), "yes"

    of_rates = (f"{name}_{part}" for name in UNIT_RATES for part in OF_A_RATE)
    columns = ("unit", "unit_name", *COUNTS, *of_rates, *FLAGS, "internal")
    return Listed(columns, rows, _days(period), said={"internal": export_words.YES_NO})


def _figures() -> Listed:
    period, regions = seeing.period_asked(), actor().regions

    def rows(session: Any) -> Rows:
        for p, f in figure_queries.against(session, regions, period):
            days = p.first.isoformat(), p.last.isoformat()
            for name in (*COUNTS, *FLAGS):
                yield name, *days, f[name], "", "", "", "", "yes" if name in FLAGS else "no"
            for name in RATES:
                if f.rate(name) is not None:  # too few enterprises stand behind a hidden one
                    yield f"{name}_rate", *days, *_rate(f.rate(name)), "no"
            if f.days_to_close is not None:
                yield "days", *days, round(f.days_to_close, 1), "", "", "", "", "yes"

    columns = ("figure", "first", "last", *OF_A_RATE, "internal")
    said = {"figure": words.FIGURES, "internal": export_words.YES_NO}
    return Listed(columns, rows, _days(period), said=said)


def _enterprises() -> Listed:
    text, regions, today = request.args.get("q", "").strip()[:100], actor().regions, shanghai_day(now())
    year = Period(today - YEAR, today)
    return Listed(
        exports.ENTERPRISE_COLUMNS,
        lambda session: exports.enterprises(session, regions, text, year),
        {"q": text},
        lambda session: exports.enterprises_count(session, regions, text),
    )


def _ratings() -> Listed:
    """As the units see them: nothing of how many enterprises or visits stand behind a figure."""
    regions = actor().regions

    def rows(session: Any) -> Rows:
        for quarter, units in satisfaction.of_region(session, regions):
            for name, f in units:
                if f.halves is not None:
                    yield name, quarter, f.halves / 2

    return Listed(("unit_name", "quarter", "rating"), rows, {})


def _national() -> Listed:
    """The rows that the national interface takes."""
    filters, found = nationally.asked()

    def rows(session: Any) -> Rows:
        for row, wrong in found(session):
            if not wrong:
                yield tuple(row[key] for key in national.KEYS)

    return Listed(national.KEYS, rows, filters)


def _national_problems() -> Listed:
    """The rows that it would not take: one line a problem."""
    filters, found = nationally.asked()

    def rows(session: Any) -> Rows:
        for row, wrong in found(session):
            for problem in wrong:
                yield row["number"], row["object"], row["name"], problem.field.name, nationally.why(problem)

    return Listed(("number", "enterprise_name", "item_name", "field", "problem"), rows, filters)


LISTS: dict[str, Callable[[], Listed]] = {
    "inspections": _inspections,
    "flags": _flags,
    "units": _units,
    "figures": _figures,
    "enterprises": _enterprises,
    "ratings": _ratings,
    "national": _national,
    "national-problems": _national_problems,
    **working_lists.LISTS,
}
# What discipline inspection reads, it may take out.
FOR_DISCIPLINE = ("inspections", "flags", "units", "figures", "enterprises", "ratings", "reports", "reviews")


def _rate(rate: Rate | None) -> tuple[Any, ...]:
    if rate is None or rate.share is None:
        return (rate.found if rate else "", rate.of if rate else "", "", "", "")
    return rate.found, rate.of, *(round(x, 4) for x in (rate.share, *rate.interval))


def _days(period: Period | None) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()} if period else {}
