"""The navigation at the side of the desk's and the administrator's pages: one table for each role that has one."""

from typing import Any

from flask import current_app, g, request
from flask_babel import lazy_gettext as _l

from app.domain.actors import ADMIN, DISCIPLINE

Table = tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...]

# In groups, in the order it is shown: (path, word). A row is shown once its page exists: whoever makes a page adds or
# corrects its row and nothing else.
NAVIGATION: Table = (
    (
        _l("督办"),
        (
            ("/supervise/", _l("待办")),
            ("/supervise/flags", _l("预警")),
            ("/supervise/questions", _l("提问")),
            ("/supervise/papers", _l("文书")),
            ("/supervise/calendar", _l("期限日历")),
            ("/supervise/desk", _l("我的关注")),
        ),
    ),
    (
        _l("检查"),
        (
            ("/supervise/inspections", _l("检查")),
            ("/supervise/contacts", _l("走访")),
            ("/supervise/enterprises", _l("企业")),
            ("/supervise/plans/", _l("计划")),
            ("/supervise/reconcile", _l("比对")),
            ("/supervise/files", _l("案卷评查")),
        ),
    ),
    (
        _l("企业的声音"),
        (
            ("/supervise/reports", _l("企业反映")),
            ("/supervise/callbacks", _l("回访抽查")),
            ("/supervise/ratings", _l("企业评价")),
            ("/supervise/observers", _l("社会监督员")),
        ),
    ),
    (
        _l("看数据"),
        (
            ("/supervise/figures", _l("数据")),
            ("/supervise/units", _l("单位")),
            ("/supervise/telling", _l("报告")),
        ),
    ),
    (
        _l("规矩"),
        (
            ("/supervise/policy/", _l("规则")),
            ("/supervise/reviews", _l("驳回复核")),
            ("/supervise/connector", _l("其他系统")),
            ("/log/", _l("登记簿")),
        ),
    ),
)

DISCIPLINE_NAVIGATION: Table = (
    (
        _l("纪检监察"),
        (
            ("/discipline/", _l("线索")),
            ("/discipline/looks", _l("查阅记录")),
            ("/supervise/reviews", _l("驳回复核")),
        ),
    ),
    (
        _l("只读查阅"),
        (
            ("/supervise/flags", _l("预警")),
            ("/supervise/inspections", _l("检查")),
            ("/supervise/enterprises", _l("企业")),
            ("/supervise/figures", _l("数据")),
            ("/supervise/units", _l("单位")),
            ("/supervise/telling", _l("报告")),
            ("/supervise/reports", _l("企业反映")),
            ("/supervise/ratings", _l("企业评价")),
            ("/log/", _l("登记簿")),
        ),
    ),
)

ADMIN_NAVIGATION: Table = (
    (
        _l("管理"),
        (
            ("/admin/", _l("待办")),
            ("/admin/proposals", _l("双人确认")),
        ),
    ),
    (
        _l("登记"),
        (
            ("/admin/units", _l("单位")),
            ("/admin/officers", _l("执法人员")),
            ("/admin/items", _l("检查事项")),
            ("/admin/enterprises", _l("企业")),
            ("/admin/regions", _l("区划")),
            ("/admin/tables", _l("导入导出")),
        ),
    ),
    (
        _l("权限"),
        (
            ("/admin/accounts", _l("账号")),
            ("/admin/tokens", _l("接口令牌")),
            ("/admin/keys", _l("签发密钥")),
        ),
    ),
    (
        _l("平台"),
        (
            ("/admin/settings", _l("设置")),
            ("/admin/calendar", _l("工作日历")),
            ("/admin/connector", _l("其他系统")),
        ),
    ),
)

# Pages that are reached from a page of another address.
_REACHED = {
    "/supervise/officers/": "/supervise/units/",
    "/supervise/national": "/supervise/telling",
    "/admin/enterprise-codes": "/admin/enterprises",
    "/admin/issuing": "/admin/connector",
}
_STARTS = ("/supervise/", "/admin/")


def navigation() -> list[tuple[Any, list[tuple[str, Any, bool]]]]:
    """Groups of (path, word, whether it is the page shown); the longest path that fits is the one shown."""
    known = {rule.rule for rule in current_app.url_map.iter_rules()}
    table = {DISCIPLINE: DISCIPLINE_NAVIGATION, ADMIN: ADMIN_NAVIGATION}.get(g.actor.role, NAVIGATION)
    paths = [path for _, rows in table for path, _ in rows if path in known]
    shown = request.path
    for start, instead in _REACHED.items():
        shown = shown.replace(start, instead)
    above = [path for path in paths if path not in _STARTS]  # a start page holds nothing but itself
    fitting = [path for path in above if shown.startswith(path.rstrip("/") + "/")] + [p for p in paths if p == shown]
    here = max(fitting, key=len, default="")
    return [(group, [(path, word, path == here) for path, word in rows if path in known]) for group, rows in table]
