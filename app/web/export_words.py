"""The columns of exported lists, as people call them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.flags.catalogue import CATALOGUE
from app.domain.national import TITLES
from app.web.words import FIGURES

YES_NO: dict[str, Any] = {"yes": _l("是"), "no": _l("否")}
RULES: dict[str, Any] = {code: rule.name for code, rule in CATALOGUE.items()}
_PARTS: dict[str, Any] = {
    "found": _l("件数"), "of": _l("总数"), "share": _l("比例"), "from": _l("区间下限"), "until": _l("区间上限"),
}  # fmt: skip
COLUMNS: dict[str, Any] = {
    **FIGURES,
    **_PARTS,
    **TITLES,
    "number": _l("检查编号"),
    "inspection_number": _l("检查编号"),
    "state": _l("状态"),
    "kind": _l("类别"),
    "uscc": _l("统一社会信用代码"),
    "enterprise_name": _l("企业"),
    "unit": _l("单位代码"),
    "unit_name": _l("单位"),
    "cause": _l("触发原因"),
    "clue_no": _l("线索编号"),
    "window_start": _l("登记时间起"),
    "window_end": _l("登记时间止"),
    "started_at": _l("检查开始"),
    "ended_at": _l("检查结束"),
    "imported": _l("在别处登记"),
    "rule": _l("规则"),
    "severity": _l("级别"),
    "raised_for": _l("日期"),
    "internal": _l("不发单位"),
    "officer": _l("执法证"),
    "figure": _l("指标"),
    "first": _l("从"),
    "last": _l("到"),
    "town": _l("街镇"),
    "address": _l("地址"),
    "visits_year": _l("近一年检查"),
    "flags_year": _l("近一年预警"),
    "item_name": _l("事项"),
    "field": _l("字段"),
    "problem": _l("问题"),
    "quarter": _l("季度"),
    "rating": _l("得分"),
    "plan_code": _l("计划编码"),
    "plan": _l("计划"),
    "plan_kind": _l("类别"),
    "plan_state": _l("状态"),
    "approved_on": _l("批准"),
    "filed_on": _l("备案"),
    "published_on": _l("公布"),
    "review_state": _l("状态"),
    "at": _l("时间"),
    "contact_kind": _l("类别"),
    "note": _l("情况"),
    "record_kind": _l("类别"),
    "source": _l("来源系统"),
    "record_number": _l("编号"),
    "record_state": _l("比对结果"),
    "why": _l("为什么"),
    "day": _l("日期"),
    "certificates": _l("执法证号"),
    "items": _l("事项"),
    "decision_reason": _l("认定理由"),
    "question": _l("问题"),
    "question_state": _l("状态"),
    "sent_at": _l("发出时间"),
    "due_on": _l("期限"),
    "answered_at": _l("答复时间"),
    "reply": _l("答复"),
    "week": _l("周"),
    "pool": _l("从哪里抽"),
    "callback_state": _l("状态"),
    "attempts": _l("试过几次"),
    "came": _l("有没有人来检查"),
    "code": _l("检查码"),
    "visited_on": _l("检查日期"),
    "people": _l("来人"),
    "what": _l("说了什么"),
    "report_state": _l("状态"),
    "observation_kind": _l("来源"),
    "observation_state": _l("状态"),
    "item": _l("事项"),
    "outcome": _l("结果"),
    "paper_number": _l("文号"),
    "paper": _l("文书"),
    "paper_state": _l("状态"),
    "drafted_at": _l("拟稿时间"),
    "signed_at": _l("签发时间"),
    "served_at": _l("单位签收"),
    "file_state": _l("状态"),
    "score": _l("分数"),
    "faults": _l("发现的问题"),
    "way": _l("来源"),
    "lead_state": _l("状态"),
    "concerns": _l("涉及"),
    "concern_note": _l("只对纪检监察说的"),
    "steps": _l("办理经过"),
    "by": _l("人员"),
    "page": _l("页面"),
}


def title(column: str) -> str:
    """What a column is called; the parts of a share are called after it (`shown_found`: 亮码率 件数)."""
    name, _, part = column.rpartition("_")
    if column not in COLUMNS and part in _PARTS:
        return f"{COLUMNS[f'{name}_rate']} {_PARTS[part]}"
    return str(COLUMNS[column])
