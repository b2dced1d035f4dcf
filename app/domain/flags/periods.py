"""Rules over a period: the repeats of a district year, the triggered share of a quarter, a plan that has ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from app.domain.flags.catalogue import severity
from app.domain.flags.findings import Finding
from app.domain.flags.policy import Policies, Policy, PolicyTimeline, policy_on


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, `2026Q1`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.following.first_day - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True, slots=True)
class Share:
    """Visits that count, and how many of them were triggered."""

    visits: int
    triggered: int


@dataclass(frozen=True, slots=True)
class KeyEnterprise:
    """A key enterprise of a plan, and whether the plan's unit visited it while the plan lasted."""

    plan: str  # its id
    plan_code: str
    unit: str
    jurisdiction: str
    ends_on: date
    enterprise_id: str
    visited: bool


def region_year_findings(
    repeats: Iterable[tuple[datetime, str, Finding]], jurisdiction: str, year: int, policies: Policies, before: int = 0
) -> list[Finding]:
    """repeat.60d.region: of the repeat.60d findings (start, number, finding) of a district year, from the Kth on.

    `before` are those of the year that come earlier and are not given here. The evidence does not number them: a visit
    entered late would change the number of every later one.
    """
    found = []
    for count, (_, _, finding) in enumerate(sorted(repeats, key=lambda row: row[:2]), start=before + 1):
        policy = policy_on(policies, jurisdiction, finding.raised_for)
        first = policy.get("repeat.60d.region", "from")
        if count >= first and policy.is_on("repeat.60d.region"):
            found.append(
                Finding(
                    rule="repeat.60d.region",
                    severity=severity("repeat.60d.region"),
                    subject_kind="inspection",
                    subject_id=finding.subject_id,
                    unit=finding.unit,
                    period=str(year),
                    jurisdiction=jurisdiction,
                    raised_for=finding.raised_for,
                    inspection_id=finding.inspection_id,
                    enterprise_id=finding.enterprise_id,
                    evidence={"from": first, "year": year},
                )
            )
    return found


def places_that_matter(policies: Policies, jurisdiction: str, year: int) -> int:
    """How many repeats of a year are counted before every further one is flagged."""
    timeline = policies.get(jurisdiction, PolicyTimeline())
    in_force = timeline.within(date(year, 1, 1), date(year, 12, 31))
    return max(int(Policy(own).get("repeat.60d.region", "from")) for own in in_force)


def share_findings(
    quarter: Quarter, jurisdiction: str, units: Mapping[str, Share], whole: Share, policies: Policies
) -> list[Finding]:
    """share.triggered: supervised units whose triggered share exceeds K times that of the jurisdiction (they included).

    A joint visit counts for each of its units and once in `whole`. The caller asks only for a quarter that has closed.
    """
    policy = policy_on(policies, jurisdiction, quarter.last_day)
    if not policy.is_on("share.triggered"):
        return []
    times, fewest = policy.get("share.triggered", "times"), policy.get("share.triggered", "visits")
    return [
        Finding(
            rule="share.triggered",
            severity=severity("share.triggered"),
            subject_kind="unit",
            subject_id=unit,
            unit=unit,
            period=str(quarter),
            jurisdiction=jurisdiction,
            raised_for=quarter.last_day,
            evidence={
                "quarter": str(quarter),
                "visits": own.visits,
                "triggered": own.triggered,
                "all_visits": whole.visits,
                "all_triggered": whole.triggered,
                "times": str(times),
            },
        )
        for unit, own in units.items()
        if own.visits >= fewest and own.triggered * whole.visits > Fraction(str(times)) * whole.triggered * own.visits
    ]


def plan_findings(keys: Iterable[KeyEnterprise], policies: Policies) -> list[Finding]:
    """under_inspected: a key enterprise that the plan's unit did not visit while the plan lasted (该查不查).

    The caller asks only for plans that have ended.
    """
    return [
        Finding(
            rule="under_inspected",
            severity=severity("under_inspected"),
            subject_kind="plan_enterprise",
            subject_id=f"{key.plan}:{key.enterprise_id}",
            unit=key.unit,
            jurisdiction=key.jurisdiction,
            raised_for=key.ends_on,
            enterprise_id=key.enterprise_id,
            evidence={"plan": key.plan_code, "ended": key.ends_on.isoformat()},
        )
        for key in keys
        if not key.visited and policy_on(policies, key.jurisdiction, key.ends_on).is_on("under_inspected")
    ]
