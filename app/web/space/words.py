"""The words of the enterprise's space, for its own pages and those of staff."""

from typing import Any

from flask_babel import lazy_gettext as _l

ROLES: dict[str, Any] = {"reception": _l("接待"), "safety": _l("安全"), "legal": _l("法务或负责人")}
VIA: dict[str, Any] = {
    "visit": _l("检查现场当面开通"),
    "invitation": _l("由成员邀请"),
    "sign_in": _l("统一登录"),
    "merged": _l("合并到同一人"),
}
MATTERS: dict[str, Any] = {
    "statement": _l("陈述申辩"),
    "recusal": _l("申请回避"),
    "wish": _l("企业申请检查"),
    "selfcheck": _l("企业自查"),
}
STATES: dict[str, Any] = {
    "open": _l("等待答复"),
    "answered": _l("已答复"),
    "accepted": _l("同意回避"),
    "declined": _l("未同意"),
    "private": _l("仅本企业可见"),
    "shared": _l("已出示给检查单位"),
    "taken": _l("单位已据此申请检查"),
}
MOODS = {"open": "care", "answered": "good", "accepted": "good", "declined": "", "taken": "good", "shared": "blue"}
FINDINGS: dict[str, Any] = {
    "fine": _l("符合"),
    "to_mend": _l("需要改进"),
    "not_applicable": _l("不涉及"),
}
