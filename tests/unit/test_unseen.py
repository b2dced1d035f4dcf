"""The estimate of what was never registered: what holds for all counts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.figures import wilson
from app.domain.unseen import FEWEST_REACHED, Asked, estimate


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    pool = draw(st.integers(1, 100_000))
    drawn = draw(st.integers(0, min(pool, 200)))
    reached = draw(st.integers(0, drawn))
    return Asked(pool, draw(st.integers(0, 100_000)), drawn, reached, draw(st.integers(0, reached)))


@given(st.lists(asked(), max_size=8))
def test_the_estimate_lies_in_its_interval_and_is_a_share(draws: list[Asked]) -> None:
    found = estimate(draws)
    assert found.reached == sum(d.reached for d in draws)
    if found.visits is None:
        assert found.reached < FEWEST_REACHED
    else:
        point, below, above = found.visits
        assert 0 <= below <= point + 1e-12 and point <= above + 1e-12 <= 1 + 1e-9


@given(asked(), st.integers(10, 200))
def test_one_more_who_tells_of_it_never_lowers_the_estimate(one: Asked, reached: int) -> None:
    if reached > one.pool:
        return
    some = [estimate([Asked(one.pool, one.registered, reached, reached, k)]).visits for k in range(reached + 1)]
    for before, after in itertools.pairwise(some):
        assert before is not None and after is not None
        assert all(a <= b + 1e-12 for a, b in zip(before, after, strict=True))


def test_many_draws_of_one_kind_are_one_large_draw() -> None:
    week = Asked(pool=4000, registered=300, drawn=10, reached=8, unregistered=1)
    assert estimate([week] * 20).visits == pytest.approx(estimate([Asked(4000, 300, 200, 160, 20)]).visits)


def test_the_share_follows_by_hand() -> None:
    """5 of 100 reached, 2,000 enterprises like them, 400 registered visits: 100 of 500."""
    found = estimate([Asked(2000, 400, 120, 100, 5)])
    low, high = wilson(5, 100)
    assert found.visits == pytest.approx((0.2, 2000 * low / (2000 * low + 400), 2000 * high / (2000 * high + 400)))


def test_who_was_not_reached_widens_the_interval_and_counts_as_nothing() -> None:
    few, many = estimate([Asked(2000, 400, 200, 20, 1)]), estimate([Asked(2000, 400, 200, 200, 10)])
    assert few.visits is not None and many.visits is not None
    assert few.visits[0] == pytest.approx(many.visits[0])
    assert few.visits[2] - few.visits[1] > many.visits[2] - many.visits[1]


def test_too_few_say_nothing_and_nobody_who_told_is_still_no_proof_of_none() -> None:
    assert estimate([]).visits is None
    assert estimate([Asked(2000, 400, 9, 9, 9)]).visits is None
    nobody = estimate([Asked(2000, 400, 30, 30, 0)]).visits
    assert nobody is not None and nobody[0] == nobody[1] == 0 and nobody[2] > 0.3


def test_counts_that_cannot_be_are_refused() -> None:
    for wrong in (Asked(5, 0, 6, 0, 0), Asked(5, 0, 3, 4, 0), Asked(5, 0, 3, 2, 3), Asked(5, -1, 3, 2, 1)):
        with pytest.raises(ValueError, match="Asked"):
            estimate([wrong])
