"""How many visits were never registered: an estimate from enterprises drawn by lot and asked (docs/lots.md).

Asked are enterprises for which the register knows no visit in a period of days. Of the `reached`, `unregistered` say that
somebody came to inspect without a code. The share of such enterprises lies, with 95 %, in Wilson's interval. Each stands
for at least one visit, so with N enterprises like them and R registered visits in the same days

    share of visits never registered = p·N / (p·N + R)

which grows with p: the ends of the interval of p give the ends of the interval of the share. It is a lower bound of what
it is about: second visits to one enterprise, and unregistered visits to enterprises with registered ones, are not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.figures import Rate

FEWEST_REACHED = 10  # below it an answer could be traced, and an interval would say nothing


@dataclass(frozen=True, slots=True)
class Asked:
    """One draw that is over: enterprises in its pool, visits registered in the same days, and what became of the drawn."""

    pool: int
    registered: int
    drawn: int
    reached: int
    unregistered: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """All draws together. `enterprises` is the share of enterprises; `visits` is (share, lower end, upper end), or None
    where too few were reached to say anything."""

    drawn: int
    enterprises: Rate
    visits: tuple[float, float, float] | None

    @property
    def reached(self) -> int:
        return self.enterprises.of


def estimate(draws: Iterable[Asked]) -> Estimate:
    """The estimate from the draws of a year. Pools and registered visits are averaged with the weight of those reached.

    Raises ValueError for counts that cannot be.
    """
    drawn = reached = unregistered = pool = registered = 0
    for one in draws:
        if not 0 <= one.unregistered <= one.reached <= one.drawn <= one.pool or one.registered < 0:
            raise ValueError(f"{one}")
        drawn, reached, unregistered = drawn + one.drawn, reached + one.reached, unregistered + one.unregistered
        pool, registered = pool + one.pool * one.reached, registered + one.registered * one.reached
    rate = Rate(unregistered, reached)
    if reached < FEWEST_REACHED:
        return Estimate(drawn, rate, None)
    low, high = rate.interval
    point, below, above = (_of_visits(p, pool, registered) for p in (unregistered / reached, low, high))
    return Estimate(drawn, rate, (point, below, above))


def _of_visits(p: float, pool: int, registered: int) -> float:
    """p·N / (p·N + R); nothing of nothing is nothing."""
    unseen = p * pool
    return unseen / (unseen + registered) if unseen else 0.0
