"""Whom to join (综合查一次): other units' open visits and key enterprises of plans, at the same enterprise or address.

Everything is asked by enterprise or by compared address, through indexes: a few queries for any number of own visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.enterprises import address_key
from app.domain.inspections import APPLIED, APPROVED, IN_PROGRESS, Inspection
from app.domain.times import shanghai_day
from app.queries.registry import inspecting_units
from app.store import inspections as inspection_store
from app.store.models import (
    Enterprise,
    InspectionInvitation,
    InspectionRow,
    InspectionUnit,
    Plan,
    PlanKeyEnterprise,
    Unit,
)
from app.store.registry import joint_window
from app.store.registry import units as units_by_code

VISIT, PLAN = "visit", "plan"
STILL_OPEN = (APPLIED, APPROVED)  # whom to bring along is settled before the visit begins
CROWDED = 50  # more enterprises than that at one registered address: they are only registered there
MOST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when an own visit is meant to be. `partners` are the units that come along already, or were asked."""

    id: str
    unit: str
    enterprise_id: str
    address: str | None  # compared (address_key)
    start: datetime
    partners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Partner:
    """Another unit that is to go there too. `days` counts from the own visit's day; `number` is its visit's or plan's."""

    kind: str
    unit: str
    unit_name: str
    enterprise: str
    same_enterprise: bool
    number: str
    state: str
    begins: date
    ends: date
    days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation that waits for the own unit, and the visit that it is to."""

    inspection: Inspection
    enterprise: Enterprise
    lead_unit: str
    state: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the page of a visit shows of joining."""

    partners: list[Partner]
    invitable: list[Unit]
    names: dict[str, str]


def around(session: Session, i: Inspection, unit: str, now: datetime) -> Around:
    """Whom the lead unit may invite, those that are to go there too first; and the names of who was invited."""
    names = {code: u.name for code, u in units_by_code(session, (one.unit for one in i.invitations)).items()}
    if i.state not in STILL_OPEN or i.lead_unit != unit:
        return Around([], [], names)
    taken = {*i.units, *(one.unit for one in i.invitations if one.stands)}
    found = of_visits(session, [i], now)[i.id]
    return Around(found, [u for u in inspecting_units(session) if u.code not in taken], names)


def of_visits(session: Session, own: Sequence[Inspection], now: datetime) -> dict[str, list[Partner]]:
    """The partners of own visits by their id; those that have begun, or are over, have none."""
    still = [i for i in own if i.state in STILL_OPEN]
    if not still:
        return {}
    return partners(session, places_of(session, still), _window(session, still[0].jurisdiction, now), now)


def before_applying(
    session: Session,
    unit: str,
    enterprise_id: str,
    address: str | None,
    start: datetime,
    jurisdiction: str,
    now: datetime,
) -> list[Partner]:
    """The partners of a visit that is not applied for yet."""
    key = address_key(address)
    if address is None:
        key = session.scalar(select(Enterprise.address_key).where(Enterprise.id == enterprise_id))
    place = Place("", unit, enterprise_id, key, start)
    return partners(session, [place], _window(session, jurisdiction, now), now)[""]


def places_of(session: Session, own: Sequence[Inspection]) -> list[Place]:
    """Where the inspections are to be: at the address named in them, else at the enterprise's."""
    query = select(Enterprise.id, Enterprise.address_key).where(Enterprise.id.in_({i.enterprise_id for i in own}))
    keys: dict[str, str | None] = {row.id: row.address_key for row in session.execute(query)}
    places = []
    for i in own:
        key = address_key(i.place_address) if i.place_address else keys[i.enterprise_id]
        asked = {invitation.unit for invitation in i.invitations if invitation.stands}
        places.append(Place(i.id, i.lead_unit, i.enterprise_id, key, i.window_start, frozenset({*i.units, *asked})))
    return places


def _window(session: Session, jurisdiction: str, now: datetime) -> timedelta:
    return joint_window(session, jurisdiction, shanghai_day(now))


def partners(session: Session, places: Sequence[Place], window: timedelta, now: datetime) -> dict[str, list[Partner]]:
    """For each place (by its id) who else is to go there within `window`, the nearest first."""
    if not places:
        return {}
    beside = _beside(session, {p.address for p in places if p.address})
    visits = _visits(session, places, beside, window, now)
    rows = session.scalars(select(Enterprise).where(Enterprise.id.in_({v.enterprise_id for v in visits})))
    enterprises = {e.id: e for e in rows}
    names = {code: u.name for code, u in units_by_code(session, (v.lead_unit for v in visits)).items()}
    plans = _plans(session, places, window)
    found: dict[str, list[Partner]] = {}
    for p in places:
        own = [
            _partner(p, v, enterprises[v.enterprise_id], names[v.lead_unit])
            for v in visits
            if _fits(p, v, enterprises, window)
        ]
        asked = {partner.unit for partner in own} | p.partners | {p.unit}
        own += [partner for partner in plans.get(p.id, []) if partner.unit not in asked]
        found[p.id] = sorted(own, key=lambda one: (not one.same_enterprise, abs(one.days), one.unit, one.number))
    return found


def invitations(session: Session, unit: str) -> list[Asked]:
    """The invitations to a unit that are open and can still be answered, by the time of the visit."""
    waiting = select(InspectionInvitation.inspection).where(
        InspectionInvitation.unit == unit, InspectionInvitation.state.in_(["invited", "offered"])
    )
    query = select(InspectionRow).where(InspectionRow.id.in_(waiting), InspectionRow.state.in_(STILL_OPEN))
    found = inspection_store.select_where(session, query.order_by(InspectionRow.window_start).limit(MOST))
    rows = session.scalars(select(Enterprise).where(Enterprise.id.in_({i.enterprise_id for i in found})))
    enterprises = {e.id: e for e in rows}
    units = units_by_code(session, (i.lead_unit for i in found))
    out = []
    for i in found:
        invitation = i.invitation(unit)
        assert invitation is not None
        out.append(Asked(i, enterprises[i.enterprise_id], units[i.lead_unit].name, invitation.state))
    return out


def _beside(session: Session, keys: set[str]) -> dict[str, set[str]]:
    """The enterprises at each address; none where so many are that the address says nothing."""
    if not keys:
        return {}
    counted = select(Enterprise.address_key).where(Enterprise.address_key.in_(keys)).group_by(Enterprise.address_key)
    few = list(session.scalars(counted.having(func.count() <= CROWDED)))
    found: dict[str, set[str]] = {}
    for enterprise, key in session.execute(
        select(Enterprise.id, Enterprise.address_key).where(Enterprise.address_key.in_(few))
    ):
        found.setdefault(str(key), set()).add(enterprise)
    return found


def _visits(
    session: Session, places: Sequence[Place], beside: dict[str, set[str]], window: timedelta, now: datetime
) -> list[Inspection]:
    """All open visits that could fit one of the places."""
    enterprises = {p.enterprise_id for p in places} | {e for ids in beside.values() for e in ids}
    starts = [p.start for p in places]
    there = or_(
        InspectionRow.enterprise_id.in_(enterprises),
        InspectionRow.place_key.in_({p.address for p in places if p.address}),
    )
    query = select(InspectionRow).where(
        there,
        InspectionRow.state.in_([APPLIED, APPROVED]),
        InspectionRow.window_end > now,
        InspectionRow.window_start.between(min(starts) - window, max(starts) + window),
    )
    return inspection_store.select_where(session, query.order_by(InspectionRow.window_start).limit(MOST))


def _fits(p: Place, v: Inspection, enterprises: dict[str, Enterprise], window: timedelta) -> bool:
    """Whether a visit is another unit's, near in time, and at the place."""
    if v.id == p.id or p.unit in v.units or v.lead_unit in p.partners or abs(v.window_start - p.start) > window:
        return False
    if v.enterprise_id == p.enterprise_id:
        return True
    key = address_key(v.place_address) if v.place_address else enterprises[v.enterprise_id].address_key
    return p.address is not None and key == p.address


def _partner(p: Place, v: Inspection, enterprise: Enterprise, unit_name: str) -> Partner:
    begins, ends = shanghai_day(v.window_start), shanghai_day(v.window_end)
    days = (begins - shanghai_day(p.start)).days
    same = v.enterprise_id == p.enterprise_id
    return Partner(VISIT, v.lead_unit, unit_name, enterprise.name, same, v.number, v.state, begins, ends, days)


def _plans(session: Session, places: Sequence[Place], window: timedelta) -> dict[str, list[Partner]]:
    """Plans of other units that name the enterprise as a key one and have not been there yet."""
    first = min(shanghai_day(p.start) for p in places)
    last = max(shanghai_day(p.start + window) for p in places)
    query = (
        select(Plan, PlanKeyEnterprise.enterprise, Enterprise.name)
        .join(PlanKeyEnterprise, PlanKeyEnterprise.plan == Plan.id)
        .join(Enterprise, Enterprise.id == PlanKeyEnterprise.enterprise)
        .where(
            PlanKeyEnterprise.enterprise.in_({p.enterprise_id for p in places}),
            Plan.ends_on >= first,
            Plan.starts_on <= last,
            Plan.filed_on.is_not(None),
            Plan.withdrawn_on.is_(None),
            or_(PlanKeyEnterprise.valid_until.is_(None), PlanKeyEnterprise.valid_until >= first),
        )
        .order_by(Plan.ends_on, Plan.code)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    names = {code: u.name for code, u in units_by_code(session, (plan.unit for plan, _, _ in rows)).items()}
    found: dict[str, list[Partner]] = {}
    for plan, enterprise_id, enterprise in rows:
        if _was_there(session, plan, enterprise_id):
            continue
        for p in places:
            day = shanghai_day(p.start)
            if p.enterprise_id != enterprise_id or not plan.starts_on - window <= day <= plan.ends_on:
                continue
            days = max((plan.starts_on - day).days, 0)
            name = names[plan.unit]
            partner = Partner(
                PLAN, plan.unit, name, enterprise, True, plan.code, "", plan.starts_on, plan.ends_on, days
            )
            found.setdefault(p.id, []).append(partner)
    return found


def _was_there(session: Session, plan: Plan, enterprise_id: str) -> bool:
    """Whether the plan's unit has visited the enterprise while the plan ran."""
    own = select(InspectionUnit.inspection).where(InspectionUnit.unit == plan.unit)
    query = select(InspectionRow.id).where(
        InspectionRow.enterprise_id == enterprise_id,
        or_(InspectionRow.counts, InspectionRow.state == IN_PROGRESS),
        InspectionRow.visit_day.between(plan.starts_on, plan.ends_on),
        InspectionRow.id.in_(own),
    )
    return session.scalar(query.limit(1)) is not None
