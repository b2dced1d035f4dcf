"""The rows of requests: the platform as it is served, against what nobody can do without, on one database.

Rates are taken in turn, A B A B …, and the best round of each counts: others on the machine only ever slow one down.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.house import opened
from bench.inserting import inserting
from bench.load import Flow, rate, timed
from bench.measure import Ratio
from bench.requests import Asked, prepared
from bench.serving import serving

SECONDS, ROUNDS = 0.7, 5
PAGE_TIMES, MOST_MS = 12, 200
SMALL = 10_000
# Orders issued and tickets redeemed a second through its API, with two workers on two such cores and PostgreSQL; measured once
PRETIX_ORDERS, PRETIX_REDEEMED = 10.6, 17.7
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
            yield from _elsewhere(kind, asked["small"], two)
        yield from _alone(kind, asked["small"], one, inserting(small.url))
        grown = stack.enter_context(serving(large.url, large.instance, workers=1))
        yield from _grown(kind, asked, one, grown, large.size)
        yield from _pages(kind, asked, one, grown, large.size)


def _alone(kind: str, asked: Asked, port: int, insert: Callable[[], None]) -> Iterator[Ratio]:
    bare, driver = _direct(insert), "the driver's own INSERT and commit"
    for name, flow, against, other, goal in (
        ("GET /q/…", asked.page, "a bare Flask view, a static template", _over(port, asked.bare_page), 0.35),
        ("POST /api/v1/verify", asked.verify, "a bare Flask view: SELECT, ECDSA", _over(port, asked.bare_verify), 0.6),
        ("POST /api/v1/scans", asked.scan, driver, bare, 0.35),
        ("apply and approve", asked.visit, driver, bare, 0.1),
    ):
        yield compared(f"{kind}: {name}", against, _over(port, flow), other, goal)
    least, view = _over(port, asked.bare_insert), "a bare Flask view: INSERT and commit"
    yield compared(f"{kind}: {view}", driver, least, bare)  # what the two rows before could come to at the most
    yield compared(f"{kind}: POST /api/v1/scans", view, _over(port, asked.scan), least)
    yield compared(f"{kind}: apply and approve", view, _over(port, asked.visit), least)


def _workers(kind: str, asked: Asked, one: int, two: int) -> Iterator[Ratio]:
    yield compared(
        f"{kind}: GET /q/…, 2 workers", "1 worker", _over(two, asked.page, 8), _over(one, asked.page, 8), 1.7
    )


def _elsewhere(kind: str, asked: Asked, two: int) -> Iterator[Ratio]:
    """What an operator would compare: how many a second, of two workers, through the API."""
    for name, flow, ticketing in (
        ("apply and approve", asked.visit, PRETIX_ORDERS),
        ("POST /api/v1/scans", asked.scan, PRETIX_REDEEMED),
    ):
        rate_of = _over(two, flow, 8)
        best = max(rate_of() for _ in range(ROUNDS))
        told = f"{kind}: {name}, 2 workers: {best:.0f} a second"
        yield Ratio(
            told, f"pretix 2026.8: {ticketing}", "≥ 1", best / ticketing, 1 / best, 1 / ticketing, best >= ticketing
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


def compared(name: str, against: str, a: Rate, b: Rate, at_least: float | None = None) -> Ratio:
    """The rate of A over the rate of B; without a goal it only tells."""
    a(), b()
    pairs = [(a(), b()) for _ in range(ROUNDS)]
    best_a, best_b = (max(rates) for rates in zip(*pairs, strict=True))
    value = best_a / best_b
    goal = "no goal" if at_least is None else f"≥ {at_least}"
    return Ratio(name, against, goal, value, 1 / best_a, 1 / best_b, value >= (at_least or 0))


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
