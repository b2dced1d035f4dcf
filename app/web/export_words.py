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
}


def title(column: str) -> str:
    """What a column is called; the parts of a share are called after it (`shown_found`: 亮码率 件数)."""
    name, _, part = column.rpartition("_")
    if column not in COLUMNS and part in _PARTS:
        return f"{COLUMNS[f'{name}_rate']} {_PARTS[part]}"
    return str(COLUMNS[column])
