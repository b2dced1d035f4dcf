"""Keys: one signing key per unit, its public half, and the list that says whose key it is and from when to when."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from app.domain.codes.device import Device, HeldKey, held_key
from app.domain.codes.issuers import Issuer
from app.domain.codes.suites import ES256, SM2_SM3, SUITES, KeyFormatError, Suite, suite_named
from app.domain.ids import RandomBytes

KID_BYTES = 8
REMEMBERED = 256  # signatures of a key, while this process uses it
SIGNS_CODES, SIGNS_STATUS = "code", "status"
_PEM_BEGIN, _PEM_END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


class _Wrong(Exception):
    """A signature that is not this key's. As an exception, because what raises is never remembered."""


@dataclass(frozen=True)
class PublicKey:
    """A public key of a suite. `kid` is the first 8 bytes of SHA-256 of its SubjectPublicKeyInfo.

    Which of its signatures held is remembered, as arithmetic that comes out the same each time (docs/decisions/0041).
    """

    suite: Suite
    key: Any

    @classmethod
    def from_jwk(cls, suite_name: str, jwk: Mapping[str, Any]) -> "PublicKey":
        """Raises KeyFormatError."""
        suite = suite_named(suite_name)
        return cls(suite, suite.from_jwk(jwk))

    @cached_property
    def kid(self) -> bytes:
        return self.fingerprint[:KID_BYTES]

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 of the SubjectPublicKeyInfo: what the posted notice prints of the root."""
        return hashlib.sha256(self.suite.spki(self.key)).digest()

    def jwk(self) -> dict[str, str]:
        return self.suite.to_jwk(self.key)

    def verify(self, message: bytes, signature: bytes) -> bool:
        try:
            self._require(message, signature)
        except _Wrong:
            return False
        return True

    @cached_property
    def _require(self) -> Callable[[bytes, bytes], None]:
        def require(message: bytes, signature: bytes) -> None:
            if not self.suite.verify(self.key, message, signature):
                raise _Wrong

        return lru_cache(REMEMBERED)(require)


@dataclass(frozen=True)
class SigningKey:
    """A private key of a suite, or the name of one in a device. Export it only to store it encrypted."""

    suite: Suite
    private: Any

    @classmethod
    def generate(cls, suite: Suite | str = ES256, random: RandomBytes | None = None) -> "SigningKey":
        """A new key. With `random` it is derived from those bytes (tests, demonstration)."""
        chosen = suite_named(suite) if isinstance(suite, str) else suite
        return cls(chosen, chosen.generate(random))

    @classmethod
    def made(cls, suite: Suite, device: Device | None, purpose: str) -> "SigningKey":
        """A new key, in the device where one is attached that knows the suite. Raises Refused where that fails."""
        if device is None or suite is not SM2_SM3:
            return cls.generate(suite)
        return cls(suite, HeldKey.generate(device, purpose))

    @classmethod
    def from_der(cls, suite_name: str, der: bytes, device: Device | None = None) -> "SigningKey":
        """A key from what `to_der` gives. Raises KeyFormatError; Refused for a key in a device where there is none."""
        suite = suite_named(suite_name)
        held = held_key(der, device)
        if held is not None and suite is not SM2_SM3:
            raise KeyFormatError("devices hold SM2 keys")
        return cls(suite, held or suite.from_pkcs8(der))

    @classmethod
    def read_pem(cls, pem: str, device: Device | None = None) -> "SigningKey":
        """A key of whichever suite the text holds. Raises KeyFormatError."""
        for name in SUITES:
            try:
                return cls.from_pem(name, pem, device)
            except KeyFormatError:
                continue
        raise KeyFormatError("not a key of a suite known here")

    @classmethod
    def from_pem(cls, suite_name: str, pem: str, device: Device | None = None) -> "SigningKey":
        """A key from an unencrypted PKCS #8 PEM text. Raises KeyFormatError."""
        head, _, rest = pem.partition(_PEM_BEGIN)
        body, end, _ = rest.partition(_PEM_END)
        if not end or head.strip():
            raise KeyFormatError("not a PEM private key")
        try:
            return cls.from_der(suite_name, base64.b64decode("".join(body.split()), validate=True), device)
        except ValueError as error:
            raise KeyFormatError("not a PEM private key") from error

    def to_der(self) -> bytes:
        """PKCS #8, not encrypted; of a key in a device, which one it is."""
        return self.suite.to_pkcs8(self.private)

    def to_pem(self) -> str:
        body = base64.encodebytes(self.to_der()).decode().replace("\n", "")
        lines = [body[i : i + 64] for i in range(0, len(body), 64)]
        return "\n".join([_PEM_BEGIN, *lines, _PEM_END, ""])

    def public(self) -> PublicKey:
        return self._public

    @cached_property
    def _public(self) -> PublicKey:
        return PublicKey(self.suite, self.suite.public_of(self.private))

    @property
    def kid(self) -> bytes:
        return self._public.kid

    def sign(self, message: bytes) -> bytes:
        """64 bytes, r ‖ s."""
        return self.suite.sign(self.private, message)


@dataclass(frozen=True)
class KeyEntry:
    """A row of the key list: whose key, which suite, from when to when, revoked when and why.

    `use` is SIGNS_CODES for a unit's key and SIGNS_STATUS for the key that signs the status list; neither does the
    other's work.
    """

    kid: bytes
    unit: str
    unit_name: str
    suite: str
    jwk: Mapping[str, str]
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None
    revoked_reason: str | None = None
    use: str = SIGNS_CODES

    @cached_property
    def public(self) -> PublicKey:
        """Raises KeyFormatError for a JWK that is no key of the suite."""
        return PublicKey.from_jwk(self.suite, self.jwk)

    def valid_at(self, instant: datetime) -> bool:
        """not_before ≤ instant < not_after. Says nothing about revocation."""
        return self.not_before <= instant < self.not_after


@dataclass(frozen=True)
class KeyList:
    """The keys of one jurisdiction, versioned and expiring. A verifier never goes back to a lower version.

    `issuers` are other systems whose codes the jurisdiction recognises: named, never followed.
    """

    version: int
    issued_at: datetime
    expires_at: datetime
    jurisdiction: str
    keys: tuple[KeyEntry, ...]
    issuers: tuple[Issuer, ...] = ()

    @cached_property
    def _by_kid(self) -> dict[bytes, KeyEntry]:
        return {entry.kid: entry for entry in self.keys}

    def find(self, kid: bytes) -> KeyEntry | None:
        """The entry of that key id."""
        return self._by_kid.get(kid)


def grouped(fingerprint: str) -> str:
    """The first 128 bits of a fingerprint (hex) as people compare it: eight groups of four."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, 32, 4))
