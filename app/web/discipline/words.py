"""The words of discipline inspection's pages."""

from typing import Any

from flask_babel import lazy_gettext as _l

LEAD_STATES: dict[str, Any] = {"received": _l("已收到"), "looked_into": _l("核查中"), "closed": _l("已办结")}
LEAD_MOODS = {"received": "bad", "looked_into": "care", "closed": "good"}
WAYS: dict[str, Any] = {
    "rating": _l("企业评价"),
    "report": _l("企业反映"),
    "complaint": _l("反映司法局"),
    "observation": _l("社会监督员反映"),
}
CONCERNS: dict[str, Any] = {
    "gifts": _l("收受礼物、礼金"),
    "banquet": _l("接受宴请、娱乐、旅游"),
    "costs_shifted": _l("由企业付钱或转嫁费用"),
    "forced_intermediary": _l("强制指定中介"),
}
STEPS: dict[str, Any] = {
    "lead.taken_up": _l("开始核查"),
    "lead.noted": _l("核查记录"),
    "lead.closed": _l("办结"),
}
