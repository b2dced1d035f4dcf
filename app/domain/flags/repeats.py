"""Rules over all visits of one enterprise: repeat.*, cap.*, several_heads, low_yield.

The visits that count pass by once, in Order. Windows are natural days, both ends included. A joint visit counts once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.domain.flags.catalogue import severity
from app.domain.flags.facts import Visit, order_key
from app.domain.flags.findings import Finding
from app.domain.flags.policy import Policies, Policy, policy_on
from app.domain.inspections import TRIGGERED

WINDOWS = (("repeat.day", 1), ("repeat.week", 7), ("repeat.month", 30))
YEAR_BEFORE = timedelta(days=364)
LONGEST_WINDOW = timedelta(days=366)  # no rule here looks further back, policies' own windows included


class _Window(NamedTuple):
    """repeat.day, repeat.week or repeat.month: at most so many visits within days in a row."""

    rule: str
    days: int
    back: timedelta  # from the last of these days to the first
    most: int
    counts_triggered: bool


class _Asked(NamedTuple):
    """What a policy asks of visits of one cause. A rule that is off is None or False."""

    back: timedelta  # the longest of those that look back some days; before `fewest` visits in it none of them says anything
    fewest: int
    windows: tuple[_Window, ...]
    repeat: timedelta | None
    heads: timedelta | None
    yearly: bool
    reasonable: bool
    cap: int
    factor: int
    run: int | None


def _asked(policy: Policy, cause: str | None) -> _Asked:
    on = policy.rules_for(cause)
    repeat, heads = (
        timedelta(days=policy.get(rule, "days")) if rule in on else None for rule in ("repeat.60d", "several_heads")
    )
    windows = tuple(
        _Window(rule, days, timedelta(days - 1), policy.get(rule, "most"), policy.get(rule, "count_triggered"))
        for rule, days in WINDOWS
        if rule in on
    )
    return _Asked(
        back=max(timedelta(), repeat or timedelta(), heads or timedelta(), *(window.back for window in windows)),
        fewest=min((1, *(window.most for window in windows))),
        windows=windows,
        repeat=repeat,
        heads=heads,
        yearly="cap.year" in on,
        reasonable="cap.reasonable" in on,
        cap=policy.get("cap.year", "most"),
        factor=policy.get("cap.reasonable", "factor"),
        run=policy.get("low_yield", "visits") if "low_yield" in on else None,
    )


class Past:
    """The visits of one enterprise that have passed, in Order: those that repeat.*, cap.* and several_heads count, and those
    that were completed."""

    __slots__ = ("completed", "earlier")

    def __init__(self) -> None:
        self.earlier: list[Visit] = []
        self.completed: list[Visit] = []

    def add(self, visit: Visit, policy: Policy | None) -> list[Finding]:
        """The next visit, and what it is flagged for under a policy; None where nobody asks of it."""
        found: list[Finding] = []
        asked = policy.told(_asked, visit.cause) if policy is not None and visit.supervised else None
        if not visit.is_recheck:
            if asked is not None:
                if _reach(self.earlier, asked.fewest, visit.day - asked.back):
                    found += _repeats(visit, self.earlier, asked)
                found += _caps(visit, self.earlier, asked)
            self.earlier.append(visit)
        if visit.is_completed:
            self.completed.append(visit)
            if asked is not None and asked.run is not None and visit.outcome == "no_problem":
                found += _low_yield(visit, self.completed, asked.run)
        return found

    def forget(self, before: date) -> None:
        """Lets go of the visits before a day: LONGEST_WINDOW before the next one, no rule misses them."""
        self.earlier, self.completed = _since(self.earlier, before), _since(self.completed, before)


def enterprise_findings(visits: Iterable[Visit], policies: Policies, since: date = date.min) -> list[Finding]:
    """The findings of one enterprise's counted visits, in any order given; of visits from `since` on, else of all."""
    past = Past()
    found: list[Finding] = []
    for visit in sorted(visits, key=order_key):
        found += past.add(visit, policy_on(policies, visit.jurisdiction, visit.day) if visit.day >= since else None)
    return found


def _repeats(visit: Visit, earlier: list[Visit], asked: _Asked) -> Iterator[Finding]:
    for window in asked.windows:
        yield from _within(window, visit, earlier)
    if visit.is_triggered:
        return
    if asked.repeat is not None:
        before = _planned_since(earlier, visit.day - asked.repeat)
        if before:
            yield _finding("repeat.60d", visit, days=asked.repeat.days, visits=_named(before))
    if asked.heads is not None:
        recent = _planned_since(earlier, visit.day - asked.heads)
        apart = [v for v in recent if not set(v.units) & set(visit.units)]
        if apart:
            units = sorted({v.units[0] for v in apart})
            yield _finding("several_heads", visit, days=asked.heads.days, visits=_named(apart), units=units)


def _within(window: _Window, visit: Visit, earlier: list[Visit]) -> Iterator[Finding]:
    rule, days, back, most, counts_triggered = window
    first = visit.day - back
    if (visit.is_triggered and not counts_triggered) or not _reach(earlier, most, first):
        return
    others = _since(earlier, first) if counts_triggered else _planned_since(earlier, first)
    if len(others) + 1 > most:
        yield _finding(rule, visit, days=days, most=most, count=len(others) + 1, visits=_named(others))


def _caps(visit: Visit, earlier: list[Visit], asked: _Asked) -> Iterator[Finding]:
    yearly = asked.yearly and not visit.is_triggered
    if not yearly and not asked.reasonable:
        return
    first = date(visit.day.year, 1, 1)
    for unit in visit.supervised:
        cap = visit.caps.get(unit, asked.cap)
        most = asked.factor * cap
        if not _reach(earlier, cap, first):
            continue
        shared = [v for v in _since(earlier, first) if unit in v.units]
        said: dict[str, Any] = {"year": str(visit.day.year), "cap": cap}
        if yearly:
            planned = [v for v in shared if not v.is_triggered]
            if len(planned) + 1 > cap:
                yield _finding("cap.year", visit, unit, **said, count=len(planned) + 1, visits=_named(planned))
        if asked.reasonable and len(shared) + 1 > most:
            yield _finding(
                "cap.reasonable", visit, unit, **said, most=most, count=len(shared) + 1, visits=_named(shared)
            )


def _low_yield(visit: Visit, completed: list[Visit], needed: int) -> Iterator[Finding]:
    """`completed` are the completed visits up to and including this one."""
    first = visit.day - YEAR_BEFORE
    if not _reach(completed, needed, first):
        return
    for officer in dict.fromkeys(visit.officers):
        last = _run_without_problem(completed, officer, needed, first)
        if len(last) == needed:
            yield _finding("low_yield", visit, officer=officer, count=needed, visits=_named(last[:-1]))


def _reach(visits: list[Visit], count: int, first: date) -> bool:
    """Whether so many of the visits (in Order) are of a day or later. Most histories say no, and only one visit is looked at."""
    return not count or (len(visits) >= count and visits[-count].day >= first)


def _run_without_problem(completed: list[Visit], officer: str, most: int, first: date) -> Sequence[Visit]:
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


def _since(visits: list[Visit], first: date) -> list[Visit]:
    """The visits from a day on; `visits` are in Order, so only the end of them is looked at."""
    at = len(visits)
    while at and visits[at - 1].day >= first:
        at -= 1
    return visits[at:]


def _planned_since(visits: list[Visit], first: date) -> list[Visit]:
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
