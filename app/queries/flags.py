"""Flags for reading: lists by who may see them, and one with what it rests on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.flags.catalogue import CATALOGUE
from app.queries.figures import counted_flags
from app.queries.paging import page
from app.store.models import Enterprise, FindingRow, InspectionRow, InspectionUnit, Unit, Watch

UNIT_SEES = tuple(code for code, rule in CATALOGUE.items() if not rule.rests_on_speech)


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A finding with the names that people read."""

    row: FindingRow
    inspection_number: str | None
    uscc: str | None
    enterprise_name: str | None
    unit_name: str | None
    evidence: dict[str, Any]


def visible_where(actor: Actor) -> Any:
    """What an actor may see: the own region; or what was sent to the own unit and rests on nobody's speech."""
    if actor.oversees:
        return FindingRow.jurisdiction.in_(actor.regions)
    return and_(FindingRow.unit == actor.unit, FindingRow.sent_at.is_not(None), FindingRow.rule.in_(UNIT_SEES))


def listed(
    session: Session, actor: Actor, filters: Mapping[str, Any], cursor: str | None, limit: int
) -> tuple[list[ShownFlag], str | None]:
    """A page of flags, newest first. Filters: rule, unit, uscc, state, severity, from, to, q (name or number)."""
    by = FindingRow.raised_for if filters.get("from") or filters.get("to") else None
    end = date.fromisoformat(filters["to"]) if filters.get("to") else None
    query = filtered(actor, {**filters, "to": None} if cursor else filters)
    rows, following = page(session, query, FindingRow.id, cursor, limit, by, end)
    return shown(session, rows), following


def cases(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The case and the state of each of these flags that is in a case: those that take a step together."""
    query = select(FindingRow.id, FindingRow.case_id, FindingRow.state).where(FindingRow.id.in_(ids))
    rows = session.execute(query.where(FindingRow.case_id.is_not(None)))
    return {flag_id: (str(case), state) for flag_id, case, state in rows}


def filtered(actor: Actor, filters: Mapping[str, Any]) -> Any:
    query = select(FindingRow).where(visible_where(actor))
    for name in ("rule", "unit", "state", "severity"):
        if filters.get(name):
            query = query.where(getattr(FindingRow, name) == filters[name])
    if filters.get("from"):
        query = query.where(FindingRow.raised_for >= date.fromisoformat(filters["from"]))
    if filters.get("to"):
        query = query.where(FindingRow.raised_for <= date.fromisoformat(filters["to"]))
    if filters.get("uscc"):
        query = query.where(
            FindingRow.enterprise_id.in_(select(Enterprise.id).where(Enterprise.uscc == filters["uscc"]))
        )
    if filters.get("enterprise"):
        query = query.where(FindingRow.enterprise_id == filters["enterprise"])
    if filters.get("town"):
        of_town = select(Enterprise.id).where(Enterprise.region == filters["town"])
        query = query.where(FindingRow.enterprise_id.in_(of_town))
    if filters.get("open"):
        query = query.where(FindingRow.state.not_in(("closed", "dismissed", "withdrawn")))
    query = counted_flags(_followed(actor, filters, query), filters)
    if filters.get("q"):
        query = query.where(_matches(filters["q"]))
    return query


def _followed(actor: Actor, filters: Mapping[str, Any], query: Any) -> Any:
    """Who has it, its deadline, its case, whether it is set aside or watched."""
    if filters.get("assignee"):
        who = {"me": actor.id, "nobody": None}.get(filters["assignee"], filters["assignee"])
        query = query.where(FindingRow.assignee.is_(None) if who is None else FindingRow.assignee == who)
    if filters.get("due_from"):
        query = query.where(FindingRow.due_on >= filters["due_from"])
    if filters.get("due_to"):
        query = query.where(FindingRow.due_on <= filters["due_to"])
    if filters.get("case"):
        query = query.where(FindingRow.case_id == filters["case"])
    if filters.get("not_aside_on"):
        query = query.where(or_(FindingRow.aside_until.is_(None), FindingRow.aside_until < filters["not_aside_on"]))
    if filters.get("aside_on"):
        query = query.where(FindingRow.aside_until >= filters["aside_on"])
    if filters.get("watched"):
        query = query.where(watched_where(actor))
    return query


def watched_where(actor: Actor) -> Any:
    """Flags on what the actor watches, raised since then."""
    about = or_(
        and_(Watch.kind == "enterprise", Watch.subject == FindingRow.enterprise_id),
        and_(Watch.kind == "unit", Watch.subject == FindingRow.unit),
    )
    return select(Watch.id).where(Watch.actor == actor.id, Watch.since <= FindingRow.raised_at, about).exists()


def watched_among(session: Session, actor: Actor, ids: Sequence[str]) -> set[str]:
    """Those of `ids` that are about something the actor watches."""
    return set(session.scalars(select(FindingRow.id).where(FindingRow.id.in_(ids), watched_where(actor))))


def _matches(text: str) -> Any:
    names = select(Enterprise.id).where(Enterprise.search.contains(text.strip().lower(), autoescape=True))
    numbers = select(InspectionRow.id).where(InspectionRow.number == text.strip())
    return or_(FindingRow.enterprise_id.in_(names), FindingRow.inspection_id.in_(numbers))


def shown(session: Session, rows: Sequence[FindingRow]) -> list[ShownFlag]:
    """`rows` with their names: three queries however many."""
    inspections = _by(session, InspectionRow.id, InspectionRow.number, [r.inspection_id for r in rows])
    enterprises = {
        e.id: e for e in session.scalars(select(Enterprise).where(Enterprise.id.in_({r.enterprise_id for r in rows})))
    }
    units = _by(session, Unit.code, Unit.name, [r.unit for r in rows])
    out = []
    for r in rows:
        e = enterprises.get(r.enterprise_id or "")
        number = inspections.get(r.inspection_id or "")
        name, uscc = (e.name, e.uscc) if e else (None, None)
        out.append(ShownFlag(r, number, uscc, name, units.get(r.unit), json.loads(r.evidence)))
    return out


def own_visits(session: Session, unit: str, ids: Sequence[str]) -> set[str]:
    """Those of the inspections `ids` that `unit` took part in."""
    query = select(InspectionUnit.inspection).where(InspectionUnit.inspection.in_(ids), InspectionUnit.unit == unit)
    return set(session.scalars(query)) if ids else set()


def _by(session: Session, key: Any, value: Any, wanted: Sequence[str | None]) -> dict[str, str]:
    return {row[0]: row[1] for row in session.execute(select(key, value).where(key.in_({w for w in wanted if w})))}
