"""Call-backs and their draws, held against their facts."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain import callbacks
from app.domain.errors import DomainError
from app.services.audit_facts import Found
from app.services.space_audit import against_facts
from app.store.models import Callback, CallbackDraw, FactRow


def callback_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every call-back or draw that does not follow from its facts."""
    yield from against_facts(session, "callback", Callback, "callbacks", _callback)
    yield from against_facts(session, "callback_draw", CallbackDraw, "callback_draws", _draw)


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
