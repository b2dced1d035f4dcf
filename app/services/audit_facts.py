"""What the parts of `log verify` share: the facts of each subject, in order."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.models import FactRow

CHUNK = 500
Found = tuple[str, str, str, str]  # code, table, row, text


def facts_of(session: Session, kind: str) -> Iterator[tuple[str, list[FactRow]]]:
    """The facts of each subject of a kind, in order, one subject after another."""
    query = select(FactRow).where(FactRow.subject_kind == kind).order_by(FactRow.subject_id, FactRow.seq)
    rows = session.scalars(query.execution_options(yield_per=CHUNK))
    for subject, facts in groupby(rows, key=lambda row: row.subject_id):
        yield subject, list(facts)
