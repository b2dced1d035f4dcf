"""Reference data by key: regions, units, items, officers, enterprises. Reading only, a few indexed rows at a time."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.enterprises import normalise_name
from app.store.models import Enterprise, Officer
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import current

JOINT_WINDOW, LONGEST_JOINT_WINDOW = 30, 365  # days


def units(session: Session, codes: Iterable[str]) -> dict[str, Any]:
    known = current(session).units
    return {code: known[code] for code in dict.fromkeys(codes) if code in known}


def items(session: Session, codes: Iterable[str]) -> dict[str, Any]:
    known = current(session).items
    return {code: known[code] for code in dict.fromkeys(codes) if code in known}


def officers(session: Session, certificates: Iterable[str]) -> dict[str, Any]:
    return {o.certificate_no: o for o in _OFFICERS.all(session, certificates=sorted(set(certificates)))}


_OFFICER = table_of(Officer)
_OFFICERS = Prepared(select(_OFFICER).where(_OFFICER.c.certificate_no.in_(bindparam("certificates", expanding=True))))


def officers_named(session: Session, certificates: Sequence[str]) -> list[dict[str, str | None]]:
    """How a fact names officers: by certificate, each once, with name and unit where the register knows them."""
    known = officers(session, certificates)
    named = [(c, known.get(c)) for c in dict.fromkeys(certificates)]
    return [{"certificate_no": c, "name": o.name if o else None, "unit": o.unit if o else None} for c, o in named]


def district_of(session: Session, region: str | None) -> str | None:
    """The district that a region lies in (itself, or the nearest above it), or None above districts."""
    return current(session).district_of(region)


def regions_below(session: Session, region: str) -> frozenset[str]:
    """A region and all below it."""
    parents = current(session).parents
    found = {region}
    while more := {code for code, parent in parents.items() if parent in found} - found:
        found |= more
    return frozenset(found)


def regions_above(session: Session, region: str) -> frozenset[str]:
    """What a region lies in."""
    parents, found = current(session).parents, set[str]()
    while (above := parents.get(region)) and above not in found:
        found.add(above)
        region = above
    return frozenset(found)


def region_name(session: Session, region: str) -> str:
    """What a region is called; its code where nobody knows it."""
    row = current(session).regions.get(region)
    return row.name if row else region


def jurisdiction_of(session: Session, unit_region: str | None, enterprise_region: str | None, default: str) -> str:
    """architecture.md: the unit's district, else the enterprise's, else the installation's."""
    return current(session).jurisdiction_of(unit_region, enterprise_region, default)


def enterprises(session: Session, ids: Iterable[str]) -> dict[str, Any]:
    """The rows of some enterprises, for reading."""
    return {row.id: row for row in _ENTERPRISES.all(session, ids=sorted(set(ids)))}


_ENTERPRISE = table_of(Enterprise)
_ENTERPRISES = Prepared(select(_ENTERPRISE).where(_ENTERPRISE.c.id.in_(bindparam("ids", expanding=True))))


def enterprise(session: Session, enterprise_id: str) -> Enterprise | None:
    return session.get(Enterprise, enterprise_id)


def enterprise_by_uscc(session: Session, uscc: str) -> Any:
    """The row of an enterprise, for reading, or None."""
    return _BY_USCC.first(session, uscc=uscc)


def enterprise_by_name(session: Session, name: str) -> Any:
    """The row of the only enterprise of exactly this (compared) name, or None where there is none or more than one."""
    found = _BY_NAME.all(session, name=normalise_name(name))
    return found[0] if len(found) == 1 else None


_BY_USCC = Prepared(select(_ENTERPRISE).where(_ENTERPRISE.c.uscc == bindparam("uscc")))
_BY_NAME = Prepared(select(_ENTERPRISE).where(_ENTERPRISE.c.search == bindparam("name")).limit(2))


def setting(session: Session, region: str, key: str, today: date) -> str | None:
    """A jurisdiction's own text or number in force today, or None where it has none."""
    found = current(session).settings(region, today).get(key)
    return found.value if found else None


def joint_window(session: Session, region: str, today: date) -> timedelta:
    """How far apart two units' visits may lie to be proposed as one (setting `joint_window_days`)."""
    value = setting(session, region, "joint_window_days", today) or ""
    return timedelta(days=int(value) if value.isdecimal() and int(value) <= LONGEST_JOINT_WINDOW else JOINT_WINDOW)
