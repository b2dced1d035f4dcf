"""Messages that leave the house: queued in the transaction that has something to tell, sent by the worker, retried.

Any service may `enqueue`. What is queued is sealed and forgotten once it was sent or given up. A message goes out at
least once: where the worker dies between sending and noting it, the recipient gets it twice.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from app.domain.errors import NotFound
from app.services.sending import webhook_keys
from app.store.models import OutboxRow, Subscription
from app.store.unit_of_work import UnitOfWork, deleted
from app.store.vault import VaultError

MAIL, SMS, WEBHOOK = "mail", "sms", webhook_keys.CHANNEL
CHANNELS = (MAIL, SMS, WEBHOOK)
QUEUED, SENDING, SENT, GIVEN_UP = "queued", "sending", "sent", "given_up"
LEASE = timedelta(minutes=2)  # a message whose sender fell silent is tried again
USUALLY_GOOD_FOR = timedelta(days=2)
LONGEST_WAIT = timedelta(hours=2)
KEPT = timedelta(days=30)  # the row without its words
AT_ONCE = 200  # of one round, so that a full queue does not keep the worker

NO_GATEWAY = "no gateway is set for this channel"
WAITING = OutboxRow.state.in_((QUEUED, SENDING))

log = logging.getLogger("jcm.outbox")


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is a mail address, a phone number, or (webhook) the address that the JSON text `text` is posted to, signed with
    `keys` (services/sending/webhook_keys.py: those of the moment of sending) and, where `common`, with the installation's own."""

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
    subscription: str | None = None,
) -> str:
    """Queues a message; its id. After `good_for` (two days) it is given up: a code that expired helps nobody. So is one of a
    `subscription` that ended meanwhile."""
    if channel not in CHANNELS:
        raise ValueError(f"no channel {channel!r}")
    row = OutboxRow(
        id=work.new_id(), channel=channel, topic=topic, state=QUEUED, tries=0, created_at=work.now, next_at=work.now,
        until=work.now + (good_for or USUALLY_GOOD_FOR), subscription=subscription,
    )  # fmt: skip
    content = json.dumps({"to": to, "subject": subject, "text": text}, ensure_ascii=False)
    row.sealed = work.vault.seal(content.encode(), f"outbox:{row.id}")
    work.session.add(row)
    work.session.flush()
    return row.id


def deliver(perform: Perform, senders: Mapping[str, Sender], channels: Sequence[str] = CHANNELS) -> int:
    """Sends what is due of some channels, each outside of any transaction; how many were taken."""
    for count in range(AT_ONCE):
        message = perform(_take, channels)
        if message is None:
            return count
        sender = senders.get(message.channel)
        if sender is None:
            perform(_finish, message.id, NO_GATEWAY, final=True)
            continue
        try:
            sender(message)
        except (OSError, ValueError) as error:
            log.warning("a message (%s) was not sent: %s", message.channel, type(error).__name__)
            named = str(error) if type(error) is OSError else f"{type(error).__name__}: {error}"
            perform(_finish, message.id, named.replace(message.to, "…")[:200])
        else:
            perform(_finish, message.id, None)
    return AT_ONCE


def forget(work: UnitOfWork) -> int:
    """Removes the rows of messages that left long ago."""
    return deleted(work, delete(OutboxRow).where(OutboxRow.finished_at < work.now - KEPT))


def _take(work: UnitOfWork, channels: Sequence[str]) -> Message | None:
    """The next message that is due, leased to this worker. What failed before comes after what is tried for the first time:
    a receiver that does not answer keeps no other waiting."""
    due = (WAITING, OutboxRow.channel.in_(channels), OutboxRow.next_at <= work.now)
    order = (OutboxRow.tries > 0, OutboxRow.next_at, OutboxRow.id)
    query = select(OutboxRow).where(*due).order_by(*order).limit(1).with_for_update(skip_locked=True)
    while row := work.session.scalar(query):
        if row.until <= work.now:
            _give_up_late(work)
            continue
        try:
            message = _opened(work, row)
        except (VaultError, NotFound) as error:
            lost = "sealed with another key" if isinstance(error, VaultError) else "no longer wanted"
            _close(work, row, GIVEN_UP, lost)
            continue
        row.state, row.tries, row.next_at = SENDING, row.tries + 1, work.now + LEASE
        work.session.flush()
        return message
    return None


def _give_up_late(work: UnitOfWork) -> None:
    """All at once: a worker that was away for hours finds thousands. Those that another is at are left to it: two that wait for
    each other would both be refused."""
    free = select(OutboxRow.id).where(WAITING, OutboxRow.until <= work.now).with_for_update(skip_locked=True)
    why = func.coalesce(OutboxRow.problem, "its time was over")
    late = update(OutboxRow).where(OutboxRow.id.in_(free))
    work.session.execute(late.values(state=GIVEN_UP, problem=why, sealed=None, finished_at=work.now))


def _opened(work: UnitOfWork, row: OutboxRow) -> Message:
    """What was sealed, with the keys that hold now. Raises VaultError, NotFound where its subscription ended."""
    message = Message(row.id, row.channel, **json.loads(work.vault.open(row.sealed or b"", f"outbox:{row.id}")))
    if row.subscription is None:
        return message
    wanted = work.session.get(Subscription, row.subscription)
    if wanted is None:
        raise NotFound("no_such_message")
    keys, common = webhook_keys.signing_keys(work, wanted)
    return replace(message, keys=keys, common=common)


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
