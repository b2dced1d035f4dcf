"""One new visit, and many records of the units' own systems, among 10 thousand visits and among a million.

Everything is processor time of this process (SQLite works inside it), in turn at both sizes: what others do on the machine
does not count. JCM_BENCH_VISITS sets the larger size.
"""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from app.domain.applications import EnterpriseRef
from app.services.imports.case_records import import_case_records
from app.services.imports.rows import Row
from bench.district import uscc_of
from bench.house import make, opened
from bench.measure import Ratio, compare
from tests.house import MONDAY, House

SMALL, LARGE = 10_000, int(os.environ.get("JCM_BENCH_VISITS", "1000000"))
RECORDS, SECONDS = 20_000, 24  # a fifth of 100,000 records in 120 s


def run() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory() as folder:
        places = {size: Path(folder) / str(size) for size in (SMALL, LARGE)}
        urls = {size: f"sqlite:///{place / 'jcm.sqlite3'}" for size, place in places.items()}
        for size, place in places.items():
            place.mkdir()
            make(urls[size], place / "instance", size)
        with (
            opened(urls[SMALL], places[SMALL] / "instance") as small,
            opened(urls[LARGE], places[LARGE] / "instance") as large,
        ):
            yield from _visits(small, large)
            yield _records(large)


def _visits(small: House, large: House) -> Iterator[Ratio]:
    """Applied for, approved, recorded: with advice, code, papers, flags and log."""
    for name, first in (("", 0.5), (", often visited", 0.002)):
        yield compare(
            f"one new visit{name}, among {LARGE:,}",
            f"the same among {SMALL:,}",
            _visit(large, int(LARGE / 10 * first)),
            _visit(small, int(SMALL / 10 * first)),
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


def _records(house: House) -> Ratio:
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
                "uscc": uscc_of(n % (LARGE // 10)),
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
    return Ratio(f"{RECORDS:,} records reconciled, seconds", "the goal", goal, spent, spent, SECONDS, spent <= SECONDS)
