"""Sentences of the enterprise's space."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    # coming in
    "contact_missing": _l("请填写手机号或邮箱。"),
    "contact_wrong": _l("这不像手机号或邮箱。例如 13800000000、021-50000000 或 name@example.com。"),
    "no_visit_now": _l("只有检查正在进行时（从确认到场起，到结束后一天内），才能在现场开通企业空间。"),
    "no_such_request": _l("没有找到这个请求，可能已超过时间。请企业人员重新填写。"),
    "too_many_requests": _l("这次检查已有很多人在等待开通，请稍后再试。"),
    "staff_device": _l("这部手机登录过执法或监督账号，不能用来打开企业空间。请用企业人员自己的手机。"),
    "digits_wrong": _l("这六位数字不对，或者已经过期、用过。每组数字最多试 5 次；请核对，或重新获取。"),
    "entry_code_wrong": _l("手机号（或邮箱）与入口码不匹配，请核对。入口码共 20 位，字母不分大小写。"),
    "no_gateway": _l("这里还没有短信或邮件通道，暂时不能核实。请保管好入口码。"),
    "no_enterprise_named": _l("统一登录没有给出您可以代表的企业。请先在统一登录平台完成企业授权。"),
    "city_sign_in_failed": _l("统一登录没有完成：登录已取消、超时，或返回的信息无法核对。请重新登录。"),
    "city_sign_in_away": _l("统一登录平台暂时连不上，请稍后再试。"),
    # belonging
    "no_such_space": _l("没有找到这家企业的空间，或者您不在其中。"),
    "no_such_member": _l("没有找到这位人员，可能已经移除。"),
    "no_such_session": _l("没有找到这次登录，可能已经退出。"),
    "no_such_message": _l("没有这条消息。"),
    "not_a_manager": _l("只有能管理人员的成员可以做这一步：在检查现场或通过统一登录加入的人，或由他们授权的人。"),
    "not_a_speaker": _l("陈述申辩、回避和检查申请由“法务或负责人”或能管理人员的成员提交。"),
    "too_many_members": _l("一家企业的空间最多 %(most)s 人，请先移除不再需要的人员。"),
    # what is laid before units
    "no_such_visit": _l("没有找到这次检查，或者它不属于您的企业。"),
    "no_such_matter": _l("没有找到这件事项，或者它不属于您的单位。"),
    "matter_decided": _l("这件事项已经办完。请刷新页面查看。"),
    "no_statement_now": _l("检查开始以后才能陈述申辩。"),
    "no_recusal_now": _l("申请回避应在检查开始前或检查过程中提出。"),
    "asked_already": _l("已经对这位执法人员申请过回避，正在等待决定。"),
    "not_an_officer_of_the_visit": _l("请选择这次检查的一位执法人员。"),
    "wished_already": _l("已经向这个单位提出过同样的申请，还没有答复。"),
    "no_selfcheck_now": _l("自查在检查开始前填写；现在已不能修改。"),
    "too_many_matters": _l("这次检查的陈述和申请已经很多，请合并后再提交。"),
}
