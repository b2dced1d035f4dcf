"""The page of a job in the background: how far it is, and where its result is when it is done."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.context import actor, reading
from app.domain.actors import ADMIN, HEAD, INSPECTOR, SUPERVISOR
from app.errors import sentence
from app.security import roles
from app.services import jobs
from app.web.admin.told import address, told_of_check, told_of_store

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@dataclass(frozen=True, slots=True)
class Shown:
    """How a kind of job is called, and from its result (a dict): one sentence, and the address it leads to."""

    title: Any
    told: Callable[[dict[str, Any]], str]
    leads_to: Callable[[dict[str, Any]], str]
    onward: bool = False  # the result has a page that says all: one goes there without a button between


KINDS: dict[str, Shown] = {
    "backtest": Shown(
        _l("规则回测"),
        lambda result: _("已回测 %(n)s 次检查。", n=result["visits"]),
        lambda result: f"/supervise/policy/backtest/{result['job']}",
        onward=True,
    ),
    "batch_check": Shown(
        _l("逐行对照规则"),
        lambda result: _("%(n)s 行都看过了。", n=result["rows"]),
        lambda result: f"/inspect/batch/{result['batch']}",
    ),
    "batch_apply": Shown(
        _l("提交这一批申请"),
        lambda result: _("已申请 %(n)s 家", n=result["made"]),
        lambda result: f"/inspect/batch/{result['batch']}",
    ),
    "batch_approve": Shown(
        _l("批准这一批"),
        lambda result: _("已批准 %(n)s 家，还有 %(left)s 家需要逐条看。", n=result["approved"], left=result["left"]),
        lambda result: f"/inspect/batch/{result['batch']}",
    ),
    "enterprise_codes": Shown(
        _l("生成企业码"),
        lambda result: _("新生成 %(n)s 个企业码。", n=result["made"]),
        lambda result: "/admin/enterprise-codes",
    ),
    "import.check": Shown(_l("检查表格"), told_of_check, address, onward=True),
    "plans.check": Shown(
        _l("核对计划表格"),
        lambda result: _("%(n)s 行都看过了，还没有保存任何内容。", n=result["rows"]),
        lambda result: f"/inspect/plans/import?job={result['job']}",
    ),
    "plans.store": Shown(
        _l("导入计划"),
        lambda result: _("已存为草稿：%(n)s 行。", n=result["stored"]) if result["kept"] else _("什么都没有保存。"),
        lambda result: f"/inspect/plans/import?job={result['job']}",
    ),
    "telling": Shown(
        _l("制作报告"),
        lambda result: _("%(period)s的报告已经做好。", period=result["period"]),
        lambda result: "/supervise/telling",
    ),
    "import.store": Shown(_l("导入表格"), told_of_store, address, onward=True),
}


@blueprint.get("/<job_id>")
@roles(INSPECTOR, HEAD, SUPERVISOR, ADMIN)
def page(job_id: str) -> str:
    return render_template("jobs/job.html", **_view(job_id))


@blueprint.get("/<job_id>/live")
@roles(INSPECTOR, HEAD, SUPERVISOR, ADMIN)
def live(job_id: str) -> Response:
    """What the page asks for every second."""
    view = _view(job_id)
    return jsonify(state=view["job"].state, done=view["job"].done, total=view["job"].total)


def _view(job_id: str) -> dict[str, Any]:
    with reading() as session:
        job = jobs.own(session, actor(), job_id)
    shown = KINDS[job.kind]
    result = json.loads(job.result) | {"job": job.id} if job.result else None
    problem = json.loads(job.problem) if job.problem else None
    return {
        "job": job,
        "title": shown.title,
        "told": shown.told(result) if result is not None else "",
        "leads_to": shown.leads_to(result) if result is not None else "",
        "onward": shown.onward and job.state == "done",
        "problem": sentence(problem["code"], problem["data"]) if problem else "",
    }
