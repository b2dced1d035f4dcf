"""Many rows stored at once without keeping others waiting: prepared in temporary tables, then poured in by the database.

Making a hundred thousand facts takes a while, and on SQLite one writer at a time may write. Temporary tables belong to
one connection and lock nothing. Only `publish` takes the turn of a writer: it pours the prepared rows into the real
tables in one transaction, so that all of them are there or none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.orm import Session

from app.store.database import next_ids
from app.store.models import Base
from app.store.models.base import table_of
from app.store.unit_of_work import UnitOfWork

T = TypeVar("T")
GAP = 10_000  # numbers left to those who add rows one by one meanwhile


@dataclass(slots=True)
class StagedWork(UnitOfWork):
    """A unit of work whose new rows wait in temporary tables; reading sees what is stored, not what waits."""

    staging: "Staging"

    def insert_rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        self.staging.add(self.session, table_of(model), rows)

    def next_ids(self, model: type[Base], count: int) -> Sequence[int]:
        return self.staging.reserve(self.session, model, count)


class Staging:
    """Rows that wait. Open it with `opened`, so that its connection is clean when it goes back."""

    def __init__(self, work: UnitOfWork) -> None:
        self.values = {f.name: getattr(work, f.name) for f in fields(UnitOfWork) if f.name != "session"}
        bind: Any = work.session.get_bind()
        self.connection = getattr(bind, "engine", bind).connect().execution_options(jcm_begin="BEGIN")
        self.tables: dict[Table, Table] = {}
        self.count = 0
        self.reserved: dict[type[Base], int] = {}  # on SQLite: the next number of a table

    def stage(self, use_case: Callable[[StagedWork], None]) -> None:
        """Runs a use case whose new rows wait; what it may do is read, and insert through the unit of work."""
        with self._session("BEGIN") as session:
            use_case(StagedWork(session=session, staging=self, **self.values))

    def publish(self, before: Callable[[UnitOfWork], None], after: Callable[[UnitOfWork], T]) -> T:
        """One transaction: `before`, which may refuse, then the rows that wait are poured in, then `after`.

        Raises IntegrityError where somebody stored one of them meanwhile, OverflowError where their numbers are taken.
        """
        with self._session("BEGIN IMMEDIATE") as session:
            work = UnitOfWork(session=session, **self.values)
            self._refuse_taken(session)
            before(work)
            for real, waiting in self.tables.items():
                names = [c.name for c in waiting.columns if c.name != "staged_no"]
                rows = select(*(waiting.c[name] for name in names)).order_by(waiting.c.staged_no)
                session.execute(insert(real).from_select(names, rows, include_defaults=False))
            return after(work)

    def add(self, session: Session, real: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        if real not in self.tables:
            columns = [Column(name, real.c[name].type) for name in rows[0]]
            number = Column("staged_no", Integer, primary_key=True, autoincrement=False)
            waiting = Table(f"staged_{real.name}", MetaData(), number, *columns, prefixes=["TEMPORARY"])
            waiting.create(session.connection())
            self.tables[real] = waiting
        numbered = [{**row, "staged_no": self.count + n} for n, row in enumerate(rows)]
        self.count += len(rows)
        session.execute(insert(self.tables[real]), numbered)

    def reserve(self, session: Session, model: type[Base], count: int) -> Sequence[int]:
        """Numbers for rows that wait. On SQLite, where nothing hands them out, they lie GAP above the last one."""
        if session.get_bind().dialect.name != "sqlite":
            return next_ids(session, model, count)
        first = self.reserved.get(model) or next_ids(session, model, 1)[0] + GAP
        self.reserved[model] = first + count
        return range(first, first + count)

    def close(self) -> None:
        with self.connection:
            self.connection.rollback()
            for waiting in self.tables.values():
                waiting.drop(self.connection)
            self.connection.commit()

    def _refuse_taken(self, session: Session) -> None:
        """On SQLite: more than GAP rows came meanwhile, so the reserved numbers are no longer free."""
        for model, following in self.reserved.items():
            waiting = self.tables[table_of(model)]
            first = session.scalar(select(waiting.c.id).order_by(waiting.c.staged_no).limit(1))
            if first is not None and next_ids(session, model, 1)[0] > first:
                raise OverflowError(f"numbers up to {following} of {model.__tablename__} are taken")

    @contextmanager
    def _session(self, begin: str) -> Iterator[Session]:
        self.connection.execution_options(jcm_begin=begin)
        with Session(self.connection, expire_on_commit=False) as session, session.begin():
            yield session


@contextmanager
def opened(work: UnitOfWork) -> Iterator[Staging]:
    """A staging with the clock, randomness and vault of a unit of work; it outlives that one's transaction."""
    staging = Staging(work)
    try:
        yield staging
    finally:
        staging.close()
