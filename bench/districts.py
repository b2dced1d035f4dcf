"""Two generated districts on one kind of database, a small one and a large one, and all that is measured over them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bench import backtests, served, tables, visits
from bench.house import make
from bench.measure import Ratio
from bench.postgres import postgres
from bench.served import SMALL, Place


def run(kind: str, folder: Path, size: int, wanted: Sequence[str]) -> Iterator[Ratio]:
    """The ratios of the parts in `wanted`. `kind`: sqlite or postgresql."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres(folder)) if kind == "postgresql" else None
        small, large = (_place(server, folder, name, n) for name, n in (("small", SMALL), ("large", size)))
        if "requests" in wanted:
            yield from served.run(small, large, kind)
        if "visits" in wanted:
            yield from visits.run(small, large, kind)
        if "backtests" in wanted:
            yield from backtests.run(small, large, kind)
        if "tables" in wanted:
            yield from tables.run(large, kind)


def _place(server: str | None, folder: Path, name: str, size: int) -> Place:
    home = folder / name
    home.mkdir()
    begin = time.monotonic()
    place = Place(_database(server, home, name), home / "instance", size)
    make(place.url, place.instance, size)
    print(f"     {size:,} visits generated in {time.monotonic() - begin:.0f} s", flush=True)
    return place


def _database(server: str | None, home: Path, name: str) -> str:
    if server is None:
        return f"sqlite:///{home / 'jcm.sqlite3'}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS bench_{name}"))
        connection.execute(text(f"CREATE DATABASE bench_{name}"))
    engine.dispose()
    return make_url(server).set(database=f"bench_{name}").render_as_string(hide_password=False)
