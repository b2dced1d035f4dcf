"""The first-use tours: three steps for each role on the page it starts from, kept in the account, put away with one tap."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, request
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.context import actor, perform, reading
from app.domain.actors import ADMIN, DISCIPLINE, HEAD, INSPECTOR, OBSERVER, ROLES, SUPERVISOR
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
        Step(
            _l("每天先看最要紧的"),
            _l("最要紧的几条预警，各用一句话说清原因。上面三个数，点开就是它数的那张单子。"),
            "/supervise/",
        ),
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
    ADMIN: (
        Step(
            _l("先看快到期的和待确认的"),
            _l("过期的执法证会引出预警。给人权限、作废密钥这些事，由一位管理员提出、另一位确认。"),
            "/admin/proposals",
        ),
        Step(
            _l("成批的用表格导入"),
            _l("下载模板，填好上传，先看会新增和更新什么，再确认。有一行不对，就一行也不保存。"),
            "/admin/tables",
        ),
        Step(
            _l("改变从某一天起"),
            _l("证件、上限、名单、设置都是新增一段，以前的不改动。每次改动都记入登记簿，写明是谁。"),
            "/admin/settings",
        ),
    ),
    DISCIPLINE: (
        Step(
            _l("线索只有您能看到"),
            _l("涉及钱物、宴请、指定中介的反映，以及对司法局的反映，一收到就在这里，加密保存。"),
            "/discipline/",
        ),
        Step(_l("其他页面只看不改"), _l("预警、检查、单位都可以打开核对，但不能办理，也看不出反映人是谁。"), "/supervise/flags"),
        Step(_l("您看过什么有记录"), _l("您打开的每一页都记在查阅记录里，只有纪检监察人员能看到。"), "/discipline/looks"),
    ),
    OBSERVER: (
        Step(_l("说出看到的情况"), _l("您观察到的、企业对您说的，都可以写在这里。检查单位看不到是谁说的。"), "/observe/"),
        Step(_l("替司法局回访企业"), _l("每周抽中几家企业，请您问三个问题。不要让检查单位知道抽中了谁。"), "/observe/callbacks"),
        Step(
            _l("有关系的先声明回避"),
            _l("有业务往来、任职或亲属关系的企业，声明以后不会请您参加那里的检查。"),
            "/observe/recusals",
        ),
    ),
    SPACE: (
        Step(_l("本企业的每一次检查"), _l("谁来过、查了什么、结果怎样，都在这里。核验检查码永远不需要登录。"), "/my/visits"),
        Step(_l("说出您的理由"), _l("打开一次检查，可以陈述申辩、申请回避、答复整改。"), "/my/visits"),
        Step(_l("邀请同事"), _l("接待、安全、法务都可以加入；每次加入和移除都有登记。"), "/my/people"),
    ),
}  # fmt: skip
HOMES = {INSPECTOR: "/inspect/", HEAD: "/inspect/", ADMIN: "/admin/", DISCIPLINE: "/discipline/", OBSERVER: "/observe/"}
# What to read further, where it is not named like the role; a lay supervisor has the page itself.
GUIDES = {SPACE: "enterprise", HEAD: INSPECTOR, ADMIN: "for-administrators", DISCIPLINE: "for-discipline", OBSERVER: ""}


@blueprint.post("/account/tour")
@roles(*ROLES)
def go_on() -> Response:
    """The next step, away with it, or from the beginning again; back to where the role starts."""
    role = str(actor().role)
    return _moved(actor().id, role, HOMES.get(role, "/supervise/"))


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
        guide = GUIDES.get(name, name)
        form = "/my/tour" if person else "/account/tour"
        return {"step": steps[at - 1], "at": at, "of": len(steps), "form": form, "guide": guide} if at else None

    return {"tour": tour}
