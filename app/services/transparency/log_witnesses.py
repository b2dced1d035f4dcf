"""Witnesses: whom this installation trusts to see its log, and the times they put under its checkpoints."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.transparency import (
    ED25519_COSIGNATURE,
    SM2_COSIGNATURE,
    Checkpoint,
    Note,
    NoteError,
    VerifierKey,
    parse_verifier,
)
from app.services import registers
from app.services.trust import unit_keys
from app.store import log as log_store
from app.store.database import dialect_insert
from app.store.models import LogCosignature, LogHead, LogWitness
from app.store.unit_of_work import UnitOfWork

CLOCK_SLACK = timedelta(minutes=5)
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class WitnessState:
    """When a witness last saw the log, by its own clock, and at which size; None where it never did."""

    name: str
    last_at: datetime | None
    size: int | None


def trust(work: UnitOfWork, actor: Actor, text: str) -> str:
    """Accepts a witness by its verifier key; its name. The same key again changes nothing.

    Raises Invalid("not_a_witness_key"), Refused("witness_name_taken").
    """
    try:
        key = parse_verifier(text)
    except NoteError as error:
        raise Invalid("not_a_witness_key", "key") from error
    if key.algorithm not in (ED25519_COSIGNATURE, SM2_COSIGNATURE):
        raise Invalid("not_a_witness_key", "key")
    known = work.session.scalar(select(LogWitness).where(LogWitness.name == key.name))
    if known is not None and known.verifier != str(key):
        raise Refused("witness_name_taken", name=key.name)
    if known is None or known.withdrawn_at is not None:
        row = LogWitness(verifier=str(key), name=key.name, trusted_at=work.now, withdrawn_at=None)
        row = work.session.merge(row)
        work.session.flush()
        registers.record(work, actor, work.default_jurisdiction, [row])
        body = {"verifier": str(key)}
        work.store_fact(
            work.fact("witness.trusted", ("witness", key.key_id.hex()), body, actor, work.default_jurisdiction)
        )
        unit_keys.publish_log(work)
    return key.name


def withdraw(work: UnitOfWork, actor: Actor, name: str) -> None:
    """No longer accepts a witness; what it signed before stays. Raises NotFound("no_such_witness")."""
    known = work.session.scalar(select(LogWitness).where(LogWitness.name == name, LogWitness.withdrawn_at.is_(None)))
    if known is None:
        raise NotFound("no_such_witness", name=name)
    known.withdrawn_at = work.now
    work.session.flush()
    registers.record(work, actor, work.default_jurisdiction, [known])
    subject = ("witness", parse_verifier(known.verifier).key_id.hex())
    work.store_fact(work.fact("witness.withdrawn", subject, {}, actor, work.default_jurisdiction))
    unit_keys.publish_log(work)


def accept(work: UnitOfWork, data: bytes) -> datetime:
    """Keeps a known witness's cosignature under a checkpoint of ours; the time it states.

    Raises Invalid("not_a_cosignature") for anything else, Refused("witness_clock") for a time that cannot be.
    """
    try:
        note = Note.parse(data[: LONGEST_NOTE + 1])
        tree = Checkpoint.parse(note.text)
    except NoteError as error:
        raise Invalid("not_a_cosignature", "note") from error
    head = work.session.get(LogHead, tree.size)
    if head is None or head.note is None or Note.parse(head.note.encode()).text != note.text:
        raise Invalid("not_a_cosignature", "note")
    keys = {parse_verifier(w.verifier): w.verifier for w in _trusted(work.session)}
    try:
        key, stated = note.verified(list(keys))[0]
    except NoteError as error:
        raise Invalid("not_a_cosignature", "note") from error
    at = datetime.fromtimestamp(stated or 0, head.made_at.tzinfo)
    if not head.made_at - CLOCK_SLACK <= at <= work.now + CLOCK_SLACK:
        raise Refused("witness_clock")
    line = next(s.line() for s in note.signatures if (s.name, s.key_id) == (key.name, key.key_id))
    _keep(work, tree.size, keys[key], line, at)
    return at


def _keep(work: UnitOfWork, size: int, verifier: str, line: str, at: datetime) -> None:
    """The first line stays for ever: it proves the most. Later ones only move `last_at`."""
    statement = dialect_insert(work.session, LogCosignature).values(
        size=size, witness=verifier, line=line, first_at=at, last_at=at
    )
    later = statement.excluded.last_at
    statement = statement.on_conflict_do_update(
        index_elements=["size", "witness"], set_={"last_at": later}, where=LogCosignature.last_at < later
    )
    work.session.execute(statement)


def states(session: Session) -> list[WitnessState]:
    """The trusted witnesses, each with its newest look."""
    newest = (
        select(LogCosignature.witness, func.max(LogCosignature.size).label("size")).group_by(LogCosignature.witness)
    ).subquery()
    query = (
        select(LogWitness.name, LogCosignature.last_at, LogCosignature.size)
        .outerjoin(newest, newest.c.witness == LogWitness.verifier)
        .outerjoin(
            LogCosignature,
            (LogCosignature.witness == LogWitness.verifier) & (LogCosignature.size == newest.c.size),
        )
        .where(LogWitness.withdrawn_at.is_(None))
        .order_by(LogWitness.name)
    )
    return [WitnessState(*row) for row in session.execute(query)]


def keys(session: Session) -> list[VerifierKey]:
    """The verifier keys of all witnesses ever trusted: what they signed while they were stays proof."""
    return [parse_verifier(text) for text in session.scalars(select(LogWitness.verifier).order_by(LogWitness.name))]


def checkpoint(session: Session) -> bytes | None:
    """The newest signed checkpoint with the witnesses' lines under it; None before the first."""
    head = log_store.newest_signed_head(session)
    return cosigned(session, head) if head else None


def cosigned(session: Session, head: LogHead) -> bytes:
    """The checkpoint of a signed head with the first line of each witness, in the order of their names."""
    query = (
        select(LogCosignature.line)
        .join(LogWitness, LogWitness.verifier == LogCosignature.witness)
        .where(LogCosignature.size == head.size)
        .order_by(LogWitness.name)
    )
    return ((head.note or "") + "".join(session.scalars(query))).encode()


def _trusted(session: Session) -> list[LogWitness]:
    return list(session.scalars(select(LogWitness).where(LogWitness.withdrawn_at.is_(None))))
