"""The rows of requests: the platform as it is served, against what nobody can do without, on one database.

Rates are taken in turn, A B A B …, and the best round of each counts: others on the machine only ever slow one down.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.house import opened
from bench.load import Flow, rate, timed
from bench.measure import Ratio
from bench.requests import Asked, prepared
from bench.serving import serving

SECONDS, ROUNDS = 0.7, 5
PAGE_TIMES, MOST_MS = 12, 200
SMALL = 10_000
Rate = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Place:
    """A district of some size: its database, its instance folder."""

    url: str
    instance: Path
    size: int


def run(small: Place, large: Place, kind: str) -> Iterator[Ratio]:
    """Every ratio over requests, for one kind of database."""
    with ExitStack() as stack:
        asked = {place: prepared(stack.enter_context(opened(p.url, p.instance)), p.size) for place, p in
                 (("small", small), ("large", large))}  # fmt: skip
        one = stack.enter_context(serving(small.url, small.instance, workers=1))
        with serving(small.url, small.instance, workers=2) as two:
            yield from _workers(kind, asked["small"], one, two)
        yield from _alone(kind, asked["small"], one, _insert(small.url))
        grown = stack.enter_context(serving(large.url, large.instance, workers=1))
        yield from _grown(kind, asked, one, grown, large.size)
        yield from _pages(kind, asked, one, grown, large.size)


def _alone(kind: str, asked: Asked, port: int, insert: Callable[[], None]) -> Iterator[Ratio]:
    bare = _direct(insert)
    inserting = "the driver's own INSERT and commit"
    for name, flow, against, other, goal in (
        ("GET /q/…", asked.page, "a bare Flask view, a static template", _over(port, asked.bare_page), 0.35),
        ("POST /api/v1/verify", asked.verify, "a bare Flask view: SELECT, ECDSA", _over(port, asked.bare_verify), 0.6),
        ("POST /api/v1/scans", asked.scan, inserting, bare, 0.35),
        ("apply and approve", asked.visit, inserting, bare, 0.1),
    ):
        yield compared(f"{kind}: {name}", against, _over(port, flow), other, goal)


def _workers(kind: str, asked: Asked, one: int, two: int) -> Iterator[Ratio]:
    yield compared(
        f"{kind}: GET /q/…, 2 workers", "1 worker", _over(two, asked.page, 8), _over(one, asked.page, 8), 1.7
    )


def _grown(kind: str, asked: dict[str, Asked], small: int, large: int, size: int) -> Iterator[Ratio]:
    for name, choose in (
        ("GET /q/…", lambda a: a.page),
        ("POST /api/v1/verify", lambda a: a.verify),
        ("POST /api/v1/scans", lambda a: a.scan),
        ("apply and approve", lambda a: a.visit),
    ):
        at_large, at_small = _over(large, choose(asked["large"])), _over(small, choose(asked["small"]))
        yield compared(f"{kind}: {name}, {size:,} visits", f"{SMALL:,} visits", at_large, at_small, 0.8)


def _pages(kind: str, asked: dict[str, Asked], small: int, large: int, size: int) -> Iterator[Ratio]:
    for name in asked["large"].pages:
        for _ in range(2):  # the second time counts: a worker reads templates and plans once
            a = timed(large, asked["large"].pages[name], PAGE_TIMES)
            b = timed(small, asked["small"].pages[name], PAGE_TIMES)
        met = a / b <= 2 and a * 1000 <= MOST_MS
        told = f"{kind}: {name}, {size:,} visits: {a * 1000:.0f} ms"
        yield Ratio(told, f"{SMALL:,} visits", f"≤ 2, ≤ {MOST_MS} ms", a / b, a, b, met)


def compared(name: str, against: str, a: Rate, b: Rate, at_least: float) -> Ratio:
    """The rate of A over the rate of B."""
    a(), b()
    pairs = [(a(), b()) for _ in range(ROUNDS)]
    best_a, best_b = (max(rates) for rates in zip(*pairs, strict=True))
    value = best_a / best_b
    return Ratio(name, against, f"≥ {at_least}", value, 1 / best_a, 1 / best_b, value >= at_least)


def _over(port: int, flow: Callable[[], Flow], connections: int = 4) -> Rate:
    return lambda: rate(port, flow, SECONDS, connections)


def _direct(call: Callable[[], None]) -> Rate:
    def measured() -> float:
        begin, done = time.perf_counter(), 0
        while time.perf_counter() - begin < SECONDS:
            call()
            done += 1
        return done / (time.perf_counter() - begin)

    return measured


def _insert(url: str) -> Callable[[], None]:
    """One row of the size of a fact, inserted and committed by the driver itself, as durable as the platform's own."""
    row = (secrets.token_hex(13), "x" * 300, secrets.token_bytes(32))
    table = "CREATE TABLE IF NOT EXISTS bench_rows (name VARCHAR(26), body TEXT, leaf {bytes})"
    if url.startswith("sqlite:"):
        lite = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        lite.execute("PRAGMA synchronous=FULL")
        lite.execute(table.format(bytes="BLOB"))

        def insert() -> None:
            lite.execute("BEGIN IMMEDIATE")
            lite.execute("INSERT INTO bench_rows VALUES (?, ?, ?)", row)
            lite.execute("COMMIT")

        return insert
    big: Any = psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"))
    big.execute(table.format(bytes="BYTEA"))
    big.commit()

    def insert_big() -> None:
        big.execute("INSERT INTO bench_rows VALUES (%s, %s, %s)", row)
        big.commit()

    return insert_big
