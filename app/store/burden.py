"""What inspections cost an enterprise in a period, whoever made them, by body: for its page and for what is written about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.figures import Period
from app.store.models import FindingRow, InspectionRow, InspectionUnit, Unit

SECONDS_OF_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Mark:
    """One visit on the line of its unit: how many days after the first of the period."""

    inspection: str
    number: str
    day: date
    after: int
    planned: bool
    flagged: bool


@dataclass(slots=True)
class Body:
    """A unit at the enterprise. `above`: outside the supervised tree, for which a district can only report upwards."""

    code: str
    name: str
    above: bool
    visits: int = 0
    hours: float = 0.0
    open_ended: int = 0
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Burden:
    """A joint visit counts once in `visits` and `hours`, and for each of its bodies. `open_ended`: no end is known."""

    period: Period
    visits: int
    hours: float
    open_ended: int
    bodies: list[Body]

    @property
    def above(self) -> list[Body]:
        return [body for body in self.bodies if body.above]


def of_enterprise(session: Session, enterprise: str, period: Period, regions: Iterable[str]) -> Burden:
    """The visits that count in a period, by body; hours from the beginning to the recorded end.

    Marked are those with a flag of `regions`: another district's, which may rest on a rating, is not the reader's.
    """
    i = InspectionRow
    query = (
        select(i.id, i.number, i.kind, i.visit_day, i.visit_start, i.ended_at, Unit.code, Unit.name, Unit.supervised)
        .join(InspectionUnit, InspectionUnit.inspection == i.id)
        .join(Unit, Unit.code == InspectionUnit.unit)
        .where(i.enterprise_id == enterprise, i.counts, i.visit_day.between(period.first, period.last))
        .order_by(i.visit_start, i.number)
    )
    own = (FindingRow.enterprise_id == enterprise, FindingRow.standing, FindingRow.jurisdiction.in_(tuple(regions)))
    flagged = set(session.scalars(select(FindingRow.inspection_id).where(*own)))
    bodies: dict[str, Body] = {}
    lasted: dict[str, float | None] = {}
    for found in session.execute(query):
        hours = hours_between(found.visit_start, found.ended_at)
        lasted[found.id] = hours
        body = bodies.setdefault(found.code, Body(found.code, found.name, not found.supervised))
        body.visits += 1
        body.hours += hours or 0
        body.open_ended += hours is None
        after = (found.visit_day - period.first).days
        planned, marked = found.kind == "planned", found.id in flagged
        body.marks.append(Mark(found.id, found.number, found.visit_day, after, planned, marked))
    order = sorted(bodies.values(), key=lambda body: (-body.visits, body.code))
    known = [hours for hours in lasted.values() if hours is not None]
    return Burden(period, len(lasted), sum(known), len(lasted) - len(known), order)


def hours_between(start: Any, end: Any) -> float | None:
    """Hours from the beginning to the recorded end; None where one is not known."""
    return max((end - start).total_seconds(), 0) / SECONDS_OF_AN_HOUR if start and end else None
