"""Accounts with the role that holds today, settings, the calendar: for the administrator's pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.queries.paging import USUAL
from app.store.models import ActorRow, CalendarDay, JurisdictionSetting, RoleAssignment, Unit, User

Own = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `role` and `unit` are those of today (or the next, or the last), None where there never was one."""

    id: str
    username: str
    name: str
    role: str | None
    unit: str | None
    is_open: bool
    certificate_no: str | None


def accounts(
    session: Session, own: Own, filters: Mapping[str, str], cursor: str | None, today: date
) -> tuple[list[Account], str | None]:
    """Accounts of the actor's district by user name; the newest role of each says whose it is."""
    role, later = RoleAssignment, aliased(RoleAssignment)
    newer = or_(later.valid_from > role.valid_from, and_(later.valid_from == role.valid_from, later.id > role.id))
    newest = ~exists().where(later.actor == role.actor, newer)
    query = select(User, ActorRow.name, role.role, Unit.name).join(ActorRow, ActorRow.id == User.actor)
    query = query.join(role, and_(role.actor == User.actor, newest)).join(Unit, Unit.code == role.unit)
    if own is not None:
        query = query.where(Unit.region.in_(own))
    if text := filters.get("q"):
        query = query.where(
            or_(User.username.contains(text, autoescape=True), ActorRow.name.contains(text, autoescape=True))
        )
    if filters.get("role"):
        query = query.where(role.role == filters["role"])
    if filters.get("unit"):
        query = query.where(role.unit == filters["unit"])
    if filters.get("open") == "no":
        query = query.where(User.disabled_at.is_not(None))
    if cursor:
        query = query.where(User.username > cursor)
    rows = session.execute(query.order_by(User.username).limit(USUAL + 1)).all()
    found = [
        Account(u.actor, u.username, name, held, unit, u.disabled_at is None, u.certificate_no)
        for u, name, held, unit in rows[:USUAL]
    ]
    return found, found[-1].username if len(rows) > USUAL else None


def roles_of(session: Session, actor_id: str) -> list[RoleAssignment]:
    return list(session.scalars(select(RoleAssignment).where(RoleAssignment.actor == actor_id)))


def account_name(session: Session, actor_id: str) -> str:
    return session.get_one(ActorRow, actor_id).name


def settings(session: Session, district: str) -> dict[str, list[JurisdictionSetting]]:
    """All that was ever set in a district, by key."""
    found: dict[str, list[JurisdictionSetting]] = {}
    for row in session.scalars(select(JurisdictionSetting).where(JurisdictionSetting.region == district)):
        found.setdefault(row.key, []).append(row)
    return found


def calendar(session: Session, year: int) -> list[CalendarDay]:
    """The days of a year that differ from Monday to Friday, in order; the newest version of each."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = select(CalendarDay).where(CalendarDay.day >= first, CalendarDay.day <= last)
    newest = {row.day: row for row in session.scalars(query.order_by(CalendarDay.day, CalendarDay.version))}
    return list(newest.values())
