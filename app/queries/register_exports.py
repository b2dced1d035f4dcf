"""The registers as rows for export, in the columns in which they are imported: taken out and brought back, nothing changes.

`regions`: only what belongs to them (an administrator's own); None: everything.
"""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby, zip_longest
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.store.models import (
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    EnterpriseRecord,
    Item,
    ItemTerm,
    Officer,
    Region,
    Unit,
    UnitTerritory,
)

AT_ONCE = 5000
Regions = frozenset[str] | None
Rows = Iterator[tuple[Any, ...]]


def regions(session: Session, own: Regions, today: date) -> Rows:
    for r in session.scalars(
        select(Region).where(*_within(Region.code, own)).order_by(func.length(Region.code), Region.code)
    ):
        yield r.code, r.name, r.parent or "", r.level


def units(session: Session, own: Regions, today: date) -> Rows:
    """With the territories that hold today."""
    still = or_(UnitTerritory.valid_until.is_(None), UnitTerritory.valid_until >= today)
    held = select(UnitTerritory).where(UnitTerritory.valid_from <= today, still).order_by(UnitTerritory.unit)
    by_unit = {unit: [t.region for t in those] for unit, those in groupby(session.scalars(held), lambda t: t.unit)}
    query = select(Unit).where(*_within(Unit.region, own)).order_by(Unit.parent.is_not(None), Unit.code)
    for u in session.scalars(query):
        territories = ";".join(by_unit.get(u.code, ()))
        yield (
            u.code, u.name, u.level, u.region, u.role, u.parent or "", "yes" if u.supervised else "no", u.phone or "",
            territories,
        )  # fmt: skip


def items(session: Session, own: Regions, today: date) -> Rows:
    """One row a term, past and coming ones too."""
    query = select(Item, ItemTerm).outerjoin(ItemTerm, ItemTerm.item == Item.code)
    query = query.join(Unit, Unit.code == Item.unit).where(*_within(Unit.region, own))
    query = query.order_by(Item.code, ItemTerm.valid_from, ItemTerm.id).execution_options(yield_per=AT_ONCE)
    for i, t in session.execute(query):
        held = (t.yearly_cap if t and t.yearly_cap is not None else "", "yes" if t and t.published else "no")
        yield i.code, i.unit, i.name, i.basis, *held, *_days(t)


def officers(session: Session, own: Regions, today: date) -> Rows:
    """One row a validity of the certificate; suspensions beside them."""
    query = select(Officer).join(Unit, Unit.code == Officer.unit).where(*_within(Unit.region, own))
    people = list(session.scalars(query.order_by(Officer.certificate_no)))
    valid, suspended = _by_certificate(session, Certificate), _by_certificate(session, CertificateSuspension)
    for o in people:
        periods = valid.get(o.certificate_no, []), suspended.get(o.certificate_no, [])
        for certificate, suspension in zip_longest(*periods) if any(periods) else ((None, None),):
            reason = suspension.reason or "" if suspension else ""
            yield o.certificate_no, o.name, o.unit, *_days(certificate), *_days(suspension), reason


def enterprises(session: Session, own: Regions, today: date) -> Rows:
    """Those with a USCC (what an import can name), with the grades that were learned last."""
    record, later = EnterpriseRecord, aliased(EnterpriseRecord)
    newer = and_(
        later.enterprise == record.enterprise,
        or_(later.valid_from > record.valid_from, and_(later.valid_from == record.valid_from, later.id > record.id)),
    )
    newest = ~select(later.id).where(newer).exists()
    e = Enterprise
    query = select(e.uscc, e.name, e.region, e.address, record.industry, record.risk, record.credit)
    query = query.outerjoin(record, and_(record.enterprise == e.id, newest)).where(e.uscc.is_not(None))
    if own is not None:
        query = query.where(or_(e.region.is_(None), e.region.in_(own)))
    for row in session.execute(query.order_by(e.uscc).execution_options(yield_per=AT_ONCE)):
        yield tuple(value or "" for value in row)


def protected(session: Session, own: Regions, today: date) -> Rows:
    of_enterprise = and_(DoNotDisturb.subject_kind == "enterprise", Enterprise.id == DoNotDisturb.subject_id)
    of_item = and_(DoNotDisturb.subject_kind == "item", Item.code == DoNotDisturb.subject_id)
    query = (
        select(DoNotDisturb, Enterprise.uscc, Item.code).outerjoin(Enterprise, of_enterprise).outerjoin(Item, of_item)
    )
    query = query.outerjoin(Unit, Unit.code == Item.unit)
    if own is not None:
        mine = or_(Enterprise.region.in_(own), and_(Enterprise.id.is_not(None), Enterprise.region.is_(None)))
        query = query.where(or_(mine, Unit.region.in_(own)))
    for entry, uscc, item in session.execute(query.order_by(DoNotDisturb.id).execution_options(yield_per=AT_ONCE)):
        if uscc or item:
            yield uscc or "", item or "", *_days(entry), entry.source or ""


EXPORTS: dict[str, Callable[[Session, Regions, date], Rows]] = {
    "regions": regions,
    "units": units,
    "items": items,
    "officers": officers,
    "enterprises": enterprises,
    "do-not-disturb": protected,
}


def without_uscc(session: Session, own: Regions) -> int:
    """How many enterprises the export leaves out."""
    query = select(func.count()).select_from(Enterprise).where(Enterprise.uscc.is_(None))
    if own is not None:
        query = query.where(or_(Enterprise.region.is_(None), Enterprise.region.in_(own)))
    return session.scalar(query) or 0


def _within(column: Any, own: Regions) -> tuple[Any, ...]:
    return () if own is None else (column.in_(own),)


def _by_certificate(session: Session, model: Any) -> dict[str, list[Any]]:
    rows = session.scalars(select(model).order_by(model.certificate_no, model.valid_from))
    return {number: list(those) for number, those in groupby(rows, lambda row: row.certificate_no)}


def _days(period: Any) -> tuple[str, str]:
    """First and last day as text; empty where there is none."""
    if period is None:
        return "", ""
    return period.valid_from.isoformat(), period.valid_until.isoformat() if period.valid_until else ""
