"""Batches for reading: a unit's list, and the rows of one with what was said of them and what they became."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.store.models import ActorRow, Batch, BatchRow, Enterprise, InspectionRow

MOST = 20


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the table: `problems` are (column, code, data), `advice` what the rules said, `state` its inspection's."""

    number: int
    fields: Mapping[str, str]
    problems: tuple[tuple[str, str, Mapping[str, Any]], ...]
    advice: tuple[Mapping[str, Any], ...]
    inspection: str | None
    inspection_number: str | None
    state: str | None
    enterprise: str | None
    window_start: datetime | None
    window_end: datetime | None


@dataclass(frozen=True, slots=True)
class ShownBatch:
    id: str
    title: str
    state: str
    total: int
    made: int
    made_at: datetime
    made_by: str


def of_unit(session: Session, unit: str) -> list[ShownBatch]:
    """A unit's latest batches."""
    made = select(func.count(BatchRow.inspection)).where(BatchRow.batch == Batch.id).scalar_subquery()
    query = (
        select(Batch, ActorRow.name, made)
        .join(ActorRow, ActorRow.id == Batch.made_by)
        .where(Batch.unit == unit)
        .order_by(Batch.made_at.desc())
        .limit(MOST)
    )
    return [ShownBatch(b.id, b.title, b.state, b.total, n, b.made_at, who) for b, who, n in session.execute(query)]


def rows(session: Session, batch_id: str) -> list[ShownRow]:
    """The rows of a batch in the order of the table (at most 500)."""
    query = (
        select(BatchRow, InspectionRow.number, InspectionRow.state, Enterprise.name, InspectionRow.window_start,
               InspectionRow.window_end)
        .outerjoin(InspectionRow, InspectionRow.id == BatchRow.inspection)
        .outerjoin(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
        .where(BatchRow.batch == batch_id)
        .order_by(BatchRow.number)
    )  # fmt: skip
    return [
        ShownRow(
            row.number,
            json.loads(row.fields)["row"],
            tuple((field, code, data) for field, code, data in json.loads(row.problems)),
            tuple(json.loads(row.advice)),
            row.inspection,
            number,
            state,
            enterprise,
            start,
            end,
        )
        for row, number, state, enterprise, start, end in session.execute(query)
    ]
