"""The registry for reading: units, items, officers, and enterprises by name, part of it, pinyin initials or USCC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from app.domain.enterprises import ALPHABET, normalise_name, normalise_uscc
from app.queries.paging import page
from app.store.models import Certificate, CertificateSuspension, Enterprise, Item, ItemTerm, Officer, Unit

VALID, EXPIRED, SUSPENDED = "valid", "expired", "suspended"


@dataclass(frozen=True, slots=True)
class ShownOfficer:
    certificate_no: str
    name: str
    unit: str | None
    valid_until: date | None
    state: str
    valid_from: date | None = None
    suspended_from: date | None = None
    suspended_until: date | None = None


@dataclass(frozen=True, slots=True)
class ShownItem:
    code: str
    unit: str
    name: str
    basis: str
    published: bool
    yearly_cap: int | None


def units(session: Session, cursor: str | None, limit: int) -> tuple[list[Unit], str | None]:
    return page(session, select(Unit), Unit.code, cursor, limit)


def inspecting_units(session: Session) -> list[Unit]:
    """All units that inspect, by level and code: a short list (tens)."""
    query = select(Unit).where(Unit.role == "inspecting").order_by(Unit.level.desc(), Unit.code)
    return list(session.scalars(query))


def supervising_units(session: Session) -> list[Unit]:
    """The justice bureaus: a complaint about one goes to discipline inspection."""
    return list(session.scalars(select(Unit).where(Unit.role == "supervisor").order_by(Unit.level.desc(), Unit.code)))


def items(
    session: Session, today: date, unit: str | None, cursor: str | None, limit: int
) -> tuple[list[ShownItem], str | None]:
    """Items with what holds for them today."""
    query = select(Item)
    if unit:
        query = query.where(Item.unit == unit)
    rows, following = page(session, query, Item.code, cursor, limit)
    still = or_(ItemTerm.valid_until.is_(None), ItemTerm.valid_until >= today)
    wanted = ItemTerm.item.in_([r.code for r in rows])
    terms = {
        t.item: t
        for t in session.scalars(
            select(ItemTerm).where(wanted, ItemTerm.valid_from <= today, still).order_by(ItemTerm.valid_from)
        )
    }
    out = [
        ShownItem(
            r.code,
            r.unit,
            r.name,
            r.basis,
            *((t.published, t.yearly_cap) if (t := terms.get(r.code)) else (False, None)),
        )
        for r in rows
    ]
    return out, following


def unit_region(session: Session, unit: str | None) -> str | None:
    """Where a unit is at home; None where there is none of that code."""
    return session.scalar(select(Unit.region).where(Unit.code == unit))


def officers_page(
    session: Session, unit: str | None, today: date, cursor: str | None, limit: int
) -> tuple[list[ShownOfficer], str | None]:
    """The next of a unit's officers, valid ones first, and the cursor after them: where the last one stood. Only one whose
    certificate began or ended in between may come twice or not at all."""
    found = officers(session, unit, today, most=None)
    rest = [o for o in found if cursor is None or _place(o) > cursor]
    return rest[:limit], _place(rest[limit - 1]) if len(rest) > limit else None


def _place(officer: ShownOfficer) -> str:
    return f"{int(officer.state != VALID)}{officer.certificate_no}"


def officers(session: Session, unit: str | None, today: date, most: int | None = 500) -> list[ShownOfficer]:
    """A unit's officers, those with a valid certificate first."""
    rows = list(
        session.scalars(select(Officer).where(Officer.unit == unit).order_by(Officer.certificate_no).limit(most))
    )
    numbers = [r.certificate_no for r in rows]
    certificates = {
        c.certificate_no: c
        for c in session.scalars(
            select(Certificate).where(Certificate.certificate_no.in_(numbers)).order_by(Certificate.valid_from)
        )
    }
    still = or_(CertificateSuspension.valid_until.is_(None), CertificateSuspension.valid_until >= today)
    on_it = and_(CertificateSuspension.certificate_no.in_(numbers), CertificateSuspension.valid_from <= today, still)
    suspended = {s.certificate_no: s for s in session.scalars(select(CertificateSuspension).where(on_it))}
    shown = [_officer(r, certificates.get(r.certificate_no), suspended.get(r.certificate_no), today) for r in rows]
    return sorted(shown, key=_place)


def _officer(
    row: Officer, certificate: Certificate | None, suspended: CertificateSuspension | None, today: date
) -> ShownOfficer:
    until = certificate.valid_until if certificate else None
    in_force = certificate is not None and certificate.valid_from <= today and (until is None or until >= today)
    state = SUSPENDED if suspended else VALID if in_force else EXPIRED
    return ShownOfficer(
        row.certificate_no,
        row.name,
        row.unit,
        until,
        state,
        certificate.valid_from if certificate else None,
        suspended.valid_from if suspended else None,
        suspended.valid_until if suspended else None,
    )


def enterprises(session: Session, text: str, limit: int = 20) -> list[Enterprise]:
    """Enterprises that match what a clerk types: USCC (or its beginning), name or part of it, pinyin initials."""
    uscc, name = normalise_uscc(text), normalise_name(text)
    if not name:
        return []
    if len(uscc) >= 6 and all(c in ALPHABET for c in uscc) and any(c.isdigit() for c in uscc):
        query = select(Enterprise).where(Enterprise.uscc.startswith(uscc, autoescape=True)).order_by(Enterprise.uscc)
        found = list(session.scalars(query.limit(limit)))
        if found or len(uscc) >= 15:
            return found
    matches = named_like(name)
    begins = or_(
        Enterprise.search.startswith(name, autoescape=True), Enterprise.initials.startswith(name, autoescape=True)
    )
    query = select(Enterprise).where(matches).order_by(case((begins, 0), else_=1), Enterprise.search).limit(limit)
    return list(session.scalars(query))


def named_like(name: str) -> Any:
    """The condition that a compared name, or its pinyin initials, contain `name` (normalised)."""
    matches: Any = Enterprise.search.contains(name, autoescape=True)
    return or_(matches, Enterprise.initials.contains(name, autoescape=True)) if name.isascii() else matches


def names(session: Session, codes: Sequence[str]) -> dict[str, str]:
    """Names of units by code."""
    return {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_(set(codes))))}


def enterprise_names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """{id: name} of enterprises."""
    query = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(set(ids)))
    return {row.id: row.name for row in session.execute(query)}
