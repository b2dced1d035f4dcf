"""What a backtest counts: flags by rule, unit and month as they come, and a few visits on which two policies differ.

Neither side is ever held whole: of a million visits there may be as many flags.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.flags.findings import Finding
from app.store.models import FindingRow

SAMPLES = 12  # of each rule and side
ABOUT_NO_VISIT = ("share.triggered", "under_inspected")  # nothing to open
DRAFT, TODAY = "draft", "today"
Cell = tuple[str, str, str]  # rule, unit, month
Flag = tuple[str, str, str, str, date]  # rule, subject, unit, officer; the day it is raised for
_FLAG = attrgetter("rule", "subject_id", "unit", "officer", "raised_for")  # of a finding
_BY_DAY = itemgetter(0, 2, 4)  # of a flag


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
class Period:
    """The visits of a jurisdiction between two days, both included."""

    region: str
    first: date
    last: date

    @property
    def standing(self) -> tuple[Any, ...]:
        within = FindingRow.raised_for.between(self.first, self.last)
        return FindingRow.jurisdiction == self.region, FindingRow.standing, within


class Tally:
    """Counts what the draft flags, part by part, beside what stands."""

    def __init__(self, session: Session, period: Period, rules: Collection[str]) -> None:
        self.session, self.period, self.rules = session, period, rules
        self.today = _standing(session, period)
        self.drafted: Counter[Cell] = Counter({cell: n for cell, n in self.today.items() if cell[0] not in rules})
        self.differing: dict[tuple[str, str], list[Flag]] = {}

    def take(self, found: Iterable[Finding], rules: Collection[str], *where: Any) -> None:
        """Counts the findings of one part; `where` (over FindingRow) selects what stands of `rules` there."""
        region, first, last = self.period.region, self.period.first, self.period.last
        flagged = {_FLAG(f) for f in found if f.jurisdiction == region and first <= f.raised_for <= last}
        for (rule, unit, day), count in Counter(map(_BY_DAY, flagged)).items():
            self.drafted[_cell(rule, unit, day)] += count
        columns = (FindingRow.rule, FindingRow.subject_id, FindingRow.unit, FindingRow.officer, FindingRow.raised_for)
        query = select(*columns).where(FindingRow.rule.in_(rules), *self.period.standing, *where)
        rows: Any = self.session.execute(query)
        standing: set[Flag] = {tuple(row) for row in rows}
        self._keep(DRAFT, flagged - standing)
        self._keep(TODAY, standing - flagged)

    def _keep(self, side: str, flags: Collection[Flag]) -> None:
        """The first flags of each rule; most that come later are past them."""
        full = {rule: own[-1] for (rule, of), own in self.differing.items() if of == side and len(own) == SAMPLES}
        by_rule: dict[str, list[Flag]] = defaultdict(list)
        for flag in flags:
            if flag[0] not in full or flag < full[flag[0]]:
                by_rule[flag[0]].append(flag)
        for rule, own in by_rule.items():
            if rule not in ABOUT_NO_VISIT:
                self.differing[rule, side] = nsmallest(SAMPLES, (*self.differing.get((rule, side), ()), *own))

    def lines(self) -> tuple[Line, ...]:
        cells = sorted({*self.today, *self.drafted})
        return tuple(Line(*cell, today=self.today[cell], draft=self.drafted[cell]) for cell in cells)

    def samples(self) -> tuple[Sample, ...]:
        kept = sorted(self.differing.items(), key=lambda entry: (entry[0][0], entry[0][1] == TODAY))
        return tuple(
            Sample(rule, side, subject, day.isoformat(), unit)
            for (rule, side), flags in kept
            for _, subject, unit, _, day in flags
        )


def _cell(rule: str, unit: str, day: date) -> Cell:
    return rule, unit, day.isoformat()[:7]


def _standing(session: Session, period: Period) -> Counter[Cell]:
    """Today's flags by rule, unit and month."""
    columns = (FindingRow.rule, FindingRow.unit, FindingRow.raised_for)
    query = select(*columns, func.count()).where(*period.standing).group_by(*columns)
    found: Counter[Cell] = Counter()
    for rule, unit, day, count in session.execute(query):
        found[_cell(rule, unit, day)] += count
    return found
