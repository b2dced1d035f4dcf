"""Counts of visits and flags by unit, town, month, rule or item, for a period: the sums by day added."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.figures import Period
from app.queries.figures import by_day, flags_by_rule
from app.store import day_figures

BY = ("unit", "town", "month", "rule", "item")


def counts(session: Session, actor: Actor, first: date, last: date, by: str) -> list[dict[str, Any]]:
    """Rows {key, visits | flags} of the actor's region, most first; months in order. Raises Refused("figures_being_summed")."""
    period = Period(first, last)
    if by == "rule":
        return [{"key": key, "flags": n} for key, n in flags_by_rule(session, actor.regions, period).items()]
    found = Counter[str]()
    if by == "month":
        for day, own in by_day(session, actor.regions, period):
            found[day.isoformat()[:7]] += own.get("visits", 0)
    else:
        summed = day_figures.totals(session, actor.regions, first, last, (by,), "visits")
        found.update({key: n for (_, key), n in summed.items()})
    order = sorted(found) if by == "month" else sorted(found, key=lambda key: (-found[key], key))
    return [{"key": key or None, "visits": found[key]} for key in order if found[key]]
