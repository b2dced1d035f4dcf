"""Periods and intervals against values computed elsewhere."""

from datetime import date

import pytest

from app.domain.errors import Invalid
from app.domain.figures import Period, period_of, wilson


@pytest.mark.parametrize(
    ("found", "of", "below", "above"),
    [  # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0), (0, 0, 0.0, 1.0),
    ],
)  # fmt: skip
def test_the_interval_is_that_of_the_textbook(found: int, of: int, below: float, above: float) -> None:
    assert wilson(found, of) == pytest.approx((below, above), abs=0.00006)


def test_a_share_of_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError):
        wilson(3, 2)


def test_a_whole_month_is_compared_with_whole_months() -> None:
    march = period_of("2024-03")
    assert march.before == Period(date(2024, 2, 1), date(2024, 2, 29))
    assert period_of("2025-02").year_before == period_of("2024-02")
    assert period_of("2024-02").year_before == period_of("2023-02")
    assert period_of("2026-Q1").before == period_of("2025-Q4")
    assert period_of("2026").before == period_of("2026").year_before == period_of("2025")


def test_days_before_the_leap_day_are_compared_with_the_same_days() -> None:
    day = date(2024, 2, 28)
    assert Period(day, day).year_before == Period(date(2023, 2, 28), date(2023, 2, 28))
    assert Period(date(2024, 2, 1), day).year_before == Period(date(2023, 2, 1), date(2023, 2, 28))
    leap = date(2024, 2, 29)
    assert Period(leap, leap).year_before == Period(date(2023, 2, 28), date(2023, 2, 28))


def test_other_days_are_compared_with_as_many_days() -> None:
    week = period_of("2026-W10")
    assert week == Period(date(2026, 3, 2), date(2026, 3, 8))
    assert week.before == period_of("2026-W09")
    assert week.year_before == Period(date(2025, 3, 2), date(2025, 3, 8))


@pytest.mark.parametrize("text", ["", "2026-13", "2026-W54", "2026-Q5", "0000", "26-1", "２０２６", "9999", "2026-1"])
def test_a_period_that_is_none_is_told(text: str) -> None:
    with pytest.raises(Invalid):
        period_of(text)
