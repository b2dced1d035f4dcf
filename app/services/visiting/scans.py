"""The enterprise's scan: `seen` (posted by the page), `arrive` (a person's button), the comparison number."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from app.domain.actors import PUBLIC
from app.domain.codes.challenge import LIFETIME, make_digits
from app.domain.errors import Invalid
from app.domain.flags.policy import policy_on
from app.domain.flags.visits import shown_until
from app.domain.inspections import COMPLETED, TRANSITIONS, Inspection
from app.domain.times import shanghai_day
from app.services.flagging import flags
from app.services.trust.verification import BAD_WHEN_ARRIVING, Look, look, note_bad
from app.store.database import insert_of
from app.store.models import Challenge, DeviceArrival, DeviceMark
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import current, rests_on_registers
from app.store.unit_of_work import UnitOfWork

SHOWN = ("valid", "registered_elsewhere")  # a visit that is registered and may take place now
ARRIVALS_KEPT = timedelta(days=2)
ACTIONS = {"seen": "inspection.seen", "arrive": "inspection.arrived"}


@dataclass(frozen=True, slots=True)
class OpenChallenge:
    """Six digits that stand on this phone and on the officer's page until `expires_at`."""

    id: str
    digits: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """`challenge` is None where the code is not valid now: then nothing was recorded but, perhaps, a note."""

    look: Look
    challenge: OpenChallenge | None


@rests_on_registers
def record_scan(work: UnitOfWork, text: str, action: str, device: str, *, by_staff: bool = False) -> ScanOutcome:
    """Records the first look at a code and each device's arrival, and opens a comparison number of the device's own.

    A device has one number at a time, so that the officer reads one aloud for one phone: `arrive` makes a new one in
    place of what was there, `seen` (which a page's script tells, showing nothing) keeps what is there.

    An `arrive` on a code that is not valid leaves a note (rule code.bad) and is not recorded; callers tell the verdict.
    Raises Invalid("unknown_choice") for another action.
    """
    if action not in ACTIONS:
        raise Invalid("unknown_choice", "action", value=action, choices=", ".join(ACTIONS))
    seen = look(work.session, text, work.now, lock=True)
    if seen.inspection is None or seen.verdict not in SHOWN:
        if action == "arrive" and seen.verdict in BAD_WHEN_ARRIVING:
            note_bad(work, seen, device)
        if action == "seen" and seen.inspection is not None:
            _record(work, seen.inspection, action, device, by_staff)
        return ScanOutcome(seen, None)
    inspection = _record(work, seen.inspection, action, device, by_staff)
    return ScanOutcome(replace(seen, inspection=inspection), _open_challenge(work, inspection, action, device))


def open_challenges(session: Session, inspection_id: str, now: datetime) -> list[OpenChallenge]:
    """The comparison numbers that enterprises see right now, newest first."""
    query = (
        select(Challenge)
        .where(Challenge.inspection == inspection_id, Challenge.expires_at > now)
        .order_by(Challenge.created_at.desc(), Challenge.id.desc())
        .limit(20)
    )
    return [_opened(c) for c in session.scalars(query)]


def _record(work: UnitOfWork, inspection: Inspection, action: str, device: str, by_staff: bool) -> Inspection:
    kind = ACTIONS[action]
    if inspection.state not in TRANSITIONS[kind]:
        return inspection
    is_new = (
        _shows_it(work, inspection, by_staff) if action == "seen" else _first_time(work, inspection, action, device)
    )
    if not is_new:
        return inspection
    body: dict[str, Any] = {"by_inspector": by_staff}
    if action == "arrive" and (many := _enterprises_today(work, inspection, device)):
        body["device_enterprises"] = many
    fact = work.fact(kind, ("inspection", inspection.id), body, PUBLIC, inspection.jurisdiction)
    after = work.record(fact, inspection)
    flags.after_inspection(work, inspection, after)
    return after


def _shows_it(work: UnitOfWork, i: Inspection, by_staff: bool) -> bool:
    """Whether a look says something that is not known yet: that the code was shown to somebody of the enterprise.

    Later looks leave nothing: who rates looks again, and the time of a look would tell the unit when (promise 4). So after
    the visit only the first counts, and only as long as rule code.not_shown waits for it.
    """
    if by_staff or i.first_seen_at is not None or i.enterprise_arrived_at is not None:
        return False
    if i.state != COMPLETED:
        return True
    policy = policy_on(current(work.session).policies, i.jurisdiction, shanghai_day(i.visit_start or work.now))
    return i.result_recorded_at is not None and work.now <= shown_until(i, policy)


def _first_time(work: UnitOfWork, inspection: Inspection, action: str, device: str) -> bool:
    """Whether this device did this for the first time. The mark is keyed by the code and dies with it."""
    mark = work.vault.mark(f"{action}:{inspection.mark}", device)
    return _MARK.run(work.session, mark=mark, expires_at=inspection.window_end + LIFETIME) == 1


def _enterprises_today(work: UnitOfWork, inspection: Inspection, device: str) -> int | None:
    """At how many enterprises this device arrived today, where that is as many as the policy finds too many."""
    today = shanghai_day(work.now)
    day = work.vault.mark(f"arrivals:{today}", device)
    here = work.vault.mark(f"arrivals:{today}:{device}", inspection.enterprise_id)
    _ARRIVED.run(work.session, day_mark=day, enterprise_mark=here, expires_at=work.now + ARRIVALS_KEPT)
    count: int = _ARRIVALS.value(work.session, day_mark=day)
    policy = policy_on(current(work.session).policies, inspection.jurisdiction, today)
    return count if count >= policy.get("code.self_scan", "enterprises") else None


def _open_challenge(work: UnitOfWork, inspection: Inspection, action: str, device: str) -> OpenChallenge:
    mark = work.vault.mark(f"challenge:{inspection.mark}", device)
    known = _OPENED.all(work.session, inspection=inspection.id)
    gone = [c for c in known if c.expires_at <= work.now or (action == "arrive" and c.mark == mark)]
    if gone:
        _CLOSE.run(work.session, ids=[c.id for c in gone])
    standing = [c for c in known if c not in gone]
    for c in standing:
        if c.mark == mark:
            return _opened(c)
    taken = [c.digits for c in standing]
    opened = OpenChallenge(work.new_id(), make_digits(work.random, taken), work.now, work.now + LIFETIME)
    row = {"id": opened.id, "digits": opened.digits, "created_at": opened.created_at, "expires_at": opened.expires_at}
    work.insert_rows(Challenge, [row | {"inspection": inspection.id, "mark": mark}])
    return opened


def _opened(c: Any) -> OpenChallenge:
    return OpenChallenge(c.id, c.digits, c.created_at, c.expires_at)


_CHALLENGE, _BY_DEVICE = table_of(Challenge), table_of(DeviceArrival).c
_MARK = Prepared(lambda dialect: insert_of(dialect)(table_of(DeviceMark)).on_conflict_do_nothing())
_ARRIVED = Prepared(lambda dialect: insert_of(dialect)(table_of(DeviceArrival)).on_conflict_do_nothing())
_ARRIVALS = Prepared(select(func.count()).where(_BY_DEVICE.day_mark == bindparam("day_mark")))
_OPENED = Prepared(select(_CHALLENGE).where(_CHALLENGE.c.inspection == bindparam("inspection")))
_CLOSE = Prepared(delete(_CHALLENGE).where(_CHALLENGE.c.id.in_(bindparam("ids", expanding=True))))
