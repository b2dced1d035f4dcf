"""Sentences of the visit on site, its amendments, rectifications and contacts."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    # amendments
    "amendment_pending": _l("已有一项变更申请在等负责人决定，请先等它批准或退回。"),
    "no_such_amendment": _l("没有等待决定的第 %(n)s 项变更，可能刚刚有人处理过。请刷新页面。"),
    "not_the_applicant": _l("只有提出这项变更的人可以撤回。"),
    "nothing_to_amend": _l("没有需要变更的内容。请延长时间、增加事项或更换人员。"),
    "window_not_longer": _l("新的结束时间应晚于原来的结束时间，也应晚于现在。"),
    # on site
    "unknown_point": _l("事项 %(item)s 没有第 %(no)s 个检查要点。"),
    "point_contradicts": _l("事项 %(item)s 的第 %(no)s 个要点发现了问题，这个事项的结果也应选“发现问题”。"),
    "organisation_missing": _l("请写明协助人员所属的单位；姓名可以不填。"),
    "headcount_too_small": _l("到场总人数应包括执法人员，要多于 %(people)s 人。"),
    "whole_number": _l("请填写一个整数。"),
    "not_a_place": _l("没有得到有效的位置，没有记录。"),
    # rectifications
    "no_problem_found": _l("这次检查没有记录问题，不需要责令改正。"),
    "no_such_rectification": _l("没有找到这项整改。"),
    "due_not_later": _l("新的期限应晚于原来的期限。"),
    "due_out_of_range": _l("整改期限应从明天起，最长 %(days)s 天。"),
}
