"""What time brings about, each a use case of its own: run by the worker, safe to run twice or on two machines."""

from datetime import timedelta

from sqlalchemy import delete

from app.services import (
    callback_draws,
    day_figures,
    desk,
    flag_reviews,
    flags,
    jobs,
    log,
    onsite,
    outbox,
    places,
    reminders,
    satisfaction,
    unit_keys,
    visits,
)
from app.services.imports import uploads
from app.services.space import entry, persons
from app.store.models import (
    Challenge,
    DeviceArrival,
    DeviceMark,
    IdempotencyKey,
    LoginSession,
    RateBucket,
    SpaceSession,
)
from app.store.unit_of_work import UnitOfWork

IDEMPOTENCY_KEPT = timedelta(days=2)
SESSIONS_KEPT = timedelta(days=30)


def sweep(work: UnitOfWork) -> None:
    """Time-driven findings up to now."""
    flags.sweep(work)


def lapse(work: UnitOfWork) -> None:
    visits.lapse(work)


def refresh_figures(work: UnitOfWork) -> None:
    """Figures by day, where visits or flags have changed."""
    day_figures.refresh(work)


def remind(work: UnitOfWork) -> None:
    """Reminders of deadlines of the follow-up."""
    reminders.remind(work)


def forget(work: UnitOfWork) -> None:
    """Deletes what has no right to stay: expired marks, challenges, idempotency keys, full rate buckets, sessions."""
    work.session.execute(delete(DeviceMark).where(DeviceMark.expires_at < work.now))
    work.session.execute(delete(DeviceArrival).where(DeviceArrival.expires_at < work.now))
    work.session.execute(delete(Challenge).where(Challenge.expires_at < work.now))
    work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < work.now - IDEMPOTENCY_KEPT))
    work.session.execute(delete(RateBucket).where(RateBucket.full_at < work.now.timestamp()))
    work.session.execute(delete(LoginSession).where(LoginSession.expires_at < work.now - SESSIONS_KEPT))
    work.session.execute(delete(SpaceSession).where(SpaceSession.expires_at < work.now - SESSIONS_KEPT))
    entry.forget_codes(work)


def erase_former(work: UnitOfWork) -> None:
    """The contacts of persons who belong to no enterprise's space any more."""
    persons.erase_former(work)


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
    forget,
    erase_former,
    log.prune,
    jobs.forget,
    outbox.forget,
    uploads.forget_old,
    onsite.forget,
    places.forget,
)
