"""Ratios inside one run: two things are timed in turn, A B A B …, so that a machine that slows down slows both."""

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from tests.house import House

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ratio:
    """`value` is the ratio A/B of the fastest rounds; `a` and `b` are the seconds of one call in them.

    The fastest round is the one that others on the machine disturbed least (timeit says so too): what else runs slows
    interpreted code more than arithmetic in C, so a median would tell of the neighbours.
    """

    name: str
    against: str
    goal: str
    value: float
    a: float
    b: float
    met: bool


def once(call: Callable[[], object], times: int) -> float:
    start = time.process_time()  # what this process worked: others on the machine do not count
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def worked(house: House) -> float:
    """Processor time in seconds so far: of this process, and of PostgreSQL's that serve the house (on this machine)."""
    spent = time.process_time()
    if not house.installation.database.is_sqlite:
        asked = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        with house.installation.reading() as session:
            for pid in session.scalars(asked):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                spent += (int(fields[11]) + int(fields[12])) / TICKS
    return spent


def compare(
    name: str,
    against: str,
    a: Callable[[], object],
    b: Callable[[], object],
    at_most: float | None = None,
    at_least: float | None = None,
    times: int = 50,
    rounds: int = 25,
) -> Ratio:
    """Time of A over time of B. `at_least` is for rates: the ratio is then turned around (rate A over rate B)."""
    once(a, 3), once(b, 3)
    gc.collect()
    pairs = [(once(a, times), once(b, times)) for _ in range(rounds)]
    fastest_a, fastest_b = (min(times) for times in zip(*pairs, strict=True))
    if at_least is not None:
        value = fastest_b / fastest_a
        goal, met = f"≥ {at_least}", value >= at_least
    else:
        value = fastest_a / fastest_b
        goal, met = (f"≤ {at_most}", value <= at_most) if at_most is not None else ("—", True)
    return Ratio(name, against, goal, value, fastest_a, fastest_b, met)
