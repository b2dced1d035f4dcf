"""A stream that only the owner of a passphrase or of a key file can read, and nobody can change, shorten or reorder.

    JCM-BACKUP-1
    {"locks": [{"kind": "scrypt", "salt": …, "n": 131072, "sealed": …}, {"kind": "x25519", "ephemeral": …, "sealed": …}]}
    chunk chunk … chunk

or, under state cryptography,

    JCM-BACKUP-2
    {"cipher": "SM4-GCM", "locks": [{"kind": "pbkdf2-sm3", …}, {"kind": "sm2", …}]}
    chunk chunk … chunk

A random file key is sealed once per lock (`locks.py`). Chunks of 1 MiB are AES-256-GCM, or the cipher that the header names,
under a key derived from the file key and the header; the nonce is the chunk's number and whether it is the last (the STREAM
construction), so that a missing end is noticed, too.
"""

import json
import os
from collections.abc import Sequence
from typing import Any, Protocol

from app.domain.crypto import INTERNATIONAL, PROVIDERS, TAG, NotAuthentic, Provider
from app.operating.backup.locks import BackupError, Key, Lock

MAGIC, MAGIC_NAMED = b"JCM-BACKUP-1\n", b"JCM-BACKUP-2\n"
CHUNK = 1024 * 1024
LONGEST_HEADER = 20_000


class Writable(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Sealing:
    """Writes a sealed stream; `finish` must be called, or a reader will say that the end is missing."""

    def __init__(self, out: Writable, locks: Sequence[Lock], provider: Provider = INTERNATIONAL) -> None:
        file_key = os.urandom(32)
        said: dict[str, Any] = {"locks": [lock.lock(file_key, provider) for lock in locks]}
        if provider is not INTERNATIONAL:
            said = {"cipher": provider.cipher} | said
        header = (MAGIC if provider is INTERNATIONAL else MAGIC_NAMED) + json.dumps(said).encode() + b"\n"
        out.write(header)
        self._out, self._chunks, self._waiting = out, _Chunks(provider, file_key, header), bytearray()

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
        header, locks, provider = self._header()
        try:
            file_key = next((found for lock in locks if (found := key.unlock(lock))), None)
        except (KeyError, TypeError, ValueError) as error:
            raise BackupError("This is not a backup: its header cannot be read.") from error
        if file_key is None:
            raise BackupError("The backup cannot be opened with this passphrase or key.")
        # a stream has at least its last chunk, even of nothing
        self._chunks, self._opened, self._next = (
            _Chunks(provider, file_key, header),
            b"",
            self._source.read(CHUNK + TAG),
        )
        if not self._next:
            raise BackupError("The backup was changed, or its end is missing.")

    def _header(self) -> tuple[bytes, list[dict[str, Any]], Provider]:
        magic, line = self._source.read(len(MAGIC)), b""
        while magic in (MAGIC, MAGIC_NAMED) and not line.endswith(b"\n") and len(line) < LONGEST_HEADER:
            line += (byte := self._source.read(1))
            if not byte:
                break
        try:
            said = json.loads(line)
            named = said["cipher"] if magic == MAGIC_NAMED else INTERNATIONAL.cipher
            provider = next(p for p in PROVIDERS.values() if p.cipher == named)
            return magic + line, list(said["locks"]), provider
        except (KeyError, StopIteration, TypeError, ValueError):
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

    def __init__(self, provider: Provider, file_key: bytes, header: bytes) -> None:
        self._provider = provider
        self._key = provider.derive(file_key, provider.hash(header), b"jcm backup chunks")
        self._number = 0

    def seal(self, plain: bytes, last: bool) -> bytes:
        return self._provider.encrypt(self._key, self._nonce(last), plain, b"")

    def open(self, sealed: bytes, last: bool) -> bytes:
        try:
            return self._provider.decrypt(self._key, self._nonce(last), sealed, b"")
        except NotAuthentic:
            raise BackupError("The backup was changed, or its end is missing.") from None

    def _nonce(self, last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(11, "big") + (b"\1" if last else b"\0")
