"""Sentences of discipline inspection, of the review of dismissed flags, of file review and observers."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "discipline_unit": _l("纪检监察人员只能属于纪检监察机构，%(unit)s 不是。"),
    "discipline_account": _l("纪检监察人员的账号不在这里管理：它由运行平台的人在服务器上用命令维护。"),
    "no_such_lead": _l("没有这条线索。"),
    "lead_decided": _l("这条线索已经办结，或者还不能走这一步。请刷新后再看。"),
}
