"""The words of papers on pages. `app/web/words.py` hands them to templates."""

from typing import Any

from flask_babel import lazy_gettext as _l

PAPER_STATES: dict[str, Any] = {
    "drafted": _l("拟稿"),
    "reviewed": _l("已审核，待签发"),
    "signed": _l("已签发，未送达"),
    "served": _l("已送达"),
    "refused": _l("拒签，已留置送达"),
    "withdrawn": _l("已撤回"),
}
UNIT_PAPER_STATES: dict[str, Any] = PAPER_STATES | {  # papers of supervision: the unit signs for them itself
    "signed": _l("已签发，待签收"),
    "served": _l("已签收"),
}
PAPER_MOODS = {
    "drafted": "care",
    "reviewed": "care",
    "signed": "blue",
    "served": "good",
    "refused": "good",
    "withdrawn": "bad",
}
PAPER_FIELDS: dict[str, Any] = {
    "present": (_l("被检查单位在场人员"), _l("姓名和职务，例如：张三（店长）")),
    "findings": (_l("现场检查情况"), _l("一段一行；已按检查结果填好，可以修改")),
    "statement": (_l("被检查单位的陈述和意见"), _l("没有意见可以不填")),
    "opinion": (_l("处理意见"), ""),
    "problems": (_l("存在的问题"), _l("一个问题一行")),
    "basis": (_l("违反的规定"), _l("法律法规名称和条款")),
    "requirement": (_l("改正要求"), _l("一项要求一行")),
    "deadline": (_l("改正期限"), _l("在这一天以前改正")),
    "matter": (_l("事项"), _l("请单位核实、说明或到场谈清的事")),
    "reply_by": (_l("答复期限"), _l("在这一天以前书面答复")),
    "conclusion": (_l("查明和认定的情况"), _l("一段一行；已按认定时写的话填好，可以修改")),
    "advice": (_l("监督意见"), _l("一条意见一行")),
    "law": (_l("决定的依据"), _l("法律法规名称和条款")),
    "orders": (_l("决定的内容"), _l("一项一行")),
    "persons": (_l("约谈对象"), _l("职务和姓名")),
    "meeting_on": (_l("约谈日期"), ""),
    "hour": (_l("约谈时间"), _l("例如：上午9时30分")),
    "place": (_l("约谈地点"), ""),
    "addressee": (_l("报请哪个机关"), _l("上一级的司法行政机关或者监督机关")),
    "situation": (_l("情况说明"), _l("一段一行；已按登记簿填好，可以修改")),
    "request": (_l("报请事项"), _l("一项一行")),
    "demands": (_l("工作要求"), _l("一项一行")),
}
SERVICE_WAYS: dict[str, Any] = {
    "in_person": _l("直接送达"),
    "electronic": _l("电子送达"),
    "post": _l("邮寄送达"),
}
