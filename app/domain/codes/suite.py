"""What a signature suite is, and what suites share: base64url, JWK points, uniform scalars."""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

from app.domain.ids import RandomBytes

SIGNATURE_BYTES = 64  # r ‖ s, 32 bytes each, in every suite


class KeyFormatError(ValueError):
    """Bytes or a JWK that are no key of the suite."""


class Suite(Protocol):
    """One way to sign. Private and public keys are the suite's own objects; nobody else looks inside."""

    name: str
    cose_alg: int

    def generate(self, random: RandomBytes | None) -> Any: ...
    def public_of(self, private: Any) -> Any: ...
    def sign(self, private: Any, message: bytes) -> bytes: ...
    def verify(self, public: Any, message: bytes, signature: bytes) -> bool: ...
    def spki(self, public: Any) -> bytes: ...
    def to_jwk(self, public: Any) -> dict[str, str]: ...
    def from_jwk(self, jwk: Mapping[str, Any]) -> Any: ...
    def to_pkcs8(self, private: Any) -> bytes: ...
    def from_pkcs8(self, der: bytes) -> Any: ...


def b64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64url(text: Any) -> bytes:
    """The reverse, only for the one canonical text. Raises KeyFormatError."""
    if not isinstance(text, str):
        raise KeyFormatError("not a text")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise KeyFormatError("not base64url") from error
    if b64url(data) != text:
        raise KeyFormatError("not canonical base64url")
    return data


def random_scalar(random: RandomBytes, order: int) -> int:
    """A uniform number in [1, order): draws again instead of reducing, which would favour small numbers."""
    while True:
        candidate = int.from_bytes(random(32), "big")
        if 1 <= candidate < order:
            return candidate


def jwk_point(jwk: Mapping[str, Any], curve: str) -> tuple[bytes, bytes]:
    """x and y (32 bytes each) of an EC JWK on `curve`. Raises KeyFormatError."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != curve:
        raise KeyFormatError(f"not a key on {curve}")
    x, y = unb64url(jwk.get("x")), unb64url(jwk.get("y"))
    if len(x) != 32 or len(y) != 32:
        raise KeyFormatError("coordinates are 32 bytes each")
    return x, y
