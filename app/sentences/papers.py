"""Sentences of papers: their life, their numbers, their service."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "no_such_paper": _l("没有找到这份文书，或者它不属于您的单位。"),
    "paper_not_in_this_state": _l("这份文书刚才已被办理，现在不能做这一步。请刷新页面查看最新状态。"),
    "paper_not_now": _l("现在还不能起草《%(title)s》：检查要先记录结果，并由牵头单位起草。"),
    "paper_stays_here": _l("《%(title)s》是内部文书，不送达企业。"),
    "own_draft": _l("不能审核自己拟的稿，请由本单位另一位同事审核。"),
    "not_reviewed": _l("本单位规定文书先审核、后签发。请先由另一位同事审核。"),
    "nothing_to_correct": _l("这次检查没有记录“发现问题”的事项，不能责令改正。请先核对检查结果。"),
    "deadline_passed": _l("期限要在今天以后。"),
    "paper_not_for_this_flag": _l(
        "这条预警现在的状态不能用《%(title)s》。请先办理到相应的步骤（认定、责令改正等），再起草或签发。"
    ),
    "nothing_above": _l("近一年没有区级以上单位到这家企业检查，不需要报请上级。"),
    "paper_before_send": _l("单位还没有收到这条预警。请先“转单位”或“责令改正”，再签发文书。"),
    "prefix_taken": _l("机关代字“%(prefix)s”已经由另一个单位使用，文号会重复。请换一个。"),
    "signature_missing": _l("请在框内手写签名，或者由收件人输入姓名；不愿签名的，请记录拒签。"),
    "signature_broken": _l("没有读出手写的签名，请清除后重新签。"),
    "served_before_signed": _l("送达时间不能早于签发时间。"),
    "no_fonts": _l(
        "这台服务器没有安装文书用的中文字体，暂时不能生成 PDF；请使用打印页。管理员运行 make setup 后即可生成。"
    ),
}
