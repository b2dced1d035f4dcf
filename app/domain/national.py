"""The record 检查行为 of the national 互联网+监管 interface: its fields, and what a row must hold to be taken.

Field names, lengths and which are required follow the published description of the interface. Where it names a choice (检查形式,
检查类别, 检查结果) the words of the field stand: its code tables were not at hand, and an invented code would be worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.times import SHANGHAI

CATALOGUE_LENGTH = 14
LIST_SEPARATOR = ";"
INSERT, UPDATE, DELETE = OPERATIONS = ("i", "u", "d")
FORMS = {False: "单独检查", True: "联合检查"}
CATEGORIES = {"planned": "计划检查", "triggered": "触发式检查"}
RESULTS = {"no_problem": "未发现问题", "problem_found": "发现问题", "not_applicable": "不涉及"}
WAYS = {"on_site": "现场检查", "off_site": "非现场检查", "summons": "非现场检查"}
USCC_KIND = "统一社会信用代码"
TIME = "%Y-%m-%d %H:%M:%S"
# By the first two characters of a USCC (GB 32100-2015).
NATURES = {"91": "企业法人", "92": "个体工商户", "93": "农民专业合作社"}
OTHER_NATURES = {"1": "机关、事业单位", "5": "社会组织"}
REST = "其他组织"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the record: its English key, its Chinese name, whether it must be there, how long it may be (or is)."""

    key: str
    name: str
    required: bool = True
    most: int | None = None
    exactly: int | None = None


FIELDS = (
    Field("catalogue_code", "监管事项目录编码", exactly=CATALOGUE_LENGTH),
    Field("implementation_code", "实施清单编码"),
    Field("name", "检查行为名称"),
    Field("number", "检查行为编号", most=50),
    Field("object", "监管对象", most=200),
    Field("party", "行政相对人", most=200),
    Field("party_nature", "行政相对人性质"),
    Field("party_id_kind", "行政相对人证件类型"),
    Field("party_id", "行政相对人编码", most=20),
    Field("region", "行政区划代码", exactly=6),
    Field("form", "检查形式"),
    Field("category", "检查类别"),
    Field("result", "检查结果"),
    Field("inspected_at", "检查时间"),
    Field("officers", "检查人员"),
    Field("lot", "双随机计划id", required=False),
    Field("unit", "实施机构", required=False),
    Field("unit_code", "实施机构编码", required=False),
    Field("address", "地址", required=False, most=400),
    Field("way", "检查方式", required=False),
    Field("certificates", "执法证号", required=False),
    Field("reported_at", "报送时间", required=False),
    Field("reported_by", "报送人员", required=False),
    Field("cd_batch", "cd_batch"),
    Field("cd_operation", "cd_operation"),
    Field("cd_source", "cd_source"),
)
KEYS = tuple(f.key for f in FIELDS)
TITLES = {f.key: f.name for f in FIELDS}
MISSING, TOO_LONG, LENGTH, ORDER = "missing", "too_long", "length", "order"


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a row from being taken: the field and one of MISSING, TOO_LONG, LENGTH, ORDER."""

    field: Field
    code: str


def problems(row: Mapping[str, str]) -> list[Problem]:
    """All that is wrong with a row; empty where it can be handed over."""
    found = []
    for field in FIELDS:
        value = row.get(field.key, "")
        if not value:
            if field.required:
                found.append(Problem(field, MISSING))
        elif field.most is not None and len(value) > field.most:
            found.append(Problem(field, TOO_LONG))
        elif field.exactly is not None and len(value) != field.exactly:
            found.append(Problem(field, LENGTH))
    if row.get("reported_at") and row.get("inspected_at") and row["reported_at"] <= row["inspected_at"]:
        found.append(Problem(next(f for f in FIELDS if f.key == "reported_at"), ORDER))
    return found


def nature(uscc: str | None) -> str:
    """行政相对人性质 by the kinds of GB 32100-2015; empty where there is no USCC."""
    if not uscc:
        return ""
    return NATURES.get(uscc[:2]) or OTHER_NATURES.get(uscc[:1]) or REST


def time(moment: datetime | None) -> str:
    """An instant as the interface writes it, in Shanghai; empty where there is none."""
    return moment.astimezone(SHANGHAI).strftime(TIME) if moment else ""


def batch(now: datetime, sequence: int) -> str:
    """cd_batch: the day and a number within it."""
    return f"{now.astimezone(SHANGHAI):%Y%m%d}{sequence:04d}"


def listed(values: Sequence[str | None]) -> str:
    """A list in one field."""
    return LIST_SEPARATOR.join(v for v in values if v)
