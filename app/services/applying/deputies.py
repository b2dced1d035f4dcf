"""Deputies (代理负责人): a head, or the administrator for a unit, names who acts as its head on which days.

A deputy has the head's role on those days and nothing more: an own application stays somebody else's to approve. One of the
head who is deputised for is another head's to approve; only in a unit without another head is it the deputy's. Only the
head's own person names deputies, never a deputy. A permission rests on the row, so it is one of the registers whose every
change is a fact.
"""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import ADMIN, HEAD, INSPECTOR, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.times import shanghai_day
from app.services import registers
from app.store import actors, registry
from app.store.models import ActorRow, Deputy, RoleAssignment, Unit
from app.store.unit_of_work import UnitOfWork

LONGEST_DAYS = 366


def name(work: UnitOfWork, actor: Actor, deputy_id: str, first: date, last: date, head_id: str | None = None) -> Deputy:
    """Names a deputy from `first` to `last`, both included. The administrator says for which head (`head_id`).

    Raises Forbidden (role, "deputies_of_a_deputy"), Invalid("deputy": not an inspector of that unit; "from", "until").
    """
    head = _head(work, actor, head_id)
    today = shanghai_day(work.now)
    deputy = actors.by_id(work.session, deputy_id, today)
    if deputy is None or deputy.person is None or deputy.unit != head.unit or deputy.id == head.id:
        raise Invalid("no_such_deputy", "deputy")
    if last < first or last < today:
        raise Invalid("deputy_days", "until")
    if (last - first).days >= LONGEST_DAYS:
        raise Invalid("deputy_too_long", "until", days=LONGEST_DAYS)
    unit = work.session.get(Unit, head.unit)
    assert unit is not None
    jurisdiction = registry.jurisdiction_of(work.session, unit.region, None, work.default_jurisdiction)
    row = Deputy(
        id=work.new_id(),
        unit=unit.code,
        jurisdiction=jurisdiction,
        head=head.id,
        deputy=deputy.id,
        valid_from=first,
        valid_until=last,
        named_by=actor.id,
        named_at=work.now,
        ended_at=None,
    )
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, jurisdiction, [row])
    return row


def end(work: UnitOfWork, actor: Actor, deputy_row_id: str) -> Deputy:
    """Ends a deputy's time at once. Raises NotFound, Forbidden, Refused("deputy_over")."""
    _may_name(actor)
    row = work.session.get(Deputy, deputy_row_id, with_for_update=True)
    if row is None or not (actor.may(ADMIN) or row.unit == actor.unit):
        raise NotFound("no_such_deputy")
    if row.ended_at is not None or row.valid_until < shanghai_day(work.now):
        raise Refused("deputy_over")
    row.ended_at = work.now
    work.session.flush()
    registers.record(work, actor, row.jurisdiction, [row])
    return row


def of_unit(session: Session, unit: str, today: date) -> list[tuple[Deputy, str, str]]:
    """A unit's deputies of now and later, each with the head's and the deputy's name."""
    head, deputy = aliased(ActorRow), aliased(ActorRow)
    query = (
        select(Deputy, head.name, deputy.name)
        .join(head, head.id == Deputy.head)
        .join(deputy, deputy.id == Deputy.deputy)
        .where(Deputy.unit == unit, Deputy.ended_at.is_(None), Deputy.valid_until >= today)
        .order_by(Deputy.valid_from, Deputy.id)
    )
    return [(row, head_name, deputy_name) for row, head_name, deputy_name in session.execute(query)]


def candidates(session: Session, unit: str, today: date) -> list[ActorRow]:
    """The persons of a unit who may become deputies: its inspectors of today."""
    still = or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until >= today)
    query = (
        select(ActorRow)
        .join(RoleAssignment, RoleAssignment.actor == ActorRow.id)
        .where(
            ActorRow.kind == "person",
            RoleAssignment.unit == unit,
            RoleAssignment.role == INSPECTOR,
            RoleAssignment.valid_from <= today,
            still,
        )
        .order_by(ActorRow.name)
        .distinct()
    )
    return list(session.scalars(query))


def _may_name(actor: Actor) -> None:
    actor.require(HEAD, ADMIN)
    if actor.acting_for is not None:
        raise Forbidden("deputies_of_a_deputy")


def _head(work: UnitOfWork, actor: Actor, head_id: str | None) -> Actor:
    _may_name(actor)
    if actor.may(HEAD):
        return actor
    head = actors.by_id(work.session, head_id or "", shanghai_day(work.now))
    if head is None or not head.may(HEAD) or head.acting_for is not None:
        raise Invalid("no_such_head", "head")
    return head
