"""The amendments of a visit as people read them: what was asked for, by whom, what the head decided."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.times import parse_rfc3339
from app.store import registry
from app.store.models import ActorRow, FactRow
from app.store.unit_of_work import history

WAITING, APPROVED, REJECTED, WITHDRAWN = "waiting", "approved", "rejected", "withdrawn"
DECISIONS = {
    "inspection.amended": APPROVED,
    "inspection.amendment_rejected": REJECTED,
    "inspection.amendment_withdrawn": WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class ShownAmendment:
    """`officers` is the whole new list, empty where it stays. `applicant` is the person behind the request."""

    n: int
    state: str
    reason: str
    asked_by: str
    applicant: str
    asked_at: datetime
    window_end: datetime | None
    items: tuple[tuple[str, str], ...]
    officers: tuple[tuple[str, str], ...]
    units: tuple[str, ...] = ()  # names of those that join
    decided_at: datetime | None = None
    decision_reason: str | None = None


def amendments(session: Session, inspection_id: str, facts: Sequence[FactRow] | None = None) -> list[ShownAmendment]:
    """All amendments of an inspection in order; `facts` is its history where the caller has it already."""
    facts = history(session, "inspection", inspection_id) if facts is None else facts
    decided = {json.loads(f.body)["n"]: f for f in facts if f.kind in DECISIONS}
    asked = [f for f in facts if f.kind == "inspection.amendment_requested"]
    if not asked:
        return []
    query = select(ActorRow.id, ActorRow.name).where(ActorRow.id.in_({f.recorded_by for f in asked}))
    names = {row.id: row.name for row in session.execute(query)}
    return [_shown(session, f, names.get(f.recorded_by, ""), decided.get(json.loads(f.body)["n"])) for f in asked]


def _shown(session: Session, fact: FactRow, by: str, decision: FactRow | None) -> ShownAmendment:
    body = json.loads(fact.body)
    changes = body["changes"]
    items = registry.items(session, changes["add_items"])
    return ShownAmendment(
        n=body["n"],
        state=DECISIONS[decision.kind] if decision else WAITING,
        reason=body["reason"],
        asked_by=by,
        applicant=body["applicant"],
        asked_at=fact.recorded_at,
        window_end=parse_rfc3339(changes["window_end"]) if changes["window_end"] else None,
        items=tuple((code, items[code].name) for code in changes["add_items"]),
        officers=tuple((o["certificate_no"], o["name"] or "") for o in changes["officers"] or ()),
        units=tuple(u.name for u in registry.units(session, changes.get("add_units", ())).values()),
        decided_at=decision.recorded_at if decision else None,
        decision_reason=json.loads(decision.body).get("reason") if decision else None,
    )
