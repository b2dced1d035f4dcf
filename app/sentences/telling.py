"""Sentences of reports and exports."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "telling_period": _l("没有这一期。请按这个样子填写：%(example)s。"),
    "telling_to_come": _l("这一期从 %(day)s 才开始，现在还没有数字。"),
}
