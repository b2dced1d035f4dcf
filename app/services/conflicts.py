"""Declared conflicts of interest between an officer and an enterprise (回避): dated, each change a fact."""

from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, NotFound
from app.domain.times import shanghai_day
from app.services import registers
from app.store import registry
from app.store.models import Officer, OfficerConflict
from app.store.unit_of_work import UnitOfWork

LONGEST = 200


def declare(work: UnitOfWork, actor: Actor, certificate_no: str, uscc: str, reason: str) -> OfficerConflict:
    """An officer of the actor's unit is never drawn for this enterprise from today on.

    Raises Invalid: unknown_officer, no_such_enterprise, reason_missing, conflict_stands.
    """
    actor.require(INSPECTOR, HEAD)
    officer = registry.officers(work.session, [certificate_no.strip()]).get(certificate_no.strip())
    if officer is None or officer.unit != actor.unit:
        raise Invalid("unknown_officer", "certificate_no")
    enterprise = registry.enterprise_by_uscc(work.session, normalise_uscc(uscc))
    if enterprise is None:
        raise Invalid("no_such_enterprise", "uscc")
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_missing", "reason")
    if len(reason) > LONGEST:
        raise Invalid("too_long", "reason", most=LONGEST)
    today = shanghai_day(work.now)
    work.lock(f"conflict:{officer.certificate_no}:{enterprise.id}")
    same = (OfficerConflict.certificate_no == officer.certificate_no, OfficerConflict.enterprise == enterprise.id)
    stands = OfficerConflict.valid_until.is_(None) | (OfficerConflict.valid_from == today)
    if work.session.scalar(select(OfficerConflict.id).where(*same, stands)):
        raise Invalid("conflict_stands", "uscc")
    row = OfficerConflict(
        certificate_no=officer.certificate_no,
        enterprise=enterprise.id,
        reason=reason,
        valid_from=today,
        declared_by=actor.id,
    )
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, _jurisdiction(work, actor), [row])
    return row


def end(work: UnitOfWork, actor: Actor, conflict_id: int) -> OfficerConflict:
    """The conflict no longer stands after today. Only the head ends one. Raises NotFound, Forbidden."""
    actor.require(HEAD)
    row = work.session.get(OfficerConflict, conflict_id, with_for_update=True)
    unit = row and work.session.scalar(select(Officer.unit).where(Officer.certificate_no == row.certificate_no))
    if row is None or unit != actor.unit or row.valid_until is not None:
        raise NotFound("no_such_conflict")
    row.valid_until = max(shanghai_day(work.now) - timedelta(days=1), row.valid_from)
    work.session.flush()
    registers.record(work, actor, _jurisdiction(work, actor), [row])
    return row


def _jurisdiction(work: UnitOfWork, actor: Actor) -> str:
    return registry.jurisdiction_of(work.session, actor.region, None, work.default_jurisdiction)
