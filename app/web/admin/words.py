"""The words of the administrator's pages."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.sentences.states import ROLES as ROLES

PERIODS: dict[str, Any] = {"now": _l("现行"), "before": _l("以前"), "next": _l("将来")}
PERIOD_MOODS = {"now": "good", "before": "", "next": "blue"}
CERTIFICATES: dict[str, Any] = {
    "valid": _l("有效"),
    "expired": _l("已过期"),
    "suspended": _l("停用中"),
    "unknown": _l("没有证件信息"),
}
CERTIFICATE_MOODS = {"valid": "good", "expired": "bad", "suspended": "bad", "unknown": "care"}
CERTIFICATE_FILTERS: dict[str, Any] = {
    "valid": _l("有效"),
    "expiring": _l("30 天内到期"),
    "expired": _l("已过期"),
    "suspended": _l("停用中"),
}
ISSUING: dict[str, Any] = {
    "own": _l("本平台签发"),
    "mirror": _l("其他系统签发，本平台同步"),
    "both": _l("两边都签发"),
}
CONNECTOR_KINDS: dict[str, Any] = {
    "visits": _l("检查"),
    "units": _l("单位"),
    "items": _l("检查事项"),
    "officers": _l("执法人员"),
    "plans": _l("计划"),
}
UNIT_ROLES: dict[str, Any] = {
    "inspecting": _l("检查单位"),
    "supervisor": _l("监督单位"),
    "discipline": _l("纪检监察机构"),
}
REGION_LEVELS: dict[str, Any] = {"province": _l("省"), "city": _l("市"), "district": _l("区"), "town": _l("街镇")}
# The heads of the page of settings, each with what its settings do.
SETTING_GROUPS: dict[str, tuple[Any, Any]] = {
    "enterprise": (_l("企业看到的"), _l("显示在检查码的页面、公告和通知里。")),
    "visits": (_l("检查和整改"), _l("申请时提示合并、整改期限、责令改正通知书里写的救济途径，都按这些。")),
    "followup": (_l("督办期限"), _l("预警每一步给几个工作日；红灯和黄灯按这些数亮。")),
    "callbacks": (_l("每周回访"), _l("每周抽签回访多少企业。")),
    "papers": (_l("文书名称"), _l("监督文书的标题。")),
}
SETTINGS: dict[str, Any] = {
    "duty_phone": _l("值班电话"),
    "hotline": _l("热线电话"),
    "refusal_text": _l("企业可以拒绝什么（显示在码的页面上）"),
    "district_name": _l("地区名称"),
    "joint_window_days": _l("两个单位的检查相隔几天以内提示合并"),
    "rectification_days": _l("整改期限：几天（检查时没有另定的）"),
    "review_body": _l("行政复议机关"),
    "court": _l("行政诉讼的法院"),
    "followup_triage_days": _l("红色预警：几个工作日内开始核查"),
    "followup_sign_days": _l("单位几个工作日内签收"),
    "followup_answer_days": _l("单位几个工作日内答复"),
    "followup_check_days": _l("答复后几个工作日内核实"),
    "followup_correct_days": _l("责令改正给几个工作日"),
    "followup_objection_days": _l("单位几个工作日内可以提出异议"),
    "followup_aside_days": _l("暂缓几个工作日"),
    "followup_near_days": _l("到期前几个工作日亮黄灯"),
    "callbacks_unvisited": _l("每周回访几家没有检查记录的企业"),
    "callbacks_closed": _l("每周回访几次已办结的检查"),
    "callbacks_doubtful": _l("每周回访几次未批准、逾期或补登的检查"),
    "callbacks_days": _l("没有检查记录的企业问最近多少天"),
    "paper_followup_letter": _l("督办函"),
    "paper_supervision_opinion": _l("行政执法监督意见书"),
    "paper_supervision_decision": _l("行政执法监督决定书"),
    "paper_interview_notice": _l("约谈通知书"),
    "paper_situation_report": _l("情况通报"),
    "paper_upward_report": _l("报请上级"),
}
TABLES: dict[str, Any] = {
    "regions": _l("区划"),
    "units": _l("单位"),
    "items": _l("检查事项"),
    "points": _l("检查要点"),
    "officers": _l("执法人员"),
    "enterprises": _l("企业"),
    "enterprise-phones": _l("企业联系电话"),
    "do-not-disturb": _l("无感监管和无事不扰名单"),
    "inspections": _l("在别处登记的检查"),
}
SOURCES: dict[str, Any] = {
    "admin": _l("管理员填写"),
    "import": _l("表格导入"),
    "registry": _l("登记机关"),
    "application": _l("申请时填写"),
}
WEEKDAYS = (_l("星期一"), _l("星期二"), _l("星期三"), _l("星期四"), _l("星期五"), _l("星期六"), _l("星期日"))

TOKEN_STATES: dict[str, Any] = {"valid": _l("有效"), "expired": _l("已过期"), "revoked": _l("已停用")}
SCOPES: dict[str, Any] = {
    "read": _l("只读：查询角色能看到的一切"),
    "inspections": _l("检查：申请、批准、结果"),
    "invitations": _l("联合检查的邀请"),
    "plans": _l("计划"),
    "papers": _l("文书"),
    "flags": _l("预警"),
    "case-records": _l("办案记录"),
    "units": _l("单位"),
    "items": _l("检查事项"),
    "officers": _l("执法人员"),
    "enterprises": _l("企业"),
    "stats": _l("统计"),
    "changes": _l("变动：自上次以来改变了什么"),
    "figures": _l("评价汇总：另一系统给回的季度评价"),
}


def scope(name: str) -> str:
    """A scope in words; an area to read only says so."""
    area, _sign, only = name.partition(":")
    said = str(SCOPES.get(area, area))
    return f"{said}（{_('只读')}）" if only else said
