"""What a unit learns of its ratings (promise 4): one figure a closed quarter, from which nobody can be told.

A visit counts in the quarter in which its rating window ends: after that no answer can come, so the lowest is known and no
answer is ever late. A quarter is closed once, in order. A unit that was rated by fewer than ten distinct enterprises gets
no figure; its visits wait for the next quarter, together with those of that quarter.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

FEWEST_ENTERPRISES = 10


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, 1 to 4; in order of time."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """The quarter of `2026-Q3`. Raises ValueError."""
        year, number = text.split("-Q")
        if number not in ("1", "2", "3", "4"):
            raise ValueError(text)
        return cls(int(year), int(number))

    @property
    def following(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.following.first_day - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RatedVisit:
    """A visit that was rated: the unit that led it, whom it was paid to, its quarter, the lowest answer (1 to 5)."""

    unit: str
    enterprise: str
    quarter: Quarter
    lowest: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A unit's figure of a closed quarter. `halves` is twice the rating, or None: too few, carried forward.

    `since` is the first quarter whose visits are in it; enterprises and visits are for the supervisor only.
    """

    unit: str
    quarter: Quarter
    halves: int | None
    enterprises: int
    visits: int
    since: Quarter


def close(quarter: Quarter, rated: Iterable[RatedVisit], since: Mapping[str, Quarter]) -> list[Figure]:
    """The figures of a quarter, by unit.

    `rated` are the visits whose window ended up to the quarter's end, one a visit; `since` says for a unit that had a
    figure before from which quarter on its visits were not counted yet.
    """
    visits: dict[str, list[RatedVisit]] = defaultdict(list)
    for visit in rated:
        if visit.quarter <= quarter and visit.quarter >= since.get(visit.unit, visit.quarter):
            visits[visit.unit].append(visit)
    return [_figure(unit, quarter, found) for unit, found in sorted(visits.items())]


def _figure(unit: str, quarter: Quarter, visits: list[RatedVisit]) -> Figure:
    enterprises = len({v.enterprise for v in visits})
    enough = enterprises >= FEWEST_ENTERPRISES
    halves = half_points(sum(v.lowest for v in visits), len(visits)) if enough else None
    return Figure(unit, quarter, halves, enterprises, len(visits), min(v.quarter for v in visits))


def half_points(total: int, count: int) -> int:
    """Twice the average, rounded to a whole number, halves upwards: 4.25 is 9 half points, 4.5."""
    return (4 * total + count) // (2 * count)
