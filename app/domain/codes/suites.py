"""Signature suites. A suite belongs to a key, never to what a token says of itself.

ES256 (ECDSA, P-256, SHA-256) is the default: every browser's WebCrypto has it.
"""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

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


class Es256:
    """ECDSA with P-256 and SHA-256 (RFC 9053, alg −7). Nonces are deterministic (RFC 6979): no randomness to get wrong,
    and issuing stays a pure function of claims and key."""

    name = "ES256"
    cose_alg = -7
    _ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    _SIGN = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    _VERIFY = ec.ECDSA(hashes.SHA256())

    def generate(self, random: RandomBytes | None) -> ec.EllipticCurvePrivateKey:
        """A new private key; from `random` where given (tests, demonstration), else from the library's generator."""
        if random is None:
            return ec.generate_private_key(ec.SECP256R1())
        return ec.derive_private_key(random_scalar(random, self._ORDER), ec.SECP256R1())

    def public_of(self, private: ec.EllipticCurvePrivateKey) -> ec.EllipticCurvePublicKey:
        return private.public_key()

    def sign(self, private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
        """r ‖ s (RFC 9053, section 2.1)."""
        r, s = decode_dss_signature(private.sign(message, self._SIGN))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, public: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        try:
            public.verify(der, message, self._VERIFY)
        except InvalidSignature:
            return False
        return True

    def spki(self, public: ec.EllipticCurvePublicKey) -> bytes:
        """SubjectPublicKeyInfo, DER (RFC 5480), uncompressed point."""
        return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def to_jwk(self, public: ec.EllipticCurvePublicKey) -> dict[str, str]:
        numbers = public.public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return {"kty": "EC", "crv": "P-256", "x": b64url(x), "y": b64url(y)}

    def from_jwk(self, jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
        """Raises KeyFormatError, also for a point that is not on the curve."""
        x, y = jwk_point(jwk, "P-256")
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
        except ValueError as error:
            raise KeyFormatError("not a point of the curve") from error

    def to_pkcs8(self, private: ec.EllipticCurvePrivateKey) -> bytes:
        """PKCS #8, DER, not encrypted: whoever stores it encrypts it."""
        return private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def from_pkcs8(self, der: bytes) -> ec.EllipticCurvePrivateKey:
        """Raises KeyFormatError."""
        try:
            key = serialization.load_der_private_key(der, password=None)
        except (ValueError, TypeError) as error:
            raise KeyFormatError("not a private key") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise KeyFormatError("not a P-256 key")
        return key


ES256: Suite = Es256()
SUITES: dict[str, Suite] = {ES256.name: ES256}


def suite_named(name: str) -> Suite:
    """The suite of that name. Raises KeyFormatError for one that is not known here."""
    try:
        return SUITES[name]
    except KeyError:
        raise KeyFormatError(f"no suite {name!r}") from None
