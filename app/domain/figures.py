"""Figures of a period: the periods they are compared with, and how sure a share of few cases can be."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from app.domain.errors import Invalid

Z_95 = 1.959963984540054  # the 97.5 % point of the normal distribution


@dataclass(frozen=True, slots=True)
class Period:
    """Days `first` to `last`, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """环比: the period just before. A whole month, quarter or year has the whole one before it, else as many days."""
        after_last = self.last + timedelta(days=1)
        if self.first.day == 1 and after_last.day == 1:
            months = (after_last.year - self.first.year) * 12 + after_last.month - self.first.month
            start = self.first.year * 12 + self.first.month - 1 - months
            return Period(date(start // 12, start % 12 + 1, 1), self.first - timedelta(days=1))
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def year_before(self) -> "Period":
        """同比: the same days a year earlier; a month's end stays a month's end."""
        after_last = self.last + timedelta(days=1)
        is_end = after_last.day == 1
        end = _year_earlier(after_last) - timedelta(days=1) if is_end else _year_earlier(self.last)
        return Period(_year_earlier(self.first), end)


def period_of(text: str) -> Period:
    """The days of `2026`, `2026-10`, `2026-Q3` or `2026-W41` (ISO week). Raises Invalid("wrong_type")."""
    try:
        if found := re.fullmatch(r"(\d{4})-W(\d{2})", text, re.ASCII):
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return Period(monday, monday + timedelta(days=6))
        if found := re.fullmatch(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])))?", text, re.ASCII):
            month = int(found[2]) if found[2] else int(found[3] or 1) * 3 - 2
            length = 1 if found[2] else 3 if found[3] else 12
            end = int(found[1]) * 12 + month - 1 + length
            return Period(date(int(found[1]), month, 1), date(end // 12, end % 12 + 1, 1) - timedelta(days=1))
    except (ValueError, OverflowError):
        pass
    raise Invalid("wrong_type", "period", expected="2026 · 2026-Q3 · 2026-10 · 2026-W41")


def wilson(found: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Where the share behind `found` of `of` may lie (Wilson's score interval, 95 %), each from 0 to 1.

    Of nothing nothing is known: (0, 1). Wilson, E. B., JASA 22 (1927) 209-212; it holds for small numbers and for
    shares near 0 and 1, where the plain interval is wrong. Raises ValueError for counts that cannot be.
    """
    if not 0 <= found <= of:
        raise ValueError(f"{found} of {of}")
    if of == 0:
        return 0.0, 1.0
    share = found / of
    middle = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    below = 0.0 if found == 0 else (middle - spread) / (1 + z * z / of)
    above = 1.0 if found == of else (middle + spread) / (1 + z * z / of)
    return below, above


@dataclass(frozen=True, slots=True)
class Rate:
    """`found` of `of`, with the interval in which the share behind it may lie."""

    found: int
    of: int

    @property
    def share(self) -> float | None:
        return self.found / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.found, self.of)


def _year_earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
