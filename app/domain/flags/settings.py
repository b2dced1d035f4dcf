"""Which settings a policy may hold, of which kind and within which bounds; how two policies differ.

The names are those of `DEFAULTS`. Beside a rule's own settings every rule has `on`, `block` (an advisory that the head
must answer with a reason) and `exempt` (causes that it leaves alone).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.domain.errors import Invalid, Problem
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.policy import DEFAULTS, PRESETS, Settings
from app.domain.inspections import CAUSES

BOUNDS = {  # setting → smallest and largest whole number
    "most": (0, 100), "days": (0, 366), "from": (1, 1000), "factor": (1, 20), "visits": (1, 1000), "fewest": (1, 20),
    "working_days": (0, 60), "hours": (0, 720), "minutes": (0, 1440), "enterprises": (2, 100), "warn_at": (1, 20),
    "rating": (0, 4),
}  # fmt: skip
DECIMAL = {"times": (1, 100)}  # as text, such as 2.5: canonical records hold no floats
COMMON = ("on", "block", "exempt")
NEVER_BLOCKS = frozenset(rule for rule in CATALOGUE if not CATALOGUE[rule].mend)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs between two policies."""

    rule: str
    name: str
    before: Any
    after: Any


def fields(rule: str) -> tuple[str, ...]:
    """The settings of a rule, its own first. What cannot be advised before a visit cannot block one."""
    common = [name for name in COMMON if name != "block" or rule not in NEVER_BLOCKS]
    return (*DEFAULTS[rule], *common)


def value(settings: Settings, rule: str, name: str) -> Any:
    """A setting as it works: the policy's own, else the preset."""
    fallback: dict[str, Any] = {"on": True, "block": False, "exempt": []}
    return settings.get(rule, {}).get(name, DEFAULTS[rule].get(name, fallback.get(name)))


def checked(settings: Any) -> dict[str, dict[str, Any]]:
    """The settings of a policy, without those that say what holds anyway. Raises Invalid, a problem each, at `rule.name`."""
    if not isinstance(settings, Mapping):
        raise Invalid("wrong_type", "settings", expected="{rule: {setting: value}}")
    problems: list[Problem] = []
    kept: dict[str, dict[str, Any]] = {}
    for rule, own in settings.items():
        if rule not in DEFAULTS or not isinstance(own, Mapping):
            problems.append((str(rule)[:80], "unknown_rule", {"rule": str(rule)[:80]}))
            continue
        for name, said in own.items():
            problems += _problems(rule, name, said)
            if said != value({}, rule, name):
                kept.setdefault(rule, {})[name] = sorted(said) if name == "exempt" and isinstance(said, list) else said
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    return kept


def preset(name: str) -> dict[str, dict[str, Any]]:
    """A preset's settings. Raises Invalid("unknown_choice")."""
    if name not in PRESETS:
        raise Invalid("unknown_choice", "preset", value=name[:40], choices=", ".join(PRESETS))
    return checked(PRESETS[name])


def differences(before: Settings, after: Settings) -> list[Change]:
    """Every setting that would work differently, rule by rule."""
    return [
        Change(rule, name, value(before, rule, name), value(after, rule, name))
        for rule in DEFAULTS
        for name in fields(rule)
        if value(before, rule, name) != value(after, rule, name)
    ]


def _problems(rule: str, name: str, said: Any) -> Iterator[Problem]:
    at = f"{rule}.{name}"
    if name not in fields(rule):
        yield at, "unknown_setting", {"rule": rule, "name": str(name)[:40]}
    elif isinstance(DEFAULTS[rule].get(name), bool) or name in ("on", "block"):
        if not isinstance(said, bool):
            yield at, "wrong_type", {"expected": "true / false"}
    elif name == "exempt":
        if not isinstance(said, list) or any(cause not in CAUSES for cause in said):
            yield at, "unknown_choice", {"value": str(said)[:80], "choices": ", ".join(CAUSES)}
    elif name in DECIMAL:
        if not _is_between(said, *DECIMAL[name]):
            yield at, "out_of_range", {"range": "{}–{}".format(*DECIMAL[name])}
    else:
        least, most = BOUNDS[name]
        if not isinstance(said, int) or isinstance(said, bool) or not least <= said <= most:
            yield at, "out_of_range", {"range": f"{least}–{most}"}


def _is_between(said: Any, least: int, most: int) -> bool:
    try:
        return isinstance(said, int | str) and least <= Fraction(str(said)) <= most and len(str(said)) <= 8
    except (ValueError, ZeroDivisionError):
        return False
