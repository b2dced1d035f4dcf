"""How an installation is: what waits, since when, and what runs out. For the watchers, read from the primary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.services import jobs
from app.services.sending import outbox
from app.services.trust.unit_keys import KEYS, STATUS
from app.store import documents
from app.store import log as log_store
from app.store.models import FactRow, Job, Log, LogCosignature, OutboxRow, RuleClock, Unit, UnitKey
from app.store.vault import Vault, VaultError

LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Times are None where there is nothing of the kind. `job_waiting_since` is also of a job whose worker fell silent;
    `messages` counts the outbox by state, `message_due_since` is when the most overdue message should have left."""

    log_size: int
    log_waiting: int
    log_waiting_since: datetime | None
    log_made_at: datetime | None
    witnessed_at: datetime | None
    messages: Mapping[str, int]
    message_due_since: datetime | None
    given_up_lately: int
    job_waiting_since: datetime | None
    key_list_until: datetime | None
    status_list_until: datetime | None
    swept_at: datetime | None
    has_supervisor: bool


def vitals(session: Session, now: datetime, *, outside: bool = False) -> Vitals:
    """Read at `now`; every query is over what waits, or the newest of an index. `outside`: the public zone's process, which
    may not look at messages and jobs, sees none."""
    head = log_store.newest_head(session)
    waiting, since = log_store.waiting(session)
    return Vitals(
        log_size=head.size if head else 0,
        log_waiting=waiting,
        log_waiting_since=since,
        log_made_at=head.made_at if head else None,
        witnessed_at=session.scalar(select(func.max(LogCosignature.last_at))),
        messages={} if outside else _messages(session),
        message_due_since=None if outside else _message_due_since(session, now),
        given_up_lately=0 if outside else _given_up_lately(session, now),
        job_waiting_since=None if outside else _job_waiting_since(session, now),
        key_list_until=documents.expires_at(session, KEYS),
        status_list_until=documents.expires_at(session, STATUS),
        swept_at=session.scalar(select(func.max(RuleClock.as_of))),
        has_supervisor=session.scalar(select(Unit.code).where(Unit.role == "supervisor").limit(1)) is not None,
    )


def _messages(session: Session) -> dict[str, int]:
    states = select(OutboxRow.state, func.count().label("number")).group_by(OutboxRow.state)
    return {row.state: row.number for row in session.execute(states)}


def _message_due_since(session: Session, now: datetime) -> datetime | None:
    unsent = OutboxRow.state.in_((outbox.QUEUED, outbox.SENDING))
    return session.scalar(select(func.min(OutboxRow.next_at)).where(unsent, OutboxRow.next_at < now))


def _given_up_lately(session: Session, now: datetime) -> int:
    lately = (OutboxRow.state == outbox.GIVEN_UP, OutboxRow.finished_at > now - LATELY)
    return session.scalar(select(func.count()).select_from(OutboxRow).where(*lately)) or 0


def _job_waiting_since(session: Session, now: datetime) -> datetime | None:
    queued = session.scalar(select(func.min(Job.created_at)).where(Job.state == jobs.QUEUED))
    silent = session.scalar(
        select(func.min(Job.seen_at)).where(Job.state == jobs.RUNNING, Job.seen_at < now - jobs.SILENT)
    )
    return min((at for at in (queued, silent) if at), default=None)


def keys_open(session: Session, vault: Vault) -> bool:
    """Whether this process has the key that sealed the log's key and the newest signing key."""
    try:
        log = session.get(Log, 1)
        if log is not None:
            vault.open(log.private, f"log:{log.origin}")
        newest = session.scalar(select(UnitKey).order_by(UnitKey.not_before.desc()).limit(1))
        if newest is not None:
            vault.open(newest.private, f"unit-key:{newest.kid}")
    except VaultError:
        return False
    return True


def owner(session: Session, jurisdiction: str) -> str | None:
    """The region that a register began with, where it is not `jurisdiction` and holds nothing of it; else None."""
    if session.scalar(select(FactRow.seq).where(FactRow.jurisdiction == jurisdiction).limit(1)) is not None:
        return None
    return session.scalar(select(FactRow.jurisdiction).order_by(FactRow.seq).limit(1))
