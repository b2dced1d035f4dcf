"""The kinds of tables that can be brought in: their columns by English and Chinese name, and what stores them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.services.imports import (
    case_records,
    enterprises,
    inspections,
    issuers,
    items,
    national,
    officers,
    points,
    protected,
    reference,
)
from app.services.imports.tables import Column
from app.services.supervising import phones

REGION = "990101001"


@dataclass(frozen=True, slots=True)
class Kind:
    """`use_case(work, rows, progress, actor)` stores rows in one transaction; `bring` (where a kind has one) needs several.

    `title` is Chinese and the name of the list (words.IMPORTS has it for pages); `help` is what the command says.
    """

    name: str
    columns: tuple[Column, ...]
    help: str
    use_case: Callable[..., Any]
    bring: Callable[..., Any] | None = None
    on_page: bool = True

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.needed)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "regions",
            (
                Column("code", "区划代码", ("行政区划代码", "代码"), True, REGION),
                Column("name", "区划名称", ("名称", "街镇名称"), True, "云汀街道"),
                Column("parent", "上级区划", ("上级区划代码",), False, "990101"),
                Column("level", "级别", ("层级",), False, "街镇"),
                Column("lat", "纬度", (), False, "31.38"),
                Column("lon", "经度", (), False, "121.25"),
            ),
            "Towns and other regions: code, name[, parent, level, lat, lon].",
            reference.import_regions,
        ),
        Kind(
            "units",
            (
                Column("code", "单位代码", ("单位编码", "代码"), True, "YT-YJJ"),
                Column("name", "单位名称", ("名称",), True, "云汀区应急管理局"),
                Column("level", "层级", ("级别",), False, "区"),
                Column("region", "所属区划", ("区划代码", "行政区划", "行政区划代码"), True, "990101"),
                Column("role", "类别", ("角色",), False, "检查单位"),
                Column("parent", "上级单位", ("上级单位代码",)),
                Column("supervised", "是否受监督", ("受监督",), False, "是"),
                Column("phone", "电话", ("联系电话", "值班电话"), False, "99-55550101"),
                Column("territories", "管辖区划", ("管辖范围", "管辖区域"), False, "990101"),
            ),
            "Units: code, name, region[, level, role, parent, supervised, phone, territories (;)].",
            reference.import_units,
        ),
        Kind(
            "items",
            (
                Column("code", "事项代码", ("事项编码", "检查事项代码"), True, "YJ-01"),
                Column("unit", "实施单位", ("单位代码", "单位", "实施机构"), True, "YT-YJJ"),
                Column("name", "事项名称", ("检查事项", "检查事项名称", "名称"), True, "对生产经营单位安全生产情况的检查"),
                Column("basis", "实施依据", ("法律依据", "检查依据", "依据"), False, "《中华人民共和国安全生产法》第六十五条"),
                Column("yearly_cap", "年度频次上限", ("频次上限", "年度上限", "每年上限"), False, "2"),
                Column("published", "是否公布", ("公布", "已公布"), False, "是"),
                Column("valid_from", "生效日期", ("起始日期",), False, "2026-01-01"),
                Column("valid_until", "截止日期", ("失效日期",)),
            ),
            "Items: code, unit, name[, basis, yearly_cap, published, valid_from, valid_until].",
            items.import_items,
        ),
        Kind(
            "points",
            (
                Column("item", "事项代码", ("检查事项代码", "事项编码"), True, "YJ-01"),
                Column("point", "检查要点", ("要点", "检查内容"), True, "安全出口、疏散通道是否畅通"),
                Column("standard", "检查标准", ("标准",), False, "《中华人民共和国安全生产法》第四十二条"),
                Column("valid_from", "生效日期", ("起始日期",), False, "2026-01-01"),
            ),
            "Check points of items: item, point[, standard, valid_from]; the rows of an item are its whole new list.",
            points.import_points,
        ),
        Kind(
            "officers",
            (
                Column("certificate_no", "执法证号", ("执法证件号", "证件号", "证号", "执法证编号"), True, "99010001"),
                Column("name", "姓名", (), True, "赵一"),
                Column("unit", "所属单位", ("单位代码", "单位", "工作单位"), True, "YT-YJJ"),
                Column("valid_from", "有效期起", ("发证日期", "起始日期"), False, "2024-01-01"),
                Column("valid_until", "有效期止", ("有效期至", "到期日期", "截止日期"), False, "2028-12-31"),
                Column("suspended_from", "停用起", ("暂扣起", "停用日期")),
                Column("suspended_until", "停用止", ("暂扣止", "停用至")),
                Column("suspension_reason", "停用原因", ("暂扣原因",)),
            ),
            "Officers: certificate_no, name, unit[, valid_from, valid_until, suspended_from, suspended_until, "
            "suspension_reason]; one row a validity.",
            officers.import_officers,
        ),
        Kind(
            "enterprises",
            (
                Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码"), True, "91990101T0000001XT"),
                Column("name", "企业名称", ("名称", "单位名称", "主体名称", "经营主体名称"), True, "云汀示例一食品有限公司"),
                Column("region", "所属区划", ("区划代码", "所属街镇", "街镇", "行政区划"), False, REGION),
                Column("address", "地址", ("住所", "经营地址", "注册地址", "经营场所"), False, "示例路 1 号"),
                Column("industry", "行业代码", ("行业", "国民经济行业代码"), False, "C1411"),
                Column("risk", "风险等级", ("风险",), False, "低"),
                Column("credit", "信用等级", ("信用",), False, "A"),
            ),
            "Enterprises: uscc, name[, region, address, industry, risk, credit].",
            enterprises.import_enterprises,
            enterprises.bring,
        ),
        Kind(
            "enterprise-phones",
            (
                Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码"), True, "91990101T0000001XT"),
                Column("phone", "联系电话", ("电话", "联系方式", "企业电话"), True, "021-00000000"),
            ),
            "Telephone numbers of enterprises, for call-backs by lot: uscc, phone. Kept sealed, exported nowhere.",
            phones.import_phones,
        ),
        Kind(
            "do-not-disturb",
            (
                Column("uscc", "统一社会信用代码", ("信用代码",), False, "91990101T0000001XT"),
                Column("item", "事项代码", ("检查事项代码",)),
                Column("valid_from", "起始日期", ("列入日期", "生效日期"), True, "2026-01-01"),
                Column("valid_until", "截止日期", ("移出日期",), False, "2026-12-31"),
                Column("source", "依据", ("来源", "列入依据"), False, "低风险、信用 A 级，云汀区无感监管对象清单（2026）"),
            ),
            "The do-not-disturb list (无感监管对象, 无事不扰事项): valid_from, and uscc or item[, valid_until, source].",
            protected.import_protected,
        ),
        Kind(
            "national-codes",
            (
                Column("item", "事项代码", ("检查事项代码", "事项编码"), True, "YJ-01"),
                Column("catalogue_code", "监管事项目录编码", ("目录编码",), True, "00000000000001"),
                Column("implementation_code", "实施清单编码", ("检查实施清单编码",), True, "000000000000010001"),
            ),
            "How the national platform calls items: item, catalogue_code (14 characters), implementation_code.",
            national.import_codes,
            on_page=False,
        ),
        Kind(
            "issuers",
            (
                Column("name", "系统名称", ("名称",), True, "全市综合执法系统"),
                Column("prefixes", "码的开头", ("前缀",), True, "https://zf.example.gov.cn/jcm;ZF:"),
                Column("entry", "核验入口", ("入口",), True, "https://zf.example.gov.cn/check"),
            ),
            "Other systems whose codes are recognised from today on, the whole list: name, prefixes (;), entry.",
            issuers.import_issuers,
            on_page=False,
        ),
        Kind(
            "inspections",
            tuple(
                Column(name, title, others, name in ("number", "uscc", "enterprise_name", "unit", "kind", "started_at"), example)
                for name, title, others, example in (
                    ("number", "检查编号", ("编号",), "QT-2026-0001"),
                    ("uscc", "统一社会信用代码", ("信用代码",), "91990101T0000001XT"),
                    ("enterprise_name", "企业名称", ("名称",), "云汀示例一食品有限公司"),
                    ("unit", "单位代码", ("单位",), "YT-YJJ"), ("kind", "类别", (), "计划检查"),
                    ("cause", "来源", ("任务来源",), ""), ("clue_no", "线索编号", (), ""),
                    ("officers", "执法证号", (), "99010001;99010002"), ("items", "事项代码", ("检查事项",), "YJ-01"),
                    ("started_at", "开始时间", ("检查时间",), "2026-01-12 09:30"),
                    ("ended_at", "结束时间", (), "2026-01-12 11:00"), ("outcome", "结果", ("检查结果",), "未发现问题"),
                    ("joint_units", "联合单位", (), ""),
                )
            ),
            "Visits registered elsewhere: number, uscc, enterprise_name, unit, kind, …, started_at, ended_at, outcome.",
            inspections.import_inspections,
            inspections.bring,
        ),
        Kind(
            "case-records",
            (
                Column("kind", "记录类别", ("类别", "类型"), True, "案件"),
                Column("source", "来源系统", ("系统", "来源"), True, "云汀区执法办案系统"),
                Column("number", "编号", ("案号", "文书号", "决定书文号", "记录编号", "工单编号"), True, "云应急立〔2026〕1号"),
                Column("uscc", "统一社会信用代码", ("信用代码",), False, "91990101T0000001XT"),
                Column("enterprise_name", "企业名称", ("当事人", "名称", "被投诉单位"), False, "云汀示例一食品有限公司"),
                Column("address", "地址", ("住所", "经营地址"), False, "示例路 1 号"),
                Column("unit", "单位", ("单位代码", "单位名称", "承办单位", "办案单位"), False, "YT-YJJ"),
                Column("day", "日期", ("立案日期", "处罚日期", "检查日期", "决定日期", "受理日期"), True, "2026-03-02"),
                Column("officers", "执法证号", ("承办人证号",), False, "99010001;99010002"),
                Column("items", "事项", ("案由", "检查事项"), False, "YJ-01"),
                Column("note", "备注", ("说明",)),
            ),
            "Records of the units' own systems: kind, source, number, day, uscc or enterprise_name[, address, unit, …].",
            case_records.import_case_records,
            on_page=False,
        ),
    )
}  # fmt: skip
