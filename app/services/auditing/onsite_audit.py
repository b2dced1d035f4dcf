"""Rectifications, photographs and places, held against the facts that name them (a part of `log verify`)."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import rectifications as domain
from app.domain.rectifications import Rectification
from app.services.auditing.audit_facts import Found, facts_of, fitting
from app.services.visiting.places import digest
from app.store import rectifications as store
from app.store.models import CodePlace, FactRow, FileRow, RectificationRow
from app.store.unit_of_work import fact_of

NAMING_FILES = (
    "inspection.part_recorded",
    "inspection.completed",
    "inspection.not_carried_out",
    "rectification.answered",
    "rectification.verified",
    "telling.made",
)


def onsite_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every row that does not follow from the facts."""
    yield from _rectifications(session)
    yield from _files(session)
    yield from _places(session)


def _rectifications(session: Session) -> Iterator[Found]:
    for subject, rows in facts_of(session, "rectification"):
        yield from fitting("rectifications", subject, _rectification, subject, rows, store.get(session, subject))
    has_facts = select(FactRow.id).where(
        FactRow.subject_kind == "rectification", FactRow.subject_id == RectificationRow.inspection
    )
    for inspection in session.scalars(select(RectificationRow.inspection).where(~has_facts.exists())):
        yield "row_added", "rectifications", inspection, f"rectification {inspection} has no facts: nobody ordered it"


def _rectification(subject: str, facts: list[FactRow], stored: Rectification | None) -> Iterator[Found]:
    folded: Rectification | None = None
    for row in facts:
        if row.kind in domain.TRANSITIONS:
            folded = domain.evolve(folded, fact_of(row))
    if folded is not None and stored is None:
        yield "row_removed", "rectifications", subject, f"rectification {subject} was ordered and is gone"
    elif folded != stored:
        yield "row_changed", "rectifications", subject, f"rectification {subject} does not follow from its facts"


def _files(session: Session) -> Iterator[Found]:
    """A photograph or report that a fact names must be there, and be the one."""
    query = select(FactRow.subject_id, FactRow.body).where(FactRow.kind.in_(NAMING_FILES))
    for subject, body in session.execute(query.execution_options(yield_per=500)):
        yield from fitting("files", subject, _files_of, session, body)


def _files_of(session: Session, body: str) -> Iterator[Found]:
    for said in _named(json.loads(body)):
        row = session.get(FileRow, said["file"])
        if row is None:
            yield "row_removed", "files", said["file"], f"the file {said['file']} was recorded and is gone"
        elif row.sha256.hex() != said["sha256"]:
            yield "row_changed", "files", row.id, f"the file {row.id} is not the one that was recorded"


def _named(body: dict[str, Any]) -> list[dict[str, str]]:
    return [*body.get("photos", ()), *body.get("files", ())]


def _places(session: Session) -> Iterator[Found]:
    rows = {row.inspection: row for row in session.scalars(select(CodePlace))}
    erased = set(session.scalars(select(FactRow.subject_id).where(FactRow.kind == "place.erased")))
    placed = select(FactRow.subject_id, FactRow.body).where(FactRow.kind == "inspection.placed")
    for inspection, body in session.execute(placed):
        row = rows.pop(inspection, None)
        if row is None and inspection not in erased:
            yield "row_removed", "code_places", inspection, f"the place of inspection {inspection} is gone"
        elif row is not None:
            yield from fitting("code_places", inspection, _place, row, body)
    for inspection in rows:
        yield "row_added", "code_places", inspection, f"the place of inspection {inspection} has no fact"


def _place(row: CodePlace, body: str) -> Iterator[Found]:
    if digest(row) != json.loads(body)["sha256"]:
        yield "row_changed", "code_places", row.inspection, f"the place of inspection {row.inspection} was changed"
