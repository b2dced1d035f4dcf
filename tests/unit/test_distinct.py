"""Distinct marks of several days: the same number however they are joined, and no mark read twice."""

import hashlib
import random
from array import array
from collections.abc import Collection, Iterator
from datetime import date, timedelta

import pytest

from app.store import distinct

Days = dict[tuple[str, date], "array[int]"]


def _digest(marks: "array[int]") -> bytes:
    return hashlib.blake2b(marks, digest_size=16).digest() if marks else b""


@pytest.mark.parametrize("sparse", [0, 2, 1_000_000])
def test_distinct_marks_are_counted_alike_by_bitmaps_by_sets_and_by_both(
    sparse: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is a bitmap, the long months are, all are; days change between two looks, and little is kept."""
    monkeypatch.setattr(distinct, "KEPT", distinct._Kept())
    monkeypatch.setattr(distinct, "SPARSE", sparse)
    monkeypatch.setattr(distinct, "MOST_BYTES", 2000)
    source, kept, reads = random.Random(1), Days(), 0

    def read(days: Collection[date], keys: Collection[str]) -> Iterator[tuple[bytes, "array[int]"]]:
        nonlocal reads
        reads += 1
        yield from ((_digest(marks), marks) for (key, day), marks in kept.items() if day in days and key in keys)

    for _ in range(60):
        for _ in range(source.randint(0, 3)):
            marks = {source.choice((7, 1 << 62, (1 << 64) - 1, n)) for n in range(source.randint(0, 60))}
            day = date(2026, 1, 1) + timedelta(days=source.randrange(80))
            kept[source.choice("ab"), day] = array("Q", sorted(marks))
        groups, said = {name: distinct.Distinct() for name in "abc"}, {name: set[int]() for name in "abc"}
        for (key, day), own in kept.items():
            for name in (key, "c"):
                groups[name].add(key, day, _digest(own), ())
                said[name] |= set(own)
        anew = {source.randrange(90) for _ in range(3)}
        groups["a"].add("a", date(2026, 1, 1), b"", anew)
        said["a"] |= anew
        expected = {name: len(own) for name, own in said.items()}
        assert distinct.count(groups, read) == expected
        asked = reads
        monkeypatch.setattr(distinct, "MOST_BYTES", 1 << 20)
        assert distinct.count(groups, read) == distinct.count(groups, read) == expected
        assert reads <= asked + 1
        monkeypatch.setattr(distinct, "MOST_BYTES", 2000)
    assert {type(one) for one in distinct.KEPT.joined.values()} <= {int, frozenset}
