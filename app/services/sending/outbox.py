"""Messages that leave the house: queued in the transaction that has something to tell, sent by the worker, retried.

Any service may `enqueue`. What is queued is sealed and forgotten once it was sent or given up. A message goes out at
least once: where the worker dies between sending and noting it, the recipient gets it twice.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from app.domain.errors import NotFound
from app.store.models import OutboxRow
from app.store.unit_of_work import UnitOfWork, deleted
from app.store.vault import VaultError

MAIL, SMS, WEBHOOK = "mail", "sms", "webhook"
CHANNELS = (MAIL, SMS, WEBHOOK)
QUEUED, SENDING, SENT, GIVEN_UP = "queued", "sending", "sent", "given_up"
LEASE = timedelta(minutes=2)  # a message whose sender fell silent is tried again
USUALLY_GOOD_FOR = timedelta(days=2)
LONGEST_WAIT = timedelta(hours=2)
KEPT = timedelta(days=30)  # the row without its words
AT_ONCE = 200  # of one round, so that a full queue does not keep the worker

log = logging.getLogger("jcm.outbox")


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is a mail address, a phone number, or (webhook) the address that the JSON text `text` is posted to, signed with
    `keys` (services/sending/webhook_keys.py) and, where `common`, with the installation's own."""

    id: str
    channel: str
    to: str
    subject: str
    text: str
    keys: Sequence[str] = ()
    common: bool = True


Sender = Callable[[Message], None]  # raises OSError or ValueError where it could not be sent
Perform = Callable[..., Any]


def enqueue(
    work: UnitOfWork,
    channel: str,
    to: str,
    text: str,
    *,
    topic: str,
    subject: str = "",
    good_for: timedelta | None = None,
    keys: Sequence[str] = (),
    common: bool = True,
) -> str:
    """Queues a message; its id. After `good_for` (two days) it is given up: a code that expired helps nobody."""
    if channel not in CHANNELS:
        raise ValueError(f"no channel {channel!r}")
    row = OutboxRow(
        id=work.new_id(), channel=channel, topic=topic, state=QUEUED, tries=0, created_at=work.now, next_at=work.now,
        until=work.now + (good_for or USUALLY_GOOD_FOR),
    )  # fmt: skip
    said: dict[str, Any] = {"to": to, "subject": subject, "text": text}
    if keys or not common:
        said |= {"keys": list(keys), "common": common}
    content = json.dumps(said, ensure_ascii=False)
    row.sealed = work.vault.seal(content.encode(), f"outbox:{row.id}")
    work.session.add(row)
    work.session.flush()
    return row.id


def deliver(perform: Perform, senders: Mapping[str, Sender]) -> int:
    """Sends what is due, each outside of any transaction; how many were taken."""
    for count in range(AT_ONCE):
        message = perform(_take)
        if message is None:
            return count
        sender = senders.get(message.channel)
        if sender is None:
            perform(_finish, message.id, "no gateway is set for this channel", final=True)
            continue
        try:
            sender(message)
        except (OSError, ValueError) as error:
            log.warning("a message (%s) was not sent: %s", message.channel, type(error).__name__)
            perform(_finish, message.id, f"{type(error).__name__}: {error}"[:200].replace(message.to, "…"))
        else:
            perform(_finish, message.id, None)
    return AT_ONCE


def forget(work: UnitOfWork) -> int:
    """Removes the rows of messages that left long ago."""
    return deleted(work, delete(OutboxRow).where(OutboxRow.finished_at < work.now - KEPT))


def _take(work: UnitOfWork) -> Message | None:
    """The next message that is due, leased to this worker. Webhooks come last: each may take its half minute, and somebody
    waits for the one-time code."""
    due = OutboxRow.next_at <= work.now
    waiting = or_(OutboxRow.state == QUEUED, OutboxRow.state == SENDING)
    query = (
        select(OutboxRow).where(waiting, due).order_by(OutboxRow.channel == WEBHOOK, OutboxRow.next_at, OutboxRow.id)
    )
    row = work.session.scalar(query.limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    if row.until <= work.now or row.sealed is None:
        _close(work, row, GIVEN_UP, row.problem or "its time was over")
        return _take(work)
    row.state, row.tries, row.next_at = SENDING, row.tries + 1, work.now + LEASE
    work.session.flush()
    try:
        content = json.loads(work.vault.open(row.sealed, f"outbox:{row.id}"))
    except VaultError:
        _close(work, row, GIVEN_UP, "sealed with another key")
        return _take(work)
    return Message(row.id, row.channel, **content)


def _finish(work: UnitOfWork, message_id: str, problem: str | None, *, final: bool = False) -> None:
    row = work.session.get(OutboxRow, message_id, with_for_update=True)
    if row is None:
        raise NotFound("no_such_message")
    if problem is None:
        _close(work, row, SENT, None)
    elif final or work.now >= row.until:
        _close(work, row, GIVEN_UP, problem)
    else:
        wait = min(timedelta(seconds=15) * 2 ** min(row.tries - 1, 12), LONGEST_WAIT)
        row.state, row.next_at, row.problem = QUEUED, work.now + wait, problem


def _close(work: UnitOfWork, row: OutboxRow, state: str, problem: str | None) -> None:
    row.state, row.problem, row.sealed, row.finished_at = state, problem, None, work.now
    work.session.flush()
