"""Sentences of plans, of their import, and of drawing by lot."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "no_such_plan": _l("没有找到这个检查计划，或者它不属于您的单位。"),
    "plan_not_in_this_state": _l("计划现在的状态不能做这一步。请刷新页面查看最新状态。"),
    "own_plan": _l("您参与编制了这个计划，不能由您批准。请由本单位另一位负责人批准。"),
    "plan_code_taken": _l("计划编码 %(plan)s 已经有人用了，请换一个。"),
    "plan_code_signs": _l("计划编码里不能有空格、斜杠、问号和 #。"),
    "plan_without_rows": _l("计划里还没有检查事项，请先添加至少一行。"),
    "plan_item_of_other_unit": _l("检查事项 %(item)s 是别的单位的。只有跨部门联合的行才能写别的单位的事项。"),
    "plan_ends_before_start": _l("计划的结束日期不能早于开始日期。"),
    "plan_too_long": _l("一个计划最长两年，请分开编制。"),
    "plan_row_outside": _l("这一行的时间超出了计划的起止日期。"),
    "plan_stands": _l("计划 %(plan)s 已经批准，内容不能再改。要调整，请撤回后另编一个计划。"),
    "plan_dates_stand": _l("计划 %(plan)s 的批准、备案或公布日期已经登记，与文件里的不同，没有改动。"),
    "plan_row_missing": _l("没有这一行，可能刚才有人删除了它。"),
    "plan_share": _l("“%(value)s”不是比例，请写成百分数，例如 5 或 12.5。"),
    "plan_timing": _l("时间安排“%(value)s”没有读懂，请写成“3-5月”“第二季度”“全年”或“2026-03-01 至 2026-05-31”。"),
    # files
    "sheet_no_header": _l("没有找到表头：前 30 行里应有一行写着“检查事项”等列名。"),
    "plan_row_disagrees": _l("同一个计划的各行写了不同的日期。"),
    "plan_import_no_unit": _l("不知道是哪个单位的计划：请在“单位”列或标题里写明单位名称或代码。"),
    "plan_import_other_unit": _l("“%(unit)s”不是您的单位，只能导入本单位的计划。"),
    "plan_import_date": _l("“%(value)s”不是日期，请写成 2026-03-01。"),
    "plan_import_number": _l("“%(value)s”里没有读出数量，请写成数字。"),
    "plan_import_timing": _l("时间安排“%(value)s”没有读成起止日期，按整个计划期间计算。"),
    "plan_import_joint": _l("“%(value)s”没有读出是牵头还是配合，请写“否”“牵头”或“配合”。"),
    "plan_import_key": _l("登记库里没有重点企业“%(value)s”，请先导入企业。"),
    "plan_import_dates_not_taken": _l("文件里的批准、备案、公布日期没有采用：请在平台上办理这些步骤。"),
    # lots
    "no_such_lot": _l("没有找到这次抽取，或者它不属于您的单位。"),
    "lot_pool": _l("抽取名单的格式不对，或者有重复。"),
    "lot_empty": _l("名单里没有可以抽取的企业。请放宽条件，或看看下面列出的排除原因。"),
    "lot_too_few_officers": _l("可以抽取的执法人员只有 %(able)s 名，每次检查至少需要 %(each)s 名。"),
    "lot_not_in_this_state": _l("这次抽取已经完成或已经放弃。"),
    "lot_not_logged": _l("承诺还没有进入公开登记簿，一般只要几秒钟。请稍后再抽。"),
    "lot_plan_not_open": _l("计划还没有备案，或已经撤回，不能抽取。"),
    "lot_row_missing": _l("计划里没有这一行。"),
    "lot_wanted_missing": _l("这一行没有写明数量或比例，请填写要抽取的户数。"),
    "lot_unknown_uscc": _l("登记库里没有这些统一社会信用代码：%(usccs)s。请先导入企业。"),
    "unknown_officer": _l("没有这个执法证号，或者不是本单位的人员。"),
    "conflict_stands": _l("这名执法人员对这家企业已经登记了回避。"),
    "no_such_conflict": _l("没有找到这条回避登记，或者它已经结束。"),
}
