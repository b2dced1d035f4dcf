"""Whole tables in and out."""

from collections.abc import Iterator

from bench.measure import Ratio
from bench.served import Place


def run(small: Place, large: Place, kind: str) -> Iterator[Ratio]:
    yield from ()
