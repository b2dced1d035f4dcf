"""The catalogue of rules: name, severity, legal source, and a sentence each for the unit and for the supervisor.

A rule without a confirmed source says 本地规则, never an invented one. Sentences are filled from a finding's evidence.
"""

from dataclasses import dataclass

from app.domain.flags.findings import BLUE, RED, YELLOW

LOCAL = "本地规则"
GB54 = "国办发〔2024〕54号"
GB54_LAW = f"《国务院办公厅关于严格规范涉企行政检查的意见》（{GB54}）"


@dataclass(frozen=True, slots=True)
class Rule:
    """`about` is what happened, filled from the evidence; `mend` what the unit can do beforehand.

    `source` is told as it is: a law, a city's practice, or 本地规则. `law` is what of it binds everywhere in the country and a
    paper may therefore name as its basis; empty where the rule follows a practice or a text that is not confirmed.
    `rests_on_speech`: supervisors only (promise 4). `for_imported`: also for visits registered elsewhere.
    """

    code: str
    name: str
    name_en: str
    severity: str
    source: str
    about: str
    about_en: str
    mend: str
    mend_en: str
    rests_on_speech: bool = False
    for_imported: bool = False
    law: str = ""


_RULES = (
    Rule(
        "repeat.day", "一天内重复检查", "Repeated within a day", RED, "成都“一码检查”（2025-05-01）",
        "这家企业当天已是第 %(count)s 次被检查，一天最多 %(most)s 次。",
        "Visit %(count)s of this enterprise on one day; at most %(most)s.",
        "与当天的另一次检查合并为一次，或改日再查。", "Merge it with that day's other visit, or choose another day.",
        for_imported=True,
    ),
    Rule(
        "repeat.week", "一周内重复检查", "Repeated within a week", YELLOW, "成都“一码检查”（2025-05-01）",
        "这家企业 7 天内已是第 %(count)s 次被检查，最多 %(most)s 次。",
        "Visit %(count)s of this enterprise within 7 days; at most %(most)s.",
        "合并为一次联合检查，或改到一周以后。", "Make it one joint visit, or wait a week.",
        for_imported=True,
    ),
    Rule(
        "repeat.month", "一月内重复检查", "Repeated within a month", YELLOW, "成都“一码检查”（2025-05-01）",
        "这家企业 30 天内已是第 %(count)s 次被检查，最多 %(most)s 次。",
        "Visit %(count)s of this enterprise within 30 days; at most %(most)s.",
        "合并为一次联合检查，或改到 30 天以后。", "Make it one joint visit, or wait.",
        for_imported=True,
    ),
    Rule(
        "repeat.60d", "60 天内重复计划检查", "Repeated within 60 days", YELLOW, f"{LOCAL}（参照海南设计）",
        "这家企业在 %(days)s 天内已有计划检查，触发式检查除外。",
        "This enterprise already had a planned visit within %(days)s days; triggered ones are left out.",
        "与上次检查合并，或改到 %(days)s 天以后。", "Merge with the other visit, or wait %(days)s days.",
        for_imported=True,
    ),
    Rule(
        "repeat.60d.region", "辖区内多次 60 天重复", "Many 60-day repeats in one district", RED, f"{LOCAL}（参照海南设计）",
        "本区今年的 60 天内重复检查已达到 %(from)s 起，从第 %(from)s 起每起都升级。",
        "Repeats within 60 days in this district reached %(from)s this year; from then on each one escalates.",
        "", "", for_imported=True,
    ),
    Rule(
        "cap.year", "超过年度检查上限", "Over the yearly cap", RED, f"{GB54}：公布年度检查频次上限",
        "本单位今年对这家企业已是第 %(count)s 次计划检查，年度上限 %(cap)s 次。",
        "Planned visit %(count)s of this unit to this enterprise this year; the cap is %(cap)s.",
        "取消这次检查，或改到明年；确有必要请写明理由。", "Cancel, or wait for next year; otherwise give the reason.",
        for_imported=True, law=GB54_LAW,
    ),
    Rule(
        "cap.reasonable", "明显超过合理频次", "Clearly beyond reasonable", YELLOW, f"{GB54}（具体文字待核）",
        "本单位今年对这家企业的检查（含触发式）已有 %(count)s 次，超过上限的倍数线 %(most)s 次。",
        "%(count)s visits of this unit this year, triggered ones included; the line is %(most)s.",
        "核对线索是否真实、能否合并办理。", "Check whether the leads are real and can be handled together.",
        for_imported=True,
    ),
    Rule(
        "low_yield", "连续检查未发现问题", "Nothing found again and again", BLUE, "成都“一码检查”（2025-05-01）",
        "同一人员对同一企业连续 %(count)s 次检查都未发现问题。",
        "The same officer found nothing at this enterprise %(count)s times in a row.",
        "说明再次检查的必要性，或换人、降低频次。", "Say why another visit is needed, or send somebody else.",
        for_imported=True,
    ),
    Rule(
        "several_heads", "多头检查", "Several bodies, not joined", YELLOW, f"{GB54}；上海“综合查一次”",
        "其他单位 %(days)s 天内刚检查过这家企业，没有合并为一次。",
        "Another body visited this enterprise within %(days)s days; the visits were not joined.",
        "邀请对方合并为一次联合检查（综合查一次）。", "Invite the other body to one joint visit.",
        for_imported=True, law=GB54_LAW,
    ),
    Rule(
        "unfit.too_few", "执法人员不足", "Too few officers", RED, f"{GB54}",
        "只有 %(count)s 名执法人员，至少需要 %(fewest)s 名。", "%(count)s officers; at least %(fewest)s are needed.",
        "至少安排 %(fewest)s 名持证人员。", "Name at least %(fewest)s officers.",
        law=GB54_LAW,
    ),
    Rule(
        "unfit.certificate", "执法证无效", "Certificate not valid", RED, f"{GB54}",
        "执法证 %(certificate)s 在检查当天%(why)s。", "Certificate %(certificate)s on the day of the visit: %(why_en)s.",
        "更换为证件有效的执法人员。", "Name an officer with a valid certificate.",
        law=GB54_LAW,
    ),
    Rule(
        "unfit.unit", "人员不属于检查单位", "Officer of another unit", YELLOW, f"{GB54}",
        "执法证 %(certificate)s 的人员不属于这次检查的单位。", "The officer %(certificate)s is not of a unit of this visit.",
        "改派本单位人员，或邀请其单位联合检查。", "Name an officer of your own, or make it a joint visit.",
        law=GB54_LAW,
    ),
    Rule(
        "unplanned", "计划外检查", "Outside the plan", YELLOW, "上海（2026-01-01 起施行的条例）",
        "没有已备案的检查计划覆盖这次检查的单位、事项和日期。", "No filed plan covers unit, item and day of this visit.",
        "填写已备案的计划编码，或按触发式申请。", "Give the code of a filed plan, or apply with a trigger.",
    ),
    Rule(
        "plan.special", "专项计划手续不全", "Special plan incomplete", YELLOW, "上海（2026-01-01 起施行的条例）",
        "专项计划 %(plan)s 未按期批准、备案或公布。", "The special plan %(plan)s was not approved, filed or published in time.",
        "先完成专项计划的批准、备案和公布。", "Complete approval, filing and publication first.",
    ),
    Rule(
        "not_approved", "未经批准开始检查", "Started without approval", RED, f"{GB54}",
        "检查于 %(start)s 开始，%(approved)s 才批准。", "Began %(start)s, approved only %(approved)s.",
        "先由负责人批准；紧急情况请写明例外原因。", "Get the head's approval first; in an emergency name the exception.",
        law=GB54_LAW,
    ),
    Rule(
        "late_filing", "计划检查申请过晚", "Filed late", BLUE, "南昌（提前 7 个工作日备案）",
        "提前 %(count)s 个工作日申请，应不少于 %(needed)s 个。", "Applied %(count)s working days ahead; %(needed)s are needed.",
        "提前 %(needed)s 个工作日申请。", "Apply %(needed)s working days ahead.",
    ),
    Rule(
        "item.unpublished", "检查事项未公布", "Item not published", RED, f"{GB54}；检查事项库公示",
        "检查事项 %(items)s 不在当天公布的检查事项库中。", "Items %(items)s were not in the published list on that day.",
        "只选择已公布的检查事项。", "Choose published items only.",
        law=GB54_LAW,
    ),
    Rule(
        "do_not_disturb", "无感监管对象", "Do-not-disturb", RED, "上海无感监管对象清单",
        "这家企业（或全部检查事项）当天在无感监管清单上，只能因线索触发检查。",
        "This enterprise (or every item) was on the do-not-disturb list: triggered visits only.",
        "没有线索就不要去；有线索请按触发式申请。", "Do not go without a lead; with one, apply as triggered.",
        for_imported=True,
    ),
    Rule(
        "clue.missing", "触发式检查缺线索编号", "Clue number missing", YELLOW, f"{LOCAL}（触发式检查应有线索）",
        "因%(cause)s触发，但没有线索编号。", "Triggered (%(cause_en)s) without a clue number.",
        "填写线索编号。", "Give the clue number.", for_imported=True,
    ),
    Rule(
        "clue.reused", "线索重复使用", "Clue used again", YELLOW, f"{LOCAL}（触发式检查应有线索）",
        "线索 %(clue)s 已用于另一次检查。", "Clue %(clue)s was already used for another visit.",
        "核对线索编号；同一线索不应用于不同企业。", "Check the clue number; one clue is for one enterprise.",
        for_imported=True,
    ),
    Rule(
        "out_of_area", "超出管辖区域", "Out of area", YELLOW, f"{GB54}",
        "检查地点不在牵头单位的管辖区域内。", "The place lies outside the lead unit's territory.",
        "移交有管辖权的单位。", "Hand it to the unit in charge there.", for_imported=True, law=GB54_LAW,
    ),
    Rule(
        "code.not_shown", "未亮码", "Code not shown", YELLOW, "参照深圳做法（整治“不扫码”）",
        "检查已办结，企业在 %(hours)s 小时内没有扫到检查码。", "Completed, but the enterprise never scanned the code within %(hours)s h.",
        "到场先亮码，请企业扫码；确有困难可送达通知书。", "Show the code on arrival, or serve the paper notice.",
    ),
    Rule(
        "code.afterwards", "事后补码", "Code made afterwards", RED, "参照深圳做法（整治“事后补码”）",
        "%(why)s", "%(why_en)s",
        "检查前申请；紧急情况请写明例外原因。", "Apply beforehand; in an emergency name the exception.",
    ),
    Rule(
        "code.self_scan", "自扫码", "Scanned by the inspector's own device", YELLOW, "参照深圳做法（整治“虚假扫码”）",
        "%(why)s", "%(why_en)s",
        "请企业用自己的手机扫码。", "Let the enterprise scan with its own phone.",
    ),
    Rule(
        "code.bad", "出示了无效的码", "Bad code presented", BLUE, f"{LOCAL}（伪造、过期或他人的码）",
        "有人出示了无效的检查码：%(verdict)s。", "A bad code was presented: %(verdict)s.", "", "",
        rests_on_speech=True,
    ),
    Rule(
        "unregistered.report", "举报：未登记的检查", "Reported visit without a code", BLUE, f"{LOCAL}（参照海南设计）",
        "企业反映 %(day)s 有人上门检查，登记簿中没有对应的检查。", "An enterprise reports a visit on %(day)s that the register does not know.",
        "", "", rests_on_speech=True,
    ),
    Rule(
        "unregistered.record", "办案记录没有对应的检查", "Record without an inspection", YELLOW, f"{LOCAL}（与办案系统比对）",
        "%(source)s的%(record)s %(number)s（%(day)s）：前后 %(days)s 天内登记簿中没有本单位对这家企业的检查。",
        "%(record_en)s %(number)s of %(source)s (%(day)s): the register knows no inspection of this enterprise by the unit within %(days)s days.",
        "", "", for_imported=True,
    ),
    Rule(
        "file.fault", "案卷评查发现问题", "Faults in a case file", YELLOW, f"{LOCAL}（案卷评查，两人独立评分）",
        "案卷评查得 %(score)s 分，两位评查人认定：%(faults)s", "The file scored %(score)s of 100; both reviewers settled: %(faults)s",
        "", "",
    ),
    Rule(
        "feedback.conduct", "评价反映问题", "Conduct reported", YELLOW, f"{GB54}：五个严禁、八个不得",
        "企业评价为 %(rating)s，反映：%(answers)s。", "Rated %(rating)s; said yes to: %(answers)s.", "", "",
        rests_on_speech=True,
    ),
    Rule(
        "overlong", "检查超时未结束", "Visit still open", BLUE, LOCAL,
        "登记的时间结束 %(days)s 天后检查仍未结束。", "Still open %(days)s days after its window.",
        "及时记录检查结果。", "Record the result.",
    ),
    Rule(
        "overdue", "结果逾期未录", "Result overdue", BLUE, LOCAL,
        "登记的时间结束后 %(working_days)s 个工作日内没有检查结果。", "No result within %(working_days)s working days after the window.",
        "及时记录检查结果。", "Record the result.",
    ),
    Rule(
        "share.triggered", "触发式检查占比异常", "Triggered share out of line", YELLOW, f"{LOCAL}（触发式检查应有线索）",
        "%(quarter)s 本单位 %(visits)s 次检查中有 %(triggered)s 次触发式，占比超过全区（%(all_visits)s 次中 %(all_triggered)s 次）的 %(times)s 倍。",
        "%(quarter)s: %(triggered)s of the unit's %(visits)s visits were triggered, more than %(times)s times the district's share (%(all_triggered)s of %(all_visits)s).",
        "", "", for_imported=True,
    ),
    Rule(
        "under_inspected", "重点企业该查未查", "Key enterprise not visited", BLUE, "司法部（防止该查不查）",
        "计划 %(plan)s 已于 %(ended)s 结束，重点企业没有检查。", "Plan %(plan)s ended on %(ended)s without a visit of this key enterprise.",
        "", "", for_imported=True,
    ),
)  # fmt: skip
CATALOGUE = {rule.code: rule for rule in _RULES}


def severity(rule: str) -> str:
    return CATALOGUE[rule].severity
