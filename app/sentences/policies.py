"""Sentences of the rules' settings."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "unknown_rule": _l("没有名为 %(rule)s 的规则，请对照规则说明。"),
    "unknown_setting": _l("规则 %(rule)s 没有名为 %(name)s 的设置。"),
    "policy_not_later": _l("生效日期应晚于今天：新的设置不能改变过去的含义。"),
    "policy_too_late": _l("这一版原定 %(day)s 生效，日期已到，不能再确认。请换一个日期重新提出。"),
    "policy_decided": _l("这一版已经确认或撤回。请刷新页面查看。"),
    "own_proposal": _l("不能确认自己提出的设置，请由另一位监督人员确认。"),
    "no_such_policy": _l("没有这一版规则设置，或者它不在您的监督范围内。"),
    "period_order": _l("结束日期不能早于开始日期。"),
}
