"""The hour and the weekday of a visit and a number of a JSON text in SQL, the same on SQLite and PostgreSQL whatever the
session's time zone."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement


class ShanghaiHour(FunctionElement[int]):
    """0-23: the Asia/Shanghai hour of an instant (UTC + 8 without summer time since 1991)."""

    type = Integer()
    inherit_cache = True


class Weekday(FunctionElement[int]):
    """1 (Monday) to 7 of a date."""

    type = Integer()
    inherit_cache = True


class JsonNumber(FunctionElement[int]):
    """The whole number under a name in a JSON text, or NULL."""

    type = Integer()
    inherit_cache = True


@compiles(ShanghaiHour, "sqlite")
def _hour_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(CAST(strftime('%H', {compiler.process(element.clauses, **kw)}) AS INTEGER) + 8) % 24"


@compiles(ShanghaiHour, "postgresql")
def _hour_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    moment = compiler.process(element.clauses, **kw)
    return f"CAST(extract(hour FROM ({moment}) AT TIME ZONE 'Asia/Shanghai') AS INTEGER)"


@compiles(Weekday, "sqlite")
def _weekday_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(CAST(strftime('%w', {compiler.process(element.clauses, **kw)}) AS INTEGER) + 6) % 7 + 1"


@compiles(Weekday, "postgresql")
def _weekday_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(extract(isodow FROM {compiler.process(element.clauses, **kw)}) AS INTEGER)"


@compiles(JsonNumber, "sqlite")
def _number_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    column, name = element.clauses
    return f"json_extract({compiler.process(column, **kw)}, '$.' || {compiler.process(name, **kw)})"


@compiles(JsonNumber, "postgresql")
def _number_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    column, name = element.clauses
    return f"CAST(({compiler.process(column, **kw)})::json ->> {compiler.process(name, **kw)} AS INTEGER)"
