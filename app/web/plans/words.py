"""The words of plans and drawings by lot."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain import plan_text
from app.domain.plans import Line

STATES: dict[str, Any] = {
    "draft": _l("草稿"),
    "submitted": _l("待负责人批准"),
    "approved": _l("待备案"),
    "filed": _l("已备案，待公布"),
    "published": _l("已公布"),
    "withdrawn": _l("已撤回"),
}
MOODS = {"submitted": "care", "approved": "care", "filed": "blue", "published": "good", "withdrawn": "bad"}
KINDS: dict[str, Any] = {"yearly": _l("年度计划"), "special": _l("专项计划")}
JOINT: dict[str, Any] = {"lead": _l("牵头"), "partner": _l("配合")}
STEPS: dict[str, Any] = {
    "plan.drafted": _l("编制"),
    "plan.imported": _l("从文件导入"),
    "plan.revised": _l("修改"),
    "plan.submitted": _l("提交负责人"),
    "plan.returned": _l("退回"),
    "plan.approved": _l("负责人批准"),
    "plan.filed": _l("监督单位备案"),
    "plan.published": _l("公布"),
    "plan.keys_changed": _l("调整重点企业"),
    "plan.dates_entered": _l("补录在别处办理的日期"),
    "plan.withdrawn": _l("撤回"),
}
COLUMNS: dict[str, Any] = {
    "item": _l("检查事项"),
    "basis": _l("实施依据"),
    "objects": _l("检查对象（数量）或双随机比例"),
    "wanted": _l("检查数量"),
    "share": _l("双随机比例"),
    "content": _l("检查内容"),
    "way": _l("检查方式"),
    "frequency": _l("检查频次和上限"),
    "cap": _l("频次上限"),
    "timing": _l("时间安排"),
    "office": _l("承办机构"),
    "joint_role": _l("是否跨部门联合"),
    "partners": _l("联合单位"),
    "note": _l("备注"),
    "code": _l("计划编码"),
    "unit": _l("单位"),
    "year": _l("年度"),
    "kind": _l("计划类别"),
    "title": _l("计划名称"),
    "starts_on": _l("开始日期"),
    "ends_on": _l("结束日期"),
    "approved_on": _l("批准日期"),
    "filed_on": _l("备案日期"),
    "published_on": _l("公布日期"),
    "keys": _l("重点企业"),
}
LOT_STATES: dict[str, Any] = {
    "committed": _l("已承诺，待抽取"),
    "drawn": _l("已抽取"),
    "abandoned": _l("已放弃"),
    "redrawn": _l("已放弃，另行重抽"),
}
LOT_MOODS = {"committed": "care", "drawn": "good", "abandoned": "bad", "redrawn": "bad"}
LEFT_OUT: dict[str, Any] = {
    "do_not_disturb": _l("在无感监管对象清单上"),
    "cap": _l("今年的计划检查已到上限"),
    "drawn_before": _l("这一行已经抽到过"),
    "out_of_area": _l("不在本单位管辖区域"),
    "suspended": _l("执法证处于暂停状态"),
    "expired": _l("执法证不在有效期内"),
}
LOT_PROBLEMS: dict[str, Any] = {
    "pool": _l("名单的格式不对"),
    "pool_hash": _l("名单与公布的指纹不符"),
    "commitment": _l("种子和名单对不上抽取前公布的承诺"),
    "result": _l("重新抽取得到的结果不一样"),
    "fact": _l("与登记簿里记录的不一样"),
    "order": _l("抽取之前承诺没有进入登记簿"),
}


def unsaid(line: Line) -> Line:
    """A row without the numbers that its own words say already (“每季度抽 20 家” and 20): nobody reads one twice."""
    wanted, share = plan_text.read_objects(line.objects or "")
    cap = plan_text.read_cap(line.frequency or "")
    return replace(
        line,
        wanted=line.wanted if line.wanted != wanted else None,
        share=line.share if line.share != share else None,
        cap=line.cap if line.cap != cap else None,
    )
