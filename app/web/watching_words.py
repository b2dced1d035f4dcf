"""The words of file review and of observers, for the supervisor's and the observer's pages."""

from typing import Any

from flask_babel import lazy_gettext as _l

PARTS: dict[str, Any] = {"legality": _l("合法性"), "reasonableness": _l("合理性"), "form": _l("规范性")}
OUTCOMES: dict[str, Any] = {
    "taken_up": _l("已采纳，督促改进"),
    "explained": _l("已核实，作了说明"),
    "forwarded": _l("已转有关单位办理"),
    "nothing": _l("经核实不予采纳"),
}
KINDS: dict[str, Any] = {"observation": _l("我观察到的"), "opinion": _l("企业对我说的")}
ACCOMPANYING: dict[str, Any] = {
    "invited": _l("请您参加"),
    "accepted": _l("已接受"),
    "declined": _l("已谢绝"),
    "attended": _l("已参加"),
    "taken_back": _l("已取消（回避）"),
}
REPORT_STATES: dict[str, Any] = {"received": _l("待答复"), "in_hand": _l("办理中"), "answered": _l("已答复")}
CASE_FILE_STATES: dict[str, Any] = {"waiting": _l("评分中"), "scored": _l("待定分"), "settled": _l("已定分")}
REVIEW_STATES: dict[str, Any] = {"waiting": _l("待复核"), "agreed": _l("同意驳回"), "reopened": _l("重新办理")}
