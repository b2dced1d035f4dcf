"""The first-use tours: three steps for each role on the page it starts from, kept in the account, put away with one tap."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.context import actor, perform, reading
from app.domain.actors import HEAD, INSPECTOR, ROLES, SUPERVISOR
from app.security import of_enterprise, roles
from app.services.people import choices

blueprint = Blueprint("tours", __name__)
SPACE, NAME, OVER = "space", "tour", "over"


@dataclass(frozen=True, slots=True)
class Step:
    """What to know, and the page it is about."""

    title: Any
    text: Any
    page: str


TOURS = {
    INSPECTOR: (
        Step(_l("先申请，再去企业"), _l("一页五块，互相填写。提交前先告诉您规则怎么说、该和谁一起去。"), "/inspect/apply"),
        Step(_l("到场先亮码"), _l("批准后，今天的检查出现在这里。到场按那个蓝色大按钮，请企业扫码，再念六位数字。"), "/inspect/"),
        Step(_l("当天记录结果"), _l("只检查码上的事项，逐项记录。没有信号也能写，恢复后自动送达。"), "/inspect/list"),
    ),
    HEAD: (
        Step(_l("先看，再批准"), _l("每条一行：去哪家、为什么、规则提醒什么。需要理由的，写明再批准。"), "/inspect/approvals"),
        Step(_l("不在的时候请人代理"), _l("指定几天的代理负责人。自己的申请自己不能批准。"), "/inspect/deputies"),
        Step(_l("回答督办"), _l("监督机关的问题有期限和灯，在这里签收、答复、提出异议。"), "/inspect/questions"),
    ),
    SUPERVISOR: (
        Step(_l("每天先看三个数"), _l("逾期未办、新的红色预警、待答复的企业反映。点数字，就是它数的那张单子。"), "/supervise/"),
        Step(
            _l("打开一条预警"),
            _l("从上到下：发生了什么、为什么、企业的检查经过、单位怎么说、下一步。键盘 j、k 移动，回车在旁边打开。"),
            "/supervise/flags?open=1",
        ),
        Step(
            _l("保护说话的人"),
            _l("评价和举报引出的预警不能转给单位。要了解情况，用“提问”，不点名企业和时间。"),
            "/supervise/questions",
        ),
    ),
    SPACE: (
        Step(_l("本企业的每一次检查"), _l("谁来过、查了什么、结果怎样，都在这里。核验检查码永远不需要登录。"), "/my/visits"),
        Step(_l("说出您的理由"), _l("打开一次检查，可以陈述申辩、申请回避、答复整改。"), "/my/visits"),
        Step(_l("邀请同事"), _l("接待、安全、法务都可以加入；每次加入和移除都有登记。"), "/my/people"),
    ),
}  # fmt: skip


@blueprint.post("/account/tour")
@roles(*ROLES)
def go_on() -> Response:
    """The next step, away with it, or from the beginning again; back to where the role starts."""
    return _moved(actor().id, str(actor().role), "/inspect/" if actor().role in (INSPECTOR, HEAD) else "/supervise/")


@blueprint.post("/my/tour")
@of_enterprise
def go_on_in_the_space() -> Response:
    return _moved(g.person.id, SPACE, "/my/visits")


def _moved(owner: str, tour: str, home: str) -> Response:
    steps = TOURS.get(tour, ())
    with reading() as session:
        at = _at(choices.chosen(session, owner, f"{NAME}.{tour}"), len(steps))
    go = request.form.get("go", "")
    after = {"next": at + 1, "again": 1}.get(go, 0)
    perform(choices.choose, owner, f"{NAME}.{tour}", str(after) if 0 < after <= len(steps) else OVER)
    return redirect(home, 303)


def _at(value: str, steps: int) -> int:
    """The step that somebody is at, counted from 1; 0 when the tour is over."""
    if not value:
        return min(1, steps)
    return int(value) if value.isascii() and value.isdigit() and int(value) <= steps else 0


@blueprint.app_context_processor
def _tour() -> dict[str, Any]:
    def tour() -> dict[str, Any] | None:
        """What the tour of who asks shows now; None when it is over."""
        person = g.get("person")
        owner, name = (person.id, SPACE) if person else (actor().id, str(actor().role))
        steps = TOURS.get(name, ())
        if not steps:
            return None
        with reading() as session:
            at = _at(choices.chosen(session, owner, f"{NAME}.{name}"), len(steps))
        guide = {SPACE: "enterprise", HEAD: INSPECTOR}.get(name, name)
        form = "/my/tour" if person else "/account/tour"
        return {"step": steps[at - 1], "at": at, "of": len(steps), "form": form, "guide": guide} if at else None

    return {"tour": tour}
