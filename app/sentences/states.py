"""What people call roles, verdicts and the states of inspections, rectifications and flags: on pages, and in a refusal."""

from typing import Any

from flask_babel import lazy_gettext as _l

STATES: dict[str, Any] = {
    "draft": _l("草稿"),
    "applied": _l("待批准"),
    "rejected": _l("未批准"),
    "approved": _l("已批准，待亮码"),
    "in_progress": _l("检查中"),
    "completed": _l("已办结"),
    "not_carried_out": _l("未实施"),
    "cancelled": _l("已取消"),
    "replaced": _l("已更换"),
    "lapsed": _l("逾期未实施"),
}
RECTIFICATION_STATES: dict[str, Any] = {
    "open": _l("整改中"),
    "answered": _l("企业已答复，待复核"),
    "verified": _l("已改正"),
    "closed": _l("已办结"),
}
FLAG_STATES: dict[str, Any] = {
    "raised": _l("新预警"),
    "investigating": _l("核查中"),
    "sent": _l("已转单位"),
    "answered": _l("单位已答复"),
    "upheld": _l("已认定"),
    "dismissed": _l("不成立"),
    "correcting": _l("整改中"),
    "closed": _l("已办结"),
    "withdrawn": _l("已自动撤回"),
}
ROLES: dict[str, Any] = {
    "inspector": _l("执法人员"),
    "head": _l("负责人"),
    "supervisor": _l("监督人员"),
    "admin": _l("管理员"),
    "integration": _l("系统对接"),
    "discipline": _l("纪检监察人员"),
    "observer": _l("社会监督员"),
}
VERDICT_WORDS: dict[str, Any] = {
    "valid": _l("已登记并经批准"),
    "wrong_enterprise": _l("登记的是另一家企业"),
    "not_yet_valid": _l("还没到时间"),
    "expired": _l("已过登记时间"),
    "completed": _l("检查已结束"),
    "cancelled": _l("已取消"),
    "lapsed": _l("未实施"),
    "replaced": _l("已更换"),
    "revoked": _l("已作废"),
    "not_registered": _l("登记簿中查不到"),
    "bad_signature": _l("未能核验为本平台签发"),
    "unknown_key": _l("未能核验为本平台签发"),
    "malformed": _l("没有读全"),
}
_OF = {"inspection": STATES, "rectification": RECTIFICATION_STATES}


def state_word(state: str, step: str) -> str:
    """The word of a state by the step (`inspection.approved`, `rectification.opened`, an action on a flag) that it refused."""
    return str(_OF.get(step.split(".")[0], FLAG_STATES).get(state, state))


def role_words(roles: str) -> str:
    """The words of the roles that a refusal names (`supervisor, admin`)."""
    return " / ".join(str(ROLES.get(role, role)) for role in roles.split(", "))
