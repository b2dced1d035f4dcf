"""Who can read a backup: a passphrase, or the private half of a key whose public half is all that the server knows.

A random file key is sealed once per lock. `international`: under scrypt(passphrase) (RFC 7914), or an X25519 agreement
(RFC 7748, HKDF-SHA-256). `state`: under PBKDF2 with SM3 (RFC 8018), or SM2 encryption (GB/T 32918.4).
"""

import base64
import os
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.codes.keys import SigningKey
from app.domain.codes.sm2 import Sm2Public, Sm2WithSm3
from app.domain.codes.suites import SM2_SM3, KeyFormatError
from app.domain.crypto import INTERNATIONAL, STATE, NotAuthentic, Provider

SCRYPT_N, SCRYPT_MOST = 2**17, 2**20  # 128 MiB and half a second a guess; never more than 1 GiB for a strange file
ROUNDS, ROUNDS_MOST = 1_000_000, 20_000_000  # of PBKDF2 with SM3
SHORTEST_PASSPHRASE = 12
RECIPIENT, IDENTITY = "jcm-backup-recipient-1:", "jcm-backup-identity-1:"
SM2_RECIPIENT, SM2_IDENTITY = "jcm-backup-recipient-sm2:", "jcm-backup-identity-sm2:"
ONCE = bytes(12)  # the nonce under a key that seals one thing
_SM2 = Sm2WithSm3()


class BackupError(Exception):
    """One line that says why a backup cannot be made, read or restored."""


@dataclass(frozen=True, slots=True)
class Passphrase:
    """What a person remembers or keeps in a safe."""

    text: str

    def lock(self, file_key: bytes, provider: Provider = INTERNATIONAL) -> dict[str, Any]:
        if len(self.text) < SHORTEST_PASSPHRASE:
            raise BackupError(f"The passphrase must have at least {SHORTEST_PASSPHRASE} characters.")
        salt = os.urandom(16)
        if provider is STATE:
            sealed = STATE.encrypt(STATE.stretch(self.text.encode(), salt, ROUNDS), ONCE, file_key, b"")
            return {"kind": "pbkdf2-sm3", "salt": _text(salt), "rounds": ROUNDS, "sealed": _text(sealed)}
        sealed = INTERNATIONAL.encrypt(self._key(salt, SCRYPT_N), ONCE, file_key, b"")
        return {"kind": "scrypt", "salt": _text(salt), "n": SCRYPT_N, "sealed": _text(sealed)}

    def unlock(self, lock: dict[str, Any]) -> bytes | None:
        if lock["kind"] == "scrypt" and 1 < int(lock["n"]) <= SCRYPT_MOST:
            return _opened(INTERNATIONAL, self._key(_bytes(lock["salt"]), int(lock["n"])), lock["sealed"])
        if lock["kind"] == "pbkdf2-sm3" and 0 < int(lock["rounds"]) <= ROUNDS_MOST:
            key = STATE.stretch(self.text.encode(), _bytes(lock["salt"]), int(lock["rounds"]))
            return _opened(STATE, key, lock["sealed"])
        return None

    def _key(self, salt: bytes, n: int) -> bytes:
        return Scrypt(salt=salt, length=32, n=n, r=8, p=1).derive(self.text.encode())


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public half of a key whose private half is kept elsewhere: a server makes backups that it cannot read.

    `public` is an X25519 key (32 bytes) or a point of SM2 (64).
    """

    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Recipient":
        if text.strip().startswith(SM2_RECIPIENT):
            point = _prefixed(text, SM2_RECIPIENT, 64)
            try:
                _SM2.encrypt(Sm2Public(point), b"a point of the curve?")
            except KeyFormatError as error:
                raise BackupError("This is no SM2 key of backups.") from error
            return cls(point)
        return cls(_prefixed(text, RECIPIENT, 32))

    def __str__(self) -> str:
        return (SM2_RECIPIENT if len(self.public) == 64 else RECIPIENT) + _text(self.public)

    def lock(self, file_key: bytes, provider: Provider = INTERNATIONAL) -> dict[str, Any]:
        """Raises BackupError under state cryptography for a key that is not of SM2."""
        if len(self.public) == 64:
            return {"kind": "sm2", "sealed": _text(_SM2.encrypt(Sm2Public(self.public), file_key))}
        if provider is STATE:
            raise BackupError("Under JCM_CRYPTOGRAPHY=state a recipient is an SM2 key: make one with backup new-key.")
        ephemeral = X25519PrivateKey.generate()
        mine = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        sealed = INTERNATIONAL.encrypt(_agreed(shared, mine + self.public), ONCE, file_key, b"")
        return {"kind": "x25519", "ephemeral": _text(mine), "sealed": _text(sealed)}


@dataclass(frozen=True, slots=True)
class Identity:
    """The private half of a Recipient: an X25519 key, or a number of SM2 where `is_sm2`. Both have 32 bytes."""

    private: bytes
    is_sm2: bool = False

    @classmethod
    def generate(cls, provider: Provider = INTERNATIONAL) -> "Identity":
        if provider is STATE:
            return cls(SigningKey.generate(SM2_SM3).private.scalar, is_sm2=True)
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "Identity":
        is_sm2 = text.strip().startswith(SM2_IDENTITY)
        return cls(_prefixed(text, SM2_IDENTITY if is_sm2 else IDENTITY, 32), is_sm2)

    def __str__(self) -> str:
        return (SM2_IDENTITY if self.is_sm2 else IDENTITY) + _text(self.private)

    def recipient(self) -> Recipient:
        if self.is_sm2:
            return Recipient(_SM2.from_scalar(self.private).point)
        return Recipient(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())

    def unlock(self, lock: dict[str, Any]) -> bytes | None:
        if self.is_sm2 and lock["kind"] == "sm2":
            try:
                return _SM2.decrypt(_SM2.from_scalar(self.private), _bytes(lock["sealed"]))
            except KeyFormatError:
                return None
        if self.is_sm2 or lock["kind"] != "x25519":
            return None
        theirs = _bytes(lock["ephemeral"])
        shared = X25519PrivateKey.from_private_bytes(self.private).exchange(X25519PublicKey.from_public_bytes(theirs))
        return _opened(INTERNATIONAL, _agreed(shared, theirs + self.recipient().public), lock["sealed"])


Lock = Passphrase | Recipient
Key = Passphrase | Identity


def _agreed(shared: bytes, salt: bytes) -> bytes:
    return INTERNATIONAL.derive(shared, salt, b"jcm backup lock")


def _opened(provider: Provider, key: bytes, sealed: str) -> bytes | None:
    try:
        return provider.decrypt(key, ONCE, _bytes(sealed), b"")
    except NotAuthentic:
        return None


def _prefixed(text: str, prefix: str, size: int) -> bytes:
    try:
        data = _bytes(text.strip().removeprefix(prefix)) if text.strip().startswith(prefix) else b""
    except ValueError:
        data = b""
    if len(data) != size:
        raise BackupError(f"A key of backups begins with {prefix} and has {-(-size * 4 // 3)} characters after it.")
    return data


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
