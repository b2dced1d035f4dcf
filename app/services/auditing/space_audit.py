"""Memberships and matters of the enterprises' spaces, held against their facts."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import matters
from app.domain.errors import DomainError
from app.services.auditing.audit_facts import CHUNK, Found, fitting
from app.store.models import FactRow, MatterRow, SpaceMember


def space_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every membership and matter that does not follow from its facts."""
    yield from against_facts(session, "member", SpaceMember, "space_members", _member)
    yield from against_facts(session, "matter", MatterRow, "matters", _matter)


def against_facts(session: Session, subject_kind: str, model: Any, table: str, fold: Any) -> Iterator[Found]:
    query = select(FactRow).where(FactRow.subject_kind == subject_kind).order_by(FactRow.subject_id, FactRow.seq)
    facts = session.scalars(query.execution_options(yield_per=CHUNK))
    for subject, rows in groupby(facts, key=lambda fact: fact.subject_id):
        one = (f"{subject_kind} {subject}", table, subject)
        yield from fitting(table, subject, _against, one, list(rows), session.get(model, subject), fold)
    has_facts = select(FactRow.id).where(FactRow.subject_kind == subject_kind, FactRow.subject_id == model.id)
    for row in session.scalars(select(model).where(~has_facts.exists())):
        yield "row_added", table, row.id, f"{subject_kind} {row.id} has no facts: nobody recorded it"


def _against(one: tuple[str, str, str], facts: list[FactRow], row: Any, fold: Any) -> Iterator[Found]:
    name, table, subject = one
    wanted = fold(facts)
    if wanted is None:
        yield "facts_broken", table, subject, f"the facts of {name} do not fit"
    elif row is None:
        yield "row_removed", table, subject, f"{name} was recorded and its row is gone"
    else:
        changed = sorted(column for column, value in wanted.items() if getattr(row, column) != value)
        if changed:
            yield "row_changed", table, subject, f"{name} does not follow from its facts: {', '.join(changed)}"


def _member(facts: list[FactRow]) -> dict[str, Any] | None:
    wanted: dict[str, Any] = {}
    for fact in facts:
        if fact.kind == "member.added":
            wanted |= json.loads(fact.body) | {"added_at": fact.recorded_at, "removed_at": None}
        elif fact.kind == "member.removed":
            wanted |= {"removed_at": fact.recorded_at, "removed_by": fact.recorded_by}
            wanted["removed_reason"] = json.loads(fact.body)["reason"]
    return wanted if "person" in wanted else None


def _matter(facts: list[FactRow]) -> dict[str, Any] | None:
    wanted: dict[str, Any] = {}
    try:
        for fact in facts:
            body = json.loads(fact.body)
            wanted |= matters.changes(wanted.get("state"), fact.kind, body, fact.recorded_by, fact.recorded_at)
            if fact.kind == "matter.erased":
                wanted = {name: value for name, value in wanted.items() if not name.endswith("_digest")}
    except (DomainError, KeyError):
        return None
    return wanted
