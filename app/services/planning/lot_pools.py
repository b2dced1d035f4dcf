"""Who may be drawn for a row of a plan: enterprises of the registry and officers of the unit, and why others are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.errors import Invalid, NotFound, Problem
from app.domain.flags.policy import policy_on
from app.domain.inspections import PLANNED
from app.domain.lots import DRAWN, Pool
from app.domain.plans import OPEN, Line, Plan
from app.domain.times import shanghai_day
from app.services.planning import lots, plans
from app.services.planning.lots import VISIT, Commission, commit, pairs
from app.store import registry
from app.store.models import (
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    EnterpriseRecord,
    InspectionRow,
    InspectionUnit,
    Lot,
    Officer,
    OfficerConflict,
)
from app.store.reference import current
from app.store.unit_of_work import UnitOfWork

FEWEST_OFFICERS = 2
LARGEST_POOL = 100_000
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """How the pool is chosen: by region, industry (its beginning) and risk grade, or by a list of USCCs. `wanted` None: as
    the row says (number or share). `officers` are certificates; empty: all of the unit."""

    region: str | None = None
    industry: str | None = None
    risk: str | None = None
    usccs: tuple[str, ...] = ()
    wanted: int | None = None
    each: int = FEWEST_OFFICERS
    officers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pool with who was left out and why; `unknown` are USCCs of the list that the registry does not know."""

    pool: Pool
    left_out: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...] = ()


def prepare(session: Session, actor: Actor, plan: Plan, position: int, choice: Choice, today: date) -> Prepared:
    """The pool for row `position` of a plan as it would be today. Raises Invalid: each field that is wrong."""
    line = _line(plan, position, choice)
    found, unknown = _enterprises(session, choice)
    reasons = _unfit_enterprises(session, plan, position, line, found, today)
    able = tuple(i for i in found if i not in reasons)
    persons, unfit = _officers(session, plan.unit, choice, today)
    conflicts = _conflicts(session, persons, set(able), today)
    wanted = choice.wanted or line.wanted or (_share(len(able), line.share) if line.share else None)
    if wanted is None:
        raise Invalid("lot_wanted_missing", "wanted")
    left_out = (*((i, reasons[i]) for i in found if i in reasons), *unfit)
    return Prepared(Pool(able, min(wanted, max(len(able), 1)), persons, choice.each, conflicts), left_out, unknown)


def commit_visits(work: UnitOfWork, actor: Actor, plan_id: str, position: int, choice: Choice) -> Lot:
    """Commits to a drawing for a row of a plan that is open. Raises Invalid, NotFound, Refused."""
    plan = plans.own(work, actor, plan_id, INSPECTOR, HEAD)
    if plan.state not in OPEN:
        raise Invalid("lot_plan_not_open", "plan")
    today = shanghai_day(work.now)
    prepared = prepare(work.session, actor, plan, position, choice, today)
    if prepared.unknown:
        raise Invalid("lot_unknown_uscc", "usccs", usccs="、".join(prepared.unknown[:5]))
    title = f"{plan.title} · {position}"
    return commit(work, actor, Commission(VISIT, title, plan.unit, prepared.pool, prepared.left_out, plan.id, position))


def again(work: UnitOfWork, actor: Actor, lot_id: str, reason: str) -> Lot:
    """`lots.again` for visits: only while the plan is open. Raises Invalid, NotFound, Refused."""
    lot = work.session.get(Lot, lot_id)
    if lot is None or lot.plan is None:
        raise NotFound("no_such_lot")
    if plans.own(work, actor, lot.plan, INSPECTOR, HEAD).state not in OPEN:
        raise Invalid("lot_plan_not_open", "again")
    return lots.again(work, actor, lot_id, reason)


def _line(plan: Plan, position: int, choice: Choice) -> Line:
    problems: list[Problem] = []
    if not 1 <= position <= len(plan.lines):
        problems.append(("row", "lot_row_missing", {}))
    if choice.wanted is not None and not 0 < choice.wanted <= LARGEST_POOL:
        problems.append(("wanted", "out_of_range", {"range": f"1–{LARGEST_POOL:,}"}))
    if not FEWEST_OFFICERS <= choice.each <= 10:
        problems.append(("each", "out_of_range", {"range": f"{FEWEST_OFFICERS}–10"}))
    if problems:
        field, code, data = problems[0]
        raise Invalid(code, field, problems=problems, **data)
    return plan.lines[position - 1]


def _share(count: int, share: int) -> int:
    """`share` hundredths of a percent of `count`, rounded up."""
    return -(-count * share // 10_000)


def _enterprises(session: Session, choice: Choice) -> tuple[list[str], tuple[str, ...]]:
    """Ids by the choice, and the USCCs that nobody knows."""
    if choice.usccs:
        known: dict[str, str] = {}
        for at in range(0, len(choice.usccs), CHUNK):
            part = choice.usccs[at : at + CHUNK]
            listed = select(Enterprise.uscc, Enterprise.id).where(Enterprise.uscc.in_(part))
            known |= {str(uscc): i for uscc, i in session.execute(listed)}
        unknown = tuple(u for u in choice.usccs if u not in known)
        return list(dict.fromkeys(known[u] for u in choice.usccs if u in known)), unknown
    query = select(Enterprise.id).order_by(Enterprise.id)
    if choice.region:
        query = query.where(Enterprise.region.in_(registry.regions_below(session, choice.region)))
    if choice.industry or choice.risk:
        query = query.where(Enterprise.id.in_(_by_record(choice)))
    return list(session.scalars(query.limit(LARGEST_POOL + 1))), ()


def _by_record(choice: Choice):  # type: ignore[no-untyped-def]
    """Enterprises whose newest dated record is of the industry and risk grade."""
    newest = select(func.max(EnterpriseRecord.id)).group_by(EnterpriseRecord.enterprise)
    query = select(EnterpriseRecord.enterprise).where(EnterpriseRecord.id.in_(newest))
    if choice.industry:
        query = query.where(EnterpriseRecord.industry.startswith(choice.industry, autoescape=True))
    if choice.risk:
        query = query.where(EnterpriseRecord.risk == choice.risk)
    return query


def _unfit_enterprises(
    session: Session, plan: Plan, position: int, line: Line, ids: Sequence[str], today: date
) -> dict[str, str]:
    """Why some enterprises are left out: the first reason that holds."""
    reference = current(session)
    covering = or_(DoNotDisturb.valid_until.is_(None), DoNotDisturb.valid_until >= today)
    protected = set(
        session.scalars(
            select(DoNotDisturb.subject_id).where(
                DoNotDisturb.subject_kind == "enterprise", DoNotDisturb.valid_from <= today, covering
            )
        )
    )
    caps = [c for c in (line.cap, reference.caps((line.item,), today).get(plan.unit)) if c is not None]
    cap = min(caps, default=policy_on(reference.policies, plan.jurisdiction, today).get("cap.year", "most"))
    reached = {e for e, count in _planned(session, plan.unit, today.year).items() if count >= cap}
    before = _drawn_before(session, plan.id, position)
    regions = dict(session.execute(select(Enterprise.id, Enterprise.region)).all()) if ids else {}
    outside = {r: reference.in_area(plan.unit, r, today) is False for r in set(regions.values())}
    out: dict[str, str] = {}
    for one in ids:
        for reason, holds in (
            ("do_not_disturb", one in protected),
            ("cap", one in reached),
            ("drawn_before", one in before),
            ("out_of_area", outside.get(regions.get(one), False)),
        ):
            if holds:
                out[one] = reason
                break
    return out


def _planned(session: Session, unit: str, year: int) -> dict[str, int]:
    """Planned visits of a unit in a year, by enterprise (rule cap.year)."""
    query = (
        select(InspectionRow.enterprise_id, func.count())
        .join(InspectionUnit, InspectionUnit.inspection == InspectionRow.id)
        .where(
            InspectionUnit.unit == unit,
            InspectionRow.kind == PLANNED,
            InspectionRow.counts,
            InspectionRow.visit_day.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(InspectionRow.enterprise_id)
    )
    return dict(session.execute(query).all())


def _drawn_before(session: Session, plan_id: str, position: int) -> set[str]:
    query = select(Lot).where(Lot.plan == plan_id, Lot.plan_row == position, Lot.state == DRAWN)
    return {subject for lot in session.scalars(query) for subject, _ in pairs(lot)}


def _officers(
    session: Session, unit: str, choice: Choice, today: date
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Ids of those who may be drawn, and (id, reason) of the others."""
    wanted = select(Officer.certificate_no, Officer.id).where(Officer.unit == unit).order_by(Officer.certificate_no)
    if choice.officers:
        wanted = wanted.where(Officer.certificate_no.in_(choice.officers))
    officers = dict(session.execute(wanted).all())

    def on_the_day(model: type[Certificate] | type[CertificateSuspension]) -> set[str]:
        still = or_(model.valid_until.is_(None), model.valid_until >= today)
        where = (model.certificate_no.in_(officers), model.valid_from <= today, still)
        return set(session.scalars(select(model.certificate_no).where(*where)))

    valid, suspended = on_the_day(Certificate), on_the_day(CertificateSuspension)
    unfit = {c: "suspended" if c in suspended else "expired" for c in officers if c in suspended or c not in valid}
    able = tuple(officer for certificate, officer in officers.items() if certificate not in unfit)
    return able, [(officers[certificate], reason) for certificate, reason in unfit.items()]


def _conflicts(session: Session, persons: Sequence[str], subjects: set[str], today: date) -> frozenset[tuple[str, str]]:
    still = or_(OfficerConflict.valid_until.is_(None), OfficerConflict.valid_until >= today)
    query = (
        select(Officer.id, OfficerConflict.enterprise)
        .join(Officer, Officer.certificate_no == OfficerConflict.certificate_no)
        .where(Officer.id.in_(persons), OfficerConflict.valid_from <= today, still)
    )
    return frozenset((person, subject) for person, subject in session.execute(query) if subject in subjects)
