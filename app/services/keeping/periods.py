"""Periods: what is dated is edited by a new period. One that has not begun can be taken back, one that runs given an end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.times import shanghai_day
from app.services import registers
from app.store import registry
from app.store.models import Base
from app.store.unit_of_work import UnitOfWork

EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


def jurisdiction(work: UnitOfWork, region: str | None) -> str:
    """The district that the fact about a register belongs to."""
    return registry.district_of(work.session, region) or work.default_jurisdiction


def begin(
    work: UnitOfWork, actor: Actor, district: str, period: Any, same: Sequence[Any] = (), *, late: bool = False
) -> None:
    """Adds a period (a row with valid_from and perhaps valid_until), today at the earliest unless entered `late`.

    Raises Invalid at valid_from or valid_until: in the past, in the wrong order, or beginning on the day on which one
    of `same` begins.
    """
    check(work, period.valid_from, getattr(period, "valid_until", None), late=late)
    if any(other.valid_from == period.valid_from for other in same):
        raise Invalid("period_begins_same_day", "valid_from", day=period.valid_from.isoformat())
    work.session.add(period)
    work.session.flush()
    registers.record(work, actor, district, [period])


def check(work: UnitOfWork, first: date | None, last: date | None, *, late: bool = False) -> None:
    """Raises Invalid where a period cannot be from `first` to `last`."""
    if first is None:
        raise Invalid("missing", "valid_from")
    for day, name in ((first, "valid_from"), (last, "valid_until")):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise Invalid("period_years", name)
    if not late and first < shanghai_day(work.now):
        raise Invalid("period_in_the_past", "valid_from")
    if last is not None and last < first:
        raise Invalid("period_ends_before", "valid_until")


def end(work: UnitOfWork, actor: Actor, district: str, period: Any, last: date | None) -> None:
    """Gives a period its last day, today at the earliest. Raises Invalid("period_end_…") or Refused("period_over")."""
    today = shanghai_day(work.now)
    if period.valid_until is not None and period.valid_until < today:
        raise Refused("period_over", "last")
    if last is None:
        raise Invalid("missing", "last")
    if last < today or last > LATEST:
        raise Invalid("period_end_in_the_past", "last")
    if last < period.valid_from:
        raise Invalid("period_end_before", "last", day=period.valid_from.isoformat())
    period.valid_until = last
    work.session.flush()
    registers.record(work, actor, district, [period])


def take_back(work: UnitOfWork, actor: Actor, district: str, period: Any) -> None:
    """Removes a period that has not begun; the record of it stays. Raises Refused("period_begun")."""
    if period.valid_from <= shanghai_day(work.now):
        raise Refused("period_begun")
    registers.removed(work, actor, district, [period])
    work.session.delete(period)
    work.session.flush()


def of(work: UnitOfWork, model: type[Base], period_id: int, column: str, value: str) -> Any:
    """The period of this id that belongs to `value`. Raises NotFound("no_such_period")."""
    found: Any = work.session.get(model, period_id)
    if found is None or getattr(found, column) != value:
        raise NotFound("no_such_period")
    return found
