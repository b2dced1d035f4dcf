"""Lists paged by cursor: the id of the last row shown, newest first. Nothing is counted, nothing is skipped over."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, literal, select, tuple_
from sqlalchemy.orm import Session

from app.domain.errors import Invalid

MOST, USUAL = 200, 50


def page(
    session: Session, query: Any, column: Any, cursor: str | None, limit: int, by: Any = None, end: Any = None
) -> tuple[list[Any], str | None]:
    """The next rows below `cursor` (an id) in descending order, and the cursor after them or None at the end.

    `by`: what the list is narrowed by, a day or an instant that every row of it has. The rows are in its order then, so that those
    of a period long ago are not looked for among all that came later; an index has both columns. Below a cursor the query must not
    say where the period ends, which is `end`: of two ends a database takes one, and reads from it what earlier pages have shown.
    A last row that has left the period meanwhile (a visit that did not take place has no day) counts as its end: rows may come
    twice, and none is left out.
    """
    order = (column,) if by is None else (by, column)
    if cursor and by is not None:
        found = select(by if end is None else case((by <= end, by), else_=end)).where(column == cursor)
        query = query.where(tuple_(*order) < tuple_(found.scalar_subquery(), literal(cursor)))
    elif cursor:
        query = query.where(column < cursor)
    rows: Sequence[Any] = session.scalars(query.order_by(*(c.desc() for c in order)).limit(limit + 1)).all()
    more = len(rows) > limit
    shown = list(rows[:limit])
    return shown, getattr(shown[-1], column.key) if more else None


def page_up(session: Session, query: Any, column: Any, cursor: str | None, limit: int) -> tuple[list[Any], str | None]:
    """Like `page`, in ascending order: for lists by code."""
    if cursor:
        query = query.where(column > cursor)
    rows: Sequence[Any] = session.scalars(query.order_by(column).limit(limit + 1)).all()
    shown = list(rows[:limit])
    return shown, getattr(shown[-1], column.key) if len(rows) > limit else None


def limit_of(text: str | None) -> int:
    """1–200; 50 where nothing is asked. Raises Invalid("out_of_range")."""
    if text is None:
        return USUAL
    if len(text) > 3 or not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST:
        raise Invalid("out_of_range", "limit", range=f"1–{MOST}")
    return int(text)
