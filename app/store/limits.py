"""Rate limits shared by all workers: a token bucket in the database, taken from by one atomic statement.

The bucket is kept as the instant at which it would be full again (the generic cell rate algorithm): one number, one
comparison. Take it in a transaction of its own, before the work it protects, so that a refused attempt counts as well.
"""

from dataclasses import dataclass

from sqlalchemy import Float, bindparam, case

from app.domain.errors import TooMany
from app.store.database import insert_of
from app.store.models import RateBucket
from app.store.models.base import table_of
from app.store.prepared import Prepared
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
    if _TAKE.run(work.session, key=mark, now=now, each=each, latest=now + (limit.burst - 1) * each) == 0:
        raise TooMany("too_many", retry_after=max(1, round(each)))


_T = table_of(RateBucket)
_NOW, _EACH = bindparam("now", type_=Float), bindparam("each", type_=Float)
_TAKE = Prepared(
    lambda dialect: (
        insert_of(dialect)(_T)
        .values(key=bindparam("key"), full_at=_NOW + _EACH)
        .on_conflict_do_update(
            index_elements=[_T.c.key],
            set_={"full_at": case((_T.c.full_at > _NOW, _T.c.full_at), else_=_NOW) + _EACH},
            where=_T.c.full_at <= bindparam("latest"),
        )
    )
)
