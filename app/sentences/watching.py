"""Sentences of discipline inspection, of the review of dismissed flags, of file review and observers."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "discipline_unit": _l("纪检监察人员只能属于纪检监察机构，%(unit)s 不是。"),
    "discipline_account": _l("纪检监察人员的账号不在这里管理：它由运行平台的人在服务器上用命令维护。"),
    "no_such_lead": _l("没有这条线索。"),
    "lead_decided": _l("这条线索已经办结，或者还不能走这一步。请刷新后再看。"),
    "step_not_now": _l("这一步现在不能做：情况已经有变化。请刷新后再看。"),
    "no_such_review": _l("没有这条复核。"),
    "not_the_reviewer": _l("这条由抽签选中的人复核，驳回的人不能复核自己的决定。"),
    "reopened_already": _l("这条预警已经重新办理，不需要再复核。"),
    "no_such_campaign": _l("没有这次案卷评查。"),
    "campaign_empty": _l("这段时间没有已办结的检查可以评查。请换一段时间。"),
    "campaign_too_few_reviewers": _l("案卷评查要两位监督人员独立打分，本区现在不足两位。请先由管理员增加账号。"),
    "sheet_line": _l(
        "评分表第 %(line)s 行没有读懂。每行写：类别 | 评查内容 | 分值。类别是合法性、合理性或规范性，分值是 1–100 的整数。"
    ),
    "sheet_total": _l("评分表各项分值合计应为 100 分，现在是 %(total)s 分。"),
    "score_range": _l("这一项请填 0–%(most)s 的整数。"),
    "not_your_file": _l("这份案卷由抽签确定的两位监督人员评查，您不在其中。"),
    "scored_already": _l("您已经提交过这份案卷的评分，不能再改；两人都提交后一起定分。"),
    "recused_here": _l("您已声明在这家企业有业务往来，需要回避。"),
    "observer_recused": _l("这位社会监督员已声明回避这家企业，请另请一位。"),
    "no_such_observer": _l("没有这位社会监督员，或者不属于本区。"),
    "invited_already": _l("已经邀请过这位社会监督员。"),
    "not_before_visit": _l("只能邀请社会监督员参加还没有结束的检查。"),
    "no_such_number": _l("没有查到这个检查编号，请核对后再填，或者留空。"),
    "no_such_observation": _l("没有这条意见。"),
    "no_such_accompanying": _l("没有这条邀请。"),
    "no_such_recusal": _l("没有这条回避声明。"),
}
