"""Enterprises: a new record for what is true from a day on; the do-not-disturb list."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.domain.actors import ADMIN, Actor
from app.domain.enterprises import is_early_pilot, normalise_name, normalise_uscc, uscc_problem
from app.domain.errors import Invalid
from app.domain.industries import normalise_industry
from app.domain.times import shanghai_day
from app.services import registers
from app.services.enterprises import pinyin_initials
from app.services.keeping import periods, protection
from app.services.people.scope import enterprise_in_scope, regions_of
from app.store.models import Enterprise, EnterpriseRecord, Region
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class EnterpriseData:
    """What is true of an enterprise from `since` on. `uscc` may be empty where there is none."""

    uscc: str
    name: str
    region: str | None
    address: str | None
    industry: str | None
    risk: str | None
    credit: str | None
    since: date | None


def add_enterprise(work: UnitOfWork, actor: Actor, data: EnterpriseData) -> Enterprise:
    """A new enterprise with its first record. Raises Invalid at the field."""
    actor.require(ADMIN)
    uscc, industry = _checked(work, actor, data, None)
    enterprise = Enterprise(
        id=work.new_id(),
        uscc=uscc,
        name=data.name,
        search=normalise_name(data.name),
        initials=pinyin_initials(data.name),
        region=data.region,
        address=data.address,
        first_known_at=work.now,
    )
    work.session.add(enterprise)
    work.session.flush()
    _record(work, actor, enterprise, uscc, industry, data)
    return enterprise


def change_enterprise(work: UnitOfWork, actor: Actor, enterprise_id: str, data: EnterpriseData) -> None:
    """What is true from a day on, today at the latest; what was recorded before stays. Raises Invalid at the field."""
    actor.require(ADMIN)
    enterprise = enterprise_in_scope(work.session, actor, enterprise_id)
    uscc, industry = _checked(work, actor, data, enterprise)
    newest = work.session.scalar(
        select(EnterpriseRecord.valid_from)
        .where(EnterpriseRecord.enterprise == enterprise_id)
        .order_by(EnterpriseRecord.valid_from.desc())
        .limit(1)
    )
    if newest is None or data.since is None or data.since >= newest:  # an older truth changes nothing of today's
        enterprise.uscc, enterprise.name, enterprise.region, enterprise.address = (
            uscc,
            data.name,
            data.region,
            data.address,
        )
        enterprise.search, enterprise.initials = normalise_name(data.name), pinyin_initials(data.name)
        work.session.flush()
    _record(work, actor, enterprise, uscc, industry, data)


def protect_enterprise(
    work: UnitOfWork, actor: Actor, enterprise_id: str, first: date | None, last: date | None, source: str
) -> None:
    """Puts an enterprise on the do-not-disturb list (无感监管对象清单)."""
    actor.require(ADMIN)
    enterprise = enterprise_in_scope(work.session, actor, enterprise_id)
    district = periods.jurisdiction(work, enterprise.region)
    protection.protect(work, actor, district, ("enterprise", enterprise_id), first, last, source)


def end_protection(work: UnitOfWork, actor: Actor, enterprise_id: str, period_id: int, last: date | None) -> None:
    actor.require(ADMIN)
    enterprise = enterprise_in_scope(work.session, actor, enterprise_id)
    district = periods.jurisdiction(work, enterprise.region)
    protection.end(work, actor, district, ("enterprise", enterprise_id), period_id, last)


def _checked(
    work: UnitOfWork, actor: Actor, data: EnterpriseData, known: Enterprise | None
) -> tuple[str | None, str | None]:
    """USCC and industry as they are stored. Raises Invalid at the field."""
    uscc = normalise_uscc(data.uscc) or None
    problem = uscc_problem(uscc) if uscc else None
    if uscc and problem and not (problem == "uscc_check_digit" and is_early_pilot(uscc)):
        raise Invalid(problem, "uscc", length=len(uscc))
    if uscc is None and (known is None or known.uscc is not None):
        raise Invalid("missing", "uscc")
    if uscc is not None and (known is None or known.uscc != uscc):
        work.lock(f"enterprise:{uscc}")
        if work.session.scalar(select(Enterprise.id).where(Enterprise.uscc == uscc)) is not None:
            raise Invalid("uscc_taken", "uscc", uscc=uscc)
    own = regions_of(work.session, actor)
    if data.region is not None and (
        work.session.get(Region, data.region) is None or (own is not None and data.region not in own)
    ):
        raise Invalid("unknown_region", "region", region=data.region)
    industry = normalise_industry(data.industry) if data.industry else None
    if data.industry and industry is None:
        raise Invalid("industry_unknown", "industry", industry=data.industry)
    if data.since is None:
        raise Invalid("missing", "since")
    if not periods.EARLIEST <= data.since <= shanghai_day(work.now):
        raise Invalid("since_in_the_future", "since")
    return uscc, industry


def _record(
    work: UnitOfWork, actor: Actor, enterprise: Enterprise, uscc: str | None, industry: str | None, data: EnterpriseData
) -> None:
    assert data.since is not None
    record = EnterpriseRecord(
        enterprise=enterprise.id,
        valid_from=data.since,
        uscc=uscc,
        name=data.name,
        region=data.region,
        address=data.address,
        industry=industry,
        risk=data.risk,
        credit=data.credit,
        source="admin",
        recorded_at=work.now,
    )
    work.session.add(record)
    work.session.flush()
    registers.record(work, actor, periods.jurisdiction(work, enterprise.region), [enterprise, record])
