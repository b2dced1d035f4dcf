"""What time brings about, each a use case of its own: run by the worker, safe to run twice or on two machines."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete

from app.services import day_figures, jobs
from app.services.flagging import flags
from app.services.imports import uploads
from app.services.people import account_notices
from app.services.retention import noted, spoken
from app.services.sending import outbox
from app.services.space import entry, persons
from app.services.speaking import satisfaction
from app.services.supervising import callback_draws, desk, flag_reviews, phones, reminders
from app.services.transparency import log
from app.services.trust import unit_keys
from app.services.visiting import onsite, places, visits
from app.store.models import (
    Challenge,
    DeviceArrival,
    DeviceMark,
    IdempotencyKey,
    LoginSession,
    RateBucket,
    SpaceSession,
)
from app.store.unit_of_work import UnitOfWork, deleted

IDEMPOTENCY_KEPT = timedelta(days=2)
SESSIONS_KEPT = timedelta(days=30)


def sweep(work: UnitOfWork) -> None:
    """Time-driven findings up to now."""
    flags.sweep(work)


def lapse(work: UnitOfWork) -> None:
    visits.lapse(work)


def refresh_figures(work: UnitOfWork) -> bool:
    """Figures by day, where visits or flags have changed; whether more days wait."""
    return day_figures.refresh(work) == day_figures.AT_ONCE


def remind(work: UnitOfWork) -> None:
    """Reminders of deadlines of the follow-up."""
    reminders.remind(work)


def forget(work: UnitOfWork) -> int:
    """Deletes what has no right to stay: expired marks, challenges, idempotency keys, full rate buckets, sessions."""
    over = (
        delete(DeviceMark).where(DeviceMark.expires_at < work.now),
        delete(DeviceArrival).where(DeviceArrival.expires_at < work.now),
        delete(Challenge).where(Challenge.expires_at < work.now),
        delete(IdempotencyKey).where(IdempotencyKey.created_at < work.now - IDEMPOTENCY_KEPT),
        delete(RateBucket).where(RateBucket.full_at < work.now.timestamp()),
        delete(LoginSession).where(LoginSession.expires_at < work.now - SESSIONS_KEPT),
        delete(SpaceSession).where(SpaceSession.expires_at < work.now - SESSIONS_KEPT),
    )
    return sum(deleted(work, statement) for statement in over) + entry.forget_codes(work)


# What has no right to stay any more (docs/privacy.md): each says how many it erased, at most some hundreds at once.
ERASING: dict[str, Callable[[UnitOfWork], int]] = {
    "marks, comparison numbers, sessions and one-time codes": forget,
    "notices about the own account": account_notices.forget,
    "contacts of former members of enterprises": persons.erase_former,
    "contacts of who reported": spoken.contacts,
    "words of ratings and reports": spoken.words,
    "words of closed leads": noted.leads,
    "words of observers and answers to them": noted.observations,
    "what was noted at call-backs": noted.callbacks,
    "words of statements, recusals, wishes and self-checks": noted.matters,
    "telephone numbers of enterprises": phones.erase_old,
    "finished jobs": jobs.forget,
    "messages that left": outbox.forget,
    "uploaded tables that nobody confirmed": uploads.forget_old,
    "old drafts and photographs of cancelled visits": onsite.forget,
    "places where codes were shown": places.forget,
}


JOBS = (
    sweep,
    lapse,
    refresh_figures,
    remind,
    desk.digests,
    desk.urgent,
    satisfaction.close_quarters,
    flag_reviews.run,
    callback_draws.weekly,
    unit_keys.renew_lists,
    unit_keys.forget_status,
    log.prune,
    account_notices.tell_failures,
    *ERASING.values(),
)
