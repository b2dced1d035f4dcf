"""Visits as national records 检查行为: how many can be handed over, and what keeps the others back."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app.context import actor, browsing, installation, now
from app.domain.national import INSERT, LENGTH, MISSING, OPERATIONS, TOO_LONG, Problem, problems
from app.queries import inspections as inspection_queries
from app.queries import national as queries
from app.web.supervisor.blueprint import blueprint, supervisors
from app.web.supervisor.seeing import period_asked

SHOWN = 50
CHECKED = 1000  # visits; an export checks them all
Checked = Callable[..., Iterator[tuple[dict[str, str], list[Problem]]]]


@blueprint.get("/national")
@supervisors
def nationally() -> str:
    """The check of a period's visits, of CHECKED at most, before anything is taken out."""
    filters, found = asked()
    fit = held = 0
    shown: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
    by_field: Counter[str] = Counter()
    with browsing() as session:
        for row, wrong in found(session, CHECKED):
            fit, held = (fit + 1, held) if not wrong else (fit, held + 1)
            by_field.update(p.field.name for p in wrong)
            if wrong and len(shown) < SHOWN:
                shown.append((row, [(p.field.name, why(p)) for p in wrong]))
    return render_template(
        "supervisor/national.html",
        period=period_asked(),
        operation=filters["operation"],
        operations={"i": _("新增"), "u": _("更正"), "d": _("撤回")},
        fit=fit,
        held=held,
        shown=shown,
        most=SHOWN,
        checked=CHECKED,
        by_field=by_field.most_common(),
    )


def asked() -> tuple[dict[str, str], Checked]:
    """The filters of the address, and the rows that fit them with what is wrong with each."""
    period, who, at = period_asked(), actor(), now()
    operation = request.args.get("operation", INSERT)
    operation = operation if operation in OPERATIONS else INSERT
    query = inspection_queries.filtered(who, {"days": period})
    region = who.region or installation().config.jurisdiction

    def found(session: Any, most: int | None = None) -> Iterator[tuple[dict[str, str], list[Problem]]]:
        handed = queries.handing(session, operation, who.name, at, region)
        for row in queries.rows(session, query, handed, most):
            yield row, problems(row)

    return {"from": period.first.isoformat(), "to": period.last.isoformat(), "operation": operation}, found


def why(problem: Problem) -> str:
    """What is wrong, and how it is mended."""
    if problem.code == MISSING:
        return str(_("必填，没有内容"))
    if problem.code == TOO_LONG:
        return str(_("太长，最多 %(most)s 个字", most=problem.field.most))
    if problem.code == LENGTH:
        return str(_("应为 %(length)s 位", length=problem.field.exactly))
    return str(_("报送时间应在检查时间之后"))
