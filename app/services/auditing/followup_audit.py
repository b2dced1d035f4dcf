"""Questions to units, held against their facts."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.domain import questions
from app.domain.errors import DomainError
from app.services.auditing.audit_facts import Found
from app.services.auditing.space_audit import against_facts
from app.store.models import FactRow, UnitQuestion


def question_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every question that does not follow from its facts."""
    yield from against_facts(session, "question", UnitQuestion, "unit_questions", _question)


def _question(facts: list[FactRow]) -> dict[str, Any] | None:
    wanted: dict[str, Any] = {}
    try:
        for fact in facts:
            body = json.loads(fact.body)
            wanted |= questions.changes(wanted.get("state"), fact.kind, body, fact.recorded_by, fact.recorded_at)
    except (DomainError, KeyError):
        return None
    return wanted
