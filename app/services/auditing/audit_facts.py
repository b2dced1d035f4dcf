"""What the parts of `log verify` share: the facts of each subject, in order, and what becomes of facts that say nonsense.

Whoever changes a body by SQL may write anything there. That is named and never ends the verification.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.store.models import FactRow

# What reading a changed body or row can raise.
MISFITS = (DomainError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
CHUNK = 500
Found = tuple[str, str, str, str]  # code, table, row, text


def facts_of(session: Session, kind: str) -> Iterator[tuple[str, list[FactRow]]]:
    """The facts of each subject of a kind, in order, one subject after another."""
    query = select(FactRow).where(FactRow.subject_kind == kind).order_by(FactRow.subject_id, FactRow.seq)
    rows = session.scalars(query.execution_options(yield_per=CHUNK))
    for subject, facts in groupby(rows, key=lambda row: row.subject_id):
        yield subject, list(facts)


def fitting(table: str, subject: str, compare: Callable[..., Iterable[Found]], *given: object) -> Iterator[Found]:
    """What `compare(*given)` finds about one subject. Where it cannot read what it is given, that is what was found."""
    try:
        yield from compare(*given)
    except MISFITS as error:
        yield "facts_broken", table, subject, f"the facts of {table} {subject} do not fit: {why(error)}"


def why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def through(session: Session, part: Callable[[Session], Iterator[Found]]) -> Iterator[Found]:
    """What a part of the verification finds. Where it has to stop early, that is said, and the other parts go on."""
    try:
        yield from part(session)
    except MISFITS as error:
        yield stopped(part.__name__, error)


def stopped(part: str, error: Exception) -> Found:
    """That a part of the verification stopped early, where it did not expect it."""
    name = part.strip("_").removesuffix("_discrepancies")
    text = f"the comparison of {name} stopped early, at a row or fact that cannot be read: {why(error)}"
    return "unreadable", name, "", text
