"""Officers with the validity of their certificates and what suspends it. A head keeps those of the own unit."""

from datetime import date

from sqlalchemy import select

from app.domain.actors import ADMIN, HEAD, Actor
from app.domain.errors import Invalid, NotFound
from app.services import registers
from app.services.keeping import periods
from app.services.people.scope import officer_in_scope, unit_in_scope
from app.store.models import Certificate, CertificateSuspension, Officer
from app.store.unit_of_work import UnitOfWork


def add_officer(
    work: UnitOfWork, actor: Actor, certificate_no: str, name: str, unit: str, first: date | None, last: date | None
) -> Officer:
    """A new officer with the first validity of the certificate. Raises Invalid at the field."""
    actor.require(ADMIN, HEAD)
    region = _unit(work, actor, unit)
    if work.session.scalar(select(Officer.id).where(Officer.certificate_no == certificate_no)) is not None:
        raise Invalid("certificate_taken", "certificate_no", number=certificate_no)
    officer = Officer(id=work.new_id(), certificate_no=certificate_no, name=name, unit=unit)
    work.session.add(officer)
    work.session.flush()
    district = periods.jurisdiction(work, region)
    registers.record(work, actor, district, [officer])
    certificate = Certificate(certificate_no=certificate_no, valid_from=first, valid_until=last)
    periods.begin(work, actor, district, certificate, late=_may_be_late(actor))
    return officer


def change_officer(work: UnitOfWork, actor: Actor, officer_id: str, name: str, unit: str) -> None:
    """The name, and for an administrator the unit: a head cannot send somebody to another unit."""
    officer, district = _officer(work, actor, officer_id)
    _unit(work, actor, unit)
    if (officer.name, officer.unit) != (name, unit):
        officer.name, officer.unit = name, unit
        work.session.flush()
        registers.record(work, actor, district, [officer])


def add_certificate(work: UnitOfWork, actor: Actor, officer_id: str, first: date | None, last: date | None) -> None:
    """A further validity: a renewed certificate."""
    officer, district = _officer(work, actor, officer_id)
    same = work.session.scalars(select(Certificate).where(Certificate.certificate_no == officer.certificate_no)).all()
    new = Certificate(certificate_no=officer.certificate_no, valid_from=first, valid_until=last)
    periods.begin(work, actor, district, new, same, late=_may_be_late(actor))


def suspend(
    work: UnitOfWork, actor: Actor, officer_id: str, first: date | None, last: date | None, reason: str
) -> None:
    """The certificate does not count from a day on, with the reason."""
    officer, district = _officer(work, actor, officer_id)
    if not reason:
        raise Invalid("reason_missing", "reason")
    number = officer.certificate_no
    new = CertificateSuspension(certificate_no=number, valid_from=first, valid_until=last, reason=reason)
    same = work.session.scalars(select(CertificateSuspension).where(CertificateSuspension.certificate_no == number))
    periods.begin(work, actor, district, new, same.all(), late=_may_be_late(actor))


def end_period(work: UnitOfWork, actor: Actor, officer_id: str, kind: str, period_id: int, last: date | None) -> None:
    """The last day of a validity or a suspension (`kind`: certificate or suspension)."""
    officer, district = _officer(work, actor, officer_id)
    period = periods.of(work, _model(kind), period_id, "certificate_no", officer.certificate_no)
    periods.end(work, actor, district, period, last)


def take_back_period(work: UnitOfWork, actor: Actor, officer_id: str, kind: str, period_id: int) -> None:
    officer, district = _officer(work, actor, officer_id)
    period = periods.of(work, _model(kind), period_id, "certificate_no", officer.certificate_no)
    periods.take_back(work, actor, district, period)


def _officer(work: UnitOfWork, actor: Actor, officer_id: str) -> tuple[Officer, str]:
    """An officer that the actor keeps, and the district. Raises NotFound("no_such_officer")."""
    actor.require(ADMIN, HEAD)
    officer, unit = officer_in_scope(work.session, actor, officer_id)
    return officer, periods.jurisdiction(work, unit.region)


def _model(kind: str) -> type[Certificate] | type[CertificateSuspension]:
    if kind not in ("certificate", "suspension"):
        raise NotFound("no_such_period")
    return Certificate if kind == "certificate" else CertificateSuspension


def _may_be_late(actor: Actor) -> bool:
    """A head enters validities from today on: otherwise a flag over an expired certificate could be wiped out."""
    return actor.role == ADMIN


def _unit(work: UnitOfWork, actor: Actor, code: str) -> str:
    try:
        return unit_in_scope(work.session, actor, code).region
    except NotFound:
        raise Invalid("unknown_unit", "unit", unit=code) from None
