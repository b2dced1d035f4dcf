"""The checkpoint of the log: its origin, size and root in a signed note (c2sp.org/tlog-checkpoint), with the times that
witnesses put under it (c2sp.org/tlog-cosignature). The log's own signature carries no time worth anything."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.times import utc
from app.domain.transparency.merkle import HASH_BYTES, MAX_SIZE
from app.domain.transparency.note import Note, NoteError, Signer, VerifierKey


@dataclass(frozen=True)
class Checkpoint:
    """A tree head. Extension lines are read and kept, never written: monitors cannot audit them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text of the note. Raises NoteError for what could not be read back."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        text = "".join(f"{line}\n" for line in lines)
        if Checkpoint.parse(text) != self:
            raise NoteError("not a checkpoint")
        return text

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Raises NoteError."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "" or "" in lines:
            raise NoteError("a checkpoint is three or more lines, none empty")
        origin, size, encoded, *extensions = lines
        return cls(origin, decimal(size), node_of(encoded), tuple(extensions))

    def signed(self, signer: Signer) -> Note:
        """The note that the log publishes."""
        return Note(self.text(), ()).signed_by(signer)


@dataclass(frozen=True)
class Cosignature:
    """At `at`, by its own clock, the witness saw this tree, consistent with every earlier one that it saw."""

    witness: VerifierKey
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A checkpoint that the log signed, with the cosignatures of known witnesses, earliest first."""

    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]

    @property
    def witnessed_at(self) -> datetime | None:
        """The earliest time a known witness states: what "registered before the visit" rests on. None: not witnessed."""
        return self.cosignatures[0].at if self.cosignatures else None


def cosign(note: Note, witness: Signer, now: datetime) -> Note:
    """The note with the witness's cosignature at `now` (aware). The witness has checked consistency before."""
    return note.signed_by(witness, int(utc(now).timestamp()))


def open_checkpoint(
    note: Note | bytes, origin: str, log_keys: Sequence[VerifierKey], witness_keys: Sequence[VerifierKey] = ()
) -> Opened:
    """Verifies a checkpoint of the log `origin`. Raises NoteError unless a key of the log signed it, when any known
    signature fails, and for another log's checkpoint."""
    if isinstance(note, bytes):
        note = Note.parse(note)
    signed = note.verified([*log_keys, *witness_keys])
    if not any(key in log_keys for key, _ in signed):
        raise NoteError("the log did not sign this checkpoint")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise NoteError("this is the checkpoint of another log")
    witnesses = [
        Cosignature(key, _instant(stated)) for key, stated in signed if key in witness_keys and stated is not None
    ]
    return Opened(checkpoint, tuple(sorted(witnesses, key=lambda cosignature: cosignature.at)))


def decimal(text: str) -> int:
    """A size or index: digits without leading zeros, at most 2^63 - 1. Raises NoteError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or str(number := int(text)) != text:
        raise NoteError("not a decimal number")
    if number > MAX_SIZE:
        raise NoteError("the number is too large")
    return number


def node_of(text: str) -> bytes:
    """32 bytes from their one canonical base64. Raises NoteError."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NoteError("not base64") from error
    if len(data) != HASH_BYTES or base64.b64encode(data).decode() != text:
        raise NoteError("not 32 bytes in base64")
    return data


def _instant(timestamp: int) -> datetime:
    try:
        return datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise NoteError("a witness states a time beyond the calendar") from error
