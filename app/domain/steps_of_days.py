"""What holds on a day, where it changes on few days only: looked up once between two changes, not once a day."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class Dated(Protocol):
    """A row of a register that holds from one day to another, both included."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


class Steps(Generic[T]):
    """`make(day)` gives what holds on a day; it must follow from `rows` alone. Asked again, it is remembered."""

    def __init__(self, rows: Iterable[Dated], make: Callable[[date], T]) -> None:
        changes: set[date] = set()
        for row in rows:
            changes.add(row.valid_from)
            if row.valid_until is not None and row.valid_until < date.max:
                changes.add(row.valid_until + timedelta(days=1))
        self._changes, self._make = sorted(changes), make
        self._found: list[Any] = [_MISSING] * (len(changes) + 1)

    def on(self, day: date) -> T:
        at = bisect_right(self._changes, day)
        found: Any = self._found[at]
        if found is _MISSING:
            found = self._found[at] = self._make(day)
        answer: T = found
        return answer


_MISSING = object()
