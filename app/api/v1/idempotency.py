"""Idempotency-Key: the first answer again for the same key and request, kept in the transaction of what it made.

Kept sealed under the client's own key, which is stored nowhere, and with the day instead of the time: a rating's
receipt can be read from the table by nobody but who sent it (docs/decisions/0007).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l

from app.domain.actors import Actor
from app.domain.errors import Invalid, Refused
from app.domain.times import day_start, shanghai_day
from app.security import DEVICE_COOKIE
from app.store import idempotency
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

HEADER = "Idempotency-Key"
LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is JSON. `raises` is a refusal told after the transaction was committed (what it noted must stay)."""

    body: Any
    status: int = 200
    raises: Exception | None = None


def key_of_request() -> str | None:
    """The key that the client sent, or None. Raises Invalid where it is empty, too long or not printable."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if len(key) > LONGEST_KEY:
        raise Invalid("too_long", HEADER, most=LONGEST_KEY)
    if not key.strip() or not (key.isascii() and key.isprintable()):
        raise Invalid("wrong_type", HEADER, expected=_l("应为 1–128 个可见 ASCII 字符"))
    return key


def once(work: UnitOfWork, who: Actor, key: str | None, told: str, run: Callable[[], Answer]) -> Answer:
    """`run`, or the first answer to the same key where it came before. `told` is the request, normalised.

    Two at once wait for each other (a lock by name, and the table's primary key). Refusals are not kept: they are
    decided anew. Raises Refused("idempotency_conflict") where the key came with another request.
    """
    if key is None:
        return run()
    scope = who.id if who.kind != "public" else caller()
    own = Vault(work.vault.mark("idempotency-answer", f"{scope}\x00{key}"), work.vault.random)
    name = work.vault.mark("idempotency-key", f"{scope}\x00{key}").hex()
    digest = own.mark("request", told)
    work.lock(f"idempotency:{name}")
    kept = idempotency.kept_answer(work, who.id, name)
    if kept is not None:
        if kept.request != digest:
            raise Refused("idempotency_conflict", HEADER)
        return Answer(json.loads(own.open(bytes.fromhex(kept.body), "answer")), kept.status)
    answer = run()
    if answer.raises is None:
        sealed = own.seal(json.dumps(answer.body).encode(), "answer").hex()
        day = day_start(shanghai_day(work.now))
        idempotency.keep_answer(work, who.id, name, digest, answer.status, sealed, day)
    return answer


def caller() -> str:
    """Who calls without signing in: the browser's device where it has one, else the address. Only ever kept marked."""
    return request.cookies.get(DEVICE_COOKIE) or str(request.remote_addr)
