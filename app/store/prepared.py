"""Statements that are made once and asked often: handed to the driver as text, past what SQLAlchemy does anew each time.

Building a statement, finding its text in a cache and wrapping its rows took ten times as long as the database did
(docs/decisions/0042). Text, types and names still come from SQLAlchemy's own compiler, and what goes wrong is told by
SQLAlchemy as ever. A statement whose shape depends on what is asked is no case for this.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

_CONNECTION = "connection"  # in a session's info
MOST_TEXTS = 200  # of one statement: one for each length of its lists
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Text:
    """The statement for one kind of database and one length of each of its lists."""

    sql: str
    order: tuple[str, ...] | None  # of the values, where the driver counts them; else it names them
    given: Mapping[str, Convert | None]  # what each value that is asked for passes
    lists: Mapping[str, Sequence[str]]  # the names of a list's values
    fixed: Mapping[str, Any]  # the values that the statement brings along
    make: Callable[[Sequence[Any]], Any]  # a row, its columns named
    columns: Sequence[tuple[int, Convert]]  # those that are not as the driver gives them

    def parameters(self, values: Mapping[str, Any]) -> Any:
        if values.keys() != self.given.keys():
            raise TypeError(f"asked with {sorted(values)}, takes {sorted(self.given)}")
        filled = dict(self.fixed)
        for name, value in values.items():
            convert = self.given[name]
            if name in self.lists:
                filled.update(zip(self.lists[name], map(convert, value) if convert else value, strict=True))
            else:
                filled[name] = convert(value) if convert else value
        return filled if self.order is None else tuple([filled[name] for name in self.order])

    def row(self, found: Sequence[Any]) -> Any:
        values = list(found)
        for at, convert in self.columns:
            values[at] = convert(values[at])
        return self.make(values)


class Prepared:
    """A statement over tables (table_of). Values are named as its `bindparam`s; of an expanding one, a list."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._texts: dict[tuple[Any, ...], _Text] = {}

    def all(self, session: Session, **values: Any) -> list[Any]:
        """The rows that it selects."""
        text, found, _ = self._ask(session, values)
        return [text.row(row) for row in found]

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        text, found, _ = self._ask(session, values)
        return text.row(found[0]) if found else None

    def value(self, session: Session, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.first(session, **values)
        return row[0] if row is not None else None

    def run(self, session: Session, **values: Any) -> int:
        """Writes; how many rows it wrote."""
        return self._ask(session, values, reads=False)[2]

    def run_each(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes once for each of `rows`, which have the same names."""
        if len(rows) == 1:
            self._ask(session, rows[0], reads=False)
            return
        connection = _connection(session)
        text = self._text(connection.dialect, rows[0])
        _told(connection, text.sql, [text.parameters(row) for row in rows], reads=False, many=True)

    def _ask(self, session: Session, values: Mapping[str, Any], reads: bool = True) -> tuple[_Text, Sequence[Any], int]:
        connection = _connection(session)
        text = self._text(connection.dialect, values)
        return text, *_told(connection, text.sql, text.parameters(values), reads)

    def _text(self, dialect: Any, values: Mapping[str, Any]) -> _Text:
        key = (dialect.name, *[len(v) for v in values.values() if type(v) is list])
        found = self._texts.get(key)
        if found is None:
            found = _compiled(self.statement, dialect, values)
            if len(self._texts) < MOST_TEXTS:
                self._texts[key] = found
        return found


def _connection(session: Session) -> Connection:
    """The connection of the session's transaction, with everything that the session holds back written to it."""
    if session.autoflush:
        session.flush()
    found: Connection | None = session.info.get(_CONNECTION)
    if found is None or found.closed or not session.in_transaction():
        found = session.info[_CONNECTION] = session.connection()
    return found


def _told(connection: Any, sql: str, parameters: Any, reads: bool, many: bool = False) -> tuple[Sequence[Any], int]:
    """Rows and their number, of a statement that the driver runs. Raises what SQLAlchemy makes of the driver's errors."""
    cursor = None
    try:
        cursor = connection.connection.cursor()
        for hear in connection.dispatch.before_cursor_execute:
            hear(connection, cursor, sql, parameters, None, many)
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
        found = cursor.fetchall() if reads else ()
        count = cursor.rowcount
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        connection._handle_dbapi_exception(error, sql, parameters, cursor, None)  # raises
    return found, count


def _compiled(statement: Any, dialect: Any, values: Mapping[str, Any]) -> _Text:
    """`values` decide how long the lists are, and which columns an INSERT names."""
    compiled = statement.compile(dialect=dialect, column_keys=list(values) if statement.is_insert else None)
    assert not (compiled.insert_prefetch or compiled.update_prefetch), "columns that SQLAlchemy would fill"
    expanded = compiled.construct_expanded_state(values)
    lists = expanded.parameter_expansion
    types = {name: bind.type for name, bind in compiled.binds.items()}
    types |= {each: types[name] for name, names in lists.items() for each in names}
    asked = [name for name, bind in compiled.binds.items() if bind.required]
    open_names = {each for name in asked for each in lists.get(name, [name])}
    columns = list(statement.exported_columns)
    return _Text(
        sql=expanded.statement,
        order=tuple(expanded.positiontup) if expanded.positiontup is not None else None,
        given={name: _to_driver(types[name], dialect) for name in asked},
        lists={name: lists[name] for name in asked if name in lists},
        fixed={
            name: convert(value) if (convert := _to_driver(types[name], dialect)) else value
            for name, value in expanded.parameters.items() if name not in open_names
        },
        make=namedtuple("Row", [column.key for column in columns], rename=True)._make,  # type: ignore[misc]
        columns=[(at, convert) for at, column in enumerate(columns) if (convert := _from_driver(column.type, dialect))],
    )  # fmt: skip


def _to_driver(type_: Any, dialect: Any) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return found


def _from_driver(type_: Any, dialect: Any) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return found
