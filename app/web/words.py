"""The words for states, kinds, reasons and verdicts, in one place for all pages."""

import json
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.domain.flags.catalogue import CATALOGUE
from app.i18n import language
from app.sentences.states import FLAG_STATES, RECTIFICATION_STATES, STATES
from app.web.field_words import FIELD_LABELS
from app.web.paper_words import PAPER_FIELDS, PAPER_MOODS, PAPER_STATES, SERVICE_WAYS, UNIT_PAPER_STATES

__all__ = [
    "FIELD_LABELS", "FLAG_STATES", "PAPER_FIELDS", "PAPER_MOODS", "PAPER_STATES", "RECTIFICATION_STATES", "SERVICE_WAYS",
    "STATES", "UNIT_PAPER_STATES",
]  # fmt: skip
STATE_MOODS = {
    "applied": "care", "approved": "blue", "in_progress": "good", "completed": "", "rejected": "bad", "lapsed": "care",
}  # fmt: skip
KINDS: dict[str, Any] = {"planned": _l("计划检查"), "triggered": _l("触发式检查"), "contact": _l("走访等（不是检查）")}
CAUSES: dict[str, Any] = {
    "complaint": _l("投诉举报"),
    "transfer": _l("转办交办"),
    "data_lead": _l("数据监测"),
    "enterprise_request": _l("企业申请"),
    "recheck": _l("整改复核"),
    "emergency": _l("突发应急"),
}
PLACES: dict[str, Any] = {
    "premises": _l("经营场所"),
    "building_site": _l("建设工地"),
    "vehicle": _l("车辆"),
    "other": _l("其他地点"),
}
WAYS: dict[str, Any] = {"on_site": _l("现场检查"), "off_site": _l("非现场检查"), "summons": _l("约到单位")}
WEEKDAYS: dict[str, Any] = {
    "1": _l("周一"), "2": _l("周二"), "3": _l("周三"), "4": _l("周四"), "5": _l("周五"), "6": _l("周六"), "7": _l("周日"),
}  # fmt: skip
FIGURES: dict[str, Any] = {
    "visits": _l("检查次数"),
    "planned": _l("计划检查"),
    "triggered": _l("触发式检查"),
    "joint": _l("联合检查"),
    "above": _l("区级以上单位的检查"),
    "recorded": _l("记录了结果的检查"),
    "problems": _l("发现问题的检查"),
    "own": _l("本平台办结的检查"),
    "shown": _l("亮码的检查"),
    "scanned": _l("扫码的检查"),
    "raised": _l("预警"),
    "upheld": _l("预警属实"),
    "corrected": _l("已改正"),
    "settled": _l("已了结的预警"),
    "days": _l("平均了结天数"),
    "triggered_rate": _l("触发式占比"),
    "joint_rate": _l("联合检查占比"),
    "problems_rate": _l("发现问题率"),
    "shown_rate": _l("亮码率"),
    "scanned_rate": _l("扫码率"),
    "rated_rate": _l("评价率"),
}
TELLING_KINDS: dict[str, Any] = {"weekly": _l("周报"), "monthly": _l("月报"), "yearly": _l("年报")}
EXCEPTIONS: dict[str, Any] = {
    "emergency": _l("紧急情况"),
    "evidence_risk": _l("证据可能灭失"),
    "system_failure": _l("网络或系统故障"),
}
BATCH_STATES: dict[str, Any] = {
    "new": _l("对照规则中"),
    "checked": _l("已对照，待提交"),
    "applying": _l("提交中"),
    "applied": _l("已提交"),
    "nothing": _l("没有提交"),
}
EXCEPTIONS_IN_FULL: dict[str, Any] = {
    "emergency": _l("紧急情况：先检查，离开前补办"),
    "evidence_risk": _l("证据可能灭失：先检查，离开前补办"),
    "system_failure": _l("网络或系统故障：10 天内补录"),
}
OUTCOMES: dict[str, Any] = {
    "no_problem": _l("未发现问题"),
    "problem_found": _l("发现问题"),
    "not_applicable": _l("不涉及"),
}
CONTACT_KINDS: dict[str, Any] = {
    "call": _l("走访"),
    "publicity": _l("宣传"),
    "research": _l("调研"),
    "observation": _l("观摩"),
    "guidance": _l("督导"),
}
COMPANIONS: dict[str, Any] = {
    "auxiliary": _l("执法辅助人员"),
    "grid_worker": _l("网格员"),
    "expert": _l("随行专家"),
    "tester": _l("检测检验人员"),
    "interpreter": _l("翻译"),
    "other": _l("其他"),
}
LIGHTS: dict[str, Any] = {"green": _l("期限内"), "yellow": _l("快到期或待复核"), "red": _l("已过期限")}
LIGHT_MOODS = {"green": "good", "yellow": "care", "red": "bad"}
VERIFIED_WAYS: dict[str, Any] = {
    "on_the_spot": _l("当场改正"),
    "papers": _l("看材料或照片确认"),
    "recheck": _l("现场复核确认"),
}
REASONS: dict[str, Any] = {
    "closed": _l("企业停业或关门"),
    "not_found": _l("找不到企业"),
    "refused": _l("企业拒绝"),
    "postponed": _l("改期"),
    "other": _l("其他"),
}
INVITATIONS: dict[str, Any] = {
    "invited": _l("已邀请，未答复"),
    "offered": _l("愿意加入，待其负责人确认"),
    "confirmed": _l("其负责人已确认，待牵头单位批准"),
    "joined": _l("已加入"),
    "declined": _l("不参加"),
    "withdrawn": _l("邀请已撤回"),
    "left": _l("已退出"),
}
INVITATION_MOODS = {
    "invited": "care",
    "offered": "blue",
    "confirmed": "blue",
    "joined": "good",
    "declined": "bad",
    "left": "bad",
}
PRESET_NAMES: dict[str, Any] = {
    "default": _l("通用预设"),
    "district": _l("本区"),
    "shanghai": _l("上海"),
    "chengdu": _l("成都"),
    "hainan": _l("海南"),
    "shenzhen": _l("深圳"),
    "nanchang": _l("南昌"),
}
POLICY_STATES: dict[str, Any] = {
    "in_force": _l("现行"),
    "coming": _l("即将生效"),
    "draft": _l("待确认"),
    "past": _l("已被替代"),
    "withdrawn": _l("已撤回"),
}
SETTINGS: dict[str, Any] = {
    "on": _l("启用"),
    "block": _l("需负责人说明理由"),
    "exempt": _l("不适用于"),
    "most": _l("最多次数"),
    "count_triggered": _l("触发式也计入"),
    "days": _l("天数"),
    "from": _l("从第几起"),
    "factor": _l("上限的倍数"),
    "visits": _l("次数"),
    "fewest": _l("最少人数"),
    "working_days": _l("工作日数"),
    "hours": _l("小时数"),
    "minutes": _l("分钟数"),
    "enterprises": _l("企业数"),
    "warn_at": _l("第几次起提醒"),
    "rating": _l("评分不高于"),
    "times": _l("倍数"),
}
SEVERITIES: dict[str, Any] = {"red": _l("红"), "yellow": _l("黄"), "blue": _l("蓝")}
SEVERITY_MOODS = {"red": "bad", "yellow": "care", "blue": "blue"}
FLAG_ACTIONS: dict[str, Any] = {
    "investigate": _l("开始核查"),
    "assign": _l("由我办理"),
    "merge": _l("并案"),
    "split": _l("从并案中拆出"),
    "set_aside": _l("暂缓"),
    "send": _l("转单位说明"),
    "sign_for": _l("签收"),
    "answer": _l("答复"),
    "object": _l("提出异议"),
    "check": _l("记录核实情况"),
    "uphold": _l("认定成立"),
    "dismiss": _l("认定不成立"),
    "order_correction": _l("责令改正"),
    "interview": _l("约谈"),
    "escalate": _l("移送或通报"),
    "extend": _l("延长期限"),
    "report_correction": _l("报告整改情况"),
    "corrected": _l("确认已改正"),
    "close": _l("办结"),
}
FACTS: dict[str, Any] = {
    "inspection.applied": _l("申请检查码"),
    "inspection.contact_recorded": _l("登记走访"),
    "inspection.imported": _l("从其他系统导入"),
    "inspection.mirrored": _l("收到其他系统登记的检查"),
    "inspection.mirror_changed": _l("其他系统变更了登记内容"),
    "inspection.begun_elsewhere": _l("其他系统记录检查开始"),
    "inspection.announced": _l("检查预告，请企业选时间"),
    "inspection.slot_chosen": _l("企业选定时间"),
    "inspection.approved": _l("负责人批准，签发检查码"),
    "inspection.rejected": _l("负责人未批准"),
    "inspection.cancelled": _l("取消"),
    "inspection.seen": _l("企业扫码查看"),
    "inspection.arrived": _l("企业确认到场"),
    "inspection.placed": _l("记录亮码的大致位置"),
    "inspection.amendment_requested": _l("申请变更检查"),
    "inspection.amendment_rejected": _l("负责人未同意变更"),
    "inspection.amendment_withdrawn": _l("撤回变更申请"),
    "inspection.amended": _l("负责人批准变更，更换检查码"),
    "inspection.notice_served": _l("送达通知书"),
    "inspection.completed": _l("记录检查结果"),
    "inspection.not_carried_out": _l("记录未实施"),
    "inspection.lapsed": _l("登记时间已过，未实施"),
    "inspection.invited": _l("邀请其他单位一起检查"),
    "inspection.invitation_withdrawn": _l("撤回邀请"),
    "inspection.join_offered": _l("受邀单位愿意加入"),
    "inspection.joined": _l("受邀单位加入"),
    "inspection.declined": _l("受邀单位不参加"),
    "inspection.left": _l("单位退出"),
    "inspection.part_recorded": _l("一个单位录入结果"),
    "paper.drafted": _l("拟稿"),
    "paper.reviewed": _l("审核通过"),
    "paper.returned": _l("退回修改"),
    "paper.signed_off": _l("签发"),
    "paper.served": _l("送达"),
    "paper.refused": _l("拒签，留置送达"),
    "paper.withdrawn": _l("撤回"),
    "finding.raised": _l("规则触发预警"),
    "finding.revised": _l("依据有更新"),
    "finding.withdrawn": _l("不再成立，自动撤回"),
    "rectification.opened": _l("责令改正"),
    "rectification.extended": _l("延长期限"),
    "rectification.answered": _l("企业答复"),
    "rectification.returned": _l("没有改好，重定期限"),
    "rectification.verified": _l("确认已改正"),
    "rectification.closed": _l("整改办结"),
    **{f"finding.{action}": word for action, word in FLAG_ACTIONS.items()},
    "finding.assign": _l("指定办理人"),
    "finding.undo": _l("撤销上一步"),
    "finding.reminded": _l("到期提醒"),
    "finding.reopened": _l("复核后重新办理"),
    "finding.asked": _l("向单位提出不点名的问题"),
}
UNIT_FLAG_STATES: dict[str, Any] = FLAG_STATES | {
    "raised": _l("待司法局办理"),
    "investigating": _l("司法局核查中"),
    "sent": _l("请本单位说明"),
    "answered": _l("已答复，待核实"),
    "upheld": _l("已认定成立"),
    "correcting": _l("请本单位改正"),
}
QUESTION_STATES: dict[str, Any] = {"sent": _l("等待答复"), "answered": _l("单位已答复"), "closed": _l("已结束")}
QUESTION_FACTS: dict[str, Any] = {
    "question.sent": _l("提出问题"),
    "question.signed_for": _l("签收"),
    "question.answered": _l("答复"),
    "question.reminded": _l("到期提醒"),
    "question.closed": _l("结束"),
}
DEADLINES: dict[str, Any] = {"objection": _l("异议期限"), "question": _l("向单位的提问")}
DUE_LIGHTS: dict[str, Any] = {"green": _l("期限内"), "yellow": _l("快到期"), "red": _l("已逾期")}
DUE_MOODS = {"green": "good", "yellow": "care", "red": "bad"}
NODES: dict[str, Any] = {
    "raised": _l("预警"),
    "triaged": _l("受理"),
    "sent": _l("转办"),
    "signed": _l("签收"),
    "answered": _l("答复"),
    "judged": _l("认定"),
    "corrected": _l("改正"),
    "closed": _l("办结"),
}
OFFICER_ARRIVED = _l("执法人员在企业扫码，登记到场")
LOG_PROBLEMS: dict[str, Any] = {
    "clock_ran_back": _l("服务器的时钟早于最近一次签名：登记簿暂停签名，请校准时钟。"),
    "behind": _l("有记录超过一分钟没有进入登记簿，请检查后台进程（worker）。"),
    "witness_absent": _l("有见证人超过一天没有来过，请联系见证人。"),
}
QUESTIONS: dict[str, Any] = {
    "gifts": _l("收受礼品、礼金或其他好处"),
    "banquet": _l("接受宴请、娱乐或旅游"),
    "costs_shifted": _l("要企业支付或转嫁费用"),
    "forced_intermediary": _l("指定中介或要求购买服务"),
    "demanded_legal_representative": _l("刻意要求法定代表人到场"),
    "arbitrary_measures": _l("随意查封、扣押或责令停业"),
    "quota": _l("提到检查指标或罚款任务"),
    "disguised": _l("以观摩、督导等名义检查"),
    "no_certificate": _l("没有出示执法证"),
    "fewer_than_two": _l("来的执法人员少于两人"),
    "not_on_code": _l("来了码上没有的人"),
    "beyond_items": _l("查了码上没有的事项"),
}


def fact(row: Any) -> Any:
    """What happened, in words: a fact's kind, told apart where one kind has two sides."""
    if row.kind == "inspection.arrived" and json.loads(row.body).get("by_officer"):
        return OFFICER_ARRIVED
    return FACTS.get(row.kind, row.kind)


def init_app(app: Flask) -> None:
    """Templates say `words.STATES[…]`."""
    app.jinja_env.globals["words"] = globals()
    app.jinja_env.filters["rule_name"] = rule_name


def rule_name(code: str) -> str:
    """What a rule is called in the reader's language."""
    rule = CATALOGUE[code]
    return rule.name if language() == "zh" else rule.name_en
