"""Words of call-backs by lot."""

from typing import Any

from flask_babel import lazy_gettext as _l

POOLS: dict[str, Any] = {
    "closed": _l("已办结的检查"),
    "unvisited": _l("没有检查记录的企业"),
    "doubtful": _l("未批准、逾期或补登的检查"),
}
VIEWS: dict[str, Any] = {
    "open": _l("待回访"),
    "mine": _l("我在回访"),
    "told": _l("要留意"),
    "done": _l("已回访"),
    "not_reached": _l("没有联系上"),
}
STATES: dict[str, Any] = {"open": _l("待回访"), "done": _l("已回访"), "not_reached": _l("没有联系上")}
STATE_MOODS = {"open": "care", "done": "good", "not_reached": ""}
WAYS: dict[str, Any] = {"telephone": _l("电话"), "on_the_spot": _l("上门")}
CAME: dict[str, Any] = {"yes": _l("有人来"), "no": _l("没有人来"), "unsure": _l("说不清")}
CODE: dict[str, Any] = {"yes": _l("出示了检查码"), "no": _l("没有出示"), "unsure": _l("说不清")}
WENT: dict[str, Any] = {"well": _l("满意"), "fair": _l("一般"), "badly": _l("不满意")}
FAILURES: dict[str, Any] = {
    "no_answer": _l("没有人接或没有人在"),
    "wrong_number": _l("号码或地址不对"),
    "moved": _l("企业已搬走或停业（不再联系）"),
    "declined": _l("企业不愿回答（不再联系）"),
}
FACTS: dict[str, Any] = {
    "callback.drawn": _l("抽中"),
    "callback.claimed": _l("开始回访"),
    "callback.released": _l("放回名单"),
    "callback.assigned": _l("交给社会监督员，或收回"),
    "callback.phone_opened": _l("打开联系电话"),
    "callback.erased": _l("按保存期限删除原话"),
    "callback.attempted": _l("没有问到"),
    "callback.answered": _l("记录回答"),
    "callback.lapsed": _l("四周没有问到，结束"),
}
