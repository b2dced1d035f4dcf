"""What a witness does: it remembers the last tree it saw of a log and signs only what continues that one.

C2SP calls the same rules tlog-witness. The caller fetches, keeps the state durably *before* it hands the cosignature out,
and runs one witness per state.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.transparency.checkpoint import Checkpoint, cosign, node_of, open_checkpoint
from app.domain.transparency.merkle import ProofError, verify_consistency
from app.domain.transparency.note import Note, NoteError, Signer, VerifierKey
from app.domain.transparency.suites import suite_of
from app.domain.transparency.tiles import ReadTile, TileError, TileTree


class WitnessRefuses(Exception):
    """The log is not what it was. `code`: unreadable, other_log, shrunken, fork or clock_ran_back."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest tree that a witness has signed, and when by its clock (POSIX seconds)."""

    size: int
    root: bytes
    at: int

    def as_json(self) -> dict[str, Any]:
        return {"size": self.size, "root": base64.b64encode(self.root).decode(), "at": self.at}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Seen":
        """Raises KeyError, TypeError, NoteError for anything else than `as_json` gives."""
        return cls(int(value["size"]), node_of(value["root"]), int(value["at"]))


def witness(
    note: Note, log: VerifierKey, seen: Seen | None, read_tile: ReadTile, signer: Signer, now: datetime
) -> tuple[Seen, Note]:
    """Checks a checkpoint of `log` against what was seen; the new state, and a note with this witness's line alone.

    `read_tile` fetches tiles of the log. Raises WitnessRefuses; then nothing may be signed and somebody must look.
    """
    try:
        tree = open_checkpoint(note, log.name, [log]).checkpoint
    except NoteError as error:
        raise WitnessRefuses("other_log", str(error)) from error
    at = int(now.timestamp())
    if seen is not None:
        if at < seen.at:
            raise WitnessRefuses("clock_ran_back", "the clock of this witness is earlier than its last signature")
        _continues(seen, tree, log, read_tile)
    signed = cosign(Note(note.text, ()), signer, now)
    return Seen(tree.size, tree.root, at), signed


def _continues(seen: Seen, tree: Checkpoint, log: VerifierKey, read_tile: ReadTile) -> None:
    if tree.size < seen.size:
        raise WitnessRefuses("shrunken", f"the log had {seen.size} entries and now shows {tree.size}")
    if tree.size == seen.size:
        if tree.root != seen.root:
            raise WitnessRefuses("fork", f"the log shows another tree of the same size {seen.size}")
        return
    hash = suite_of(log).hash
    try:
        proof = TileTree(tree.size, read_tile, hash).consistency_proof(seen.size)
        verify_consistency(seen.size, tree.size, proof, seen.root, tree.root, hash)
    except (ProofError, TileError) as error:
        raise WitnessRefuses(
            "fork", f"the tree of {tree.size} does not continue that of {seen.size}: {error}"
        ) from error
