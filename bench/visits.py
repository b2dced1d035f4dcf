"""One new visit, and many records of the units' own systems, among few visits and among many.

Everything is processor time of this process, in turn at both sizes: what others do on the machine does not count. SQLite
works inside it; of PostgreSQL's own work this tells nothing (the rows of requests do).
"""

import itertools
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from app.domain.applications import EnterpriseRef
from app.services.imports.case_records import import_case_records
from app.services.imports.rows import Row
from bench.district import VISITS_OF_ENTERPRISE, uscc_of
from bench.house import opened
from bench.measure import Ratio, compare
from bench.served import Place
from tests.house import MONDAY, House

RECORDS, SECONDS = 20_000, 24  # a fifth of 100,000 records in 120 s


def run(small: Place, large: Place, kind: str) -> Iterator[Ratio]:
    with opened(small.url, small.instance) as a, opened(large.url, large.instance) as b:
        yield from _visits(kind, a, b, small.size, large.size)
        yield _records(kind, b, large.size)


def _visits(kind: str, small: House, large: House, few: int, many: int) -> Iterator[Ratio]:
    """Applied for, approved, recorded: with advice, code, papers, flags and log."""
    for name, first in (("", 0.5), (", often visited", 0.002)):
        yield compare(
            f"{kind}: one new visit{name}, {many:,} visits",
            f"{few:,} visits",
            _visit(large, int(many / VISITS_OF_ENTERPRISE * first)),
            _visit(small, int(few / VISITS_OF_ENTERPRISE * first)),
            at_most=1.5,
            times=4,
            rounds=9,
        )


def _visit(house: House, first: int) -> Callable[[], object]:
    ranks = itertools.count(first)

    def visit() -> None:
        house.clock.now = MONDAY
        house.completed(enterprise=EnterpriseRef(uscc=uscc_of(next(ranks)), name=None), kind="planned", cause=None)

    return visit


def _records(kind: str, house: House, visits: int) -> Ratio:
    """Seconds for records of which half are explained by a visit of the last weeks, or not at all."""
    house.clock.now = MONDAY
    today = MONDAY.date()
    rows = [
        Row(
            n + 2,
            {
                "kind": ("案件", "处罚", "检查记录")[n % 3],
                "source": "办案系统",
                "number": f"C{n}",
                "unit": "YT-B00",
                "uscc": uscc_of(n % (visits // VISITS_OF_ENTERPRISE)),
                "day": (today - timedelta(days=n % 300)).isoformat(),
            },
        )
        for n in range(RECORDS)
    ]
    begin = time.process_time()
    outcome = house.perform(import_case_records, rows, lambda _: None)
    spent = time.process_time() - begin
    assert outcome.stored == RECORDS, outcome
    goal = f"≤ {SECONDS} s"
    return Ratio(
        f"{kind}: {RECORDS:,} records reconciled, seconds", "the goal", goal, spent, spent, SECONDS, spent <= SECONDS
    )
