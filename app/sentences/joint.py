"""Sentences of joint visits (综合查一次) and of the permanent codes of enterprises (企业码)."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "already_invited": _l("%(unit)s 已在这次检查中，或已经收到邀请。"),
    "no_such_invitation": _l("没有找到这份邀请，或者它不是发给您单位的。"),
    "invitation_closed": _l("这份邀请已经答复或被撤回。请刷新页面查看最新状态。"),
    "visit_cancelled": _l("检查 %(number)s 已取消（%(note)s），不能再加入。"),
    "amendment_pending_join": _l(
        "这次检查还有一项变更在等牵头单位负责人决定。填写的内容已经保存，请在它决定以后再确认加入。"
    ),
    "joins_too_late": _l("检查已经开始，其他单位不能再加入。请选“不同意变更”，那个单位自己的检查申请仍然有效。"),
    "own_offer": _l("不能确认自己填写的加入内容，请由本单位另一位负责人确认。"),
    "only_the_lead_unit": _l("这一步由牵头单位 %(unit)s 办理。本单位不再参加的，请退出这次检查。"),
    "item_of_other_unit": _l("检查事项 %(item)s 由其他单位记录结果。"),
    "has_results": _l("这次检查已有单位录入了结果，不能取消或记为未实施。"),
    "not_this_enterprise": _l("扫到的企业不是这次检查登记的企业，没有记录到场。"),
    "outside_window": _l("登记的检查时间是 %(start)s 到 %(end)s，现在不能记录到场。"),
    "enterprise_code_replaced": _l("这个企业码已更换，请扫新的企业码，或输入统一社会信用代码。"),
    "no_such_enterprise_code": _l("没有这个企业码。请核对后再输入，或输入统一社会信用代码。"),
    "inspection_code_scanned": _l("这是检查码，不是企业码。请扫企业张贴的企业码或营业执照上的二维码。"),
    "no_uscc_in_text": _l("内容里没有找到企业码或统一社会信用代码。请改扫企业码，或输入营业执照上的 18 位代码。"),
    "several_uscc_in_text": _l("内容里有不止一个统一社会信用代码，无法判断是哪一家。请输入其中一个。"),
    "uscc_not_registered": _l("企业名录里没有统一社会信用代码 %(uscc)s。申请检查时会登记这家企业。"),
    "no_enterprise_code_yet": _l("这家企业还没有企业码，请先生成。"),
}
