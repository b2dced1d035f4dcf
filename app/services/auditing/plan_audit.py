"""Plans and drawings by lot as they stand, held against their facts: a changed, removed or added row is named."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import lots as lot_domain
from app.domain import plans as domain
from app.services.auditing.audit_facts import Found, facts_of, fitting
from app.store import plans as plan_store
from app.store.models import FactRow, Lot, Plan
from app.store.unit_of_work import fact_of


def plan_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every plan, row or key enterprise that does not follow from the facts."""
    for subject, rows in facts_of(session, "plan"):
        yield from fitting("plans", subject, _plan, subject, rows, plan_store.get(session, subject))
    yield from _without_facts(session, Plan, "plan")
    yield from _lots(session)


def _plan(subject: str, facts: list[FactRow], stored: domain.Plan | None) -> Iterator[Found]:
    folded: domain.Plan | None = None
    for row in facts:
        folded = domain.evolve(folded, fact_of(row))
    assert folded is not None
    if stored is None:
        yield "row_removed", "plans", subject, f"plan {folded.code} was recorded and its row is gone"
    elif changed := plan_store.differences(folded, stored):
        text = f"plan {folded.code} does not follow from its facts: {', '.join(changed)}"
        yield "row_changed", "plans", subject, text


def _lots(session: Session) -> Iterator[Found]:
    for subject, rows in facts_of(session, "lot"):
        yield from fitting("lots", subject, _lot, subject, rows, session.get(Lot, subject))
    yield from _without_facts(session, Lot, "lot")


def _lot(subject: str, facts: list[FactRow], lot: Lot | None) -> Iterator[Found]:
    wanted: dict[str, Any] = {}
    for row in facts:
        said, step = json.loads(row.body), row.kind.removeprefix("lot.")
        wanted |= {name: said[name] for name in _SET[step]} | {"state": step}
    if lot is None:
        yield "row_removed", "lots", subject, f"drawing {subject} was recorded and its row is gone"
        return
    changed = [name for name, value in wanted.items() if _stored(lot, name) != value]
    if lot_domain.hash_of(lot.pool) != wanted["pool_hash"]:
        changed.append("pool")
    if changed:
        text = f"drawing {subject} does not follow from its facts: {', '.join(changed)}"
        yield "row_changed", "lots", subject, text


_COMMITTED = ("unit", "purpose", "title", "plan", "plan_row", "pool_hash", "commitment", "left_out")
_SET = {
    "promised": ("commitment", "pool_hash"), "committed": _COMMITTED, "drawn": ("seed", "word", "result"),
    "abandoned": ("reason",), "redrawn": (),
}  # fmt: skip


def _stored(lot: Lot, name: str) -> Any:
    value = getattr(lot, name)
    return json.loads(value) if name in ("result", "left_out") and value is not None else value


def _without_facts(session: Session, model: Any, kind: str) -> Iterator[Found]:
    has_facts = select(FactRow.id).where(FactRow.subject_kind == kind, FactRow.subject_id == model.id)
    for row in session.scalars(select(model).where(~has_facts.exists())):
        yield "row_added", model.__tablename__, row.id, f"{kind} {row.id} ({row.title}) has no facts"
