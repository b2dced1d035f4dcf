"""What a report tells, gathered with the functions that the pages use: the same question has the same answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.figures import Period
from app.domain.flags.catalogue import CATALOGUE
from app.domain.satisfaction import Quarter
from app.domain.telling import YEARLY, Asked
from app.queries import figures as f
from app.queries import satisfaction
from app.queries.figures import Figures
from app.store.models import Item, Region

MOST_ITEMS = 15


@dataclass(frozen=True, slots=True)
class Gathered:
    """`columns`: the period, the one before, the same a year ago. `steps`: its days, of a year its months. `behind`: of how
    many days the latest changes are not counted yet."""

    asked: Asked
    region: str
    as_of: datetime | None
    behind: int
    columns: tuple[tuple[Period, Figures], ...]
    units: tuple[tuple[str, Figures], ...]
    steps: dict[str, Figures]
    towns: tuple[tuple[str, int, int], ...]
    heat: dict[tuple[int, int], int]
    rules: tuple[tuple[str, int], ...]
    items: tuple[tuple[str, Figures], ...]
    ratings: tuple[tuple[str, str, float], ...]


def gather(session: Session, region: str, regions: frozenset[str], asked: Asked) -> Gathered:
    """All of a report about `region` and what lies below it; a dozen grouped queries."""
    period = asked.days
    by_unit = f.figures(session, regions, period, "unit")
    by_item = f.figures(session, regions, period, "item")
    named = session.scalars(select(Item).where(Item.code.in_(by_item)))
    items = sorted(((i.name, by_item[i.code]) for i in named), key=lambda pair: (-pair[1]["visits"], pair[0]))
    row = session.get(Region, region)
    return Gathered(
        asked=asked,
        region=row.name if row else region,
        as_of=f.as_of(session, regions),
        behind=f.behind(session, regions, period),
        columns=tuple(f.against(session, regions, period)),
        units=tuple((u.name, found) for u, found in f.units_beside(session, regions, by_unit)),
        steps=f.figures(session, regions, period, "month" if asked.kind == YEARLY else "day"),
        towns=tuple((name, visits, flags) for _, name, visits, flags in f.towns(session, regions, period)),
        heat=f.heat(session, regions, period),
        rules=tuple((CATALOGUE[r].name, n) for r, n in f.flags_by_rule(session, regions, period).items()),
        items=tuple(items[:MOST_ITEMS]),
        ratings=tuple(_ratings(session, regions, period)),
    )


def _ratings(session: Session, regions: frozenset[str], period: Period) -> list[tuple[str, str, float]]:
    """(quarter, unit, figure) of the quarters that ended in the period, as the units see them (promise 4)."""
    return [
        (quarter, name, figure.halves / 2)
        for quarter, units in reversed(satisfaction.of_region(session, regions))
        if period.first <= Quarter.parse(quarter).last_day <= period.last
        for name, figure in units
        if figure.halves is not None
    ]
