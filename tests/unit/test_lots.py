"""Drawing by lot: the vectors, what a draw keeps to, and what verifying finds."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import lots
from app.domain.errors import Invalid
from app.domain.lots import Pool

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "lots.json").read_text(encoding="utf-8"))
SEED = bytes(range(32))


def document(pool: Pool, word: str = "") -> dict:
    drawn = [[s, list(p)] for s, p in lots.draw(SEED, word, pool).pairs]
    promised = lots.commitment(SEED, lots.hash_of(pool.text))
    return lots.document(pool.text, promised, SEED.hex(), word, drawn)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_vectors(vector: dict) -> None:
    assert lots.verify(vector["document"]) == vector["problems"]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(2, 8), st.integers(0, 3), st.binary(min_size=32, max_size=32)
)
def test_a_draw_keeps_its_promises(subjects: int, wanted: int, persons: int, each: int, seed: bytes) -> None:
    ids, people = tuple(f"e{n}" for n in range(subjects)), tuple(f"p{n}" for n in range(persons))
    conflicts = frozenset((people[n % persons], e) for n, e in enumerate(ids) if n % 3 == 0)
    pool = Pool(ids, wanted, people, each, conflicts)
    drawn = lots.draw(seed, "词", pool)
    chosen = [s for s, _ in drawn.pairs]
    assert len(set(chosen)) == len(chosen) and set(chosen) <= set(ids)
    assert len(chosen) == min(wanted, subjects) or len(chosen) + len(drawn.passed_over) == subjects
    for subject, team in drawn.pairs:
        assert len(set(team)) == each and not any((p, subject) in conflicts for p in team)
    assert Pool.parse(pool.text) == pool or set(Pool.parse(pool.text).subjects) == set(ids)


def test_the_order_in_which_a_pool_is_written_means_nothing() -> None:
    a, b = Pool(("x", "y", "z"), 2, ("p", "q", "r"), 2), Pool(("z", "x", "y"), 2, ("r", "q", "p"), 2)
    assert a.text == b.text and lots.draw(SEED, "", a) == lots.draw(SEED, "", b)


def test_work_is_spread_over_officers() -> None:
    pool = Pool(tuple(f"e{n}" for n in range(30)), 30, tuple("abcdef"), 2)
    counts = Counter(p for _, team in lots.draw(SEED, "", pool).pairs for p in team)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_everybody_has_the_same_chance() -> None:
    """2,000 draws of 2 from 10: each is expected 400 times; four standard deviations are 72."""
    ids = tuple(f"e{n}" for n in range(10))
    counts = Counter(s for n in range(2000) for s, _ in lots.draw(n.to_bytes(32, "big"), "", Pool(ids, 2)).pairs)
    assert all(abs(counts[i] - 400) < 72 for i in ids)


def test_a_subject_without_enough_persons_is_passed_over_and_the_next_steps_in() -> None:
    pool = Pool(("x", "y"), 1, ("p", "q"), 2, frozenset({("p", "x")}))
    assert lots.draw(SEED, "", pool).pairs[0][0] == "y"


@pytest.mark.parametrize("change", ["pool", "seed", "word", "result", "commitment", "pool_hash"])
def test_whatever_is_changed_is_noticed(change: str) -> None:
    said = document(Pool(tuple(f"e{n}" for n in range(20)), 5, tuple("abc"), 2), "口令")
    assert lots.verify(said) == []
    other = document(Pool(tuple(f"f{n}" for n in range(20)), 5, tuple("abc"), 2), "别的")
    said[change] = "00" * 32 if change in ("seed", "commitment", "pool_hash") else other[change]
    assert lots.verify(said)


@pytest.mark.parametrize(
    "text", ["", "jcm-lot v1\n", "jcm-lot v1\nwanted 1\neach 0\nsubjects 1\nb\na\npersons 0\nconflicts 0\n"]
)
def test_a_pool_in_another_form_is_none(text: str) -> None:
    with pytest.raises(Invalid):
        Pool.parse(text)
