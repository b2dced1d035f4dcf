"""Counts of visits and flags by unit, town, month, rule or item, for a period. Each is one grouped, indexed query."""

from datetime import date
from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.figures import Period
from app.queries.figures import flags_by_rule
from app.store.models import Enterprise, InspectionItem, InspectionRow, InspectionUnit

BY = ("unit", "town", "month", "rule", "item")


def counts(session: Session, actor: Actor, first: date, last: date, by: str) -> list[dict[str, Any]]:
    """Rows {key, visits | flags} of the actor's region, most first; months in order."""
    if by == "rule":
        found = flags_by_rule(session, actor.regions, Period(first, last))
        return [{"key": rule, "flags": count} for rule, count in found.items()]
    key, query = _grouped(by)
    query = query.where(
        InspectionRow.jurisdiction.in_(actor.regions),
        InspectionRow.visit_day.between(first, last),
        InspectionRow.counts,
    )
    rows = session.execute(query.group_by(key).order_by(key if by == "month" else func.count().desc()))
    return [{"key": value, "visits": count} for value, count in rows]


def _grouped(by: str) -> tuple[Any, Any]:
    if by == "unit":
        key: Any = InspectionUnit.unit
        return key, select(key, func.count()).join(InspectionRow, InspectionRow.id == InspectionUnit.inspection)
    if by == "item":
        key = InspectionItem.item
        return key, select(key, func.count()).join(InspectionRow, InspectionRow.id == InspectionItem.inspection)
    if by == "town":
        key = Enterprise.region
        return key, select(key, func.count()).join(InspectionRow, InspectionRow.enterprise_id == Enterprise.id)
    key = func.substr(cast(InspectionRow.visit_day, String), 1, 7)
    return key, select(key, func.count()).select_from(InspectionRow)
