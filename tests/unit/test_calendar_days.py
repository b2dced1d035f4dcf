"""Midnight, the year's end and 29 February, as people in Shanghai count days: rules, caps, numbers, windows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.applications import slot_problems
from app.domain.figures import period_of
from app.domain.flags.facts import Visit
from app.domain.flags.policy import WorkingDays
from app.domain.flags.repeats import enterprise_findings
from app.domain.inspections import Slot
from app.domain.times import SHANGHAI, day_end, day_start, iso_week, shanghai_day

SECOND = timedelta(seconds=1)
LEAP = date(2028, 2, 29)
EVES = (date(2026, 3, 2), date(2026, 12, 31), date(2028, 2, 28), LEAP, date(2028, 12, 31))


def visit(number: int, at: datetime, kind: str = "planned") -> Visit:
    day = shanghai_day(at)
    return Visit(
        id=f"i{number}", number=f"N-{number}", jurisdiction="990101", enterprise_id="e", start=at, day=day,
        kind=kind, cause=None, units=("YT-YJJ",), supervised=("YT-YJJ",),
    )  # fmt: skip


def raised(*visits: Visit) -> set[str]:
    return {f.rule for f in enterprise_findings(visits, {})}


@given(st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))
def test_every_moment_lies_in_its_day_and_days_touch(moment: datetime) -> None:
    day = shanghai_day(moment)
    assert day_start(day) <= moment < day_end(day) == day_start(day + timedelta(days=1))
    assert day_end(day) - day_start(day) == timedelta(days=1)  # no summer time since 1991


@pytest.mark.parametrize("eve", EVES)
def test_two_visits_of_one_day_are_a_repeat_of_the_day_and_two_around_midnight_are_not(eve: date) -> None:
    midnight = day_end(eve)
    assert midnight.astimezone(SHANGHAI).hour == 0 and midnight.hour == 16  # in UTC it is still the day before
    assert "repeat.day" in raised(visit(1, day_start(eve)), visit(2, midnight - SECOND))
    around = raised(visit(1, midnight - SECOND), visit(2, midnight))
    assert "repeat.day" not in around and "repeat.60d" in around


@pytest.mark.parametrize("eve", [date(2026, 12, 31), date(2028, 12, 31)])
def test_a_years_cap_begins_anew_at_midnight_in_shanghai_and_not_in_greenwich(eve: date) -> None:
    midnight = day_end(eve)
    two = [visit(n, day_start(date(eve.year, 2, 3)) + n * timedelta(days=90)) for n in (1, 2)]
    assert "cap.year" in raised(*two, visit(3, midnight - SECOND))
    assert "cap.year" not in raised(*two, visit(3, midnight))
    assert midnight.year == eve.year  # what UTC would have said


def test_a_window_of_sixty_days_counts_29_february() -> None:
    start = day_start(date(2028, 1, 15))
    days = {n for n in (59, 60, 61) if "repeat.60d" in raised(visit(1, start), visit(2, start + timedelta(days=n)))}
    assert days == {59, 60}
    assert shanghai_day(start + timedelta(days=45)) == LEAP


def test_periods_and_weeks_at_the_ends_of_years() -> None:
    assert period_of("2028-02").last == LEAP and period_of("2028-Q1").last == date(2028, 3, 31)
    assert period_of("2028-02").year_before.last == date(2027, 2, 28)
    assert period_of("2029-02").year_before.last == LEAP
    assert period_of("2026").last == date(2026, 12, 31)
    assert iso_week(day_start(date(2027, 1, 1))) == iso_week(day_start(date(2026, 12, 31))) == "2026-W53"
    assert (
        iso_week(day_start(date(2027, 1, 4)) - SECOND) == "2026-W53"
        and iso_week(day_start(date(2027, 1, 4))) == "2027-W01"
    )


def test_working_days_go_over_the_year_and_over_29_february() -> None:
    calendar = WorkingDays({date(2027, 1, 1): False})
    assert calendar.after(date(2026, 12, 31), 1) == date(2027, 1, 4)  # New Year's Day is a Friday, then a weekend
    assert calendar.after(date(2028, 2, 28), 1) == LEAP and calendar.after(LEAP, 1) == date(2028, 3, 1)


def test_a_window_may_last_a_leap_year_and_no_day_longer() -> None:
    start = day_start(date(2028, 1, 1))
    assert slot_problems((Slot(start, day_start(date(2029, 1, 1))),)) == []
    assert slot_problems((Slot(start, day_start(date(2029, 1, 1)) + SECOND),))[0][1] == "window_too_long"
