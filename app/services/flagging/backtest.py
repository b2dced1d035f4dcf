"""Backtest (规则回测): what a draft policy would have flagged in a past period, beside what stands today.

Nothing is stored. Only rules whose settings differ are evaluated again, under the draft; of all others today's number is
the answer. What is judged on receipt (code.self_scan) or rests on what enterprises say is left as it is.

The rules are those that raise flags (app/domain/flags). The visits pass by once, in the order of their days, read by columns;
of each enterprise those of the last year stay in sight, because no rule looks further back. So neither the time nor the
memory for one visit grows with the history.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.flags import settings as policy_settings
from app.domain.flags.facts import Visit, order_key
from app.domain.flags.findings import Finding
from app.domain.flags.others import clue_findings
from app.domain.flags.periods import Quarter, plan_findings, region_year_findings, share_findings
from app.domain.flags.policy import Policies, PolicyTimeline, Settings, narrowed
from app.domain.flags.repeats import LONGEST_WINDOW, Past
from app.domain.flags.visits import visit_findings
from app.domain.times import day_end, shanghai_day
from app.services.flagging import flag_periods
from app.services.flagging.backtest_tally import Line, Period, Sample, Tally
from app.services.flagging.flags import ENTERPRISE_RULES, VISIT_RULES
from app.store import flag_facts, visit_details, visit_rows
from app.store import inspections as inspection_store
from app.store.models import FindingRow, InspectionRow, Plan, RuleClock
from app.store.reference import Reference, current

VISITS_AT_ONCE = 5_000
STRETCHES_KEPT = 100  # then what lies too far back is forgotten
CLUES_AT_ONCE = 200
FIXED = (
    "code.self_scan", "code.bad", "unregistered.report", "unregistered.record", "file.fault", "feedback.conduct",
)  # fmt: skip
REPEAT, REGION, CLUE, SHARE, KEYS = (
    "repeat.60d",
    "repeat.60d.region",
    "clue.reused",
    "share.triggered",
    "under_inspected",
)
Progress = Callable[[int, int], None]
Repeats = dict[int, list[tuple[datetime, str, Finding]]]  # by year; the start and number of the visit with each


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
    timeline = current(session).policies.get(region, PolicyTimeline())
    in_force = timeline.within(first, last)
    return tuple(dict.fromkeys(c.rule for own in in_force for c in policy_settings.differences(own, draft)))


def run(
    session: Session, now: datetime, region: str, draft: Settings, first: date, last: date, progress: Progress
) -> Backtest:
    """Evaluates the draft over the visits of a jurisdiction between two days, both included.

    `session` should see one moment from beginning to end, so that both sides are of the same facts.
    """
    changed = changed_rules(session, region, draft, first, last)
    rules = frozenset(changed) - set(FIXED)
    period = Period(region, first, last)
    tally = Tally(session, period, rules)
    evaluation = _Run(session, period, draft, rules, _as_of(session, region, now))
    stretches = evaluation.stretches()
    done, total = 0, sum(s.visits for s in stretches)
    with _no_search_for_cycles():
        for stretch in stretches:
            found = evaluation.over(stretch)
            tally.take(
                found, rules - {REGION, CLUE, SHARE, KEYS}, FindingRow.raised_for.between(stretch.first, stretch.last)
            )
            done += stretch.visits
            progress(done, total)
        if REGION in rules:
            tally.take(evaluation.over_years(), {REGION})
        if CLUE in rules:
            tally.take(evaluation.over_clues(), {CLUE})
        if SHARE in rules:
            tally.take(evaluation.over_quarters(), {SHARE})
        if KEYS in rules:
            tally.take(evaluation.over_plans(), {KEYS})
    progress(total, total)
    again, fixed = (tuple(r for r in changed if (r in FIXED) is is_fixed) for is_fixed in (False, True))
    visits = evaluation.visits if stretches else _visits(session, period)
    return Backtest(first, last, visits, again, fixed, tally.lines(), tally.samples())


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Millions of small tuples are made, none of them in a cycle; looking for cycles among them takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _as_of(session: Session, region: str, now: datetime) -> datetime:
    clock = session.get(RuleClock, region)
    return clock.as_of if clock is not None else now


def _visits(session: Session, period: Period) -> int:
    within = InspectionRow.visit_day.between(period.first, period.last)
    where = (InspectionRow.jurisdiction == period.region, InspectionRow.counts, within)
    return session.scalar(select(func.count()).select_from(InspectionRow).where(*where)) or 0


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Some days in a row, with about so many visits."""

    first: date
    last: date
    visits: int


class _Run:
    """One evaluation of the rules that differ, under the draft."""

    def __init__(
        self, session: Session, period: Period, draft: Settings, rules: frozenset[str], as_of: datetime
    ) -> None:
        self.session, self.period, self.as_of = session, period, as_of
        wanted = rules | {REPEAT} if REGION in rules else rules  # which counts those of the whole year
        timeline = PolicyTimeline([(date.min, narrowed(draft, wanted))])
        self.policies: Policies = {period.region: timeline}
        self.policy = timeline.on(period.first)
        self.over_several = bool(wanted & set(ENTERPRISE_RULES))
        self.over_one = bool(wanted & set(VISIT_RULES))
        self.first = date(period.first.year, 1, 1) if REGION in rules else period.first
        self.wants_repeats, self.wants_years = REPEAT in rules, REGION in rules
        self.reference = Reference(session)
        self.registers = visit_details.Registers()
        elsewhere = [j for j in inspection_store.jurisdictions(session) if j != period.region]
        self.others = elsewhere if self.over_several else []  # they count for an enterprise as well
        self.of_enterprise: defaultdict[str, Past] = defaultdict(Past)
        self.repeats: Repeats = defaultdict(list)
        self.stretches_seen = self.visits = 0

    def stretches(self) -> list[_Stretch]:
        """The days to go through, with the year before that the first ones look back to; from the earliest on."""
        if not self.over_several and not self.over_one:
            return []
        first = self.first - LONGEST_WINDOW if self.over_several else self.first
        where = (
            InspectionRow.jurisdiction.in_([self.period.region, *self.others]),
            InspectionRow.visit_day.is_not(None),
        )
        within = InspectionRow.visit_day.between(first, self.period.last)
        counted = select(InspectionRow.visit_day, func.count()).where(*where, within).group_by(InspectionRow.visit_day)
        found: list[_Stretch] = []
        size, begins = 0, first
        rows: Iterable[Any] = self.session.execute(counted.order_by(InspectionRow.visit_day))
        for day, count in rows:
            size += count
            if size >= VISITS_AT_ONCE:
                found.append(_Stretch(begins, day, size))
                size, begins = 0, day + timedelta(days=1)
        return [*found, _Stretch(begins, self.period.last, size)]

    def over(self, stretch: _Stretch) -> Iterator[Finding]:
        """The findings of the visits of some days."""
        within = InspectionRow.visit_day.between(stretch.first, stretch.last)
        own = (InspectionRow.jurisdiction == self.period.region, within)
        is_asked = stretch.last >= self.first
        seen = visit_rows.visits(self.session, self.reference, own, registered=self.over_one and is_asked)
        self.visits += sum(visit.day >= self.period.first for visit, _ in seen)
        if self.over_one and is_asked:
            yield from self._over_one(seen)
        if self.over_several:
            elsewhere = (InspectionRow.jurisdiction.in_(self.others), within)
            others = visit_rows.visits(self.session, self.reference, elsewhere) if self.others else []
            yield from self._over_several([visit for visit, _ in (*seen, *others)])
            self.stretches_seen += 1
            if self.stretches_seen % STRETCHES_KEPT == 0:
                self._forget(stretch.last)

    def _over_several(self, visits: Iterable[Visit]) -> Iterator[Finding]:
        by_enterprise: dict[str, list[Visit]] = defaultdict(list)
        for visit in visits:
            by_enterprise[visit.enterprise_id].append(visit)
        for enterprise, new in by_enterprise.items():
            past = self.of_enterprise[enterprise]
            for visit in sorted(new, key=order_key):
                is_asked = visit.day >= self.first and visit.jurisdiction == self.period.region
                found = past.add(visit, self.policy if is_asked else None)
                if found:
                    yield from self._sorted_out(found, visit)

    def _forget(self, before: date) -> None:
        """Lets go of what no rule looks back to from a day on."""
        for past in self.of_enterprise.values():
            past.forget(before - LONGEST_WINDOW)
        for enterprise in [e for e, past in self.of_enterprise.items() if not past.earlier and not past.completed]:
            del self.of_enterprise[enterprise]

    def _sorted_out(self, found: Iterable[Finding], visit: Visit) -> Iterator[Finding]:
        """What counts for itself; repeats are kept for their year as well."""
        for finding in found:
            if finding.rule != REPEAT or self.wants_repeats:
                yield finding
            if finding.rule == REPEAT and self.wants_years:
                row = (visit.start, visit.number, finding._replace(evidence={}))
                self.repeats[finding.raised_for.year].append(row)

    def _over_one(self, seen: Iterable[visit_rows.Seen]) -> Iterator[Finding]:
        own = [(v, i) for v, i in seen if i is not None and v.day >= self.period.first]
        for d in visit_details.of_visits(self.session, self.reference, self.registers, own):
            yield from visit_findings(d, self.policy, self.reference.calendar, self.as_of)

    def over_years(self) -> Iterator[Finding]:
        """repeat.60d.region, from the repeats of each year that `over` came upon."""
        for year, rows in self.repeats.items():
            yield from region_year_findings(rows, self.period.region, year, self.policies)

    def over_quarters(self) -> Iterator[Finding]:
        """share.triggered, for the quarters that ended in the period and had closed by the last sweep."""
        own = InspectionRow.jurisdiction == self.period.region
        begun = self.session.scalar(select(func.min(InspectionRow.visit_day)).where(own)) or self.period.last
        quarter = Quarter.of(max(self.period.first, begun))
        while quarter.last_day <= self.period.last and day_end(quarter.last_day) <= self.as_of:
            units, whole = flag_periods.shares(self.session, self.reference, self.period.region, quarter)
            yield from share_findings(quarter, self.period.region, units, whole, self.policies)
            quarter = quarter.following

    def over_plans(self) -> Iterator[Finding]:
        """under_inspected, for the plans that ended in the period and before the last sweep."""
        ended = (Plan.ends_on.between(self.period.first, self.period.last), Plan.ends_on < shanghai_day(self.as_of))
        keys = flag_periods.key_enterprises(self.session, (Plan.jurisdiction == self.period.region, *ended))
        supervised = self.reference.supervised
        yield from plan_findings([k for stands, k in keys if stands and supervised.get(k.unit)], self.policies)

    def over_clues(self) -> Iterator[Finding]:
        """clue.reused, for the clues that more than one inspection carries."""
        region, clue = self.period.region, InspectionRow.clue_key
        several = (
            select(clue)
            .where(InspectionRow.jurisdiction == region, clue.is_not(None))
            .group_by(clue)
            .having(func.count() > 1)
        )
        keys = [str(key) for key in self.session.scalars(several)]
        for at in range(0, len(keys), CLUES_AT_ONCE):
            part = keys[at : at + CLUES_AT_ONCE]
            for key, clues in flag_facts.clues_of(self.session, self.reference, region, part).items():
                yield from clue_findings(clues, key, self.policies)
