"""Closed figures for reading: from their facts alone. A unit's own says no number of enterprises or visits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.satisfaction import Figure
from app.store.figures import closed
from app.store.models import Unit


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """What a unit may see of a closed quarter: a figure in half points, or None."""

    quarter: str
    points: float | None


def of_unit(session: Session, unit: str) -> list[UnitFigure]:
    """A unit's figures, the newest first. Too few and none at all look the same."""
    found = []
    for quarter, figures in reversed(closed(session)):
        halves = next((f.halves for f in figures if f.unit == unit), None)
        found.append(UnitFigure(str(quarter), halves / 2 if halves is not None else None))
    return found


def of_region(session: Session, regions: Iterable[str]) -> list[tuple[str, list[tuple[str, Figure]]]]:
    """Closed quarters, the newest first, with (name, figure) of the supervised units, by name: never ranked."""
    units = select(Unit.code, Unit.name).where(Unit.region.in_(tuple(regions)))
    names = {row.code: row.name for row in session.execute(units)}
    return [
        (str(quarter), sorted(((names[f.unit], f) for f in figures if f.unit in names), key=lambda pair: pair[0]))
        for quarter, figures in reversed(closed(session))
    ]


def exported(session: Session) -> Iterator[tuple[str, str, float]]:
    """(unit, quarter, rating) of every closed figure, as units see them: no number of enterprises or visits."""
    for quarter, figures in closed(session):
        for f in figures:
            if f.halves is not None:
                yield f.unit, str(quarter), f.halves / 2
