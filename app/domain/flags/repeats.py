"""Rules over all visits of one enterprise: repeat.*, cap.*, several_heads, low_yield.

One pass in Order over the visits that count. Windows are natural days, both ends included. A joint visit counts once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from app.domain.flags.catalogue import severity
from app.domain.flags.facts import Visit, order_key
from app.domain.flags.findings import Finding
from app.domain.flags.policy import Policies, Policy, policy_on
from app.domain.inspections import TRIGGERED

WINDOWS = (("repeat.day", 1), ("repeat.week", 7), ("repeat.month", 30))
YEAR_BEFORE = timedelta(days=364)
LONGEST_WINDOW = timedelta(days=366)  # no rule here looks further back, policies' own windows included


def enterprise_findings(visits: Iterable[Visit], policies: Policies, since: date | None = None) -> list[Finding]:
    """The findings of one enterprise's counted visits, in any order given; of visits from `since` on, else of all."""
    ordered = sorted(visits, key=order_key)
    earlier: list[Visit] = []  # those that repeat.*, cap.* and several_heads count
    found: list[Finding] = []
    completed: list[Visit] = []
    for visit in ordered:
        is_asked = bool(visit.supervised) and (since is None or visit.day >= since)
        if is_asked:
            policy = policy_on(policies, visit.jurisdiction, visit.day)
        if not visit.is_recheck:
            if is_asked:
                found += _repeats(visit, earlier, policy)
                found += _caps(visit, earlier, policy)
            earlier.append(visit)
        if visit.is_completed:
            completed.append(visit)
            if is_asked and visit.outcome == "no_problem":
                found += _low_yield(visit, completed, policy)
    return found


def _repeats(visit: Visit, earlier: Sequence[Visit], policy: Policy) -> Iterator[Finding]:
    on = policy.rules_for(visit.cause)
    for rule, days in WINDOWS:
        if rule in on:
            yield from _within(rule, days, visit, earlier, policy)
    if visit.is_triggered or not earlier:
        return
    if "repeat.60d" in on:
        days = policy.get("repeat.60d", "days")
        before = _planned_since(earlier, visit.day - timedelta(days=days))
        if before:
            yield _finding("repeat.60d", visit, days=days, visits=_named(before))
    if "several_heads" in on:
        days = policy.get("several_heads", "days")
        recent = _planned_since(earlier, visit.day - timedelta(days=days))
        apart = [v for v in recent if not set(v.units) & set(visit.units)]
        if apart:
            units = sorted({v.units[0] for v in apart})
            yield _finding("several_heads", visit, days=days, visits=_named(apart), units=units)


def _within(rule: str, days: int, visit: Visit, earlier: Sequence[Visit], policy: Policy) -> Iterator[Finding]:
    counts_triggered = policy.get(rule, "count_triggered")
    if visit.is_triggered and not counts_triggered:
        return
    most = policy.get(rule, "most")
    if len(earlier) < most:
        return
    first = visit.day - timedelta(days=days - 1)
    others = _since(earlier, first) if counts_triggered else _planned_since(earlier, first)
    if len(others) + 1 > most:
        yield _finding(rule, visit, days=days, most=most, count=len(others) + 1, visits=_named(others))


def _caps(visit: Visit, earlier: Sequence[Visit], policy: Policy) -> Iterator[Finding]:
    on = policy.rules_for(visit.cause)
    yearly, reasonable = "cap.year" in on and not visit.is_triggered, "cap.reasonable" in on
    if not yearly and not reasonable:
        return
    this_year = _since(earlier, date(visit.day.year, 1, 1))
    for unit in visit.supervised:
        cap = visit.caps.get(unit, policy.get("cap.year", "most"))
        most = policy.get("cap.reasonable", "factor") * cap
        if len(this_year) < min(cap, most):
            continue
        shared = [v for v in this_year if unit in v.units]
        said = {"year": str(visit.day.year), "cap": cap}
        if yearly:
            planned = [v for v in shared if not v.is_triggered]
            if len(planned) + 1 > cap:
                yield _finding("cap.year", visit, unit, **said, count=len(planned) + 1, visits=_named(planned))
        if reasonable and len(shared) + 1 > most:
            yield _finding(
                "cap.reasonable", visit, unit, **said, most=most, count=len(shared) + 1, visits=_named(shared)
            )


def _low_yield(visit: Visit, completed: Sequence[Visit], policy: Policy) -> Iterator[Finding]:
    """`completed` are the completed visits up to and including this one."""
    if "low_yield" not in policy.rules_for(visit.cause):
        return
    needed = policy.get("low_yield", "visits")
    for officer in dict.fromkeys(visit.officers):
        last = _run_without_problem(completed, officer, needed, visit.day - YEAR_BEFORE)
        if len(last) == needed:
            yield _finding("low_yield", visit, officer=officer, count=needed, visits=_named(last[:-1]))


def _run_without_problem(completed: Sequence[Visit], officer: str, most: int, first: date) -> Sequence[Visit]:
    """The last visits of an officer in a row, from a day on, in which nothing was found; at most so many."""
    last: list[Visit] = []
    for visit in reversed(completed):
        if len(last) == most or visit.day < first:
            break
        if officer in visit.officers:
            if visit.outcome != "no_problem":
                break
            last.append(visit)
    return last[::-1]


def _since(visits: Sequence[Visit], first: date) -> Sequence[Visit]:
    """The visits from a day on; `visits` are in Order, so only the end of them is looked at."""
    at = len(visits)
    while at and visits[at - 1].day >= first:
        at -= 1
    return visits[at:]


def _planned_since(visits: Sequence[Visit], first: date) -> list[Visit]:
    return [v for v in _since(visits, first) if v.kind != TRIGGERED]


def _named(visits: Sequence[Visit]) -> list[dict[str, str]]:
    """The visits that a finding rests on, the nearest last; the twenty nearest are enough to see."""
    return [{"id": v.id, "number": v.number, "day": v.day.isoformat(), "unit": v.units[0]} for v in visits[-20:]]


def _finding(rule: str, visit: Visit, unit: str | None = None, officer: str = "", **evidence: Any) -> Finding:
    return Finding(
        rule=rule,
        severity=severity(rule),
        subject_kind="inspection",
        subject_id=visit.id,
        unit=unit or visit.supervised[0],
        officer=officer,
        jurisdiction=visit.jurisdiction,
        raised_for=visit.day,
        inspection_id=visit.id,
        enterprise_id=visit.enterprise_id,
        evidence=evidence,
    )
