"""What was asked for: the bodies of the facts about amendments."""

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.models import FactRow


def requested(session: Session, inspection_id: str, n: int) -> dict[str, Any] | None:
    """The body of the request number `n`, or None."""
    return _body(session, inspection_id, "inspection.amendment_requested", n)


def approval(session: Session, inspection_id: str, n: int) -> dict[str, Any] | None:
    """The body of the approval of number `n`, or None while it was not approved."""
    return _body(session, inspection_id, "inspection.amended", n)


def _body(session: Session, inspection_id: str, kind: str, n: int) -> dict[str, Any] | None:
    query = select(FactRow.body).where(
        FactRow.subject_kind == "inspection", FactRow.subject_id == inspection_id, FactRow.kind == kind
    )
    bodies: list[dict[str, Any]] = [json.loads(body) for body in session.scalars(query.order_by(FactRow.seq))]
    return next((body for body in bodies if body["n"] == n), None)
