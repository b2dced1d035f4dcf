"""Policy: the rules' settings of a jurisdiction, versioned and valid from a day. Data, not code.

The preset values are rules.md's; a jurisdiction's own version names only what differs. `block` makes an advisory one
that the head must answer with a reason; `exempt` lists causes that a rule leaves alone.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

Settings = Mapping[str, Mapping[str, Any]]
T = TypeVar("T")

DEFAULTS: dict[str, dict[str, Any]] = {
    "repeat.day": {"most": 1, "count_triggered": True},
    "repeat.week": {"most": 2, "count_triggered": True},
    "repeat.month": {"most": 3, "count_triggered": True},
    "repeat.60d": {"days": 60},
    "repeat.60d.region": {"from": 3},
    "cap.year": {"most": 2},
    "cap.reasonable": {"factor": 2},
    "low_yield": {"visits": 3},
    "several_heads": {"days": 30},
    "unfit.too_few": {"fewest": 2},
    "unfit.certificate": {},
    "unfit.unit": {},
    "unplanned": {},
    "plan.special": {},
    "not_approved": {},
    "late_filing": {"working_days": 0},
    "item.unpublished": {},
    "do_not_disturb": {},
    "clue.missing": {},
    "clue.reused": {},
    "out_of_area": {},
    "code.not_shown": {"hours": 24},
    "code.afterwards": {"minutes": 30, "days": 10},
    "code.self_scan": {"enterprises": 5},
    "code.bad": {},
    "unregistered.report": {"warn_at": 2},
    "unregistered.record": {"days": 3},
    "file.fault": {},
    "feedback.conduct": {"rating": 2},
    "overlong": {"days": 1},
    "overdue": {"working_days": 5},
    "share.triggered": {"times": 3, "visits": 20},
    "under_inspected": {},
}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "default": {},
    "district": {"low_yield": {"block": False}},
    "shanghai": {"several_heads": {"days": 30}},
    "chengdu": {"low_yield": {"block": True}},
    "hainan": {"repeat.60d": {"days": 60}, "repeat.60d.region": {"from": 3}, "unregistered.report": {"warn_at": 2}},
    "shenzhen": {"code.afterwards": {"minutes": 30, "days": 10}},
    "nanchang": {"late_filing": {"working_days": 7}},
}


class Policy:
    """The settings in force: the preset values with a jurisdiction's own on top."""

    __slots__ = ("_for_cause", "_settings", "_told", "own")

    def __init__(self, own: Settings) -> None:
        self.own = own
        self._settings: dict[str, Mapping[str, Any]] = {
            rule: {**preset, **own[rule]} if rule in own else preset for rule, preset in DEFAULTS.items()
        }
        self._for_cause: dict[tuple[str | None, frozenset[str] | None], frozenset[str]] = {}
        self._told: dict[tuple[Any, str | None], Any] = {}

    def get(self, rule: str, name: str) -> Any:
        """One setting of a rule."""
        return self._settings[rule].get(name)

    def is_on(self, rule: str) -> bool:
        return self.own.get(rule, {}).get("on", True) is True

    def blocks(self, rule: str) -> bool:
        return self.own.get(rule, {}).get("block", False) is True

    def exempts(self, rule: str, cause: str | None) -> bool:
        return cause is not None and cause in self.own.get(rule, {}).get("exempt", ())

    def rules_for(self, cause: str | None, among: frozenset[str] | None = None) -> frozenset[str]:
        """The rules (of some) that look at visits of this cause: those that are on and do not exempt it."""
        found = self._for_cause.get((cause, among))
        if found is None:
            rules = DEFAULTS.keys() if among is None else among
            found = frozenset(rule for rule in rules if self.is_on(rule) and not self.exempts(rule, cause))
            self._for_cause[cause, among] = found
        return found

    def told(self, read: Callable[["Policy", str | None], T], cause: str | None) -> T:
        """What a function reads in this policy for visits of a cause: read once, a history asks for every visit."""
        found: T | None = self._told.get((read, cause))
        if found is None:
            found = self._told[read, cause] = read(self, cause)
        return found


PRESET = Policy({})


def narrowed(settings: Settings, rules: Collection[str]) -> Settings:
    """The settings with every other rule switched off."""
    return {rule: {**settings.get(rule, {}), **({} if rule in rules else {"on": False})} for rule in DEFAULTS}


class PolicyTimeline:
    """The policies of one jurisdiction by the day they begin; before the first, the preset holds."""

    def __init__(self, versions: Iterable[tuple[date, Settings]] = ()) -> None:
        ordered = sorted(versions, key=lambda version: version[0])
        self._days = [day for day, _ in ordered]
        self._policies = [Policy(settings) for _, settings in ordered]

    def on(self, day: date) -> Policy:
        """The policy that applies on a day: the newest that had begun."""
        at = bisect_right(self._days, day)
        return self._policies[at - 1] if at else PRESET

    def within(self, first: date, last: date) -> list[Settings]:
        """The settings in force at some time between two days."""
        begun = {first, *(day for day in self._days if first < day <= last)}
        return [self.on(day).own for day in sorted(begun)]


Policies = Mapping[str, PolicyTimeline]
_NONE = PolicyTimeline()


def policy_on(policies: Policies, jurisdiction: str, day: date) -> Policy:
    return policies.get(jurisdiction, _NONE).on(day)


class WorkingDays:
    """The working-day calendar: Monday–Friday, but for the days that are stored otherwise."""

    def __init__(self, exceptions: Mapping[date, bool] | None = None) -> None:
        self._exceptions = exceptions or {}
        self._after: dict[tuple[date, int], date] = {}  # asked for every visit, of few days
        self._between: dict[tuple[date, date], int] = {}

    def is_working(self, day: date) -> bool:
        return self._exceptions.get(day, day.weekday() < 5)

    def after(self, day: date, count: int) -> date:
        """The `count`th working day after a day."""
        asked = day, count
        known = self._after.get(asked)
        if known is not None:
            return known
        while count > 0:
            day = date.fromordinal(day.toordinal() + 1)
            count -= self.is_working(day)
        self._after[asked] = day
        return day

    def between(self, first: date, end: date) -> int:
        """How many working days t with first ≤ t < end."""
        known = self._between.get((first, end))
        if known is None:
            days = range(first.toordinal(), end.toordinal())
            known = self._between[first, end] = sum(self.is_working(date.fromordinal(n)) for n in days)
        return known
