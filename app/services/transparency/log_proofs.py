"""The proof that a code was registered, as a file to keep (c2sp.org/tlog-proof), and what it says in one sentence."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.mirroring import LEARNED
from app.domain.transparency import Note, ProofFile
from app.services.transparency import log, log_witnesses
from app.store import log as log_store
from app.store.models import FactRow, LogCosignature, LogEntry, LogHead, LogWitness
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.unit_of_work import canonical_of


@dataclass(frozen=True, slots=True)
class Registration:
    """What the log says of a code. `position` is None while the leaf waits, `witnessed_at` while no witness has seen it.

    `before_visit`: whether the witness saw it before the visit began; None where either is not known.
    """

    registered_at: datetime
    position: int | None
    witness: str | None
    witnessed_at: datetime | None
    before_visit: bool | None
    replaces: bool = False  # issued during the visit by an amendment: then nothing is said of its beginning
    learned: bool = False  # of a visit that another system registered: when this platform learned of it


def registration(session: Session, inspection: Inspection) -> Registration | None:
    """What can be said of the registration of an inspection's code; None where it has no code in the log."""
    about = _about(inspection)
    found = _REGISTERED.first(session, **about) if about else None
    if found is None:
        return None
    registered_at, position = found
    seen = _first_witness(session, position) if position is not None else None
    name, at = seen or (None, None)
    begin = inspection.visit_start or inspection.window_start
    replaces = inspection.code is not None and inspection.code.version > 1
    before = at < begin if at and not replaces else None
    return Registration(registered_at, position, name, at, before, replaces, inspection.mirrored)


def proof_file(session: Session, inspection: Inspection) -> bytes | None:
    """The proof file of an inspection's code; None until it stands under a signed checkpoint, some seconds after issue."""
    about = _about(inspection)
    return proof_of(session, **about) if about else None


def proof_of(session: Session, kind: str, id: str, what: str) -> bytes | None:
    """The proof file of the fact `what` about a subject. It gives the whole record away, so only of facts that everybody may read.

    It uses the earliest checkpoint that a witness signed: that one proves the most.
    """
    fact = session.scalar(select(FactRow).where(*_CHOSEN), {"kind": kind, "id": id, "what": what})
    position = log_store.position_of(session, fact.leaf) if fact else None
    head = _head_for(session, position) if position is not None else None
    if fact is None or position is None or head is None:
        return None
    nodes = log.tree(session, head.size).inclusion_proof(position)
    note = Note.parse(log_witnesses.cosigned(session, head))
    return bytes(ProofFile(position, tuple(nodes), note, fact.salt + canonical_of(fact)))


def _about(inspection: Inspection) -> dict[str, str] | None:
    """What the fact is found by: that the code was issued, or, of a visit registered elsewhere, that this platform learned
    of it. It says no more than the code's own page does."""
    if inspection.code is not None:
        return {"kind": "code", "id": inspection.code.cti, "what": "code.issued"}
    return {"kind": "mirror", "id": inspection.id, "what": LEARNED} if inspection.mirrored else None


_FACT, _ENTRY, _SEEN, _WITNESS = (table_of(model) for model in (FactRow, LogEntry, LogCosignature, LogWitness))
_CHOSEN = (
    _FACT.c.subject_kind == bindparam("kind"), _FACT.c.subject_id == bindparam("id"), _FACT.c.kind == bindparam("what"),
)  # fmt: skip
_REGISTERED = Prepared(
    select(_FACT.c.recorded_at, _ENTRY.c.position)
    .outerjoin_from(_FACT, _ENTRY, _ENTRY.c.leaf == _FACT.c.leaf)
    .where(*_CHOSEN)
)
_FIRST = Prepared(
    select(_WITNESS.c.name, _SEEN.c.first_at)
    .join_from(_SEEN, _WITNESS, _WITNESS.c.verifier == _SEEN.c.witness)
    .where(_SEEN.c.size > bindparam("position"))
    .order_by(_SEEN.c.size, _SEEN.c.first_at)
    .limit(1)
)


def _first_witness(session: Session, position: int) -> tuple[str, datetime] | None:
    row = _FIRST.first(session, position=position)
    return (row.name, row.first_at) if row else None


def _head_for(session: Session, position: int) -> LogHead | None:
    covering = select(LogHead).where(LogHead.size > position, LogHead.note.is_not(None))
    witnessed = covering.join(LogCosignature, LogCosignature.size == LogHead.size).order_by(LogHead.size).limit(1)
    return session.scalar(witnessed) or session.scalar(covering.order_by(LogHead.size.desc()).limit(1))
