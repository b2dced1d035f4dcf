"""What a view needs of the installation: perform a use case, read, know who is asking."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from flask import current_app, g

from app.domain.actors import Actor
from app.installation import Installation
from app.store import limits
from app.store.database import Session
from app.store.limits import Limit
from app.store.unit_of_work import UnitOfWork

P = ParamSpec("P")
T = TypeVar("T")


def installation() -> Installation:
    found: Installation = current_app.extensions["jcm"]
    return found


def actor() -> Actor:
    """Who is asking: the signed-in actor, or the public."""
    found: Actor = g.actor
    return found


def now() -> datetime:
    """The instant of this request, frozen at first use."""
    if "now" not in g:
        g.now = installation().clock()
    frozen: datetime = g.now
    return frozen


def perform(use_case: Callable[Concatenate[UnitOfWork, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """One use case in one transaction, committed when it returns."""
    return installation().perform(use_case, *args, **kwargs)


def reading() -> AbstractContextManager[Session]:
    """A reading transaction for queries, which sees everything committed."""
    return installation().reading()


def browsing() -> AbstractContextManager[Session]:
    """A reading transaction that may be a moment behind: figures, exports, public lists."""
    return installation().browsing()


def take(key: str, limit: Limit) -> None:
    """Takes one from a rate limit, in a transaction of its own. Raises TooMany."""
    if installation().config.rate_limits:
        installation().perform(limits.take, key, limit)
