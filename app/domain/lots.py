"""Drawing by lot (双随机): subjects and persons, repeatable by anybody from a seed that was committed to beforehand.

Generic: subjects and persons are ids (enterprises and officers, closed visits to call back, case files to review), all with
the same chance. docs/lots.md is the specification, tests/vectors/lots.json its vectors. In short:

    pool        = canonical text of what is drawn from (`Pool.text`); pool_hash = SHA-256(pool)
    commitment  = SHA-256("jcm-lot v1 commitment\\n" ‖ seed ‖ pool_hash), in the public log before the draw
    key         = HMAC-SHA256(seed, "jcm-lot v1 word\\n" ‖ word); the word is called out by somebody present, or empty
    rank(l, id) = HMAC-SHA256(key, l ‖ "\\n" ‖ id)

Subjects come in the order of rank("subject", id). Each takes the persons that have no conflict with it, those drawn least
often first, then by rank("person " + subject, id). A subject for which too few persons remain is passed over.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.errors import Invalid

FORMAT = "jcm-lot v1"
SEED_BYTES = 32
COMMITTED, DRAWN, ABANDONED, REDRAWN = "committed", "drawn", "abandoned", "redrawn"
STATES = (COMMITTED, DRAWN, ABANDONED, REDRAWN)
# fact → (state before → state after). What is not here is refused.
TRANSITIONS: dict[str, dict[str | None, str]] = {
    "lot.committed": {None: COMMITTED},
    "lot.drawn": {COMMITTED: DRAWN},
    "lot.abandoned": {COMMITTED: ABANDONED},
    "lot.redrawn": {ABANDONED: REDRAWN},  # given up, and another drawing from the same pool takes its place
}


@dataclass(frozen=True, slots=True)
class Pool:
    """What is drawn from: `wanted` of `subjects`, and `each` of `persons` for every one (0: none), never two that conflict.

    `conflicts` are pairs (person, subject). Ids have no white space.
    """

    subjects: tuple[str, ...]
    wanted: int
    persons: tuple[str, ...] = ()
    each: int = 0
    conflicts: frozenset[tuple[str, str]] = frozenset()

    @property
    def text(self) -> str:
        """The canonical text: sorted by code point, lines ended by LF. Raises Invalid("lot_pool")."""
        self._check()
        pairs = [f"{person} {subject}" for person, subject in sorted(self.conflicts)]
        lines = [FORMAT, f"wanted {self.wanted}", f"each {self.each}"]
        for name, ids in (("subjects", sorted(self.subjects)), ("persons", sorted(self.persons)), ("conflicts", pairs)):
            lines += [f"{name} {len(ids)}", *ids]
        return "".join(f"{line}\n" for line in lines)

    def _check(self) -> None:
        ids = (*self.subjects, *self.persons)
        twice = len(set(self.subjects)) != len(self.subjects) or len(set(self.persons)) != len(self.persons)
        if twice or self.wanted < 1 or self.each < 0 or any(not i or not i.isprintable() or " " in i for i in ids):
            raise Invalid("lot_pool", "pool")

    @classmethod
    def parse(cls, text: str) -> "Pool":
        """The pool of a canonical text. Raises Invalid("lot_pool") for any other text."""
        lines = text.split("\n")
        try:
            numbers = [int(lines[n].removeprefix(name)) for n, name in ((1, "wanted "), (2, "each "))]
            at, parts = 3, []
            for name in ("subjects ", "persons ", "conflicts "):
                count = int(lines[at].removeprefix(name))
                parts.append(tuple(lines[at + 1 : at + 1 + count]))
                at += 1 + count
            pairs = frozenset((p, s) for p, s in (line.split(" ") for line in parts[2]))
            pool = cls(parts[0], numbers[0], parts[1], numbers[1], pairs)
        except (ValueError, IndexError) as error:
            raise Invalid("lot_pool", "pool") from error
        if pool.text != text:
            raise Invalid("lot_pool", "pool")
        return pool


@dataclass(frozen=True, slots=True)
class Drawn:
    """(subject, its persons) in the order of the draw, and the subjects passed over because too few persons remained."""

    pairs: tuple[tuple[str, tuple[str, ...]], ...]
    passed_over: tuple[str, ...] = ()


def hash_of(pool_text: str) -> str:
    """SHA-256 of a pool's text, hex."""
    return hashlib.sha256(pool_text.encode()).hexdigest()


def commitment(seed: bytes, pool_hash: str) -> str:
    """What is published before the draw, hex: it binds seed and pool and tells neither."""
    return hashlib.sha256(f"{FORMAT} commitment\n".encode() + seed + bytes.fromhex(pool_hash)).hexdigest()


def draw(seed: bytes, word: str, pool: Pool) -> Drawn:
    """The draw, which anybody can repeat."""
    key = hmac.digest(seed, f"{FORMAT} word\n{word}".encode(), "sha256")
    drawn_so_far: Counter[str] = Counter()
    pairs: list[tuple[str, tuple[str, ...]]] = []
    passed_over: list[str] = []
    for subject in ranked(key, "subject", pool.subjects):
        if len(pairs) == pool.wanted:
            break
        able = [p for p in pool.persons if (p, subject) not in pool.conflicts]
        by_rank = ranked(key, f"person {subject}", able) if pool.each else []
        chosen = sorted(by_rank, key=lambda p: drawn_so_far[p])[: pool.each]
        if len(chosen) < pool.each:
            passed_over.append(subject)
            continue
        drawn_so_far.update(chosen)
        pairs.append((subject, tuple(chosen)))
    return Drawn(tuple(pairs), tuple(passed_over))


def ranked(key: bytes, label: str, ids: Iterable[str]) -> list[str]:
    """`ids` in the order that the key gives them under a label."""
    return sorted(ids, key=lambda i: (hmac.digest(key, f"{label}\n{i}".encode(), "sha256"), i))


def document(
    pool_text: str, promised: str, seed: str | None, word: str | None, result: list[Any] | None
) -> dict[str, Any]:
    """What is published of a drawing: everything that somebody needs to repeat it."""
    return {
        "format": FORMAT,
        "pool": pool_text,
        "pool_hash": hash_of(pool_text),
        "commitment": promised,
        "seed": seed,
        "word": word,
        "result": result,
    }


def verify(said: Mapping[str, Any]) -> list[str]:
    """What is wrong with a published drawing: `format`, `pool`, `pool_hash`, `commitment`, `result`; empty: all is well.

    A drawing that was only committed to has no seed yet: `not_drawn`.
    """
    if said.get("format") != FORMAT or not isinstance(said.get("pool"), str):
        return ["format"]
    try:
        pool = Pool.parse(said["pool"])
    except Invalid:
        return ["pool"]
    problems = [] if hash_of(said["pool"]) == said.get("pool_hash") else ["pool_hash"]
    if said.get("seed") is None:
        return [*problems, "not_drawn"]
    try:
        seed = bytes.fromhex(said["seed"])
        promised = commitment(seed, hash_of(said["pool"]))
    except (ValueError, TypeError):
        return [*problems, "commitment"]
    if len(seed) != SEED_BYTES or promised != said.get("commitment"):
        problems.append("commitment")
    pairs = [[subject, list(persons)] for subject, persons in draw(seed, str(said.get("word") or ""), pool).pairs]
    return problems if pairs == said.get("result") else [*problems, "result"]
