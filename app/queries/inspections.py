"""Inspections for reading: one with all that is shown of it, and lists by who may see them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.flags.catalogue import CATALOGUE
from app.domain.inspections import Inspection
from app.queries.figures import counted_visits
from app.queries.paging import page
from app.services.trust.codes import Code, all_drawn
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import Enterprise, FactRow, FindingRow, InspectionRow, InspectionUnit
from app.store.models.base import table_of
from app.store.models.inspections import LATE
from app.store.prepared import Prepared
from app.store.reference import current


@dataclass(frozen=True, slots=True)
class Shown:
    """An inspection with names instead of codes where people read them, its flags, its code and its advice."""

    inspection: Inspection
    enterprise: Any
    units: dict[str, str]
    items: dict[str, Any]
    flags: tuple[Any, ...]
    advice: tuple[dict[str, Any], ...]
    code: Code | None


def shown(session: Session, actor: Actor, found: Sequence[Inspection], public_url: str) -> list[Shown]:
    """`found` with everything around them: four queries however many there are."""
    if not found:
        return []
    ids = [i.id for i in found]
    enterprises = registry.enterprises(session, [i.enterprise_id for i in found])
    known = current(session)
    flags: dict[str, list[Any]] = {i: [] for i in ids}
    for row in _FLAGS.all(session, ids=ids):
        if row.jurisdiction in actor.regions if actor.oversees else not CATALOGUE[row.rule].rests_on_speech:
            flags[str(row.inspection_id)].append(row)
    advice, codes = _advice(session, ids), all_drawn(session, found, public_url)
    return [
        Shown(
            inspection=i,
            enterprise=enterprises[i.enterprise_id],
            units={u: known.units[u].name for u in i.units},
            items={c: known.items[c] for c in i.items},
            flags=tuple(flags[i.id]),
            advice=tuple(advice.get(i.id, ())),
            code=codes.get(i.id),
        )
        for i in found
    ]


def listed(
    session: Session, actor: Actor, cursor: str | None, limit: int, **filters: Any
) -> tuple[list[Inspection], str | None]:
    """The inspections an actor may see, newest first: the own unit's, or those of the own region and below."""
    by, end = None, None
    if days := filters.get("days"):
        by, end, endless = InspectionRow.visit_day, days.last, {"days": replace(days, last=date.max)}
    elif filters.get("from") or filters.get("to"):
        by, end, endless = InspectionRow.window_start, filters.get("to"), {"to": None}
    query = filtered(actor, filters | endless if cursor and by is not None else filters)
    if filters.get("count") == "above":  # rare: found from the few bodies, whose names tell the database how rare
        few = [code for code, supervised in current(session).supervised.items() if not supervised]
        query = query.where(InspectionRow.id.in_(select(InspectionUnit.inspection).where(InspectionUnit.unit.in_(few))))
    rows, following = page(session, query, InspectionRow.id, cursor, limit, by, end)
    return inspection_store.get_many(session, [r.id for r in rows]), following


def filtered(actor: Actor, filters: Mapping[str, Any]) -> Any:
    """The query behind a list. `days` is a Period of visit days; `count`, unit, town, item, officer as in figures."""
    query = select(InspectionRow)
    if actor.oversees:
        query = query.where(InspectionRow.jurisdiction.in_(actor.regions))
    else:
        own = select(InspectionUnit.inspection).where(InspectionUnit.unit == actor.unit)
        query = query.where(InspectionRow.id.in_(own))
    for name, column in (
        ("state", InspectionRow.state),
        ("kind", InspectionRow.kind),
        ("number", InspectionRow.number),
    ):
        if filters.get(name):
            query = query.where(column == filters[name])
    if filters.get("uscc"):
        query = query.where(
            InspectionRow.enterprise_id.in_(select(Enterprise.id).where(Enterprise.uscc == filters["uscc"]))
        )
    if filters.get("from"):
        query = query.where(InspectionRow.window_start >= filters["from"])
    if filters.get("to"):
        query = query.where(InspectionRow.window_start < filters["to"])
    if filters.get("late"):
        query = query.where(LATE)
    return counted_visits(query, actor.regions, filters.get("days"), filters)


def _advice(session: Session, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What the platform said when each was applied for (kept in the fact)."""
    return {subject: json.loads(body).get("advice", []) for subject, body in _APPLIED.all(session, ids=list(ids))}


_FACT, _FINDING = table_of(FactRow).c, table_of(FindingRow)
_FLAGS = Prepared(
    select(_FINDING)
    .where(_FINDING.c.inspection_id.in_(bindparam("ids", expanding=True)), _FINDING.c.standing)
    .order_by(_FINDING.c.rule, _FINDING.c.officer)
)
_APPLIED = Prepared(
    select(_FACT.subject_id, _FACT.body).where(
        _FACT.subject_kind == "inspection",
        _FACT.subject_id.in_(bindparam("ids", expanding=True)),
        _FACT.kind == "inspection.applied",
    )
)
