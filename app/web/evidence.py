"""What a finding rests on, in words: its counts, thresholds and dates, the ones that a sentence may leave out too."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.flags.advise import in_words

WORDS: dict[str, Any] = {
    "count": _l("实际"),
    "most": _l("最多次数"),
    "cap": _l("年度上限"),
    "fewest": _l("至少人数"),
    "days": _l("天数"),
    "hours": _l("小时数"),
    "minutes": _l("分钟数"),
    "working_days": _l("工作日"),
    "needed": _l("需要的工作日"),
    "from": _l("从第几起升级"),
    "year": _l("年度"),
    "quarter": _l("季度"),
    "visits": _l("检查次数"),
    "triggered": _l("触发式检查"),
    "all_visits": _l("全区检查次数"),
    "all_triggered": _l("全区触发式检查"),
    "times": _l("倍数线"),
    "plan": _l("计划"),
    "ended": _l("结束日期"),
    "certificate": _l("执法证"),
    "items": _l("事项"),
    "units": _l("涉及单位"),
    "clue": _l("线索编号"),
    "day": _l("日期"),
    "start": _l("开始时间"),
    "approved": _l("批准时间"),
    "rating": _l("评价"),
    "why": _l("原因"),
    "cause": _l("触发原因"),
    "enterprises": _l("企业数"),
}
SHARE = _l("本单位占比 / 全区占比")


def told(evidence: Mapping[str, Any], language: str) -> list[tuple[Any, str]]:
    """(word, value) of what people read in the evidence; ids, lists of visits and the other language are left out."""
    out: list[tuple[Any, str]] = []
    for key, value in evidence.items():
        if f"{key}_en" in evidence and language == "en":
            value = evidence[f"{key}_en"]
        if key in WORDS and (text := _text(value)):
            out.append((WORDS[key], text))
    if both := _share(evidence):
        out.append((SHARE, both))
    return out


def _share(evidence: Mapping[str, Any]) -> str | None:
    """The triggered share of a unit beside the district's, where the evidence has both."""
    try:
        own = evidence["triggered"] / evidence["visits"]
        whole = evidence["all_triggered"] / evidence["all_visits"]
    except (KeyError, TypeError, ZeroDivisionError):
        return None
    return f"{own:.1%} / {whole:.1%}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(v) for v in value if isinstance(v, str | int))
    return "" if value is None or isinstance(value, dict) else str(in_words(value))
