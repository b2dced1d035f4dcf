"""What all tables share: names of constraints, aware UTC times, the type of ids and codes."""

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import DateTime, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = String(26)  # ULID or random id
Code = String(64)  # region, unit, item and plan codes


class Utc(TypeDecorator[datetime]):
    """An instant: aware on both sides, UTC in storage. A naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        value = _checked(value)
        return value.replace(tzinfo=None) if value is not None and dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Any) -> Any:
        """Straight to what the driver takes: an import binds a dozen instants for each visit."""
        return _as_text if dialect.name == "sqlite" else _checked

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return _in_utc(value)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Straight from what the driver gives: millions of rows are read, with many instants each."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _as_text(value: datetime | None) -> str | None:
    """An instant as SQLite keeps it."""
    value = _checked(value)
    return None if value is None else value.replace(tzinfo=None).isoformat(" ", "microseconds")


def _checked(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a naive time cannot be stored")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _from_text(value: str | None) -> datetime | None:
    """An instant as SQLite keeps it: nothing there says that it is UTC, so that is said in the text. Histories are read so."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value + "+00:00")
        return found if found.tzinfo else _in_utc(found)  # a day alone: the offset was read as its time
    except ValueError:
        return _in_utc(datetime.fromisoformat(value))  # written by other hands, with its offset


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Utc}


def table_of(model: type[Base]) -> Table:
    """The table of a class, for inserting many rows without keeping an object of each."""
    return cast(Table, model.__table__)
