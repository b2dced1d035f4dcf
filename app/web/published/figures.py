"""The year's plain figures for everybody, beside the estimate of what the register does not see."""

from datetime import date

from flask import Blueprint, render_template, request

from app.context import browsing, installation, now, take
from app.delivery import rarely_changes
from app.domain.callbacks import LAPSES_AFTER
from app.domain.figures import Period
from app.domain.times import shanghai_day
from app.domain.unseen import FEWEST_REACHED, estimate
from app.queries import callbacks
from app.queries import figures as queries
from app.queries.figures import Figures
from app.security import public
from app.store import registry
from app.store.limits import Limit
from app.web.words import FIGURES

blueprint = Blueprint("public_figures", __name__)
LOOKS = Limit(burst=30, per_minute=30)  # each counts a year
EARLIEST, DRAWS_SHOWN = 2015, 12
COUNTS = ("visits", "planned", "triggered", "joint", "raised", "upheld", "corrected")
RATES = ("triggered", "joint", "problems", "shown", "scanned")  # no ratings: a live count would trace one (promise 4)


@blueprint.get("/figures")
@public
@rarely_changes
def figures() -> str:
    """A year of the jurisdiction, up to today, against the same days a year before."""
    take(f"figures:{request.remote_addr}", LOOKS)
    today, jurisdiction = shanghai_day(now()), installation().config.jurisdiction
    year = _year(request.args.get("year", ""), today)
    period = Period(date(year, 1, 1), min(date(year, 12, 31), today))
    with browsing() as session:
        regions = registry.regions_below(session, jurisdiction)
        columns = [
            (p, queries.figures(session, regions, p, for_everybody=True).get("", Figures()))
            for p in (period, period.year_before)
        ]
        by_month = queries.figures(session, regions, period, "month")
        asked = callbacks.asked(session, regions, year, drawn_before=now() - LAPSES_AFTER)
        draws = callbacks.progress(session, regions, DRAWS_SHOWN)
        name = registry.region_name(session, jurisdiction)
        as_of = queries.as_of(session, regions)
    months = [(m, by_month.get(f"{year}-{m:02d}", Figures())) for m in range(1, period.last.month + 1)]
    return render_template(
        "published/figures.html",
        year=year, period=period, columns=columns, months=months, estimate=estimate(asked), draws=draws, name=name,
        counts=COUNTS, rates=RATES, figure_words=FIGURES, as_of=as_of, fewest=FEWEST_REACHED, this_year=today.year,
        most=max((f["visits"] for _, f in months), default=0), earliest=EARLIEST,
    )  # fmt: skip


def _year(text: str, today: date) -> int:
    """The year in the address; this one where there is none that makes sense."""
    is_year = len(text) == 4 and text.isascii() and text.isdigit() and EARLIEST <= int(text) <= today.year
    return int(text) if is_year else today.year
