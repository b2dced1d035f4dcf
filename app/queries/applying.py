"""What fills an application form by itself: plans in force, the own certificate, whom one goes with, the last visit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.domain.inspections import APPLIED, REJECTED, Inspection
from app.queries import plans as plan_queries
from app.store import inspections as inspection_store
from app.store.models import (
    ActorRow,
    Draft,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    User,
)

MOST = 50
LATELY = 500
TO_CORRECT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PlanShort:
    code: str
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownDraft:
    id: str
    title: str
    saved_at: datetime
    saved_by: str


def plans_in_force(session: Session, unit: str, today: date) -> list[PlanShort]:
    """The filed plans of a unit that cover today, with their items."""
    found = plan_queries.open_plans(session, unit, today)
    return [PlanShort(p.code, p.title, tuple(dict.fromkeys(line.item for line in p.lines))) for p in found[:MOST]]


def usual_officers(session: Session, actor: Actor) -> list[str]:
    """Whom an applicant takes along: the unit's own officers of the last own application among the unit's latest, else
    the own certificate."""
    i = InspectionRow
    lately = (  # of the unit: of the applicant alone, who never applied would read the whole table
        select(i.id, i.applicant).where(i.lead_unit == actor.unit).order_by(i.window_start.desc()).limit(LATELY)
    ).subquery()
    last = session.scalar(select(func.max(lately.c.id)).where(lately.c.applicant == actor.identity))
    if last:
        ours = or_(InspectionOfficer.unit == actor.unit, InspectionOfficer.unit.is_(None))  # partners name their own
        query = select(InspectionOfficer.certificate_no).where(InspectionOfficer.inspection == last, ours)
        return list(session.scalars(query.order_by(InspectionOfficer.position)))
    own = session.scalar(select(User.certificate_no).where(User.actor == actor.id))
    return [own] if own else []


def last_at(session: Session, unit: str, enterprise_id: str) -> Inspection | None:
    """A unit's last application for an enterprise."""
    own = select(InspectionUnit.inspection).where(InspectionUnit.unit == unit)
    query = (
        select(InspectionRow)
        .where(InspectionRow.enterprise_id == enterprise_id, InspectionRow.id.in_(own))
        .order_by(InspectionRow.id.desc())
        .limit(1)
    )
    found = inspection_store.select_where(session, query)
    return found[0] if found else None


def open_drafts(session: Session, unit: str, limit: int = MOST) -> tuple[list[ShownDraft], int]:
    """A unit's drafts, the newest first, and how many there are."""
    where = (Draft.unit == unit, Draft.state == "open")
    query = select(Draft, ActorRow.name).join(ActorRow, ActorRow.id == Draft.saved_by).where(*where)
    rows = session.execute(query.order_by(Draft.saved_at.desc()).limit(limit))
    total = session.scalar(select(func.count()).select_from(Draft).where(*where)) or 0
    return [ShownDraft(d.id, d.title, d.saved_at, name) for d, name in rows], total


def waiting(session: Session, unit: str, batch: list[str] | None, limit: int = MOST) -> tuple[list[Inspection], int]:
    """What waits for a unit's head (of one batch, where its inspections are given), and how much there is."""
    where = [InspectionRow.lead_unit == unit, InspectionRow.state == APPLIED]
    if batch is not None:
        where.append(InspectionRow.id.in_(batch))
    query = select(InspectionRow).where(*where).order_by(InspectionRow.window_start, InspectionRow.id).limit(limit)
    total = session.scalar(select(func.count()).select_from(InspectionRow).where(*where)) or 0
    return inspection_store.select_where(session, query), total


def of_unit(session: Session, unit: str, ids: list[str]) -> list[Inspection]:
    """Those of some inspections that a unit leads."""
    return [i for i in inspection_store.get_many(session, ids) if i.lead_unit == unit]


def to_correct(session: Session, unit: str, now: datetime, limit: int = MOST) -> tuple[list[Inspection], int]:
    """Applications of a unit that the head turned down lately and that nobody sent again since."""
    later = aliased(InspectionRow)
    again = select(later.id).where(
        later.enterprise_id == InspectionRow.enterprise_id,
        later.lead_unit == unit,
        later.applied_at > InspectionRow.decided_at,
    )
    where = (
        ~again.exists(),
        InspectionRow.lead_unit == unit,
        InspectionRow.state == REJECTED,
        InspectionRow.decided_at > now - TO_CORRECT_FOR,
    )
    query = select(InspectionRow).where(*where).order_by(InspectionRow.decided_at.desc()).limit(limit)
    total = session.scalar(select(func.count()).select_from(InspectionRow).where(*where)) or 0
    return inspection_store.select_where(session, query), total
