"""What fields of forms are called where several pages call them the same: for the summary of errors above a form."""

from typing import Any

from flask_babel import lazy_gettext as _l

FIELD_LABELS: dict[str, Any] = {
    "certificate_no": _l("执法证号"),
    "code": _l("编码"),
    "contact_kind": _l("类别"),
    "day": _l("日期"),
    "due": _l("改正期限"),
    "enterprise_name": _l("企业"),
    "first": _l("第一天"),
    "from": _l("第一天"),
    "item": _l("检查事项"),
    "last": _l("最后一天"),
    "list": _l("名单"),
    "prefix": _l("机关代字"),
    "reason": _l("理由"),
    "slots": _l("可选的时间"),
    "source": _l("来源"),
    "template_name": _l("模板名称"),
    "name": _l("名称"),
    "region": _l("所属区划"),
    "since": _l("从哪一天起"),
    "title": _l("名称"),
    "unit": _l("单位"),
    "username": _l("用户名"),
    "uscc": _l("统一社会信用代码"),
    "valid_from": _l("生效日期"),
    "value": _l("内容"),
    "what": _l("经过"),
}
