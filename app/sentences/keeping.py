"""Sentences of keeping the registers."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "no_such_unit": _l("没有这个单位，或者它不归您管理。"),
    "no_such_officer": _l("没有这位执法人员，或者不归您管理。"),
    "no_such_item": _l("没有这个检查事项，或者它不归您管理。"),
    "no_such_account": _l("没有这个账号，或者它不归您管理。"),
    "no_such_setting": _l("没有这项设置。"),
    "no_such_period": _l("没有这一段，可能刚才已被撤回。请刷新页面。"),
    "no_such_table": _l("没有这种表格。"),
    "period_in_the_past": _l("只能从今天或以后开始：以前的情况不再改动。"),
    "period_ends_before": _l("结束日期早于开始日期。"),
    "period_begins_same_day": _l("已经有一段从 %(day)s 开始。请换一个日期，或先撤回那一段。"),
    "period_years": _l("日期应在 1990 年到 2199 年之间。"),
    "period_over": _l("这一段已经结束，不再改动。"),
    "period_begun": _l("这一段已经生效，不能撤回。请给它一个结束日期，或另起一段。"),
    "period_end_in_the_past": _l("最早到今天为止：以前的情况不再改动。"),
    "period_end_before": _l("这一段从 %(day)s 开始，不能更早结束；请撤回它。"),
    "code_taken": _l("代码 %(value)s 已被使用。"),
    "certificate_taken": _l("执法证号 %(number)s 已经登记。"),
    "uscc_taken": _l("信用代码 %(uscc)s 已经登记在另一家企业。"),
    "unknown_region": _l("没有区划“%(region)s”，或者它不归您管理。"),
    "parent_circle": _l("上级单位不能是它自己或它的下级。"),
    "industry_unknown": _l("“%(industry)s”不是 GB/T 4754-2017 的行业代码，例如 C1411。"),
    "since_in_the_future": _l("请填写今天或以前的日期：记录写的是已经成立的情况。"),
    "setting_source": _l("请写明依据（文件名和文号）：企业的页面上会一并显示。"),
    "day_to_come": _l("只能改今天到 %(year)s 年底的日子：以前的工作日不再改动。"),
    "day_unchanged": _l("%(day)s 本来就是这样，不需要改。"),
    "own_account": _l("不能停用自己的账号，请由另一位管理员办理。"),
    "own_role": _l("不能改动自己的角色，请由另一位管理员办理。"),
}
