"""Contacts (走访, 宣传, 调研, 观摩, 督导) for reading: a unit's list, whom it saw last, and the supervisor's counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.inspections import CONTACT
from app.domain.times import day_end, day_start
from app.queries.paging import page
from app.store import day_figures
from app.store.models import Enterprise, InspectionRow, InspectionUnit, Unit

LAST, LATELY = 6, 200
# said literally, as the index of contacts alone says it
IS_CONTACT = InspectionRow.kind == literal_column(f"'{CONTACT}'")


@dataclass(frozen=True, slots=True)
class ShownContact:
    id: str
    at: datetime
    kind: str | None
    unit: str
    enterprise: str
    enterprise_id: str
    note: str | None


@dataclass(frozen=True, slots=True)
class UnitCount:
    """Contacts of a unit in a period beside its inspections: one must not hide the other."""

    unit: str
    name: str
    contacts: int
    visits: int


def of_unit(session: Session, unit: str, cursor: str | None, limit: int) -> tuple[list[ShownContact], str | None]:
    """A unit's contacts, newest first."""
    own = select(InspectionUnit.inspection).where(InspectionUnit.unit == unit)
    query = select(InspectionRow).where(IS_CONTACT, InspectionRow.id.in_(own))
    rows, following = page(session, query, InspectionRow.id, cursor, limit)
    return _shown(session, rows), following


def of_region(
    session: Session, actor: Actor, unit: str | None, cursor: str | None, limit: int
) -> tuple[list[ShownContact], str | None]:
    """The contacts in a supervisor's region, newest first."""
    query = select(InspectionRow).where(*where(actor, unit))
    rows, following = page(session, query, InspectionRow.id, cursor, limit)
    return _shown(session, rows), following


def where(actor: Actor, unit: str | None) -> list[ColumnElement[bool]]:
    """The contacts in a supervisor's region; with `unit`, those it led."""
    found = [IS_CONTACT, InspectionRow.jurisdiction.in_(actor.regions)]
    return [*found, InspectionRow.lead_unit == unit] if unit else found


def counts(session: Session, actor: Actor, first: date, last: date) -> list[UnitCount]:
    """For each unit of the region with any: contacts that it led and visits that counted in a period, most contacts first."""
    here = InspectionRow.jurisdiction.in_(actor.regions)
    during = (InspectionRow.window_start >= day_start(first), InspectionRow.window_start < day_end(last))
    contacts = _by_unit(session, here, IS_CONTACT, *during)
    summed = day_figures.totals(session, actor.regions, first, last, ("unit",), "visits")
    visits = {code: count for (_, code), count in summed.items()}
    query = select(Unit.code, Unit.name).where(Unit.code.in_(contacts.keys() | visits.keys()))
    found = [UnitCount(c, name, contacts.get(c, 0), visits.get(c, 0)) for c, name in session.execute(query)]
    return sorted(found, key=lambda u: (-u.contacts, u.unit))


def last_enterprises(session: Session, unit: str) -> list[Enterprise]:
    """The enterprises that a unit saw last, in any way."""
    lately = (
        select(InspectionRow.enterprise_id)
        .where(InspectionRow.lead_unit == unit)
        .order_by(InspectionRow.window_start.desc())
        .limit(LATELY)
    )
    ids = list(dict.fromkeys(session.scalars(lately)))[:LAST]
    found = {e.id: e for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}
    return [found[i] for i in ids]


def _by_unit(session: Session, *where: object) -> dict[str, int]:
    query = select(InspectionRow.lead_unit, func.count()).where(*where)  # type: ignore[arg-type]
    return {row.lead_unit: row[1] for row in session.execute(query.group_by(InspectionRow.lead_unit))}


def _shown(session: Session, rows: Sequence[InspectionRow]) -> list[ShownContact]:
    names = dict.fromkeys(r.enterprise_id for r in rows)
    found = {e.id: e.name for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(names)))}
    codes = {r.lead_unit for r in rows}
    units = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_(codes)))}
    return [
        ShownContact(
            r.id, r.window_start, r.contact_kind, units[r.lead_unit], found[r.enterprise_id], r.enterprise_id, r.reason
        )
        for r in rows
    ]
