"""Statements that are made once and asked often: handed to the driver as text, past what SQLAlchemy does anew each time.

Building a statement, finding its text in a cache and wrapping its rows took ten times as long as the database did
(docs/decisions/0042). Text, types and names still come from SQLAlchemy's own compiler, and what goes wrong is told by
SQLAlchemy as ever. A statement whose shape depends on what is asked is no case for this.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from app.store.database import CONNECTION
from app.store.models.base import Base, table_of

Convert = Callable[[Any], Any]
Rows = Sequence[Sequence[Any]]


class Prepared:
    """A statement over tables (table_of). Values are named as its `bindparam`s; of an expanding one, a list; of an INSERT,
    as the columns that it fills.

    `statement` may be a function that makes it for a dialect, as each database has its own words for some of them.
    """

    def __init__(self, statement: Any) -> None:
        self._make: Callable[[Any], Any] = statement if callable(statement) else lambda _: statement
        self._texts: dict[tuple[Any, ...], _Text] = {}

    def all(self, session: Session, **values: Any) -> list[Any]:
        """The rows that it selects or returns."""
        text, told = self._ask(session, values)
        return text.rows(told)

    def first(self, session: Session, **values: Any) -> Any:
        """The first row, or None."""
        found = self.all(session, **values)
        return found[0] if found else None

    def value(self, session: Session, **values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.all(session, **values)
        return found[0][0] if found else None

    def run(self, session: Session, **values: Any) -> int:
        """Writes; how many rows it wrote."""
        return self._ask(session, values)[1].count

    def run_each(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes once for each of `rows`, which have the same names."""
        if len(rows) == 1:
            self.run(session, **rows[0])
            return
        connection = connection_of(session)
        text = self._text(connection.dialect, rows[0])
        _told(connection, text, [text.parameters(row) for row in rows], many=True)

    def _ask(self, session: Session, values: Mapping[str, Any]) -> "tuple[_Text, _Told]":
        connection = connection_of(session)
        asked = {name: _padded(value) if type(value) is list else value for name, value in values.items()}
        text = self._text(connection.dialect, asked)
        return text, _told(connection, text, text.parameters(asked))

    def _text(self, dialect: Any, values: Mapping[str, Any]) -> "_Text":
        key = (dialect.name, *[len(value) for value in values.values() if type(value) is list])
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = _compiled(self._make(dialect), dialect, values)
        return found


def insert_into(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """New rows of a table, which have the same names; nothing of them is kept in the session."""
    if not _filled(model).issubset(rows[0]):
        session.execute(insert(table_of(model)), rows)
        return
    _insert(model, tuple(rows[0])).run_each(session, rows)


@cache
def _insert(model: type[Base], _names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table_of(model)).inline())


@cache
def _filled(model: type[Base]) -> frozenset[str]:
    """The columns that SQLAlchemy fills where nobody names them."""
    return frozenset(column.name for column in table_of(model).c if column.default is not None)


def _padded(values: list[Any]) -> list[Any]:
    """So long that there are few lengths, and a text for each: the last value once more means the same."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else values


@dataclass(slots=True)
class _Text:
    """The statement for one kind of database and one length of each of its lists."""

    sql: str
    order: tuple[str, ...] | None  # of the values, where the driver counts them; else it names them
    given: Mapping[str, Convert | None]  # what each value that is asked for passes
    lists: Mapping[str, Sequence[str]]  # the names of a list's values
    fixed: Mapping[str, Any]  # the values that the statement brings along
    make: Callable[[Sequence[Any]], Any]  # a row, its columns named
    results: Callable[[Sequence[Any]], Sequence[tuple[int, Convert]]]
    converted: Sequence[tuple[int, Convert]] | None = None  # columns that are not as the driver gives them

    def parameters(self, values: Mapping[str, Any]) -> Any:
        _refuse_others(values, self.given)
        filled = dict(self.fixed)
        for name, value in values.items():
            convert = self.given[name]
            if name in self.lists:
                filled.update(zip(self.lists[name], map(convert, value) if convert else value, strict=True))
            else:
                filled[name] = convert(value) if convert else value
        return filled if self.order is None else tuple([filled[name] for name in self.order])

    def rows(self, told: "_Told") -> list[Any]:
        if self.converted is None:
            self.converted = self.results(told.description)
        return [self._row(list(row)) for row in told.rows]

    def _row(self, values: list[Any]) -> Any:
        for at, convert in self.converted or ():
            values[at] = convert(values[at])
        return self.make(values)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the driver said."""

    rows: Rows
    description: Sequence[Any]
    count: int


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, with everything that the session holds back written to it."""
    if session.autoflush:
        session.flush()
    found: Connection | None = session.info.get(CONNECTION)
    if found is None or found.closed:
        found = session.info[CONNECTION] = session.connection()
    return found


def _told(connection: Any, text: _Text, parameters: Any, many: bool = False) -> _Told:
    """Runs a statement. Raises what SQLAlchemy makes of the driver's errors."""
    cursor = None
    try:
        cursor = connection.connection.cursor()
        if connection._has_events or connection.engine._has_events:
            for hear in connection.dispatch.before_cursor_execute:
                hear(connection, cursor, text.sql, parameters, None, many)
        (cursor.executemany if many else cursor.execute)(text.sql, parameters)
        description = cursor.description
        told = _Told(cursor.fetchall() if description else (), description, cursor.rowcount)
        cursor.close()
    except connection.dialect.loaded_dbapi.Error as error:
        connection._handle_dbapi_exception(error, text.sql, parameters, cursor, None)
    return told


def _compiled(statement: Any, dialect: Any, values: Mapping[str, Any]) -> _Text:
    """`values` decide how long the lists are, and which columns an INSERT names."""
    named = [name for name in values if name in statement.table.c] if statement.is_insert else None
    compiled = statement.compile(dialect=dialect, column_keys=named)
    assert not (compiled.insert_prefetch or compiled.update_prefetch), "columns that SQLAlchemy would fill"
    types = {name: bind.type for name, bind in compiled.binds.items()}
    given = {name: _to_driver(types[name], dialect) for name, bind in compiled.binds.items() if bind.required}
    _refuse_others(values, given)
    expanded = compiled.construct_expanded_state(values)
    lists = expanded.parameter_expansion
    types |= {each: types[name] for name, names in lists.items() for each in names}
    fixed = expanded.parameters.keys() - {each for name in given for each in lists.get(name, [name])}
    columns = list(statement.exported_columns)
    row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
    return _Text(
        sql=expanded.statement,
        order=tuple(expanded.positiontup) if expanded.positiontup is not None else None,
        given=given,
        lists={name: lists[name] for name in given if name in lists},
        fixed={name: _sent(expanded.parameters[name], types[name], dialect) for name in fixed},
        make=row._make,
        results=lambda description: _results([column.type for column in columns], dialect, description),
    )


def _refuse_others(values: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """What was forgotten must not become NULL."""
    if values.keys() != given.keys():
        raise TypeError(f"asked with {sorted(values)}, takes {sorted(given)}")


def _to_driver(type_: Any, dialect: Any) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return found


def _sent(value: Any, type_: Any, dialect: Any) -> Any:
    convert = _to_driver(type_, dialect)
    return convert(value) if convert else value


def _results(types: Sequence[Any], dialect: Any, description: Sequence[Any]) -> list[tuple[int, Convert]]:
    """What columns pass on their way from the driver, which says what it gives."""
    each = [
        type_.dialect_impl(dialect).result_processor(dialect, said[1])
        for type_, said in zip(types, description, strict=True)
    ]
    return [(at, convert) for at, convert in enumerate(each) if convert]
