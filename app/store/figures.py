"""The closed quarters, from their facts `figure.closed`: they are kept nowhere else."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.satisfaction import Figure, Quarter
from app.store.models import FactRow


def closed(session: Session) -> list[tuple[Quarter, list[Figure]]]:
    """The closed quarters in order, with the figures of all units: for closing the next, and for supervisors."""
    where = (FactRow.subject_kind == "quarter", FactRow.kind == "figure.closed")
    rows = session.execute(select(FactRow.subject_id, FactRow.body).where(*where).order_by(FactRow.subject_id))
    return [(Quarter.parse(text), _figures(Quarter.parse(text), body)) for text, body in rows]


def _figures(quarter: Quarter, body: str) -> list[Figure]:
    return [
        Figure(unit, quarter, said["halves"], said["enterprises"], said["visits"], Quarter.parse(said["since"]))
        for unit, said in sorted(json.loads(body)["units"].items())
    ]
