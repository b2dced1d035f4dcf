"""The officer's arrival (企业码): an officer scans what hangs at the enterprise, and the visit has begun.

It is the other direction of the enterprise's own arrival (app.services.visiting.scans). It says that these officers were there
now; it does not say that the code was shown to the enterprise, so it never stands for the enterprise's act.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.enterprise_codes import HOWS, LICENCE, TYPED, USCC, named_enterprise
from app.domain.errors import Invalid
from app.domain.inspections import APPROVED, IN_PROGRESS, Inspection, transition
from app.domain.times import SHANGHAI, day_end, day_start, shanghai_day
from app.services.flagging import flags
from app.services.people.access import own_inspection
from app.services.visiting import enterprise_codes
from app.store import inspections as inspection_store
from app.store.models import Enterprise, InspectionRow, InspectionUnit
from app.store.unit_of_work import UnitOfWork

MOST = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was scanned or typed at the enterprise, and how it came into the page (domain HOWS)."""

    text: str
    how: str


@dataclass(frozen=True, slots=True)
class Here:
    """The enterprise that a text names, and the unit's visits of today: `visits` at this one, `elsewhere` at others."""

    enterprise: Enterprise
    by: str
    visits: list[Inspection]
    elsewhere: list[Inspection]


def here(session: Session, unit: str, text: str, now: datetime) -> Here:
    """Right enterprise? Raises Invalid("text", …) like `named_enterprise` and `identify`."""
    named = named_enterprise(text)
    enterprise = enterprise_codes.identify(session, named)
    today = shanghai_day(now)
    own = select(InspectionUnit.inspection).where(InspectionUnit.unit == unit)
    query = (
        select(InspectionRow)
        .where(
            InspectionRow.id.in_(own),
            InspectionRow.state.in_([APPROVED, IN_PROGRESS]),
            InspectionRow.window_start < day_end(today),
            or_(InspectionRow.window_end > day_start(today), InspectionRow.state == IN_PROGRESS),
        )
        .order_by(InspectionRow.window_start)
        .limit(MOST)
    )
    found = inspection_store.select_where(session, query)
    visits = [i for i in found if i.enterprise_id == enterprise.id]
    today_only = [i for i in found if i.window_end > day_start(today)]
    return Here(enterprise, named.by, visits, [i for i in today_only if i.enterprise_id != enterprise.id])


def arrive(work: UnitOfWork, actor: Actor, inspection_id: str, arrival: Arrival) -> Inspection:
    """Records that an officer of the visit's unit is at the enterprise. Again with no more than before: nothing happens.

    Whatever was typed makes the arrival no scan: it may have been typed anywhere. (A link or a photograph may be kept,
    too; but a visit is mutually confirmed only together with the enterprise's own act.) Raises NotFound, Refused
    (state), Invalid("text" or "how": `not_this_enterprise`, `outside_window`, …).
    """
    inspection = own_inspection(work, actor, inspection_id, INSPECTOR, HEAD)
    if arrival.how not in HOWS:
        raise Invalid("unknown_choice", "how", value=arrival.how[:40], choices=", ".join(HOWS))
    named = named_enterprise(arrival.text)
    enterprise = enterprise_codes.identify(work.session, named)
    if enterprise.id != inspection.enterprise_id:
        raise Invalid("not_this_enterprise", "text")
    transition(inspection.state, "inspection.arrived")
    _check_time(inspection, work.now)
    scanned = arrival.how != TYPED
    if inspection.officer_scanned_at or (inspection.officer_arrived_at and not scanned):
        return inspection
    body = {
        "by_officer": True,
        "unit": actor.unit,
        "method": LICENCE if scanned and named.by == USCC else named.by,
        "how": arrival.how,
        "scanned": scanned,
    }
    fact = work.fact("inspection.arrived", ("inspection", inspection.id), body, actor, inspection.jurisdiction)
    after = work.record(fact, inspection)
    flags.after_inspection(work, inspection, after)
    return after


def _check_time(inspection: Inspection, now: datetime) -> None:
    """Inside the window; once the visit goes on, until the end of the window's last day."""
    goes_on = inspection.state == IN_PROGRESS
    until = day_end(shanghai_day(inspection.window_end)) if goes_on else inspection.window_end
    if (inspection.window_start <= now or goes_on) and now < until:
        return
    shown = [
        t.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") for t in (inspection.window_start, inspection.window_end)
    ]
    raise Invalid("outside_window", "text", start=shown[0], end=shown[1])
