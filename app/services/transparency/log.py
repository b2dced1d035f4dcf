"""The register's log: leaves take their place, the tree is signed, witnesses put their time under it, proofs are made.

Leaves enter in one transaction and the head is signed in a later one: what is signed was durable before. Both hold the
lock "log" before their `now` is read, so that any number of sequencers may run and time never seems to run back between
two of them; nothing here rests on which of them is faster.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session, defer

from app.domain.codes.suites import SM2_SM3
from app.domain.crypto import HeldKey
from app.domain.errors import Refused
from app.domain.facts import canonical_json, leaf_data, leaves_of
from app.domain.ids import RandomBytes
from app.domain.times import rfc3339, shanghai_day
from app.domain.transparency import LOG_SUITES, Checkpoint, LogSuite, Signer, TileTree, VerifierKey, parse_verifier
from app.services.trust import unit_keys
from app.store import log as log_store
from app.store.models import Log, LogDummy, LogHead
from app.store.unit_of_work import UnitOfWork, waits_for

AT_ONCE = 20_000
BATCH_MULTIPLE = 64
DUMMY_RECORD = canonical_json({"v": 1, "kind": "dummy"}).encode()


@dataclass(frozen=True)
class OpenLog:
    """The log with its key opened, at the size that is stored."""

    row: Log
    suite: LogSuite
    signer: Signer


def begin(work: UnitOfWork) -> OpenLog:
    """The log of this installation, begun with a key of its own where there is none yet; locked until the end."""
    work.lock("log")
    row = work.session.get(Log, 1)
    if row is None:
        row = _new_log(work)
    suite = LOG_SUITES[row.suite]
    private = work.vault.open(row.private, f"log:{row.origin}")
    return OpenLog(row, suite, suite.signer(row.origin, private, False, work.device))


def verifier(session: Session) -> VerifierKey | None:
    """The public key of the log; its name is the log's origin."""
    row = session.get(Log, 1, options=[defer(Log.private)])  # the public zone may not read that
    return parse_verifier(row.verifier) if row else None


@waits_for("log")
def sequence(work: UnitOfWork) -> int:
    """Gives waiting leaves their places, at most AT_ONCE; how many. Raises Refused("clock_ran_back").

    What enterprises say enters once a day: shuffled, filled up with dummies to a multiple of 64, 64 on a silent day.
    """
    log = begin(work)
    head = log_store.newest_head(work.session)
    _refuse_earlier(work.now, head)
    today = shanghai_day(work.now)
    if log.row.batched_on < today:
        leaves = _daily_batch(work)
        log.row.batched_on = today
    else:
        leaves = log_store.take(work.session, held=False, limit=AT_ONCE)
    if leaves:
        log_store.add(
            work.session,
            log_store.Head(head.size, head.root) if head else log_store.Head(),
            leaves,
            log.suite.hash,
            work.now,
        )
    return len(leaves)


@waits_for("log")
def sign(work: UnitOfWork) -> bool:
    """Signs the newest head, read back from the database; False where it is signed. Raises Refused("clock_ran_back")."""
    log = begin(work)
    head = log_store.newest_head(work.session)
    if head is None or head.note is not None:
        return False
    _refuse_earlier(work.now, head)
    _refuse_earlier(work.now, log_store.newest_signed_head(work.session))
    stored = log_store.tree(work.session, head.size, log.suite.hash).root()
    if stored != head.root:
        raise Refused("log_damaged", size=head.size)
    head.note = bytes(Checkpoint(log.row.origin, head.size, head.root).signed(log.signer)).decode()
    head.made_at = work.now
    return True


def advance(perform: Callable[..., Any]) -> int:
    """Sequences all that waits and signs once; how many leaves. `perform` runs a use case in a transaction of its own."""
    entered = 0
    while taken := perform(sequence):
        entered += taken
    perform(sign)
    return entered


def tree(session: Session, size: int) -> TileTree:
    """The stored tree up to `size`, with the hash of this log."""
    row = session.get_one(Log, 1, options=[defer(Log.private)])
    return log_store.tree(session, size, LOG_SUITES[row.suite].hash)


def dummy_leaves(salt: bytes) -> tuple[bytes, ...]:
    """Leaves that provably mean nothing: nobody finds a salt that turns somebody's rating into one."""
    return leaves_of(salt, DUMMY_RECORD)


def _daily_batch(work: UnitOfWork) -> list[bytes]:
    leaves: list[bytes] = []
    while taken := log_store.take(work.session, held=True, limit=AT_ONCE):
        leaves += taken
    missing = -len(leaves) % BATCH_MULTIPLE or (0 if leaves else BATCH_MULTIPLE)
    salts = [work.random(16) for _ in range(missing)]
    dummies = [leaf_data(salt, DUMMY_RECORD, work.vault.provider) for salt in salts]
    work.session.add_all(LogDummy(leaf=leaf, salt=salt) for leaf, salt in zip(dummies, salts, strict=True))
    work.session.flush()
    return _shuffled(leaves + dummies, work.random)


def _shuffled(leaves: list[bytes], random: RandomBytes) -> list[bytes]:
    """In the order of random keys: an even shuffle, whatever source of randomness was passed in."""
    keyed = [(random(16), leaf) for leaf in leaves]
    return [leaf for _, leaf in sorted(keyed)]


def _refuse_earlier(now: datetime, head: LogHead | None) -> None:
    if head is not None and now < head.made_at:
        raise Refused("clock_ran_back", last=rfc3339(head.made_at))


def _new_log(work: UnitOfWork) -> Log:
    suite = LOG_SUITES[work.log_suite]
    origin = urlsplit(work.public_url).netloc + "/log"
    private = suite.generate(work.random)
    if work.device is not None and suite.name == SM2_SM3.name:
        private = HeldKey.generate(work.device, "log").stored()
    row = Log(
        id=1,
        origin=origin,
        suite=suite.name,
        verifier=str(suite.signer(origin, private, False, work.device).key),
        private=work.vault.seal(private, f"log:{origin}"),
        created_at=work.now,
        batched_on=shanghai_day(work.now),  # the first batch is due at the first midnight after the log began
    )
    work.session.add(row)
    work.session.flush()
    unit_keys.publish_log(work)
    return row


def prune(work: UnitOfWork) -> None:
    """Forgets heads that no witness signed and that are no longer the newest: proofs can be made for any later one."""
    newest = log_store.newest_signed_head(work.session)
    if newest is not None:
        log_store.prune_heads(work.session, newest.size, work.now)
