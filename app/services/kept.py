"""Rows whose every change is a fact with the columns it sets: stored here, held against the facts by `log verify`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import DomainError
from app.domain.steps import state_after
from app.services.auditing.audit_facts import Found
from app.services.auditing.space_audit import against_facts
from app.store.models import Accompanying, Campaign, CaseFile, FactRow, FlagReview, Observation, Recusal
from app.store.unit_of_work import UnitOfWork

TABLES: dict[str, Any] = {
    "review": FlagReview,
    "campaign": Campaign,
    "casefile": CaseFile,
    "observation": Observation,
    "recusal": Recusal,
    "accompanying": Accompanying,
}
# Words that must be erasable one day: their facts hold salted hashes of them (`<column>_digest` of the row).
WORDS = {"observation": ("text", "enterprise_name", "answer")}
HELD = ("observation",)  # what enterprises say through an observer enters the log in the daily batch


def make(work: UnitOfWork, actor: Actor, kind: str, jurisdiction: str, columns: Mapping[str, Any]) -> Any:
    """A new row by the fact `kind`; `columns` hold what JSON holds."""
    subject = kind.split(".")[0]
    row = TABLES[subject](id=work.new_id(), jurisdiction=jurisdiction, made_at=work.now, made_by=actor.id)
    if subject in WORDS:
        row.salt = work.random(16)
    _set(work, actor, row, kind, None, columns)
    work.session.add(row)
    work.session.flush()
    return row


def locked(work: UnitOfWork, subject: str, row_id: str) -> Any | None:
    """A row, held until the transaction ends, or None."""
    model = TABLES[subject]
    return work.session.scalar(select(model).where(model.id == row_id).with_for_update())


def step(work: UnitOfWork, actor: Actor, row: Any, kind: str, columns: Mapping[str, Any] | None = None) -> None:
    """A step of a locked row. Raises Refused("step_not_now")."""
    _set(work, actor, row, kind, row.state, columns or {})
    work.session.flush()


def _set(work: UnitOfWork, actor: Actor, row: Any, kind: str, before: str | None, columns: Mapping[str, Any]) -> None:
    body = dict(columns) | {"state": state_after(kind, before)}
    for name, value in body.items():
        setattr(row, name, value)
    row.changed_at = work.now
    subject = kind.split(".")[0]
    said = {
        f"{name}_digest" if name in WORDS.get(subject, ()) else name: getattr(row, f"{name}_digest")
        if name in WORDS.get(subject, ())
        else value
        for name, value in body.items()
    }
    work.store_fact(work.fact(kind, (subject, row.id), said, actor, row.jurisdiction, held=subject in HELD))


def kept_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every row that does not follow from its facts."""
    for subject, model in TABLES.items():
        yield from against_facts(session, subject, model, model.__tablename__, _fold)


def _fold(facts: list[FactRow]) -> dict[str, Any] | None:
    first = facts[0]
    wanted: dict[str, Any] = {
        "jurisdiction": first.jurisdiction, "made_at": first.recorded_at, "made_by": first.recorded_by,
    }  # fmt: skip
    try:
        for fact in facts:
            said = json.loads(fact.body)
            if said["state"] != state_after(fact.kind, wanted.get("state")):
                return None
            wanted |= said | {"changed_at": fact.recorded_at}
    except (DomainError, KeyError):
        return None
    return wanted
