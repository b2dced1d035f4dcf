"""The enterprise's year: every visit with bodies, people received and hours, on a page to print and as a file."""

import io
from typing import Any

from flask import render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.context import now, reading
from app.domain.times import SHANGHAI, shanghai_day
from app.i18n import moment
from app.queries import space as queries
from app.security import of_enterprise
from app.services.supervising import exporting
from app.web import words
from app.web.space.blueprint import blueprint, chosen

FIRST_YEAR = 2000


@blueprint.get("/year")
@of_enterprise
def year() -> str:
    wanted, found, uncovered = _year()
    visits = [v for v in found if v.inspection.counts]
    return render_template(
        "space/year.html", year=wanted, this_year=shanghai_day(now()).year, found=found, uncovered=uncovered,
        totals=_totals(visits), visits=len(visits), hours=hours, received=received,
    )  # fmt: skip


@blueprint.get("/year.csv")
@of_enterprise
def year_csv() -> Response:
    """For Excel: with BOM, and formulas made harmless."""
    wanted, found, uncovered = _year()
    header, *rows = _table(found, uncovered)
    text = exporting.BOM + "".join(exporting.csv_text(header, rows, harmless=True))
    return _file(io.BytesIO(text.encode()), "text/csv", f"{wanted}.csv")


@blueprint.get("/year.xlsx")
@of_enterprise
def year_xlsx() -> Response:
    wanted, found, uncovered = _year()
    header, *rows = _table(found, uncovered)
    out = io.BytesIO()
    exporting.write_xlsx(header, rows, out)
    out.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(out, kind, f"{wanted}.xlsx")


def hours(v: queries.Visit) -> float | None:
    """From the visit's start to its end, in hours to one decimal; None where either is not known."""
    i = v.inspection
    if i.visit_start is None or i.ended_at is None or i.ended_at < i.visit_start:
        return None
    return round((i.ended_at - i.visit_start).total_seconds() / 3600, 1)


def received(v: queries.Visit) -> int:
    """How many people the enterprise received: the officers of the code."""
    return len(v.inspection.officers)


def _year() -> tuple[int, list[queries.Visit], list[Any]]:
    this_year = shanghai_day(now()).year
    text = request.args.get("year", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else this_year
    wanted = min(max(wanted, FIRST_YEAR), this_year)
    with reading() as session:
        return wanted, queries.year(session, chosen(), wanted), queries.uncovered(session)


def _totals(visits: list[queries.Visit]) -> dict[str, float]:
    return {
        "bodies": len({u.code for v in visits for u in v.units}),
        "people": sum(received(v) for v in visits),
        "hours": round(sum(hours(v) or 0 for v in visits), 1),
    }


def _table(found: list[queries.Visit], uncovered: list[Any]) -> list[list[Any]]:
    """Header, a row a visit, the sums of inspections, and what is not in here."""
    rows: list[list[Any]] = [
        [
            _("检查编号"), _("企业"), _("开始时间"), _("结束时间"), _("检查单位"), _("类型"), _("检查事项"), _("来访人数"),
            _("小时"), _("结果"),
        ]
    ]  # fmt: skip
    for v in found:
        i = v.inspection
        outcome = str(words.OUTCOMES[i.outcome]) if i.outcome else str(words.STATES[i.state])
        rows.append(
            [
                i.number, v.enterprise.name, _shown(i.visit_start), _shown(i.ended_at), "、".join(u.name for u in v.units),
                str(words.KINDS[i.kind]), "、".join(item.name for item in v.items.values()), received(v),
                hours(v) if hours(v) is not None else "", outcome,
            ]
        )  # fmt: skip
    visits = [v for v in found if v.inspection.counts]
    totals = _totals(visits)
    counted = _("合计（%(n)s 次检查，%(b)s 个单位）", n=len(visits), b=totals["bodies"])
    rows.append([counted, "", "", "", "", "", "", totals["people"], totals["hours"], ""])
    rows.append([coverage(uncovered)])
    return rows


def coverage(uncovered: list[Any]) -> str:
    """Which bodies are not covered, in one sentence."""
    if uncovered:
        names = "、".join(u.name for u in uncovered)
        return str(_("本表不完整地包含以下单位的检查（不受本平台监督，是否登记由其决定）：%(names)s。", names=names))
    return str(_("没有在本平台登记的检查（例如中央、市级单位自行安排的）不在本表中。"))


def _shown(value: Any) -> str:
    return moment(value.astimezone(SHANGHAI)) if value else ""


def _file(data: io.BytesIO, kind: str, name: str) -> Response:
    return send_file(data, kind, as_attachment=True, download_name=f"visits-{name}")
