"""Sentences of the reconciliation with the units' own systems."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "no_such_case_record": _l("没有这条记录，或者它不在您的监督范围内。"),
    "case_decided": _l("刚刚有人对这条记录作了认定。请看过新的情况再决定。"),
    "case_no_such_inspection": _l("登记簿中没有这个编号的检查，请核对检查编号。"),
    "case_inspection_fell": _l("这次检查已被驳回、取消、更换或未实施，不能作为对应的检查。"),
}
