"""A unit's plan leaves as a table: its rows as the import reads them, and its key enterprises as their page takes them."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response

from app.context import actor, perform, reading
from app.domain import plan_text
from app.domain.errors import NotFound
from app.domain.plans import Line, Plan
from app.queries import plans as queries
from app.services import exports
from app.web.plans import pages
from app.web.plans.staff import staff
from app.web.sending import CSV, XLSX, table

blueprint = Blueprint("taking", __name__, url_prefix="/inspect/plans")
# Chinese in every language: these are the names that an import knows.
ROWS = (
    "计划编码", "单位", "年度", "计划类别", "计划名称", "开始日期", "结束日期", "检查事项", "实施依据", "检查对象", "检查数量",
    "双随机比例", "检查内容", "检查方式", "检查频次", "频次上限", "时间安排", "承办机构", "是否跨部门联合", "联合单位", "备注",
)  # fmt: skip
KEYS = ("统一社会信用代码", "企业名称", "最近一次计划检查")
KINDS = {"yearly": "年度计划", "special": "专项计划"}
JOINT = {"lead": "牵头", "partner": "配合", None: "否"}


@blueprint.get("/<plan_id>/<any(rows,keys):what>.<any(csv,xlsx):form>")
@staff
def take(plan_id: str, what: str, form: str) -> Response:
    """The rows or the key enterprises of a plan of the own unit. That they were taken out is on record."""
    with reading() as session:
        plan = pages.plan_or_404(session, plan_id)
        if plan.unit != actor().unit:
            raise NotFound("no_such_plan")
        found = [(e.uscc or "", e.name, str(last or "")) for e, _, last in queries.keys(session, plan)]
    columns, rows = (ROWS, list(_rows(plan))) if what == "rows" else (KEYS, found)
    perform(exports.record, actor(), f"plan_{what}", form, {"plan": plan.code}, len(rows))
    return table(columns, rows, XLSX if form == XLSX else CSV, f"plan-{what}")


def _rows(plan: Plan) -> Iterator[tuple[Any, ...]]:
    year = plan.starts_on.year
    whole = (plan.code, plan.unit, year, KINDS[plan.kind], plan.title, str(plan.starts_on), str(plan.ends_on))
    for line in plan.lines:
        yield (
            *whole,
            line.item,
            line.basis or "",
            line.objects or "",
            line.wanted or "",
            f"{line.share / 100:g}%" if line.share else "",
            line.content or "",
            line.way or "",
            line.frequency or "",
            line.cap or "",
            _timing(line, year),
            line.office or "",
            JOINT[line.joint_role],
            line.partners or "",
            line.note or "",
        )


def _timing(line: Line, year: int) -> str:
    """The row's own words where an import reads its days in them, else the days."""
    if line.starts_on is None or line.ends_on is None:
        return line.timing or ""
    days = (line.starts_on, line.ends_on)
    is_said = line.timing is not None and plan_text.read_period(line.timing, year) == days
    return str(line.timing) if is_said else f"{days[0]} 至 {days[1]}"
