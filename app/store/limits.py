"""Rate limits shared by all workers: a token bucket in the database, taken from by one atomic statement.

The bucket is kept as the instant at which it would be full again (the generic cell rate algorithm): one number, one
comparison. Take it in a transaction of its own, before the work it protects, so that a refused attempt counts as well.
"""

from dataclasses import dataclass

from sqlalchemy import case

from app.domain.errors import TooMany
from app.store.database import dialect_insert
from app.store.models import RateBucket
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, then `per_minute`."""

    burst: int
    per_minute: float


def take(work: UnitOfWork, key: str, limit: Limit) -> None:
    """Takes one from the bucket `key`. Raises TooMany("too_many", retry_after=seconds) when it is empty.

    The key is stored as a keyed mark: a bucket says nothing about who asked.
    """
    mark = work.vault.mark("rate-limit", key).hex()
    now, each = work.now.timestamp(), 60 / limit.per_minute
    full_at = case((RateBucket.full_at > now, RateBucket.full_at), else_=now) + each
    statement = (
        dialect_insert(work.session, RateBucket)
        .values(key=mark, full_at=now + each)
        .on_conflict_do_update(
            index_elements=[RateBucket.key],
            set_={"full_at": full_at},
            where=RateBucket.full_at <= now + (limit.burst - 1) * each,
        )
    )
    if work.session.execute(statement.returning(RateBucket.full_at)).first() is None:
        raise TooMany("too_many", retry_after=max(1, round(each)))
