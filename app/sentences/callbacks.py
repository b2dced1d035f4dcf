"""Sentences of call-backs by lot."""

from typing import Any

from flask_babel import lazy_gettext as _l

SENTENCES: dict[str, Any] = {
    "no_such_callback": _l("没有这条回访，或者它不属于本区。"),
    "callback_claimed": _l("这家企业正由另一位同事回访，请换一家。两小时后仍无结果，可以接手。"),
    "callback_assigned": _l("这家企业已经交给社会监督员回访。要由同事回访，请先收回。"),
    "callback_not_claimed": _l("请先点“由我回访”，再记录结果：这样不会有两个人同时问一家企业。"),
    "callback_done": _l("这条回访已经结束，没有重复记录。"),
    "callback_choose": _l("请选择一项。"),
    "callback_day_needed": _l("有人来而没有出示检查码时，请问清是哪一天，并填在这里；记不清就填最可能的一天。"),
    "callback_day_wrong": _l("这不是一个日期，请这样填：2026-11-22。"),
    "callback_day_before": _l("这一天早于询问的时段（从 %(first)s 起），请核对。"),
    "callback_week_not_over": _l("只能抽已经结束的一周，例如 2026-W47。"),
    "no_supervising_unit": _l("这里还没有负责监督的司法局，没有人可以回访。请先导入单位。"),
}
