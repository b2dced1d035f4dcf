"""Signed notes and their keys (c2sp.org/signed-note): text, a blank line, one line per signature.

A verifier knows its keys beforehand. It ignores signatures of keys that it does not know, and refuses the whole note when
one that it knows does not verify.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_NOTE_BYTES = 1_000_000  # as golang.org/x/mod/sumdb/note
MAX_SIGNATURES = 100
MAX_TIMESTAMP = 2**63 - 1
_DASH = "— "
_KEY_ID_BYTES, _TIME_BYTES = 4, 8

Verify = Callable[[bytes, bytes, bytes], bool]  # (public key, message, signature)


class NoteError(ValueError):
    """A note or key that is not well formed, or a note that no trusted key signed."""


@dataclass(frozen=True)
class Algorithm:
    """A signature type: `type_bytes` identify it in key ids and verifier keys. `timestamped` ones are cosignatures
    (c2sp.org/tlog-cosignature): they sign the time together with the text and carry it before the signature."""

    type_bytes: bytes
    public_bytes: int
    signature_bytes: int
    timestamped: bool
    verify: Verify


def _verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


ED25519 = Algorithm(b"\x01", 32, 64, False, _verify_ed25519)
ED25519_COSIGNATURE = Algorithm(b"\x04", 32, 64, True, _verify_ed25519)


def sm2_algorithm(verify: Verify, timestamped: bool = False) -> Algorithm:
    """SM2 with SM3 (GB/T 32918) as a signature type of our own: 0xff and a long name, as the specification asks of
    types that it has not numbered. Public keys are 65-byte points, signatures r ‖ s. `verify` is the caller's suite."""
    name = b"jianchama/sm2-sm3-cosignature/v1" if timestamped else b"jianchama/sm2-sm3/v1"
    return Algorithm(b"\xff" + name, 65, 64, timestamped, verify)


@dataclass(frozen=True)
class VerifierKey:
    """A key that a verifier trusts. Raises NoteError for a name or length that no key has."""

    name: str
    algorithm: Algorithm
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != self.algorithm.public_bytes:
            raise NoteError("the public key has a wrong length")

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 of name, newline, type and public key: SHA-256 for every kind of key."""
        material = self.name.encode() + b"\n" + self.algorithm.type_bytes + self.public
        return hashlib.sha256(material).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The verifier key as text (vkey): name+id+base64."""
        encoded = base64.b64encode(self.algorithm.type_bytes + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str, algorithms: Iterable[Algorithm] = (ED25519, ED25519_COSIGNATURE)) -> "VerifierKey":
        """The key that a vkey text names. Raises NoteError, also when its id does not fit or its type is not offered."""
        parts = text.split("+", 2)  # the base64 may hold a plus of its own
        if len(parts) != 3:
            raise NoteError("not a verifier key")
        material = _unbase64(parts[2])
        for algorithm in algorithms:
            head = algorithm.type_bytes
            if material.startswith(head) and len(material) == len(head) + algorithm.public_bytes:
                key = cls(parts[0], algorithm, material[len(head) :])
                if key.key_id.hex() == parts[1]:
                    return key
        raise NoteError("not a verifier key of a known type with its own id")

    def timestamp_of(self, text: str, signature: bytes) -> int | None:
        """Checks `signature` over `text`; gives the POSIX time that a cosignature states, else None. Raises NoteError."""
        stated = None
        message = text.encode()
        if self.algorithm.timestamped:
            stated = int.from_bytes(signature[:_TIME_BYTES], "big")
            signature = signature[_TIME_BYTES:]
            message = cosigned_message(text, stated)
        if len(signature) != self.algorithm.signature_bytes or not self.algorithm.verify(
            self.public, message, signature
        ):
            raise NoteError(f"the signature of {self.name} does not verify")
        return stated


@dataclass(frozen=True)
class Signature:
    """One signature line. `data` is what follows the key id; nothing is verified yet."""

    name: str
    key_id: bytes
    data: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.data).decode()}\n"


@dataclass(frozen=True)
class Signer:
    """A key that can sign: `sign` turns a message into a signature and holds the secret."""

    key: VerifierKey
    sign: Callable[[bytes], bytes]

    def signature(self, text: str, timestamp: int | None = None) -> Signature:
        """Signs `text`; a cosigner needs the POSIX time that it states, others take none. Raises NoteError."""
        check_text(text)
        if self.key.algorithm.timestamped != (timestamp is not None):
            raise NoteError("exactly the cosigner states a time")
        if timestamp is None:
            return Signature(self.key.name, self.key.key_id, self.sign(text.encode()))
        message = cosigned_message(text, timestamp)  # refuses times that eight bytes cannot hold
        return Signature(self.key.name, self.key.key_id, timestamp.to_bytes(_TIME_BYTES, "big") + self.sign(message))


def ed25519_signer(name: str, private: Ed25519PrivateKey, cosigner: bool = False) -> Signer:
    """The signer of a log, or of a witness when `cosigner`. Never use one key for both."""
    algorithm = ED25519_COSIGNATURE if cosigner else ED25519
    return Signer(VerifierKey(name, algorithm, private.public_key().public_bytes_raw()), private.sign)


@dataclass(frozen=True)
class Note:
    """A parsed note. `text` ends in a newline; ignore it until `verified` says whose it is."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """Raises NoteError for whatever is not exactly a note."""
        if len(data) > MAX_NOTE_BYTES:
            raise NoteError("the note is too long")
        try:
            whole = data.decode()
        except UnicodeDecodeError as error:
            raise NoteError("the note is not UTF-8") from error
        cut = whole.rfind("\n\n")
        if cut < 0 or not whole.endswith("\n"):
            raise NoteError("the note has no signatures")
        text, lines = whole[: cut + 1], whole[cut + 2 : -1].split("\n")
        check_text(text)
        if len(lines) > MAX_SIGNATURES:
            raise NoteError("the note has too many signatures")
        return cls(text, tuple(_parse_signature(line) for line in lines))

    def __bytes__(self) -> bytes:
        check_text(self.text)
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()

    def signed_by(self, signer: Signer, timestamp: int | None = None) -> "Note":
        """The note with one more signature; an older one of the same key gives way."""
        new = signer.signature(self.text, timestamp)
        others = (old for old in self.signatures if (old.name, old.key_id) != (new.name, new.key_id))
        return Note(self.text, (*others, new))

    def verified(self, keys: Sequence[VerifierKey]) -> list[tuple[VerifierKey, int | None]]:
        """The known keys that signed, each with the time it states, in the order of the lines.

        Raises NoteError when none did, when a known key's signature fails, or when two keys go by one name and id.
        """
        known = {(key.name, key.key_id): key for key in keys}
        if len(known) != len(set(keys)):
            raise NoteError("two keys share name and id")
        found = [
            (key, key.timestamp_of(self.text, signature.data))
            for signature in dict.fromkeys(self.signatures)
            if (key := known.get((signature.name, signature.key_id))) is not None
        ]
        if not found:
            raise NoteError("no trusted key signed this note")
        return found


def cosigned_message(text: str, timestamp: int) -> bytes:
    """What a witness signs: header, time, the whole text of the checkpoint. Raises NoteError for an impossible time.

    0 is no time: the specification lets newer types use it for "no statement", and it would prove every visit late.
    """
    if not 0 < timestamp <= MAX_TIMESTAMP:
        raise NoteError("not a time that a witness can state")
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def check_text(text: str) -> None:
    """Raises NoteError for a text that no note can have."""
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise NoteError("the text of a note ends in a newline and has no other control characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NoteError("the text is not Unicode") from error


def _check_name(name: str) -> None:
    if not name or "+" in name or any(char.isspace() or char < " " for char in name):
        raise NoteError("a key name is not empty and has neither spaces nor plus")
    check_text(name + "\n")


def _parse_signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise NoteError("not a signature line")
    _check_name(name)
    data = _unbase64(encoded)
    if len(data) <= _KEY_ID_BYTES:
        raise NoteError("not a signature line")
    return Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _unbase64(text: str) -> bytes:
    """Only the one canonical encoding, so that nothing can be altered without changing what it means."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NoteError("not base64") from error
    if base64.b64encode(data).decode() != text:
        raise NoteError("not canonical base64")
    return data
