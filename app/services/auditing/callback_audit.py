"""Call-backs and their draws, held against their facts."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import callbacks
from app.domain.errors import DomainError
from app.services.auditing.audit_facts import CHUNK, Found, facts_of
from app.services.auditing.space_audit import against_facts
from app.store.models import Callback, CallbackDraw, EnterprisePhone, FactRow


def callback_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every call-back or draw that does not follow from its facts."""
    yield from against_facts(session, "callback", Callback, "callbacks", _callback)
    yield from against_facts(session, "callback_draw", CallbackDraw, "callback_draws", _draw)
    yield from _phones(session)


def _phones(session: Session) -> Iterator[Found]:
    """The number of an enterprise must be what was sealed last, and gone once it was erased. Nothing is opened for it."""
    rows = {row.id: row.sealed for row in session.scalars(select(EnterprisePhone).execution_options(yield_per=CHUNK))}
    for subject, facts in facts_of(session, "phone"):
        sealed, last = rows.pop(subject, None), facts[-1]
        is_there = last.kind == "phone.kept"
        if is_there and sealed is None:
            yield "row_removed", "enterprise_phones", subject, f"the telephone number of {subject} is gone"
        elif sealed is not None and not (is_there and json.loads(last.body).get("sha256") == _hash(sealed)):
            yield "row_changed", "enterprise_phones", subject, f"the telephone number of {subject} was changed"
    for subject in rows:
        yield "row_added", "enterprise_phones", subject, f"the telephone number of {subject} was never recorded"


def _hash(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def _callback(facts: list[FactRow]) -> dict[str, Any] | None:
    wanted: dict[str, Any] = {}
    try:
        for fact in facts:
            wanted |= callbacks.changes(wanted, fact.kind, json.loads(fact.body), fact.recorded_by, fact.recorded_at)
    except (DomainError, KeyError):
        return None
    return wanted


def _draw(facts: list[FactRow]) -> dict[str, Any] | None:
    wanted: dict[str, Any] = {}
    for fact in facts:
        if fact.kind == "callback_draw.committed":
            said = json.loads(fact.body)
            days = {name: date.fromisoformat(said[name]) for name in ("first_day", "last_day")}
            wanted |= said | days | {"drawn_at": None}
        elif fact.kind == "callback_draw.drawn":
            wanted["drawn_at"] = fact.recorded_at
    return wanted if "week" in wanted else None
