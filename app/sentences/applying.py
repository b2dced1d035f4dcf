"""Sentences of applications, drafts, templates, batches, advance notices and deputies."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "sent_before": _l(
        "这份申请已经收到过，编号 %(number)s；这次的内容和那次不同，没有再保存。需要修改的，请先取消那一次。"
    ),
    "client_key": _l("client_key 应为 16 至 64 个可见的英文字符。"),
    # drafts and templates
    "no_such_draft": _l("没有找到这份草稿，或者它不属于您的单位。"),
    "draft_over": _l("这份草稿已经提交或删除，不能再改。"),
    "draft_changed": _l("同事刚刚改过这份草稿，这次没有覆盖。请打开最新的草稿核对，您填写的内容还在这一页上。"),
    "no_such_template": _l("没有找到这个模板，或者它不是您可以用的。"),
    "not_your_template": _l("单位的模板由建立的人或负责人删除。"),
    "too_many_templates": _l("模板最多 %(most)s 个，请先删除不用的。"),
    # batches
    "no_such_batch": _l("没有找到这批申请，或者它不属于您的单位。"),
    "batch_state": _l("这批申请现在不能做这一步，请刷新页面查看。"),
    "batch_has_bad_rows": _l("有 %(bad)s 行有问题。请改好后重新上传，或选择跳过有问题的行。"),
    "batch_too_long": _l("一批最多 %(most)s 行，现在是 %(rows)s 行。请分成几批。"),
    "batch_no_such_name": _l("登记簿里没有（或不止一家）“%(name)s”，请填写统一社会信用代码。"),
    "batch_new_needs_name": _l("登记簿里没有信用代码为 %(uscc)s 的企业，请同时填写企业名称。"),
    "batch_no_room": _l("按每家的用时，排到这一行已超过结束时间。"),
    "batch_time": _l("“%(value)s”不是时间，例如 9:30 或 2026-12-01 9:30。"),
    "batch_twice": _l("与第 %(row)s 行是同一天的同一家企业、同样的事项。"),
    # advance notices
    "surprise_not_announced": _l("突击检查不提前告知，不能让企业选时间。"),
    "contact_not_announced": _l("走访不需要检查预告。"),
    "slot_chosen_already": _l("企业已经选定时间，不能再改预告。需要改期的，请取消后重新申请。"),
    "no_such_announcement": _l("没有找到这次检查预告。"),
    "no_such_slot": _l("请从列出的时间中选一个。"),
    "slot_over": _l("可选的时间应晚于现在，请换一个。"),
    # deputies
    "deputies_of_a_deputy": _l("代理负责人不能再指定代理人，请由负责人本人办理。"),
    "deputys_head_applied": _l("您代理的 %(head)s 正是申请人，不能由您批准。请由本单位另一位负责人批准。"),
    "no_such_deputy": _l("请选择本单位的一位执法人员。"),
    "no_such_head": _l("请选择一位负责人。"),
    "deputy_days": _l("代理的最后一天不能早于第一天，也不能早于今天。"),
    "deputy_too_long": _l("代理一次最长 %(days)s 天。"),
    "deputy_over": _l("这次代理已经结束。"),
}
