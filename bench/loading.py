"""Millions of rows into a database: in its fastest way, indexes made at the end, statistics as after a night's vacuum.

The next rows are made up in one thread while a second writes the last ones.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, inspect, text

Rows = dict[str, list[tuple[Any, ...]]]


def loader(engine: Engine, columns: Mapping[str, Sequence[str]]) -> "_Loader":
    """For rows of the tables of `columns`, with values in the order that it names."""
    return (_Sqlite if engine.dialect.name == "sqlite" else _Postgres)(engine, columns)


class _Loader(ABC):
    BEGIN: tuple[str, ...]  # what a connection is told before it writes
    END: tuple[str, ...] = ()  # and afterwards: the pool keeps it
    MAKES: str  # asks for the statement that makes an index

    def __init__(self, engine: Engine, columns: Mapping[str, Sequence[str]]) -> None:
        self.engine, self.columns = engine, columns
        self.indexes = self._drop_indexes()
        self.writer = ThreadPoolExecutor(1)
        self.writing: Future[None] | None = None

    def __enter__(self) -> "_Loader":
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        self.writer.shutdown()
        if failed is None:
            self._wait()
            self._write({}, self.indexes)
            self._end()

    def rows(self, part: Rows) -> None:
        """Begins to write rows. Raises what went wrong with the ones before."""
        self._wait()
        self.writing = self.writer.submit(self._write, part)

    def _wait(self) -> None:
        if self.writing:
            self.writing.result()

    def _write(self, part: Rows, statements: Sequence[str] = ()) -> None:
        with closing(self.engine.raw_connection()) as raw:
            cursor = raw.cursor()
            for statement in self.BEGIN:
                cursor.execute(statement)
            for table, rows in part.items():
                self._copy(cursor, table, rows)
            for statement in statements:
                cursor.execute(statement)
            raw.commit()
            for statement in self.END:
                cursor.execute(statement)

    @abstractmethod
    def _copy(self, cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Writes the rows of one table. Keys are right by construction and not looked at."""

    def _end(self) -> None:  # noqa: B027 once all is there
        """Nothing more."""

    def _drop_indexes(self) -> list[str]:
        """Drops what is no constraint; the statements that make it again, as the database tells them."""
        made: list[str] = []
        with self.engine.begin() as connection:
            for table in self.columns:
                names = [
                    index["name"]
                    for index in inspect(connection).get_indexes(table)
                    if not (index.get("duplicates_constraint") or index["unique"])
                ]
                for name in names:
                    made += connection.scalars(text(self.MAKES), {"name": name})
                    connection.execute(text(f"DROP INDEX {name}"))
        return made


class _Sqlite(_Loader):
    BEGIN = ("PRAGMA foreign_keys=OFF", "PRAGMA synchronous=OFF", "BEGIN")
    END = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
    MAKES = "SELECT sql FROM sqlite_master WHERE name = :name"

    def _copy(self, cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
        names = self.columns[table]
        cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)


class _Postgres(_Loader):
    BEGIN = (
        "SET LOCAL TIME ZONE 'UTC'",
        "SET LOCAL session_replication_role = replica",
        "SET LOCAL synchronous_commit = off",
        "SET LOCAL maintenance_work_mem = '512MB'",
    )
    MAKES = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"

    def _copy(self, cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
        with cursor.copy(f"COPY {table} ({', '.join(self.columns[table])}) FROM STDIN") as copy:
            copy.write("".join(["\t".join(map(_said, row)) + "\n" for row in rows]))

    def _end(self) -> None:
        """Or the first readers would mark every row as seen."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")


def _said(value: Any) -> str:
    """A value in COPY's text form; nothing generated holds a tab or a backslash."""
    if value.__class__ is str:
        return str(value)
    if value is None:
        return "\\N"
    return "\\\\x" + value.hex() if isinstance(value, bytes) else str(value)
