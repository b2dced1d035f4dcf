"""What the administrator's pages show: lists with what holds today, and the periods of one thing: before, now, from when next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.enterprises import ALPHABET, normalise_name, normalise_uscc
from app.queries.paging import USUAL, page, page_up
from app.queries.registry import EXPIRED, SUSPENDED, VALID, named_like
from app.store.models import (
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    EnterpriseRecord,
    Item,
    ItemTerm,
    Officer,
    Plan,
    PlanKeyEnterprise,
    Region,
    Unit,
    UnitTerritory,
)

NOW, BEFORE, NEXT = "now", "before", "next"
WARNED = timedelta(days=30)  # a certificate's end is told so long before
UNKNOWN = "unknown"
Own = frozenset[str] | None
Filters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Period:
    """A dated row and whether it holds now, held before, or comes next. `ends` may be because a later one begins."""

    row: Any
    state: str
    ends: date | None


@dataclass(frozen=True, slots=True)
class KeptOfficer:
    officer: Officer
    unit: str
    state: str
    until: date | None
    expiring: bool


def periods(rows: Iterable[Any], today: date, *, replaced: bool = False) -> list[Period]:
    """Newest first. `replaced`: a later period takes the place of an earlier one, as with terms and settings."""
    ordered = sorted(rows, key=lambda r: (r.valid_from, r.id))
    found = []
    for n, row in enumerate(ordered):
        end = getattr(row, "valid_until", None)
        if replaced and n + 1 < len(ordered):
            begins = ordered[n + 1].valid_from - timedelta(days=1)
            end = begins if end is None or begins < end else end
        state = NEXT if row.valid_from > today else BEFORE if end is not None and end < today else NOW
        found.append(Period(row, state, end))
    return found[::-1]


def units(session: Session, own: Own, filters: Filters, cursor: str | None) -> tuple[list[Unit], str | None]:
    query = select(Unit)
    if own is not None:
        query = query.where(Unit.region.in_(own))
    if text := filters.get("q"):
        query = query.where(or_(Unit.name.contains(text, autoescape=True), Unit.code.contains(text, autoescape=True)))
    if level := filters.get("level"):
        query = query.where(Unit.level == level)
    if role := filters.get("role"):
        query = query.where(Unit.role == role)
    return page_up(session, query, Unit.code, cursor, USUAL)


def territories(session: Session, unit: str) -> list[UnitTerritory]:
    return list(session.scalars(select(UnitTerritory).where(UnitTerritory.unit == unit)))


def kept_units(session: Session, own: Own) -> list[Unit]:
    """All units that the actor keeps: a short list for choosing (tens)."""
    query = select(Unit).order_by(Unit.code)
    return list(session.scalars(query if own is None else query.where(Unit.region.in_(own))))


def regions(session: Session, own: Own) -> list[Region]:
    """Regions, those above before those below."""
    query = select(Region).order_by(func.length(Region.code), Region.code)
    return list(session.scalars(query if own is None else query.where(Region.code.in_(own))))


def items(
    session: Session, own: Own, filters: Filters, cursor: str | None, today: date
) -> tuple[list[tuple[Item, ItemTerm | None, bool]], str | None]:
    """Items with the term that holds today, and whether they are inspected on a trigger only."""
    query = select(Item).join(Unit, Unit.code == Item.unit)
    if own is not None:
        query = query.where(Unit.region.in_(own))
    if text := filters.get("q"):
        query = query.where(or_(Item.name.contains(text, autoescape=True), Item.code.contains(text, autoescape=True)))
    if unit := filters.get("unit"):
        query = query.where(Item.unit == unit)
    holds = and_(ItemTerm.item == Item.code, *_holds(ItemTerm, today))
    if filters.get("published") in ("yes", "no"):
        published = exists().where(holds, ItemTerm.published)
        query = query.where(published if filters["published"] == "yes" else ~published)
    rows, following = page_up(session, query, Item.code, cursor, USUAL)
    codes = [i.code for i in rows]
    held = select(ItemTerm).where(ItemTerm.item.in_(codes), *_holds(ItemTerm, today)).order_by(ItemTerm.valid_from)
    terms = {t.item: t for t in session.scalars(held)}
    quiet = protected(session, "item", codes, today)
    return [(i, terms.get(i.code), i.code in quiet) for i in rows], following


def protected(session: Session, kind: str, ids: Sequence[str], today: date) -> set[str]:
    """Those of these subjects that stand on the do-not-disturb list today."""
    where = (DoNotDisturb.subject_kind == kind, DoNotDisturb.subject_id.in_(ids), *_holds(DoNotDisturb, today))
    return set(session.scalars(select(DoNotDisturb.subject_id).where(*where)))


def officers(
    session: Session, own: Own, only_unit: str | None, filters: Filters, cursor: str | None, today: date
) -> tuple[list[KeptOfficer], str | None]:
    """Officers by certificate number, with the state of the certificate today."""
    query = select(Officer).join(Unit, Unit.code == Officer.unit)
    if own is not None:
        query = query.where(Unit.region.in_(own))
    for unit in (only_unit, filters.get("unit")):
        if unit:
            query = query.where(Officer.unit == unit)
    if text := filters.get("q"):
        name = Officer.name.contains(text, autoescape=True)
        query = query.where(or_(name, Officer.certificate_no.contains(text, autoescape=True)))
    if state := filters.get("state"):
        query = query.where(_in_state(state, today))
    rows, following = page_up(session, query, Officer.certificate_no, cursor, USUAL)
    return _kept(session, rows, today), following


def of_officer(session: Session, certificate_no: str) -> tuple[list[Certificate], list[CertificateSuspension]]:
    """The validities of a certificate, and what suspended it."""
    valid = select(Certificate).where(Certificate.certificate_no == certificate_no)
    suspended = select(CertificateSuspension).where(CertificateSuspension.certificate_no == certificate_no)
    return list(session.scalars(valid)), list(session.scalars(suspended))


def terms(session: Session, item: str) -> list[ItemTerm]:
    return list(session.scalars(select(ItemTerm).where(ItemTerm.item == item)))


def protection(session: Session, kind: str, subject: str) -> list[DoNotDisturb]:
    """When a subject stood on the do-not-disturb list, or will."""
    where = (DoNotDisturb.subject_kind == kind, DoNotDisturb.subject_id == subject)
    return list(session.scalars(select(DoNotDisturb).where(*where)))


def expiring(session: Session, own: Own, only_unit: str | None, today: date) -> int:
    """How many officers' certificates end within WARNED without another that follows."""
    query = select(func.count()).select_from(Officer).join(Unit, Unit.code == Officer.unit)
    query = query.where(_in_state("expiring", today))
    if own is not None:
        query = query.where(Unit.region.in_(own))
    if only_unit:
        query = query.where(Officer.unit == only_unit)
    return session.scalar(query) or 0


def _in_state(state: str, today: date) -> Any:
    """The condition that an officer's certificate is valid, expired, suspended or about to expire."""
    c, s = aliased(Certificate), aliased(CertificateSuspension)
    valid = exists().where(c.certificate_no == Officer.certificate_no, *_holds(c, today))
    suspended = exists().where(s.certificate_no == Officer.certificate_no, *_holds(s, today))
    later = aliased(Certificate)
    lasts = exists().where(
        later.certificate_no == Officer.certificate_no,
        later.valid_from <= today + WARNED,
        or_(later.valid_until.is_(None), later.valid_until > today + WARNED),
    )
    return {
        VALID: and_(valid, ~suspended),
        EXPIRED: ~valid,
        SUSPENDED: suspended,
        "expiring": and_(valid, ~lasts),
    }.get(state, Officer.id.is_not(None))


def _kept(session: Session, rows: Sequence[Officer], today: date) -> list[KeptOfficer]:
    numbers = [r.certificate_no for r in rows]
    ends: dict[str, list[Certificate]] = {}
    for c in session.scalars(select(Certificate).where(Certificate.certificate_no.in_(numbers))):
        ends.setdefault(c.certificate_no, []).append(c)
    on_it = (CertificateSuspension.certificate_no.in_(numbers), *_holds(CertificateSuspension, today))
    suspended = set(session.scalars(select(CertificateSuspension.certificate_no).where(*on_it)))
    names = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_({r.unit for r in rows})))}
    return [
        _officer(r, names[str(r.unit)], ends.get(r.certificate_no, []), r.certificate_no in suspended, today)
        for r in rows
    ]


def _officer(row: Officer, unit: str, certificates: list[Certificate], suspended: bool, today: date) -> KeptOfficer:
    holding = [c for c in certificates if c.valid_from <= today and (c.valid_until is None or c.valid_until >= today)]
    lasting = [
        c for c in certificates if c.valid_from <= today + WARNED and (c.valid_until or date.max) > today + WARNED
    ]
    until = max((c.valid_until or date.max for c in holding or certificates), default=None)
    state = SUSPENDED if suspended else VALID if holding else EXPIRED if certificates else UNKNOWN
    return KeptOfficer(row, unit, state, None if until == date.max else until, bool(holding) and not lasting)


def enterprises(
    session: Session, own: Own, filters: Filters, cursor: str | None, today: date
) -> tuple[list[tuple[Enterprise, EnterpriseRecord | None, bool]], str | None]:
    """Enterprises, newest entry first, with the newest record and whether they stand on the do-not-disturb list."""
    query = select(Enterprise)
    if own is not None:
        query = query.where(or_(Enterprise.region.is_(None), Enterprise.region.in_(own)))
    if text := filters.get("q"):
        query = query.where(_matches(text))
    if region := filters.get("region"):
        query = query.where(Enterprise.region == region)
    for name in ("risk", "credit", "industry"):
        if filters.get(name):
            query = query.where(_graded(name, filters[name]))
    if filters.get("list") == "quiet":
        on_it = (DoNotDisturb.subject_kind == "enterprise", DoNotDisturb.subject_id == Enterprise.id)
        query = query.where(exists().where(*on_it, *_holds(DoNotDisturb, today)))
    elif filters.get("list") == "key":
        query = query.where(
            exists().where(PlanKeyEnterprise.enterprise == Enterprise.id, *_holds(PlanKeyEnterprise, today))
        )
    rows, following = page(session, query, Enterprise.id, cursor, USUAL)
    ids = [e.id for e in rows]
    newest = {r.enterprise: r for r in session.scalars(_records(ids))}
    quiet = protected(session, "enterprise", ids, today)
    return [(e, newest.get(e.id), e.id in quiet) for e in rows], following


def records(session: Session, enterprise: str) -> list[EnterpriseRecord]:
    """What was recorded of an enterprise, the truth that counts first."""
    return list(session.scalars(_records([enterprise])))[::-1]


def key_in(session: Session, enterprise: str) -> list[tuple[Plan, PlanKeyEnterprise]]:
    """The plans in which it is a key enterprise."""
    query = select(Plan, PlanKeyEnterprise).join(PlanKeyEnterprise, PlanKeyEnterprise.plan == Plan.id)
    rows = session.execute(query.where(PlanKeyEnterprise.enterprise == enterprise).order_by(Plan.starts_on.desc()))
    return [(plan, key) for plan, key in rows]


def _records(ids: Sequence[str]) -> Any:
    query = select(EnterpriseRecord).where(EnterpriseRecord.enterprise.in_(ids))
    return query.order_by(EnterpriseRecord.valid_from, EnterpriseRecord.id)


def _matches(text: str) -> Any:
    """Name or part of it, initials, or the beginning of a USCC."""
    uscc, name = normalise_uscc(text), normalise_name(text)
    if len(uscc) >= 6 and any(c.isdigit() for c in uscc) and all(c in ALPHABET for c in uscc):
        return or_(Enterprise.uscc.startswith(uscc, autoescape=True), named_like(name))
    return named_like(name)


def _graded(name: str, value: str) -> Any:
    """That the newest record of an enterprise says so. An industry is met by its beginning: C, C14, C1411."""
    record, later = aliased(EnterpriseRecord), aliased(EnterpriseRecord)
    column = getattr(record, name)
    newer = or_(later.valid_from > record.valid_from, and_(later.valid_from == record.valid_from, later.id > record.id))
    return exists().where(
        record.enterprise == Enterprise.id,
        column.startswith(value, autoescape=True) if name == "industry" else column == value,
        ~exists().where(later.enterprise == record.enterprise, newer),
    )


def _holds(model: Any, today: date) -> tuple[Any, Any]:
    return model.valid_from <= today, or_(model.valid_until.is_(None), model.valid_until >= today)
