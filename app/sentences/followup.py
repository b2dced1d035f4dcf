"""Sentences of following up flags and of questions to units."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "already_signed_for": _l("这条预警已经签收过了，不用再签。"),
    "nothing_to_undo": _l("没有可以撤销的：只能撤销自己十分钟内的最后一步，而且之后没有人再办过。"),
    "already_assigned": _l("这条预警已经由这位同事办理。"),
    "already_done": _l("这一步刚刚已经做过，内容相同，没有重复记录。"),
    "objection_too_late": _l("提出异议的期限到 %(until)s 为止，已经过了。有新的情况请与司法局联系。"),
    "in_no_case": _l("这条预警没有并案，不需要拆出。"),
    "not_corrected_yet": _l("已责令改正，还没有确认改正到位，不能办结。请先核实改正情况并点“确认已改正”。"),
    "due_needed": _l("请填写新的期限。"),
    "due_in_the_past": _l("期限不能早于今天，请改为今天或以后的日期。"),
    "no_such_supervisor": _l("没有这位监督人员，或者不负责这个地区。请从列表中选择。"),
    "merge_needs_flags": _l("并案至少要选两条预警，最多 %(most)s 条。"),
    "merge_of_units": _l("只有同一个单位的预警可以并案。请按单位筛选后再选。"),
    "merge_with_speech": _l("来自评价和举报的预警要单独办理，不能与其他预警并案：并案会让单位看出有人反映过。"),
    "question_decided": _l("这个问题已经答复或者已经结束，这一步不能再做。"),
    "no_such_question": _l("没有这个问题，或者它不是向本单位提的。"),
    "question_names": _l(
        "问题里写到了“%(what)s”。为保护反映情况的人，请不要写企业、日期、时间和编号，改为一般的问法。"
    ),
    "too_many_kept": _l("最多保存 %(most)s 个，请先删去不用的。"),
    "digest_mail": _l("这不是一个邮箱地址，请检查后再填。"),
    "webhook_inside": _l("这个地址在内部网络里，不能接收消息。请填写互联网上可以访问的地址。"),
    "webhook_unknown": _l("现在找不到这个地址的服务器，请检查后再填。"),
    "no_subscription": _l("还没有填写这个地址。请先保存地址。"),
    "no_webhook": _l("还没有填写接口地址。请先保存接口地址。"),
    "digest_webhook": _l("请填写以 https:// 开头、使用域名的地址。"),
    "no_files_here": _l("这一步不能附材料。请在答复、异议、核实或报告整改时上传。"),
    "too_many_files": _l("一次最多上传 %(most)s 个文件，请合并后再传。"),
}
