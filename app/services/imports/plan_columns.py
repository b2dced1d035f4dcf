"""What the columns of a plan's table are called: the contract's English names, and what offices write."""

from app.services.imports.sheets import compared

OF_PLAN = (
    "code", "unit", "year", "kind", "title", "starts_on", "ends_on", "approved_on", "filed_on", "published_on",
)  # fmt: skip
NEEDED = "item"
_WORDS: dict[str, tuple[str, ...]] = {
    "code": ("code", "plancode", "计划编码", "计划编号", "计划代码", "编码"),
    "unit": ("unit", "单位", "检查单位", "责任单位", "检查主体", "执法主体", "实施单位", "行政执法主体", "检查机关", "单位名称"),
    "year": ("year", "年度", "年份", "计划年度"),
    "kind": ("kind", "计划类别", "计划类型", "类别", "类型"),
    "title": ("title", "计划名称", "计划标题", "任务名称", "专项名称"),
    "starts_on": ("startson", "开始日期", "起始日期", "开始时间", "起始时间"),
    "ends_on": ("endson", "结束日期", "截止日期", "结束时间", "截止时间"),
    "approved_on": ("approvedon", "批准日期", "审批日期", "批准时间"),
    "filed_on": ("filedon", "备案日期", "备案时间"),
    "published_on": ("publishedon", "公布日期", "公开日期", "发布日期", "公布时间", "公示日期"),
    "item": ("item", "items", "itemcode", "检查事项", "事项", "检查事项名称", "事项名称", "检查事项编码", "事项编码", "检查项目"),
    "basis": ("basis", "实施依据", "检查依据", "法律依据", "依据", "检查依据法律法规", "设定依据"),
    "objects": (
        "objects", "检查对象", "检查对象或双随机比例", "检查对象及数量", "检查对象数量", "抽查对象", "检查对象和数量",
        "检查对象及比例", "对象",
    ),
    "wanted": ("wanted", "检查数量", "对象数量", "数量", "检查户数", "计划检查数", "计划检查数量", "计划检查户次", "检查户次"),
    "share": ("share", "双随机比例", "抽查比例", "随机抽查比例", "比例", "抽取比例"),
    "content": ("content", "检查内容", "内容", "主要内容", "检查重点"),
    "way": ("way", "检查方式", "方式"),
    "frequency": ("frequency", "检查频次和上限", "检查频次", "频次", "检查频次及上限", "频次和上限", "检查频率"),
    "cap": ("cap", "频次上限", "上限", "年度上限", "年度频次上限", "检查频次上限"),
    "timing": ("timing", "时间安排", "检查时间", "实施时间", "计划时间", "时间", "检查时间安排", "完成时间"),
    "office": ("office", "承办机构", "承办科室", "承办处室", "承办部门", "实施机构", "责任科室", "承办单位"),
    "joint_role": (
        "jointrole", "joint", "是否跨部门联合", "是否联合", "跨部门联合", "联合检查", "是否联合检查", "是否跨部门联合检查",
        "是否开展联合检查", "是否部门联合", "牵头配合",
    ),
    "joint_lead": ("牵头", "牵头单位", "牵头部门"),
    "joint_partner": ("配合", "配合单位", "配合部门"),
    "partners": ("partners", "联合单位", "联合部门", "参与部门", "参与单位"),
    "keys": ("keys", "keyenterprises", "重点企业", "重点企业统一社会信用代码", "重点检查对象", "重点企业信用代码"),
    "note": ("note", "备注", "说明"),
}  # fmt: skip
_MEANINGS = {compared(word): name for name, words in _WORDS.items() for word in words}


def meaning(header: str) -> str | None:
    """The name of a column by its header; None for what is no column of a plan (序号 and others)."""
    return _MEANINGS.get(compared(header)) if header else None
