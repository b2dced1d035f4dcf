"""What a flag says to the enterprise that was visited: the third sentence of a rule, where the rule concerns it.

It is shown in the enterprise's own space, on the page of the visit that is flagged, and nowhere else: the page behind a
code can be photographed. No rule that rests on somebody's words has a sentence (promise 4), none that tells of a clue (it
would tell of who complained), and none that is about the unit's own housekeeping.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.flags.advise import fill
from app.domain.flags.catalogue import CATALOGUE

# Each as (Chinese, English), filled from the finding's evidence. What happened, and what the enterprise can do about it.
SENTENCES: dict[str, tuple[str, str]] = {
    "repeat.day": (
        "这一天登记簿里您单位已是第 %(count)s 次被检查，一天最多 %(most)s 次。",
        "The register has this as visit %(count)s to you on one day; at most %(most)s.",
    ),
    "repeat.week": (
        "7 天内登记簿里您单位已是第 %(count)s 次被检查，最多 %(most)s 次。",
        "The register has this as visit %(count)s to you within 7 days; at most %(most)s.",
    ),
    "repeat.month": (
        "30 天内登记簿里您单位已是第 %(count)s 次被检查，最多 %(most)s 次。",
        "The register has this as visit %(count)s to you within 30 days; at most %(most)s.",
    ),
    "repeat.60d": (
        "%(days)s 天内您单位已经有过一次计划检查。",
        "You already had a planned visit within %(days)s days.",
    ),
    "cap.year": (
        "这个单位今年到您单位的计划检查已是第 %(count)s 次，公布的年度上限是 %(cap)s 次。",
        "This is planned visit %(count)s of this body to you this year; its published cap is %(cap)s.",
    ),
    "cap.reasonable": (
        "这个单位今年到您单位的检查已有 %(count)s 次，明显超过合理的次数。",
        "This body has visited you %(count)s times this year, clearly more than is reasonable.",
    ),
    "several_heads": (
        "另一个单位 %(days)s 天内刚来过，两次检查本可以合并为一次。",
        "Another body came within %(days)s days; the two visits could have been one.",
    ),
    "low_yield": (
        "同一位执法人员已连续 %(count)s 次在您单位没有发现问题。",
        "The same officer found nothing at your place %(count)s times in a row.",
    ),
    "unfit.too_few": (
        "登记的执法人员只有 %(count)s 名，至少应有 %(fewest)s 名。",
        "%(count)s officers were registered; there must be at least %(fewest)s.",
    ),
    "unfit.certificate": (
        "执法证 %(certificate)s 在检查当天%(why)s。",
        "Certificate %(certificate)s on the day of the visit: %(why_en)s.",
    ),
    "unfit.unit": (
        "执法证 %(certificate)s 的人员不属于这次检查的单位。",
        "The officer %(certificate)s is not of a body of this visit.",
    ),
    "unplanned": (
        "登记为计划检查，但没有已备案的计划覆盖这次检查。",
        "Registered as planned, but no filed plan covers this visit.",
    ),
    "not_approved": (
        "检查开始时还没有得到单位负责人批准。",
        "The visit began before the head of the body had approved it.",
    ),
    "item.unpublished": (
        "检查事项 %(items)s 当天不在公布的检查事项库中。",
        "Items %(items)s were not in the published list on that day.",
    ),
    "do_not_disturb": (
        "您单位（或全部检查事项）当天在无感监管清单上，没有线索不应上门检查。",
        "You (or every item) were on the do-not-disturb list that day: no visit without a lead.",
    ),
    "out_of_area": (
        "检查地点不在这个单位的管辖区域内。",
        "The place lies outside this body's territory.",
    ),
    "code.not_shown": (
        "登记簿里没有您单位扫码的记录。下次来人检查，请先请他们出示检查码，扫码核对。",
        "The register has no scan by you. Next time ask for the code first, and scan it.",
    ),
    "code.afterwards": (
        "检查码不是在检查之前办好的：%(why)s。检查前没有检查码的，可以先核实再配合。",
        "The code was not made before the visit: %(why_en)s. Where there is none beforehand, verify first.",
    ),
    "code.self_scan": (
        "登记的扫码可能不是您单位的手机扫的。扫码应由企业自己完成。",
        "The scan on record may not be from your phone. The enterprise itself scans.",
    ),
    "overlong": (
        "登记的时间结束 %(days)s 天后，这次检查仍没有结束。",
        "This visit is still open %(days)s days after its window.",
    ),
    "overdue": (
        "登记的时间结束后 %(working_days)s 个工作日内，单位没有记录检查结果。您有权得到书面的结果。",
        "No result was recorded within %(working_days)s working days. You are entitled to the result in writing.",
    ),
}
# Rules without a sentence for the enterprise, and why not.
NOT_FOR_THEM = {
    "repeat.60d.region": "about the district's count",
    "plan.special": "about the unit's paperwork",
    "late_filing": "about the unit's paperwork",
    "clue.missing": "tells of a clue",
    "clue.reused": "tells of a clue, and of another enterprise's",
    "code.bad": "rests on somebody's words",
    "unregistered.report": "rests on somebody's words",
    "unregistered.record": "about no visit of the register; a record may be a complaint",
    "file.fault": "the bureau's review of a file",
    "feedback.conduct": "rests on somebody's words",
    "share.triggered": "about the unit",
    "under_inspected": "no visit",
}


def for_enterprise(rule: str, evidence: Mapping[str, Any], language: str) -> str | None:
    """The sentence of a rule for the enterprise that was visited, or None where it is not for it."""
    known = SENTENCES.get(rule)
    if known is None or CATALOGUE[rule].rests_on_speech:
        return None
    return fill(known[language == "en"], evidence)
