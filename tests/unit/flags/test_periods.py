"""Rules over periods, as pure functions."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.flags.findings import Finding
from app.domain.flags.periods import (
    KeyEnterprise,
    Quarter,
    Share,
    plan_findings,
    region_year_findings,
    share_findings,
)
from app.domain.flags.policy import PolicyTimeline

NONE: dict[str, PolicyTimeline] = {}


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_its_quarter_and_quarters_touch(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.last_day + timedelta(days=1) == quarter.following.first_day
    assert quarter < quarter.following


def test_a_share_is_compared_exactly_and_only_with_enough_visits() -> None:
    whole = Share(1000, 100)  # one tenth
    units = {"exactly three times": Share(20, 6), "one more": Share(20, 7), "too few": Share(19, 19)}
    found = share_findings(Quarter(2026, 1), "990101", units, whole, NONE)
    assert [(f.unit, f.period, f.raised_for) for f in found] == [("one more", "2026Q1", date(2026, 3, 31))]
    decimal = {"990101": PolicyTimeline([(date(1, 1, 1), {"share.triggered": {"times": "3.5"}})])}
    assert share_findings(Quarter(2026, 1), "990101", {"one more": Share(20, 7)}, whole, decimal) == []


def test_a_key_enterprise_that_nobody_visited_is_named_by_its_plan() -> None:
    seen = KeyEnterprise("p", "YT-2026-01", "YT-YJJ", "990101", date(2026, 3, 31), "e1", visited=True)
    missed = KeyEnterprise("p", "YT-2026-01", "YT-YJJ", "990101", date(2026, 3, 31), "e2", visited=False)
    assert [f.subject_id for f in plan_findings([seen, missed], NONE)] == ["p:e2"]


@given(st.lists(st.tuples(st.integers(0, 364), st.integers(0, 3)), max_size=12), st.integers(0, 364))
def test_the_cases_of_a_year_are_the_same_counted_from_the_middle(cases: list[tuple[int, int]], at: int) -> None:
    def case(n: int, day: int, hour: int) -> tuple[datetime, str, Finding]:
        start = datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day)
        found = Finding("repeat.60d", "yellow", "inspection", f"v{n}", "990101", start.date(), "YT-YJJ")
        return start, f"N{n:02d}", found

    rows = [case(n, day, hour) for n, (day, hour) in enumerate(cases)]
    whole = region_year_findings(rows, "990101", 2026, NONE)
    since = date(2026, 1, 1) + timedelta(days=at)
    late = [row for row in rows if row[2].raised_for >= since]
    part = region_year_findings(late, "990101", 2026, NONE, before=len(rows) - len(late))
    assert part == [f for f in whole if f.raised_for >= since]
    assert len(whole) == max(0, len(rows) - 2)
