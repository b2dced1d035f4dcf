"""The log: appends a second on SQLite with full sync, and whether a proof costs more in a large tree than in a small one."""

import hashlib
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.domain.transparency import TileTree, append, sha256
from app.domain.transparency.tiles import Edge
from app.store import log
from app.store.database import Database
from app.store.migrate import upgrade
from bench.measure import Ratio, compare

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SMALL, LARGE = 10_000, 1_000_000


def run() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _appends(Path(folder))
    yield _proofs()


def _appends(folder: Path) -> Iterator[Ratio]:
    database = Database(f"sqlite:///{folder / 'log.sqlite3'}")
    upgrade(database.engine)
    head = log.Head()
    for name, batch, rounds, goal in (("batched", 20_000, 5, 50_000), ("single", 1, 1500, 1_500)):
        leaves = [
            [hashlib.sha256(b"%d %d" % (batch, r * batch + n)).digest() for n in range(batch)] for r in range(rounds)
        ]
        begin = time.perf_counter()
        for part in leaves:
            with database.write() as session:
                head = log.add(session, head, part, sha256, NOW)
        rate = rounds * batch / (time.perf_counter() - begin)
        against = "SQLite, synchronous=FULL, a transaction each"
        yield Ratio(f"log: {name} appends a second", against, f"≥ {goal}", rate, 0, 0, rate >= goal)
    database.dispose()


def _proofs() -> Ratio:
    """Both trees in memory, so that the tree is compared and not the disk."""
    small, large = _tree(SMALL), _tree(LARGE)
    steps = iter(range(10**9))
    return compare(
        "log: inclusion proof, 1 million entries",
        "the same among 10 thousand",
        lambda: large.inclusion_proof(next(steps) * 7919 % LARGE),
        lambda: small.inclusion_proof(next(steps) * 7919 % SMALL),
        at_most=2,
        times=200,
    )


def _tree(size: int) -> TileTree:
    tiles: dict[tuple[int, int], bytes] = {}
    grown = append(Edge(), [hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(size)])
    for tile, nodes in grown.tiles:
        tiles[tile.level, tile.index] = nodes
    return TileTree(size, lambda level, index, width: tiles[level, index])
