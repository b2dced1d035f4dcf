"""Records of the units' own systems held against their facts: what was received, corrected and decided."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.enterprises import address_key, normalise_name
from app.services.auditing.audit_facts import Found, facts_of, fitting
from app.services.auditing.state_audit import in_chunks
from app.store.models import CaseRecord, FactRow


def case_record_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every record that is not as it was received and decided on."""
    for chunk in in_chunks(facts_of(session, "case_record")):
        subjects = [subject for subject, _ in chunk]
        rows = {r.id: r for r in session.scalars(select(CaseRecord).where(CaseRecord.id.in_(subjects)))}
        for subject, facts in chunk:
            yield from fitting("case_records", subject, _record, subject, facts, rows.get(subject))
    has_facts = select(FactRow.id).where(FactRow.subject_kind == "case_record", FactRow.subject_id == CaseRecord.id)
    for row in session.scalars(select(CaseRecord).where(~has_facts.exists())):
        yield "row_added", "case_records", row.id, f"record {row.number} of {row.source} has no facts: nobody sent it"


def _record(subject: str, facts: list[FactRow], row: CaseRecord | None) -> Iterator[Found]:
    wanted = _folded(facts)
    name = f"record {wanted.get('number', subject)} of {wanted.get('source', '?')}"
    if row is None:
        yield "row_removed", "case_records", subject, f"{name} was received and is gone"
        return
    changed = [column for column, value in wanted.items() if getattr(row, column) != value]
    if changed:
        yield "row_changed", "case_records", subject, f"{name} does not follow from its facts: {', '.join(changed)}"


def _folded(facts: list[FactRow]) -> dict[str, Any]:
    """What the columns of a record must hold after its facts."""
    wanted: dict[str, Any] = {"decisions": 0, "decided_inspection": None, "decided_enterprise": None, "rejected": None}
    for fact in facts:
        said = json.loads(fact.body)
        if fact.kind == "case_record.decided":
            wanted |= {
                "decisions": wanted["decisions"] + 1,
                "decided_inspection": said["inspection"],
                "decided_enterprise": said["enterprise"],
                "rejected": json.dumps(said["rejected"]),
                "decision_reason": said["reason"],
            }
            continue
        wanted |= said | {
            "day": date.fromisoformat(said["day"]),
            "officers": json.dumps(said["officers"]),
            "items": json.dumps(said["items"]),
            "name_key": normalise_name(said["name"]) if said["name"] else None,
            "address_key": address_key(said["address"]),
        }
    return wanted
