"""Distinct marks of several days: the same number however they are joined."""

import random
from array import array

import pytest

from app.store import distinct


@pytest.mark.parametrize("sparse", [0, 2, 1_000_000])
def test_distinct_marks_are_counted_alike_by_bitmaps_by_sets_and_by_both(
    sparse: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is a bitmap, the long days are, all are; and where there is room for three days only."""
    monkeypatch.setattr(distinct, "PLACES", distinct._Places())
    monkeypatch.setattr(distinct, "SPARSE", sparse)
    monkeypatch.setattr(distinct, "MOST_BYTES", 64)
    source, kinds = random.Random(1), set()
    for _ in range(60):
        found, said = distinct.Distinct(), set[int]()
        for _ in range(source.randint(0, 5)):
            marks = [source.choice((7, 1 << 62, (1 << 64) - 1, n)) for n in range(source.randint(0, 60))]
            said |= set(marks)
            found.add(array("Q", sorted(marks)) if source.random() < 0.8 else set(marks))
        assert len(found) == len(said)
        kinds.add((found.bits > 0, bool(found.few)))
    assert len(kinds) > 1
