"""The proof file that an enterprise keeps (c2sp.org/tlog-proof, `.tlog-proof`): where its record stands in the log, the
inclusion proof and a checkpoint with the witnesses' times. Verifies offline, with nothing but trusted keys."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.transparency.checkpoint import Checkpoint, Cosignature, decimal, node_of, open_checkpoint
from app.domain.transparency.merkle import Hash, leaf_hash, sha256, verify_inclusion
from app.domain.transparency.note import MAX_NOTE_BYTES, Note, NoteError, VerifierKey

_HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_NODES = 63


@dataclass(frozen=True)
class Proven:
    """The leaf stands at `index` of the log's tree; `witnessed_at` is the earliest time a known witness states."""

    index: int
    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]
    witnessed_at: datetime | None


@dataclass(frozen=True)
class ProofFile:
    """`extra` is not authenticated by the format: salt and record in it count only once they hash to the leaf."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    def __bytes__(self) -> bytes:
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        nodes = [base64.b64encode(node).decode() for node in self.proof]
        return "\n".join([_HEADER, *extra, f"index {self.index}", *nodes, "", ""]).encode() + bytes(self.checkpoint)

    @classmethod
    def parse(cls, data: bytes) -> "ProofFile":
        """Raises NoteError for whatever is not exactly a proof file."""
        head, separator, note = data.partition(b"\n\n")
        if len(head) > MAX_NOTE_BYTES or not separator:
            raise NoteError("not a proof file")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise NoteError("not a proof file") from error
        extra = None
        if lines.pop(0) != _HEADER:
            raise NoteError("not a proof file of version 1")
        if lines and lines[0].startswith("extra "):
            extra = _extra(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index ") or len(lines) > 1 + MAX_PROOF_NODES:
            raise NoteError("the proof file names no index, or too many nodes")
        index = decimal(lines.pop(0).removeprefix("index "))
        return cls(index, tuple(node_of(line) for line in lines), Note.parse(note), extra)

    def verify(
        self,
        leaf_data: bytes,
        origin: str,
        log_keys: Sequence[VerifierKey],
        witness_keys: Sequence[VerifierKey] = (),
        hash: Hash = sha256,
    ) -> Proven:
        """What the file proves of `leaf_data`. Raises NoteError (signatures, origin), ProofError (the tree)."""
        opened = open_checkpoint(self.checkpoint, origin, log_keys, witness_keys)
        tree = opened.checkpoint
        verify_inclusion(leaf_hash(leaf_data, hash), self.index, tree.size, self.proof, tree.root, hash)
        return Proven(self.index, tree, opened.cosignatures, opened.witnessed_at)


def _extra(encoded: str) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteError("not base64") from error
    if base64.b64encode(data).decode() != encoded:
        raise NoteError("not canonical base64")
    return data
