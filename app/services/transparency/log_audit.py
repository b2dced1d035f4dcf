"""`flask log verify`: recomputes the whole log from the records and names every row that is not as it was recorded.

Reads everything once, in order, with flat memory; writes nothing. What it finds is a list of discrepancies, empty where
all is well. State that is kept beside the facts is compared in `state_audit`, registers in
`register_audit`.
"""

import bisect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.facts import leaves_of
from app.domain.flags.catalogue import CATALOGUE
from app.domain.times import rfc3339
from app.domain.transparency import (
    LOG_SUITES,
    Edge,
    NoteError,
    append,
    leaf_hash,
    open_checkpoint,
    parse_verifier,
)
from app.services.auditing.audit_facts import MISFITS, stopped, through
from app.services.auditing.case_record_audit import case_record_discrepancies
from app.services.auditing.plan_audit import plan_discrepancies
from app.services.auditing.register_audit import register_discrepancies
from app.services.auditing.state_audit import state_discrepancies
from app.services.retention.spoken import left
from app.services.speaking import voice
from app.services.speaking.speech import canonical_speech, said
from app.services.transparency import log_witnesses
from app.services.transparency.log import dummy_leaves
from app.store.models import FactRow, FindingRow, Log, LogDummy, LogEntry, LogHead, LogQueued, LogTile, Speech
from app.store.unit_of_work import canonical_of

CHUNK = 4096
ENTERS_WITHIN = timedelta(minutes=10)
HELD_FOR = timedelta(days=1, minutes=10)
# What tells of who spoke enters in the daily batch.
HELD_KINDS = ("report", "callback", "lead", "look", "observation", "review_round")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """`table` and `row` name what is wrong, `code` how, `text` says it in a sentence (English, for operators)."""

    code: str
    table: str
    row: str
    text: str


def audit(session: Session) -> Iterator[Discrepancy]:
    """Everything that does not agree: the tree, its signatures, the records under its leaves, the state beside them."""
    row = session.get(Log, 1)
    if row is None:
        yield Discrepancy("no_log", "logs", "1", "there is no log in this database")
        return
    yield from _tree(session, row)
    for part in (_facts, _speech, _dummies, _leaves_without_record):
        yield from _as_far_as_it_goes(session, part)
    state = (state_discrepancies, register_discrepancies, plan_discrepancies, case_record_discrepancies)
    for found in chain.from_iterable(through(session, part) for part in state):
        yield Discrepancy(*found)


def _as_far_as_it_goes(session: Session, part: Callable[[Session], Iterator[Discrepancy]]) -> Iterator[Discrepancy]:
    """A row that cannot even be read (a time that is none) is named; the other parts go on."""
    try:
        yield from part(session)
    except MISFITS as error:
        yield Discrepancy(*stopped(part.__name__, error))


def size(session: Session) -> int:
    """How many entries the log has."""
    last = session.scalar(select(func.max(LogEntry.position)))
    return 0 if last is None else last + 1


def _tree(session: Session, row: Log) -> Iterator[Discrepancy]:
    """Entries → tiles → roots → signatures."""
    hash = LOG_SUITES[row.suite].hash
    heads = {head.size: head for head in session.scalars(select(LogHead).order_by(LogHead.size))}
    edge = Edge()
    for leaves in _entries(session, sorted(heads)):
        if isinstance(leaves, Discrepancy):
            yield leaves
            return
        grown = append(edge, [leaf_hash(leaf, hash) for leaf in leaves], hash)
        edge = grown.edge
        for tile, nodes in grown.tiles:
            if tile.width == 256:
                yield from _tile(session, tile.level, tile.index, nodes)
        head = heads.pop(edge.size, None)
        if head is not None:
            yield from _head(session, row, head, grown.root)
    for level, nodes in enumerate(edge.partial):
        if nodes:
            yield from _tile(session, level, edge.size >> (8 * (level + 1)), nodes)
    for size in heads:
        text = f"a checkpoint of {size} entries was made, but only {edge.size} are there"
        yield Discrepancy("entries_missing", "log_heads", str(size), text)
    if not session.get(LogHead, edge.size) and edge.size:
        text = f"the tree has {edge.size} entries, but no checkpoint was made of it"
        yield Discrepancy("head_missing", "log_heads", str(edge.size), text)


def _entries(session: Session, cuts: list[int]) -> Iterator[list[bytes] | Discrepancy]:
    """Leaf data in order, cut where a checkpoint was made. A gap ends it with a discrepancy."""
    leaves: list[bytes] = []
    cut = iter([*cuts, -1])
    stop = next(cut)
    query = select(LogEntry.position, LogEntry.leaf).order_by(LogEntry.position).execution_options(yield_per=CHUNK)
    with session.execute(query) as rows:  # closed also where a gap ends the reading
        for at, (position, leaf) in enumerate(rows):
            if position != at:
                yield Discrepancy("entry_missing", "log_entries", str(at), f"the entry at position {at} is missing")
                return
            leaves.append(leaf)
            if at + 1 == stop or len(leaves) == CHUNK:
                yield leaves
                leaves = []
                stop = next(cut) if at + 1 == stop else stop
    if leaves:
        yield leaves


def _tile(session: Session, level: int, number: int, nodes: bytes) -> Iterator[Discrepancy]:
    stored = session.scalar(select(LogTile.nodes).where(LogTile.level == level, LogTile.number == number))
    if stored is None or bytes(stored) != nodes:
        text = f"tile {level}/{number} is not what the entries below it give"
        yield Discrepancy("tile_changed", "log_tiles", f"{level}/{number}", text)


def _head(session: Session, row: Log, head: LogHead, root: bytes) -> Iterator[Discrepancy]:
    name = str(head.size)
    if head.root != root:
        text = f"the checkpoint of {name} entries has another root: an entry before it was changed, added or removed"
        yield Discrepancy("root_differs", "log_heads", name, text)
    if head.note is None:
        return
    try:
        data = log_witnesses.cosigned(session, head)
        opened = open_checkpoint(data, row.origin, [parse_verifier(row.verifier)], log_witnesses.keys(session))
    except (NoteError, ValueError) as error:
        yield Discrepancy("signature_bad", "log_heads", name, f"the checkpoint of {name} entries: {error}")
        return
    if (opened.checkpoint.size, opened.checkpoint.root) != (head.size, root):
        text = f"the signed checkpoint of {name} entries names another tree"
        yield Discrepancy("root_differs", "log_heads", name, text)


def _facts(session: Session) -> Iterator[Discrepancy]:
    heads = session.execute(select(LogHead.size, LogHead.made_at).order_by(LogHead.size)).all()
    sizes, times = [h.size for h in heads], [h.made_at for h in heads]
    on_speech = [code for code, rule in CATALOGUE.items() if rule.rests_on_speech]
    held = set(session.scalars(select(FindingRow.id).where(FindingRow.rule.in_(on_speech))))
    query = (
        select(FactRow, LogEntry.position, LogQueued.seq)
        .outerjoin(LogEntry, LogEntry.leaf == FactRow.leaf)
        .outerjoin(LogQueued, LogQueued.leaf == FactRow.leaf)
        .order_by(FactRow.seq)
        .execution_options(yield_per=CHUNK)
    )
    for fact, position, queued in session.execute(query):
        name = f"{fact.id} ({fact.kind} of {fact.subject_kind} {fact.subject_id})"
        if not _fits(fact, canonical_of):
            yield Discrepancy("fact_changed", "facts", fact.id, f"fact {name} is not what was recorded")
        elif position is None and queued is None:
            yield Discrepancy(
                "fact_added", "facts", fact.id, f"fact {name} never entered the log, or was changed since"
            )
        elif position is not None:
            slack = HELD_FOR if fact.subject_id in held or fact.subject_kind in HELD_KINDS else ENTERS_WITHIN
            yield from _late(fact, name, position, sizes, times, slack)


def _fits(row: Any, canonical: Callable[[Any], bytes]) -> bool:
    """Whether a row still hashes to its leaf. What cannot even be read does not."""
    try:
        return bytes(row.leaf) in leaves_of(row.salt, canonical(row))
    except MISFITS:
        return False


def _late(
    fact: FactRow, name: str, position: int, sizes: list[int], times: list[datetime], slack: timedelta
) -> Iterator[Discrepancy]:
    """A fact that says it was recorded long before a checkpoint that it is not in was re-dated or slipped in."""
    before = bisect.bisect_right(sizes, position) - 1
    if before >= 0 and fact.recorded_at + slack < times[before]:
        text = (
            f"fact {name} says it was recorded at {rfc3339(fact.recorded_at)}, but entered the log after the checkpoint "
            f"of {rfc3339(times[before])}"
        )
        yield Discrepancy("fact_redated", "facts", fact.id, text)


def _speech(session: Session) -> Iterator[Discrepancy]:
    told = select(FactRow.subject_id, FactRow.body).where(FactRow.kind == "speech.erased")
    erased = {subject: json.loads(body).get("left_sha256") for subject, body in session.execute(told)}
    query = (
        select(Speech, LogEntry.position, LogQueued.seq)
        .outerjoin(LogEntry, LogEntry.leaf == Speech.leaf)
        .outerjoin(LogQueued, LogQueued.leaf == Speech.leaf)
        .order_by(Speech.id)
        .execution_options(yield_per=CHUNK)
    )
    for row, position, queued in session.execute(query):
        name = f"{row.kind} {row.id}"
        if row.salt is None or row.body is None:
            if row.id not in erased:
                text = f"{name} was emptied without the erasure being recorded"
                yield Discrepancy("speech_erased", "speech", row.id, text)
            elif erased[row.id] != left(row):
                text = f"what was left of {name} when it was erased is not what stands there"
                yield Discrepancy("speech_changed", "speech", row.id, text)
        elif not _fits(row, canonical_speech):
            yield Discrepancy("speech_changed", "speech", row.id, f"{name} is not what was recorded")
        elif not voice.is_there(session, said(row)):
            yield Discrepancy("row_changed", "files", row.id, f"the recording of {name} is gone or another")
        if position is None and queued is None:
            text = f"{name} never entered the log, or was changed since"
            yield Discrepancy("speech_added", "speech", row.id, text)


def _dummies(session: Session) -> Iterator[Discrepancy]:
    for row in session.scalars(select(LogDummy).execution_options(yield_per=CHUNK)):
        if bytes(row.leaf) not in dummy_leaves(row.salt):
            text = f"{row.leaf.hex()} is called a dummy and is none: a record may have stood there"
            yield Discrepancy("not_a_dummy", "log_dummies", row.leaf.hex(), text)


def _leaves_without_record(session: Session) -> Iterator[Discrepancy]:
    """Entries, and leaves that wait, under which no record is left."""
    heads = session.execute(select(LogHead.size, LogHead.made_at).order_by(LogHead.size)).all()
    for table, place in ((LogEntry, LogEntry.position), (LogQueued, LogQueued.seq)):
        query = (
            select(place)
            .outerjoin(FactRow, FactRow.leaf == table.leaf)
            .outerjoin(Speech, Speech.leaf == table.leaf)
            .outerjoin(LogDummy, LogDummy.leaf == table.leaf)
            .where(FactRow.id.is_(None), Speech.id.is_(None), LogDummy.leaf.is_(None))
            .order_by(place)
        )
        for at in session.scalars(query):
            known = (
                next((rfc3339(h.made_at) for h in heads if h.size > at), "not yet") if table is LogEntry else "not yet"
            )
            text = (
                f"no record is left under entry {at} of {table.__tablename__} (checkpoint: {known}): removed or changed"
            )
            yield Discrepancy("record_removed", table.__tablename__, str(at), text)
