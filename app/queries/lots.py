"""Drawings by lot for reading: the unit's, one with names, and the drawn pairs as rows for a batch of applications."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.planning import lots
from app.store.models import Enterprise, Lot, Officer, OfficerConflict, Region


@dataclass(frozen=True, slots=True)
class DrawnPair:
    """One drawn visit: the enterprise, its officers by certificate and name."""

    enterprise_id: str
    uscc: str | None
    name: str
    officers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who was not in the pool, and the code of the reason. Names are for the unit and its supervisor."""

    id: str
    name: str
    reason: str


def drawn_pairs(session: Session, lot: Lot) -> list[DrawnPair]:
    """What was drawn, in the order of the draw; empty before. For pages, and for a batch of applications."""
    found = lots.pairs(lot)
    enterprises = _enterprises(session, [subject for subject, _ in found])
    officers = _officers(session, [person for _, persons in found for person in persons])
    return [
        DrawnPair(subject, e.uscc, e.name, tuple(officers.get(p, (p, "")) for p in persons))
        for subject, persons in found
        if (e := enterprises.get(subject))
    ]


def left_out(session: Session, lot: Lot) -> list[LeftOut]:
    """Who was left out beforehand, with names."""
    return names_of(session, [(i, reason) for i, reason in json.loads(lot.left_out)])


def names_of(session: Session, pairs: Sequence[tuple[str, str]]) -> list[LeftOut]:
    """(id, reason) with names."""
    enterprises = _enterprises(session, [i for i, _ in pairs])
    officers = _officers(session, [i for i, _ in pairs])
    names = {i: e.name for i, e in enterprises.items()} | {i: name for i, (_, name) in officers.items()}
    return [LeftOut(i, names.get(i, "—"), reason) for i, reason in pairs]


def towns(session: Session, district: str) -> list[Region]:
    """A district and its towns, to choose the pool by."""
    where = (Region.code == district) | (Region.parent == district)
    return list(session.scalars(select(Region).where(where).order_by(Region.code)))


def conflicts(session: Session, unit: str) -> list[tuple[OfficerConflict, str, Enterprise]]:
    """Declared conflicts of a unit's officers, those that stand first, with the officer's name and the enterprise."""
    query = (
        select(OfficerConflict, Officer.name, Enterprise)
        .join(Officer, Officer.certificate_no == OfficerConflict.certificate_no)
        .join(Enterprise, Enterprise.id == OfficerConflict.enterprise)
        .where(Officer.unit == unit)
        .order_by(
            OfficerConflict.valid_until.is_not(None), OfficerConflict.valid_from.desc(), OfficerConflict.id.desc()
        )
        .limit(500)
    )
    return [(conflict, name, enterprise) for conflict, name, enterprise in session.execute(query)]


def _enterprises(session: Session, ids: list[str]) -> dict[str, Enterprise]:
    found: dict[str, Enterprise] = {}
    for at in range(0, len(ids), 500):
        part = ids[at : at + 500]
        found |= {e.id: e for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(part)))}
    return found


def _officers(session: Session, ids: list[str]) -> dict[str, tuple[str, str]]:
    """(certificate, name) of officers by id."""
    query = select(Officer.id, Officer.certificate_no, Officer.name).where(Officer.id.in_(set(ids[:5000])))
    return {officer: (certificate, name) for officer, certificate, name in session.execute(query)}
