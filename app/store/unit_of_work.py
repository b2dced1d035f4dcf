"""One transaction of one use case: what it records, under which locks, at which instant.

A service gets a `UnitOfWork`, records facts through it and returns; whoever opened it commits. `record` is the only way
to change an inspection: the fact is stored, folded into the current state by the domain, and the state saved beside it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Delete, bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.codes.keys import SigningKey
from app.domain.crypto import Device, Provider
from app.domain.facts import Fact, canonical_json, canonical_record, leaf_data, record_around
from app.domain.folding import evolve
from app.domain.ids import RandomBytes, new_id
from app.domain.inspections import Inspection
from app.store import inspections as inspection_store
from app.store.database import next_ids
from app.store.models import Base, FactRow, LogQueued
from app.store.models.base import table_of
from app.store.prepared import Prepared, connection_of, insert_into
from app.store.vault import Vault

UseCase = TypeVar("UseCase", bound=Callable[..., Any])
LOCKS = "waits_for_locks"


@dataclass(slots=True)
class UnitOfWork:
    """`now` is frozen for the whole use case; `random` is the source of salts, ids and codes; `vault` opens secrets.

    `default_jurisdiction` is the installation's region, for facts that have neither a unit's nor an enterprise's.
    `root_key` gives the key that signs the key list, or None where it is kept off this server. `log_suite` is the kind
    of log that begins where there is none yet; `device` holds SM2 keys where one is attached.
    """

    session: Session
    now: datetime
    random: RandomBytes
    vault: Vault
    default_jurisdiction: str
    public_url: str
    root_key: Callable[[], SigningKey | None]
    log_suite: str
    device: Device | None

    def new_id(self) -> str:
        return new_id(self.now, self.random)

    def lock(self, *names: str) -> None:
        """Holds `names` until the end of the transaction, in one order, so that two use cases never cross."""
        take_locks(self.session, names)

    def fact(
        self,
        kind: str,
        subject: tuple[str, str],
        body: Mapping[str, Any],
        actor: Actor,
        jurisdiction: str,
        occurred_at: datetime | None = None,
        held: bool = False,
    ) -> Fact:
        """A fact of now, not stored yet."""
        return Fact(
            id=self.new_id(),
            kind=kind,
            subject_kind=subject[0],
            subject_id=subject[1],
            jurisdiction=jurisdiction,
            occurred_at=occurred_at or self.now,
            recorded_at=self.now,
            recorded_by=actor.id,
            body=body,
            held=held,
        )

    def insert_rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Many new rows of a table in one statement; nothing of them is kept in the session."""
        insert_into(self.session, model, rows)

    def next_ids(self, model: type[Base], count: int) -> Sequence[int]:
        """The numbers of that many new rows of a table that counts its rows."""
        return next_ids(self.session, model, count)

    def store_fact(self, fact: Fact) -> None:
        """Appends a fact. Its leaf is stored with it and waits for its place in the log."""
        self.store_facts([fact])

    def store_facts(self, facts: Sequence[Fact]) -> None:
        """Appends many facts in one statement."""
        if not facts:
            return
        rows = [fact_row(fact, self.random(16), self.vault.provider) for fact in facts]
        self.insert_rows(FactRow, rows)
        self.enqueue([(row["leaf"], fact.held) for row, fact in zip(rows, facts, strict=True)])

    def enqueue(self, leaves: Sequence[tuple[bytes, bool]]) -> None:
        """Leaves (with whether they are held) wait for their place in the log from this transaction on."""
        rows = [{"leaf": leaf, "held": held, "queued_at": None if held else self.now} for leaf, held in leaves]
        self.insert_rows(LogQueued, rows)

    def record(self, fact: Fact, before: Inspection | None = None) -> Inspection:
        """Stores a fact about an inspection and the state that follows from it.

        `before` is the state that the decision was made on (None: the fact creates the inspection). Raises
        Refused("not_in_this_state"), or Refused("changed_meanwhile") when somebody else was faster.
        """
        after = evolve(before, fact)
        self.store_fact(fact)
        if before is None:
            inspection_store.insert_many(self.session, [after])
        else:
            inspection_store.save(self.session, before, after)
        return after


def take_locks(session: Session, names: Iterable[str]) -> None:
    """Begins the transaction and holds `names` until its end, in one order.

    SQLite needs no locks: BEGIN IMMEDIATE lets one writer in at a time.
    """
    if connection_of(session).dialect.name != "postgresql":
        return
    for name in sorted(set(names)):
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        _TAKE.all(session, key=key)


_TAKE = Prepared(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger))))


def waits_for(*names: str) -> Callable[[UseCase], UseCase]:
    """Marks a use case whose `now` must not be older than what others did under these locks: it is read behind them."""

    def mark(use_case: UseCase) -> UseCase:
        setattr(use_case, LOCKS, names)
        return use_case

    return mark


def deleted(work: UnitOfWork, statement: Delete) -> int:
    """Runs a DELETE; how many rows it took."""
    return int(work.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def fact_row(fact: Fact, salt: bytes, provider: Provider) -> dict[str, Any]:
    """The columns of a fact, with its leaf."""
    body = canonical_json(fact.body)
    return {
        "id": fact.id,
        "jurisdiction": fact.jurisdiction,
        "kind": fact.kind,
        "subject_kind": fact.subject_kind,
        "subject_id": fact.subject_id,
        "version": fact.version,
        "occurred_at": fact.occurred_at,
        "recorded_at": fact.recorded_at,
        "recorded_by": fact.recorded_by,
        "body": body,
        "salt": salt,
        "leaf": leaf_data(salt, record_around(fact, body), provider),
    }


def fact_of(row: FactRow) -> Fact:
    """A stored fact as it was recorded."""
    return Fact(
        id=row.id,
        kind=row.kind,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        jurisdiction=row.jurisdiction,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        body=json.loads(row.body),
        version=row.version,
    )


def canonical_of(row: FactRow) -> bytes:
    """The canonical record of a stored fact, from its columns."""
    return canonical_record(fact_of(row))


def history(session: Session, subject_kind: str, subject_id: str) -> list[Any]:
    """The rows of all facts about a subject, in the order they were recorded."""
    return _HISTORY.all(session, kind=subject_kind, id=subject_id)


_FACT = table_of(FactRow)
_HISTORY = Prepared(
    select(_FACT)
    .where(_FACT.c.subject_kind == bindparam("kind"), _FACT.c.subject_id == bindparam("id"))
    .order_by(_FACT.c.seq)
)
