"""Units and where they may inspect."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.domain.actors import ADMIN, Actor
from app.domain.errors import Invalid
from app.services import registers
from app.services.keeping import periods
from app.services.people.scope import regions_of, unit_in_scope
from app.store.models import Region, Unit, UnitTerritory
from app.store.unit_of_work import UnitOfWork

LEVELS = ("国", "省", "市", "区", "街镇")
UNIT_ROLES = ("inspecting", "supervisor", "discipline")


@dataclass(frozen=True, slots=True)
class UnitData:
    code: str
    name: str
    level: str
    region: str
    role: str
    parent: str | None
    supervised: bool
    phone: str | None


def add_unit(work: UnitOfWork, actor: Actor, data: UnitData, since: date | None) -> Unit:
    """A new unit; an inspecting one inspects where it is at home from `since` on. Raises Invalid at the field."""
    actor.require(ADMIN)
    _check(work, actor, data)
    if work.session.get(Unit, data.code) is not None:
        raise Invalid("code_taken", "code", value=data.code)
    unit = Unit(**{name: getattr(data, name) for name in UnitData.__slots__})
    work.session.add(unit)
    work.session.flush()
    district = periods.jurisdiction(work, unit.region)
    registers.record(work, actor, district, [unit])
    if unit.role == "inspecting":
        periods.begin(
            work, actor, district, UnitTerritory(unit=unit.code, region=unit.region, valid_from=since), late=True
        )
    return unit


def change_unit(work: UnitOfWork, actor: Actor, data: UnitData) -> Unit:
    """Name, level, region, parent, phone, and whether it is supervised. Its role stays: visits rest on it."""
    actor.require(ADMIN)
    unit = unit_in_scope(work.session, actor, data.code)
    _check(work, actor, data)
    values = {n: getattr(data, n) for n in ("name", "level", "region", "parent", "supervised", "phone")}
    if any(getattr(unit, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(unit, name, value)
        work.session.flush()
        registers.record(work, actor, periods.jurisdiction(work, unit.region), [unit])
    return unit


def add_territory(
    work: UnitOfWork, actor: Actor, code: str, region: str, first: date | None, last: date | None
) -> None:
    """One more region in which a unit may inspect, from a day on."""
    actor.require(ADMIN)
    unit = unit_in_scope(work.session, actor, code)
    _region(work, actor, region, "territory")
    same = work.session.scalars(
        select(UnitTerritory).where(UnitTerritory.unit == code, UnitTerritory.region == region)
    ).all()
    new = UnitTerritory(unit=code, region=region, valid_from=first, valid_until=last)
    periods.begin(work, actor, periods.jurisdiction(work, unit.region), new, same)


def end_territory(work: UnitOfWork, actor: Actor, code: str, period_id: int, last: date | None) -> None:
    actor.require(ADMIN)
    unit = unit_in_scope(work.session, actor, code)
    period = periods.of(work, UnitTerritory, period_id, "unit", code)
    periods.end(work, actor, periods.jurisdiction(work, unit.region), period, last)


def take_back_territory(work: UnitOfWork, actor: Actor, code: str, period_id: int) -> None:
    actor.require(ADMIN)
    unit = unit_in_scope(work.session, actor, code)
    period = periods.of(work, UnitTerritory, period_id, "unit", code)
    periods.take_back(work, actor, periods.jurisdiction(work, unit.region), period)


def _check(work: UnitOfWork, actor: Actor, data: UnitData) -> None:
    for field, value, choices in (("level", data.level, LEVELS), ("role", data.role, UNIT_ROLES)):
        if value not in choices:
            raise Invalid("unknown_choice", field, value=value, choices="、".join(choices))
    _region(work, actor, data.region, "region")
    above, seen = data.parent, {data.code}
    while above is not None:
        parent = work.session.get(Unit, above)
        if parent is None:
            raise Invalid("unknown_unit", "parent", unit=above)
        if above in seen:
            raise Invalid("parent_circle", "parent")
        seen.add(above)
        above = parent.parent


def _region(work: UnitOfWork, actor: Actor, region: str, field: str) -> None:
    own = regions_of(work.session, actor)
    if work.session.get(Region, region) is None or (own is not None and region not in own):
        raise Invalid("unknown_region", field, region=region)
