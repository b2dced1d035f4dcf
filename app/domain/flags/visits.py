"""Rules over one visit alone: who came, on what basis, with whose approval, and what happened to the code."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from app.domain.flags.catalogue import CATALOGUE, severity
from app.domain.flags.facts import Registered, VisitDetails
from app.domain.flags.findings import Finding
from app.domain.flags.policy import Policy, WorkingDays
from app.domain.inspections import PLANNED
from app.domain.times import day_end, rfc3339, shanghai_day

NEEDS_CLUE = {
    "complaint": ("投诉举报", "complaint"),
    "transfer": ("转办交办", "transfer"),
    "data_lead": ("数据监测", "data lead"),
}
_PERSONS = frozenset(("unfit.too_few", "unfit.certificate", "unfit.unit"))
_BASIS = frozenset(
    (
        "unplanned", "plan.special", "late_filing", "do_not_disturb", "item.unpublished", "out_of_area", "not_approved",
    )
)  # fmt: skip
_CODE = frozenset(("code.self_scan", "code.afterwards"))
_IN_TIME = frozenset(("code.not_shown", "overlong", "overdue"))
_ALL = _PERSONS | _BASIS | _CODE | _IN_TIME | {"clue.missing"}
_FOR_IMPORTED = frozenset(rule for rule in _ALL if CATALOGUE[rule].for_imported)
CERTIFICATE_PROBLEMS = (
    ("known", False, "查无此证", "unknown"),
    ("suspended", True, "处于暂停状态", "suspended"),
    ("valid", False, "不在有效期内", "not in force"),
)


def visit_findings(
    d: VisitDetails, policy: Policy, calendar: WorkingDays, as_of: datetime, only: frozenset[str] | None = None
) -> list[Finding]:
    """All findings of one visit that counts; `only` keeps some rules (advice before the visit)."""
    if not d.visit.supervised:
        return []
    on = policy.rules_for(d.visit.cause, _FOR_IMPORTED if d.inspection.imported else _ALL)
    if only is not None:
        on &= only
    found: list[Finding] = []
    if not on.isdisjoint(_PERSONS):
        found += _persons(d, policy)
    if not on.isdisjoint(_BASIS):
        found += _basis(d, policy, calendar)
    if "clue.missing" in on:
        found += _clue_missing(d)
    if not on.isdisjoint(_CODE):
        found += _code(d, policy)
    if not on.isdisjoint(_IN_TIME):
        found += _in_time(d, policy, calendar, as_of)
    return [f for f in found if f.rule in on]


def due_times(d: VisitDetails, policy: Policy, calendar: WorkingDays) -> list[datetime]:
    """The instants at which time alone may change what is found of this visit."""
    i = d.inspection
    if i.imported:
        return []
    times = [_overlong_at(d, policy), _overdue_at(d, policy, calendar)]  # also once recorded: perhaps too late
    return [*times, shown_until(i, policy)] if i.result_recorded_at and i.state == "completed" else times


def _persons(d: VisitDetails, policy: Policy) -> Iterator[Finding]:
    fewest = policy.get("unfit.too_few", "fewest")
    if len(d.certificates) < fewest:
        yield _finding(d, "unfit.too_few", count=len(d.certificates), fewest=fewest)
    for c in d.certificates:
        for attribute, bad, why, why_en in () if c.is_fit else CERTIFICATE_PROBLEMS:
            if getattr(c, attribute) is bad:
                said = {"certificate": c.certificate_no, "why": why, "why_en": why_en}
                yield _finding(d, "unfit.certificate", officer=c.certificate_no, **said)
                break
        if c.unit is not None and c.unit not in d.visit.units:
            yield _finding(d, "unfit.unit", officer=c.certificate_no, certificate=c.certificate_no, officer_unit=c.unit)


def _basis(d: VisitDetails, policy: Policy, calendar: WorkingDays) -> Iterator[Finding]:
    i, plan = d.inspection, d.plan
    if i.kind == PLANNED:
        if plan is None or not plan.covers or plan.filed_on is None:
            yield _finding(d, "unplanned", plan=i.plan_code)
        elif plan.kind == "special" and not _special_in_order(d):
            yield _finding(d, "plan.special", plan=plan.code)
        needed = policy.get("late_filing", "working_days")
        if needed and not i.surprise:
            count = calendar.between(shanghai_day(i.applied_at), d.visit.day)
            if count < needed:
                yield _finding(d, "late_filing", count=count, needed=needed)
        if d.protected_enterprise or d.protected_items:
            yield _finding(d, "do_not_disturb", enterprise=d.protected_enterprise, items=d.protected_items)
    if d.unpublished_items:
        yield _finding(d, "item.unpublished", items="、".join(d.unpublished_items))
    if d.in_area is False:
        yield _finding(d, "out_of_area", place=i.place_region)
    yield from _approval(d, calendar)


def _special_in_order(d: VisitDetails) -> bool:
    """Approved and filed by the day, and published by the same day of the month after approval."""
    plan = d.plan
    assert plan is not None
    if plan.approved_on is None or plan.filed_on is None or max(plan.approved_on, plan.filed_on) > d.visit.day:
        return False
    year, month = divmod(plan.approved_on.year * 12 + plan.approved_on.month, 12)
    deadline = (year, month + 1, plan.approved_on.day)
    published = plan.published_on
    if published is None:
        return (d.visit.day.year, d.visit.day.month, d.visit.day.day) <= deadline
    return (published.year, published.month, published.day) <= deadline


def _approval(d: VisitDetails, calendar: WorkingDays) -> Iterator[Finding]:
    i = d.inspection
    if (i.code_issued_at is None and not i.mirrored) or i.decided_at is None or d.visit.start >= i.decided_at:
        return
    late = True
    if i.exception:
        late = i.decided_at >= day_end(calendar.after(d.visit.day, 1))
    if late:
        times = {"start": rfc3339(d.visit.start), "approved": rfc3339(i.decided_at)}
        yield _finding(d, "not_approved", exception=i.exception, **times)


def _clue_missing(d: VisitDetails) -> Iterator[Finding]:
    words = NEEDS_CLUE.get(d.visit.cause or "")
    if d.visit.is_triggered and words and not (d.inspection.clue_no or "").strip():
        yield _finding(d, "clue.missing", cause=words[0], cause_en=words[1])


def _code(d: VisitDetails, policy: Policy) -> Iterator[Finding]:
    i, start = d.inspection, d.visit.start
    if i.self_scanned or i.device_enterprises:
        count = i.device_enterprises
        why = f"同一部手机当天在 {count} 家企业确认到场。" if count else "到场确认来自执法人员自己登录过的设备。"
        why_en = (
            f"One device confirmed arrivals at {count} enterprises on that day."
            if count
            else "The arrival was confirmed from a device signed in as an inspector."
        )
        yield _finding(d, "code.self_scan", why=why, why_en=why_en)
    if i.code_issued_at is None:
        return
    minutes, days = policy.get("code.afterwards", "minutes"), policy.get("code.afterwards", "days")
    # The first code was issued by the approval; one that replaced it during the visit is not made afterwards.
    issued, arrived = i.decided_at or i.code_issued_at, i.first_arrive_at
    reasons = []
    if i.exception is None and start < issued:
        reasons.append(("检查开始以后才领码。", "The code was issued after the visit began."))
    if i.kind == PLANNED and arrived and arrived - issued < timedelta(minutes=minutes):
        reasons.append(
            (f"领码后不到 {minutes} 分钟就到场。", f"The arrival came within {minutes} minutes of the code.")
        )
    if i.applied_at - start > timedelta(days=days):
        reasons.append((f"检查开始 {days} 天以后才录入。", f"Entered more than {days} days after the visit."))
    if reasons:
        why, why_en = "".join(r[0] for r in reasons), " ".join(r[1] for r in reasons)
        yield _finding(d, "code.afterwards", why=why, why_en=why_en)


def _in_time(d: VisitDetails, policy: Policy, calendar: WorkingDays, as_of: datetime) -> Iterator[Finding]:
    i = d.inspection
    if i.state == "completed" and i.result_recorded_at and i.code_issued_at:
        until = shown_until(i, policy)
        # an officer's own arrival shows the enterprise nothing: only the enterprise's acts count here
        shown = (t for t in (i.first_seen_at, i.enterprise_arrived_at, i.served_at) if t is not None)
        if as_of >= until and not any(t <= until for t in shown):
            yield _finding(d, "code.not_shown", hours=policy.get("code.not_shown", "hours"))
    recorded = i.result_recorded_at
    if recorded is not None and recorded <= i.window_end:
        return  # in time for every policy: no deadline ends before the window does
    overlong_at, overdue_at = _overlong_at(d, policy), _overdue_at(d, policy, calendar)
    began = i.first_arrive_at is not None and i.first_arrive_at < overlong_at
    if began and as_of >= overlong_at and (recorded is None or recorded > overlong_at):
        yield _finding(d, "overlong", days=policy.get("overlong", "days"))
    if as_of >= overdue_at and (recorded is None or recorded > overdue_at):
        yield _finding(d, "overdue", working_days=policy.get("overdue", "working_days"))


def shown_until(i: Registered, policy: Policy) -> datetime:
    """Until when a look at the code of a closed visit still says that it was shown (rule code.not_shown)."""
    assert i.result_recorded_at is not None
    last = max(i.result_recorded_at, i.ended_at or i.result_recorded_at)
    return last + timedelta(hours=policy.get("code.not_shown", "hours"))


def _overlong_at(d: VisitDetails, policy: Policy) -> datetime:
    return d.inspection.window_end + timedelta(days=policy.get("overlong", "days"))


def _overdue_at(d: VisitDetails, policy: Policy, calendar: WorkingDays) -> datetime:
    last_day = shanghai_day(d.inspection.window_end)
    return day_end(calendar.after(last_day, policy.get("overdue", "working_days")))


def _finding(d: VisitDetails, rule: str, officer: str = "", **evidence: Any) -> Finding:
    visit = d.visit
    return Finding(
        rule=rule,
        severity=severity(rule),
        subject_kind="inspection",
        subject_id=visit.id,
        unit=visit.supervised[0],
        officer=officer,
        jurisdiction=visit.jurisdiction,
        raised_for=visit.day,
        inspection_id=visit.id,
        enterprise_id=visit.enterprise_id,
        evidence=evidence,
    )
