"""What was asked for: the bodies of the facts about amendments."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.models import FactRow


def requested(session: Session, inspection_id: str, n: int) -> dict[str, Any] | None:
    """The body of the request number `n`, or None."""
    query = select(FactRow.body).where(
        FactRow.subject_kind == "inspection",
        FactRow.subject_id == inspection_id,
        FactRow.kind == "inspection.amendment_requested",
    )
    bodies: list[dict[str, Any]] = [json.loads(body) for body in session.scalars(query.order_by(FactRow.seq))]
    return next((body for body in bodies if body["n"] == n), None)
