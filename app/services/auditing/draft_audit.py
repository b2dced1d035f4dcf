"""Drafts held against their facts, for `log verify`."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.applying.drafts import DISCARDED
from app.store.models import Draft, FactRow

Found = tuple[str, str, str, str]


def draft_discrepancies(session: Session) -> Iterator[Found]:
    """Drafts that are gone, or put away without a fact. What was typed is a working paper and may change."""
    query = select(FactRow).where(FactRow.subject_kind == "draft").order_by(FactRow.subject_id, FactRow.seq)
    for subject, facts in groupby(session.scalars(query.execution_options(yield_per=500)), lambda f: f.subject_id):
        put_away = any(f.kind == "draft.discarded" for f in facts)
        row = session.get(Draft, subject)
        if row is None:
            yield "row_removed", "drafts", subject, f"draft {subject} was begun and is gone"
        elif (row.state == DISCARDED) != put_away:
            yield "row_changed", "drafts", subject, f"draft {subject} is {row.state}, which its facts do not say"
