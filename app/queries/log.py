"""The state of the log for pages: how large, how old its checkpoint, who watches, what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, defer

from app.services.transparency import log_witnesses
from app.services.transparency.log_witnesses import WitnessState
from app.store import log as log_store
from app.store.models import Log

BEHIND = timedelta(minutes=1)
ABSENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LogState:
    """`signed_at` is the time of the newest checkpoint; `waiting` leaves have no place yet, the oldest since `since`."""

    origin: str
    size: int
    signed_at: datetime | None
    waiting: int
    since: datetime | None
    witnesses: tuple[WitnessState, ...]


def state(session: Session) -> LogState | None:
    """None where the log has not begun."""
    row = session.get(Log, 1, options=[defer(Log.private)])  # the public zone may not read that
    if row is None:
        return None
    head = log_store.newest_signed_head(session)
    waiting, since = log_store.waiting(session)
    return LogState(
        row.origin,
        head.size if head else 0,
        head.made_at if head else None,
        waiting,
        since,
        tuple(log_witnesses.states(session)),
    )


def problems(log: LogState, now: datetime) -> list[str]:
    """What somebody should look into: `clock_ran_back`, `behind`, `witness_absent`."""
    found = []
    if log.signed_at is not None and now < log.signed_at:
        found.append("clock_ran_back")
    if log.since is not None and log.since < now - BEHIND:
        found.append("behind")
    if any(w.last_at is None or w.last_at < now - ABSENT for w in log.witnesses):
        found.append("witness_absent")
    return found
