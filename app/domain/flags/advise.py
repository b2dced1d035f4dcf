"""Advice before a visit: the same rules, asked as if the visit had taken place in its window."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.facts import Clue, Visit, VisitDetails
from app.domain.flags.findings import BLUE, RED, YELLOW, Finding
from app.domain.flags.others import clue_findings
from app.domain.flags.policy import Policies, WorkingDays, policy_on
from app.domain.flags.repeats import enterprise_findings
from app.domain.flags.visits import visit_findings
from app.domain.times import SHANGHAI, parse_rfc3339

# What can be known before a visit of the rules over a visit alone.
BEFOREHAND = frozenset(
    (
        "unfit.too_few", "unfit.certificate", "unfit.unit", "unplanned", "plan.special", "late_filing",
        "item.unpublished", "do_not_disturb", "clue.missing", "out_of_area",
    )
)  # fmt: skip
_ORDER = {RED: 0, YELLOW: 1, BLUE: 2}


@dataclass(frozen=True, slots=True)
class Advisory:
    """One line of advice: why, and what would mend it, in both languages. `blocking`: the head must give a reason."""

    rule: str
    severity: str
    text: str
    text_en: str
    mend: str
    mend_en: str
    blocking: bool
    evidence: Mapping[str, Any]


def advise(
    draft: VisitDetails,
    others: Iterable[Visit],
    clues: Iterable[Clue],
    policies: Policies,
    calendar: WorkingDays,
    as_of: datetime,
) -> tuple[Advisory, ...]:
    """What would be flagged if `draft` took place as applied for, the gravest first.

    `others` are the enterprise's visits that count, `clues` those that carry the same clue number.
    """
    visit = draft.visit
    policy = policy_on(policies, visit.jurisdiction, visit.day)
    found = [f for f in enterprise_findings([*others, visit], policies) if f.subject_id == visit.id]
    found += visit_findings(draft, policy, calendar, as_of, only=BEFOREHAND)
    if visit.is_triggered and draft.inspection.clue_no:
        own = Clue(visit, draft.inspection.applied_at, None)
        reused = clue_findings([*clues, own], draft.inspection.clue_no, policies)
        found += [f for f in reused if f.subject_id == visit.id]
    found.sort(key=lambda f: (_ORDER[f.severity], f.rule, f.officer))
    return tuple(_advisory(f, blocking=policy.blocks(f.rule)) for f in found)


BAD_CODES = {  # what was wrong with a code that was presented: the verdict, in words
    "bad_signature": ("签名对不上", "the signature does not match"),
    "unknown_key": ("不是登记过的密钥签的", "signed by a key that is not registered"),
    "not_registered": ("登记簿中查不到", "not in the register"),
    "wrong_enterprise": ("是另一家企业的码", "another enterprise's code"),
    "cancelled": ("检查已取消", "the visit was cancelled"),
    "expired": ("已过有效时间", "its time is over"),
    "replaced": ("已换新码", "replaced by a newer code"),
    "completed": ("检查已办结", "the visit is completed"),
    "lapsed": ("检查已失效", "the visit has lapsed"),
    "revoked": ("码已作废", "the code was revoked"),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def sentence(rule: str, evidence: Mapping[str, Any], language: str) -> str:
    """What a finding says, in `zh` or `en`, for the unit and the supervisor."""
    entry, chinese = CATALOGUE[rule], language == "zh"
    said = dict(evidence)
    if said.get("verdict") in BAD_CODES:
        said["verdict"] = BAD_CODES[said["verdict"]][0 if chinese else 1]
    return fill(entry.about if chinese else entry.about_en, said)


def _advisory(finding: Finding, blocking: bool) -> Advisory:
    rule, said = CATALOGUE[finding.rule], finding.evidence
    return Advisory(
        rule=finding.rule,
        severity=finding.severity,
        text=fill(rule.about, said),
        text_en=fill(rule.about_en, said),
        mend=fill(rule.mend, said),
        mend_en=fill(rule.mend_en, said),
        blocking=blocking,
        evidence=said,
    )


def fill(template: str, said: Mapping[str, Any]) -> str:
    words = {name: "—" if value == "" else in_words(value) for name, value in said.items()}
    return template % words if said else template.replace("%%", "%")


def in_words(value: Any) -> Any:
    """A moment of the evidence (RFC 3339, UTC) as people read it, in the time of the place; everything else as it is."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return parse_rfc3339(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return value
