"""Looks and leads of discipline inspection, held against their facts; nothing is opened for it."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import leads
from app.domain.errors import DomainError
from app.services.auditing.audit_facts import Found, facts_of, fitting
from app.services.auditing.space_audit import against_facts
from app.store.models import FactRow, Lead, LeadStep, Look

ERASED = "lead.erased"


def watch_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every look, lead and step that does not follow from its facts."""
    yield from against_facts(session, "look", Look, "looks", _look)
    yield from against_facts(session, "lead", Lead, "leads", _lead)
    yield from _sealed(session)


def _look(facts: list[FactRow]) -> dict[str, Any]:
    return {"actor": facts[0].recorded_by, "at": facts[0].recorded_at, "jurisdiction": facts[0].jurisdiction}


def _lead(facts: list[FactRow]) -> dict[str, Any] | None:
    wanted: dict[str, Any] = {"jurisdiction": facts[0].jurisdiction}
    try:
        for fact in facts:
            wanted |= leads.columns_after(wanted.get("state"), fact.kind, json.loads(fact.body))
    except (DomainError, KeyError):
        return None
    return wanted


def _sealed(session: Session) -> Iterator[Found]:
    """What is sealed must be what was sealed then, and each step be one that was taken."""
    for subject, facts in facts_of(session, "look"):
        row = session.get(Look, subject)
        if row is not None:
            yield from fitting("looks", subject, _sealed_look, row, facts[0])
    for subject, facts in facts_of(session, "lead"):
        steps = {s.id: s for s in session.scalars(select(LeadStep).where(LeadStep.lead == subject))}
        yield from fitting("leads", subject, _sealed_lead, subject, facts, session.get(Lead, subject))
        yield from fitting("lead_steps", subject, _steps, subject, facts[1:], steps)


def _sealed_look(row: Look, fact: FactRow) -> Iterator[Found]:
    if _differs(row.sealed, fact):
        yield "row_changed", "looks", row.id, f"what look {row.id} was at was changed"


def _sealed_lead(subject: str, facts: list[FactRow], lead: Lead | None) -> Iterator[Found]:
    if lead is not None and facts[-1].kind == ERASED:
        if lead.sealed or lead.answer:
            yield "row_changed", "leads", subject, f"lead {subject} was erased and says something again"
        return
    if lead is not None and _differs(lead.sealed, facts[0]):
        yield "row_changed", "leads", subject, f"what lead {subject} says was changed"
    if lead is not None and _answer(lead) != json.loads(facts[-1].body).get("answer_sha256"):
        yield "row_changed", "leads", subject, f"the answer of lead {subject} is not the one that was given"


def _steps(subject: str, facts: list[FactRow], steps: dict[str, LeadStep]) -> Iterator[Found]:
    is_erased = facts[-1].kind == ERASED if facts else False
    for fact in facts[:-1] if is_erased else facts:
        step = steps.pop(json.loads(fact.body)["step"], None)
        if step is None:
            yield "row_removed", "lead_steps", subject, f"a step of lead {subject} is gone"
        elif (step.kind, step.actor, step.at) != (fact.kind, fact.recorded_by, fact.recorded_at) or (
            step.sealed if is_erased else _differs(step.sealed, fact)
        ):
            yield "row_changed", "lead_steps", step.id, f"a step of lead {subject} was changed"
    for step_id in steps:
        yield "row_added", "lead_steps", step_id, f"a step of lead {subject} was never taken"


def _differs(sealed: bytes, fact: FactRow) -> bool:
    return bool(hashlib.sha256(sealed).hexdigest() != json.loads(fact.body)["sha256"])


def _answer(lead: Lead) -> str | None:
    return hashlib.sha256(lead.answer.encode()).hexdigest() if lead.answer else None
