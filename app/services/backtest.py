"""Backtest (规则回测): what a draft policy would have flagged in a past period, beside what stands today.

Nothing is stored. Only rules whose settings differ are evaluated again, under the draft; of all others today's number is
the answer. What is judged on receipt (code.self_scan) or rests on what enterprises say is left as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.flags import settings as policy_settings
from app.domain.flags.findings import Finding
from app.domain.flags.others import clue_findings
from app.domain.flags.periods import region_year_findings
from app.domain.flags.policy import Policies, PolicyTimeline, Settings, policy_on
from app.domain.flags.repeats import LONGEST_WINDOW, enterprise_findings
from app.domain.flags.visits import visit_findings
from app.services.flags import ENTERPRISE_RULES, VISIT_RULES
from app.store import flag_facts, visit_details
from app.store import inspections as inspection_store
from app.store.flag_facts import Reference
from app.store.models import FindingRow, InspectionRow, RuleClock

MANY = 500
SAMPLES = 12  # of each rule and side
FIXED = (
    "code.self_scan", "code.bad", "unregistered.report", "unregistered.record", "file.fault", "feedback.conduct", "share.triggered",
    "under_inspected",
)  # fmt: skip
Ask = Callable[[Callable[[Session], Any]], Any]  # runs a reading function in a transaction of its own
Progress = Callable[[int, int], None]
Cell = tuple[str, str, str]  # rule, unit, month
Key = tuple[str, str, str]  # subject, unit, officer: what tells one finding of a rule from another


@dataclass(frozen=True, slots=True)
class Line:
    """How many flags of a rule a unit has of a month: today, and under the draft."""

    rule: str
    unit: str
    month: str
    today: int
    draft: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A visit that one policy flags and the other does not."""

    rule: str
    side: str  # "draft": only the draft flags it · "today": only today's policy does
    inspection: str
    day: str
    unit: str


@dataclass(frozen=True, slots=True)
class Backtest:
    """`rules` were evaluated again; `fixed` differ but cannot be evaluated again afterwards."""

    first: date
    last: date
    visits: int
    rules: tuple[str, ...]
    fixed: tuple[str, ...]
    lines: tuple[Line, ...]
    samples: tuple[Sample, ...]

    def as_json(self) -> dict[str, Any]:
        plain = asdict(self)
        return plain | {"first": self.first.isoformat(), "last": self.last.isoformat()}


def changed_rules(session: Session, region: str, draft: Settings, first: date, last: date) -> tuple[str, ...]:
    """The rules of which a setting differs between the draft and any policy in force within the period."""
    timeline = flag_facts.policies(session).get(region, PolicyTimeline())
    in_force = timeline.within(first, last)
    return tuple(dict.fromkeys(c.rule for own in in_force for c in policy_settings.differences(own, draft)))


def run(ask: Ask, region: str, draft: Settings, first: date, last: date, progress: Progress) -> Backtest:
    """Evaluates the draft over the visits of a jurisdiction between two days, both included."""
    changed = ask(lambda session: changed_rules(session, region, draft, first, last))
    rules = frozenset(r for r in changed if r not in FIXED)
    policies: Policies = {region: PolicyTimeline([(date.min, draft)])}
    period = _Period(region, first, last)
    today = ask(lambda session: _standing(session, period))
    counted = select(func.count()).select_from(InspectionRow).where(*period.where)
    visits: int = ask(lambda session: session.scalar(counted))
    flagged: dict[str, dict[Key, date]] = defaultdict(dict)
    for f in _evaluate(ask, period, policies, rules, progress):
        flagged[f.rule][f.subject_id, f.unit, f.officer] = f.raised_for
    lines = _lines(today, flagged, rules)
    samples = tuple(s for rule in sorted(rules) for s in ask(partial(_samples, period, rule, flagged[rule])))
    fixed = tuple(r for r in changed if r in FIXED)
    return Backtest(first, last, visits, tuple(r for r in changed if r in rules), fixed, lines, samples)


@dataclass(frozen=True, slots=True)
class _Period:
    region: str
    first: date
    last: date

    @property
    def where(self) -> tuple[Any, ...]:
        within = InspectionRow.visit_day.between(self.first, self.last)
        return (InspectionRow.jurisdiction == self.region, InspectionRow.counts, within)

    def holds(self, finding: Finding) -> bool:
        return finding.jurisdiction == self.region and self.first <= finding.raised_for <= self.last


def _cell(rule: str, unit: str, day: date) -> Cell:
    return rule, unit, f"{day:%Y-%m}"


def _standing(session: Session, period: _Period) -> Counter[Cell]:
    """Today's flags by rule, unit and month."""
    query = select(FindingRow.rule, FindingRow.unit, FindingRow.raised_for, func.count()).where(
        FindingRow.jurisdiction == period.region,
        FindingRow.standing,
        FindingRow.raised_for.between(period.first, period.last),
    )
    found: Counter[Cell] = Counter()
    grouped = query.group_by(FindingRow.rule, FindingRow.unit, FindingRow.raised_for)
    for rule, unit, day, count in session.execute(grouped):
        found[_cell(rule, unit, day)] += count
    return found


def _evaluate(
    ask: Ask, period: _Period, policies: Policies, rules: frozenset[str], progress: Progress
) -> Iterator[Finding]:
    over_several = rules & {*ENTERPRISE_RULES, "repeat.60d.region"}
    over_one = rules & set(VISIT_RULES)
    parts = (bool(over_several), bool(over_one), "clue.reused" in rules)
    done, total = 0, max(sum(parts), 1) * 100

    def tell(share: int) -> None:
        progress(done + share, total)

    if over_several:
        yield from _over_enterprises(ask, period, policies, over_several, tell)
        done += 100
    if over_one:
        yield from _over_visits(ask, period, policies, frozenset(over_one), tell)
        done += 100
    if "clue.reused" in rules:
        yield from _over_clues(ask, period, policies, tell)
    progress(total, total)


def _over_enterprises(
    ask: Ask, period: _Period, policies: Policies, rules: Iterable[str], tell: Callable[[int], None]
) -> Iterator[Finding]:
    """The rules over all visits of each enterprise. repeat.60d.region rests on all repeat.60d of its years."""
    wanted = set(rules)
    first = date(period.first.year, 1, 1) if "repeat.60d.region" in wanted else period.first
    query = select(InspectionRow.enterprise_id).where(*period.where).distinct().order_by(InspectionRow.enterprise_id)
    ids = ask(lambda s: list(s.scalars(query)))
    repeats: list[Finding] = []
    for at in range(0, len(ids), MANY):
        part = ids[at : at + MANY]
        loaded = ask(partial(_visits, enterprises=part, first=first - LONGEST_WINDOW))
        for visits in loaded.values():
            for finding in enterprise_findings(visits, policies):
                if finding.rule == "repeat.60d" and finding.raised_for >= first:
                    repeats.append(finding)
                if finding.rule in wanted and period.holds(finding):
                    yield finding
        tell(100 * (at + len(part)) // len(ids))
    if "repeat.60d.region" in wanted:
        yield from _region_years(ask, period, policies, repeats)


def _region_years(ask: Ask, period: _Period, policies: Policies, repeats: list[Finding]) -> Iterator[Finding]:
    order: Mapping[str, Any] = ask(lambda s: _starts(s, [f.subject_id for f in repeats]))
    by_year: dict[int, list[Any]] = defaultdict(list)
    for finding in repeats:
        if finding.jurisdiction == period.region:
            by_year[finding.raised_for.year].append((*order[finding.subject_id], finding))
    for year, rows in by_year.items():
        yield from (f for f in region_year_findings(rows, period.region, year, policies) if period.holds(f))


def _starts(session: Session, ids: list[str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for at in range(0, len(ids), MANY):
        query = select(InspectionRow.id, InspectionRow.visit_start, InspectionRow.number)
        for i, start, number in session.execute(query.where(InspectionRow.id.in_(ids[at : at + MANY]))):
            found[i] = (start, number)
    return found


def _over_visits(
    ask: Ask, period: _Period, policies: Policies, rules: frozenset[str], tell: Callable[[int], None]
) -> Iterator[Finding]:
    """The rules over each visit alone."""
    own = (*period.where, InspectionRow.imported.is_(False)) if rules <= _NOT_IMPORTED else period.where
    ids = ask(lambda s: list(s.scalars(select(InspectionRow.id).where(*own).order_by(InspectionRow.id))))

    def part_of(session: Session, part: list[str]) -> list[Finding]:
        reference = Reference(session)
        clock = session.get(RuleClock, period.region)
        found: list[Finding] = []
        begun = [(i, i.visit_start) for i in inspection_store.get_many(session, part) if i.visit_start]
        for d in visit_details.load(session, reference, begun):
            policy = policy_on(policies, period.region, d.visit.day)
            if clock is not None:
                found += visit_findings(d, policy, reference.calendar, clock.as_of, only=rules)
        return found

    for at in range(0, len(ids), MANY):
        part = ids[at : at + MANY]
        yield from ask(partial(part_of, part=part))
        tell(100 * (at + len(part)) // len(ids))


_NOT_IMPORTED = frozenset(VISIT_RULES) - {"do_not_disturb", "clue.missing", "out_of_area"}


def _over_clues(ask: Ask, period: _Period, policies: Policies, tell: Callable[[int], None]) -> Iterator[Finding]:
    where = (*period.where, InspectionRow.clue_key.is_not(None))
    keys = ask(lambda s: list(s.scalars(select(InspectionRow.clue_key).where(*where).distinct())))
    for n, key in enumerate(keys):
        clues = ask(partial(_clues, region=period.region, key=key))
        triggered = [c for c in clues if c.visit.is_triggered]
        yield from (f for f in clue_findings(triggered, key, policies) if period.holds(f))
        tell(100 * (n + 1) // len(keys))


def _visits(session: Session, enterprises: list[str], first: date) -> Any:
    return flag_facts.visits_of_enterprises(session, Reference(session), enterprises, first)


def _clues(session: Session, region: str, key: str) -> Any:
    return flag_facts.clues(session, Reference(session), region, key)


def _lines(today: Counter[Cell], flagged: Mapping[str, Mapping[Key, date]], rules: frozenset[str]) -> tuple[Line, ...]:
    counted: Counter[Cell] = Counter({cell: n for cell, n in today.items() if cell[0] not in rules})
    for rule, keys in flagged.items():
        counted.update(_cell(rule, unit, day) for (_, unit, _), day in keys.items())
    return tuple(Line(*cell, today=today[cell], draft=counted[cell]) for cell in sorted({*today, *counted}))


def _samples(period: _Period, rule: str, flagged: Mapping[Key, date], session: Session) -> list[Sample]:
    """A few visits that one side flags and the other does not."""
    query = select(FindingRow.subject_id, FindingRow.unit, FindingRow.officer, FindingRow.raised_for).where(
        FindingRow.jurisdiction == period.region,
        FindingRow.rule == rule,
        FindingRow.standing,
        FindingRow.raised_for.between(period.first, period.last),
    )
    standing = {(subject, unit, officer): day for subject, unit, officer, day in session.execute(query)}
    sides = (("draft", flagged, standing), ("today", standing, flagged))
    return [
        Sample(rule, side, key[0], own[key].isoformat(), key[1])
        for side, own, other in sides
        for key in sorted(own.keys() - other.keys())[:SAMPLES]
    ]
