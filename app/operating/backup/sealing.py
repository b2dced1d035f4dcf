"""A stream that only the owner of a passphrase or of a key file can read, and nobody can change, shorten or reorder.

    JCM-BACKUP-1
    {"locks": [{"kind": "scrypt", "salt": …, "n": 131072, "sealed": …}, {"kind": "x25519", "ephemeral": …, "sealed": …}]}
    chunk chunk … chunk

A random file key is sealed once per lock: under scrypt(passphrase) (RFC 7914) or under an X25519 agreement with a public
key (RFC 7748, HKDF-SHA-256). Chunks of 1 MiB are AES-256-GCM under a key derived from the file key and the header; the nonce
is the chunk's number and whether it is the last (the STREAM construction), so that a missing end is noticed, too.
"""

import base64
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAGIC = b"JCM-BACKUP-1\n"
CHUNK, TAG = 1024 * 1024, 16
LONGEST_HEADER = 20_000
SCRYPT_N, SCRYPT_MOST = 2**17, 2**20  # 128 MiB and half a second a guess; never more than 1 GiB for a strange file
SHORTEST_PASSPHRASE = 12
RECIPIENT, IDENTITY = "jcm-backup-recipient-1:", "jcm-backup-identity-1:"
ONCE = bytes(12)  # the nonce under a key that seals one thing


class BackupError(Exception):
    """One line that says why a backup cannot be made, read or restored."""


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Passphrase:
    """What a person remembers or keeps in a safe."""

    text: str

    def lock(self, file_key: bytes) -> dict[str, Any]:
        if len(self.text) < SHORTEST_PASSPHRASE:
            raise BackupError(f"The passphrase must have at least {SHORTEST_PASSPHRASE} characters.")
        salt = os.urandom(16)
        sealed = AESGCM(self._key(salt, SCRYPT_N)).encrypt(ONCE, file_key, None)
        return {"kind": "scrypt", "salt": _text(salt), "n": SCRYPT_N, "sealed": _text(sealed)}

    def unlock(self, lock: dict[str, Any]) -> bytes | None:
        n = int(lock["n"]) if lock["kind"] == "scrypt" else 0
        if not 1 < n <= SCRYPT_MOST:
            return None
        return _opened(self._key(_bytes(lock["salt"]), n), lock["sealed"])

    def _key(self, salt: bytes, n: int) -> bytes:
        return Scrypt(salt=salt, length=32, n=n, r=8, p=1).derive(self.text.encode())


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public half of a key whose private half is kept elsewhere: a server makes backups that it cannot read."""

    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Recipient":
        return cls(_prefixed(text, RECIPIENT))

    def __str__(self) -> str:
        return RECIPIENT + _text(self.public)

    def lock(self, file_key: bytes) -> dict[str, Any]:
        ephemeral = X25519PrivateKey.generate()
        mine = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        sealed = AESGCM(_derived(shared, mine + self.public, b"jcm backup lock")).encrypt(ONCE, file_key, None)
        return {"kind": "x25519", "ephemeral": _text(mine), "sealed": _text(sealed)}


@dataclass(frozen=True, slots=True)
class Identity:
    """The private half of a Recipient."""

    private: bytes

    @classmethod
    def generate(cls) -> "Identity":
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "Identity":
        return cls(_prefixed(text, IDENTITY))

    def __str__(self) -> str:
        return IDENTITY + _text(self.private)

    def recipient(self) -> Recipient:
        return Recipient(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())

    def unlock(self, lock: dict[str, Any]) -> bytes | None:
        if lock["kind"] != "x25519":
            return None
        theirs = _bytes(lock["ephemeral"])
        shared = X25519PrivateKey.from_private_bytes(self.private).exchange(X25519PublicKey.from_public_bytes(theirs))
        return _opened(_derived(shared, theirs + self.recipient().public, b"jcm backup lock"), lock["sealed"])


Lock = Passphrase | Recipient
Key = Passphrase | Identity


class Sealing:
    """Writes a sealed stream; `finish` must be called, or a reader will say that the end is missing."""

    def __init__(self, out: Writable, locks: Sequence[Lock]) -> None:
        file_key = os.urandom(32)
        header = MAGIC + json.dumps({"locks": [lock.lock(file_key) for lock in locks]}).encode() + b"\n"
        out.write(header)
        self._out, self._chunks, self._waiting = out, _Chunks(file_key, header), bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # a full chunk waits until it is known not to be the last
            self._out.write(self._chunks.seal(bytes(self._waiting[:CHUNK]), last=False))
            del self._waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """For writers that ask; a chunk is written when it is full."""

    def finish(self) -> None:
        self._out.write(self._chunks.seal(bytes(self._waiting), last=True))


class Opening:
    """Reads a sealed stream, chunk by chunk. Raises BackupError where it was changed or the key does not fit."""

    def __init__(self, source: Readable, key: Key) -> None:
        self._source = source
        header, locks = self._header()
        try:
            file_key = next((found for lock in locks if (found := key.unlock(lock))), None)
        except (KeyError, TypeError, ValueError) as error:
            raise BackupError("This is not a backup: its header cannot be read.") from error
        if file_key is None:
            raise BackupError("The backup cannot be opened with this passphrase or key.")
        # a stream has at least its last chunk, even of nothing
        self._chunks, self._opened, self._next = _Chunks(file_key, header), b"", self._source.read(CHUNK + TAG)
        if not self._next:
            raise BackupError("The backup was changed, or its end is missing.")

    def _header(self) -> tuple[bytes, list[dict[str, Any]]]:
        magic, line = self._source.read(len(MAGIC)), b""
        while magic == MAGIC and not line.endswith(b"\n") and len(line) < LONGEST_HEADER:
            line += (byte := self._source.read(1))
            if not byte:
                break
        try:
            return magic + line, list(json.loads(line)["locks"])
        except (KeyError, TypeError, ValueError):
            raise BackupError("This is not a backup of this platform.") from None

    def read(self, size: int = -1) -> bytes:
        while (size < 0 or len(self._opened) < size) and self._next:
            sealed, self._next = self._next, self._source.read(CHUNK + TAG)
            self._opened += self._chunks.open(sealed, last=not self._next)
        size = len(self._opened) if size < 0 else size
        data, self._opened = self._opened[:size], self._opened[size:]
        return data


class _Chunks:
    """Chunk after chunk under a key of this file alone."""

    def __init__(self, file_key: bytes, header: bytes) -> None:
        self._cipher = AESGCM(_derived(file_key, hashlib.sha256(header).digest(), b"jcm backup chunks"))
        self._number = 0

    def seal(self, plain: bytes, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last), plain, None)

    def open(self, sealed: bytes, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(last), sealed, None)
        except InvalidTag:
            raise BackupError("The backup was changed, or its end is missing.") from None

    def _nonce(self, last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _opened(key: bytes, sealed: str) -> bytes | None:
    try:
        return AESGCM(key).decrypt(ONCE, _bytes(sealed), None)
    except InvalidTag:
        return None


def _prefixed(text: str, prefix: str) -> bytes:
    try:
        data = _bytes(text.strip().removeprefix(prefix)) if text.strip().startswith(prefix) else b""
    except ValueError:
        data = b""
    if len(data) != 32:
        raise BackupError(f"A key of backups begins with {prefix} and has 43 characters after it.")
    return data


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
