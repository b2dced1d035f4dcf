"""SM2 with SM3 (GB/T 32918-2016, curve of GB/T 32918.5-2017), for units whose systems are assessed (密评, GB/T 39786).

The signer id is 1234567812345678 (GM/T 0009-2012, 10), passed explicitly. Signatures are r ‖ s like those of ES256;
unlike those they are not deterministic. COSE has no registered algorithm for SM2: the number stands in the range for
private use (RFC 9053, table 13) and recalls the OID of SM2 with SM3, 1.2.156.10197.1.501.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from app.domain.codes import openssl
from app.domain.codes.device import HeldKey, failed
from app.domain.codes.suite import SIGNATURE_BYTES, KeyFormatError, b64url, jwk_point, random_scalar
from app.domain.ids import RandomBytes

SIGNER_ID = b"1234567812345678"
COSE_ALG = -10197501
CURVE = "SM2"  # the `crv` of our JWKs; none is registered
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
# AlgorithmIdentifier: id-ecPublicKey with the curve 1.2.156.10197.1.301.
_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_SPKI = b"\x30\x59" + _ALGORITHM + b"\x03\x42\x00\x04"
_PKCS8 = b"\x30\x81\x87\x02\x01\x00" + _ALGORITHM + b"\x04\x6d\x30\x6b\x02\x01\x01\x04\x20"
_PKCS8_PUBLIC = b"\xa1\x44\x03\x42\x00\x04"
# SEC 1 without the public half, from which OpenSSL computes it.
_SEC1, _SEC1_CURVE = b"\x30\x31\x02\x01\x01\x04\x20", b"\xa0\x0a\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d"


@dataclass(frozen=True, slots=True)
class Sm2Public:
    """The point: x ‖ y, 64 bytes, known to lie on the curve."""

    point: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Sm2Private:
    """The scalar, 32 bytes, with its point."""

    scalar: bytes
    point: bytes


class Sm2WithSm3:
    name = "SM2-SM3"
    cose_alg = COSE_ALG

    def generate(self, random: RandomBytes | None) -> Sm2Private:
        """A scalar in [1, n−1), from `random` where given (tests, demonstration), else from the operating system."""
        return _private(random_scalar(random or os.urandom, _ORDER - 1).to_bytes(32, "big"))

    def from_scalar(self, scalar: bytes) -> Sm2Private:
        """The key of a number of 32 bytes. Raises KeyFormatError."""
        return _private(scalar)

    def public_of(self, private: "Sm2Private | HeldKey") -> Sm2Public:
        return _public(private.point) if isinstance(private, HeldKey) else Sm2Public(private.point)

    def sign(self, private: "Sm2Private | HeldKey", message: bytes) -> bytes:
        """r ‖ s over SM3(Z ‖ message), Z from SIGNER_ID and the public key. Raises Refused where a device fails."""
        if isinstance(private, HeldKey):
            signature = private.sign(message)
            if not self.verify(_public(private.point), message, signature):
                raise failed(f"its signature with key {private.name} does not verify")
            return signature
        r, s = decode_dss_signature(openssl.sign(self.to_pkcs8(private), SIGNER_ID, message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, public: Sm2Public, message: bytes, signature: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        return openssl.verify(self.spki(public), SIGNER_ID, message, der)

    def spki(self, public: Sm2Public) -> bytes:
        """SubjectPublicKeyInfo, DER, uncompressed point."""
        return _SPKI + public.point

    def to_jwk(self, public: Sm2Public) -> dict[str, str]:
        return {"kty": "EC", "crv": CURVE, "x": b64url(public.point[:32]), "y": b64url(public.point[32:])}

    def from_jwk(self, jwk: Mapping[str, Any]) -> Sm2Public:
        """Raises KeyFormatError, also for a point that is not on the curve."""
        return _public(b"".join(jwk_point(jwk, CURVE)))

    def encrypt(self, public: Sm2Public, plain: bytes) -> bytes:
        """SM2 encryption (GB/T 32918.4) in DER (GM/T 0009, 7.2), for keys of backups. Raises KeyFormatError."""
        return openssl.encrypt(self.spki(public), plain)

    def decrypt(self, private: Sm2Private, sealed: bytes) -> bytes:
        """Raises KeyFormatError where another key was meant, or the bytes were changed."""
        return openssl.decrypt(self.to_pkcs8(private), sealed)

    def to_pkcs8(self, private: "Sm2Private | HeldKey") -> bytes:
        """PKCS #8, DER, not encrypted: whoever stores it encrypts it. Of a key in a device, which one it is."""
        if isinstance(private, HeldKey):
            return private.stored()
        return _PKCS8 + private.scalar + _PKCS8_PUBLIC + private.point

    def from_pkcs8(self, der: bytes) -> Sm2Private:
        """Raises KeyFormatError for anything but what `to_pkcs8` writes."""
        private = _private(der[len(_PKCS8) : len(_PKCS8) + 32])
        if self.to_pkcs8(private) != der:
            raise KeyFormatError("not an SM2 key")
        return private


def available() -> bool:
    """Whether this machine can sign and verify with SM2 (for `doctor`)."""
    try:
        _private((1).to_bytes(32, "big"))
    except KeyFormatError:
        return False
    return True


def _private(scalar: bytes) -> Sm2Private:
    if len(scalar) != 32 or not 1 <= int.from_bytes(scalar, "big") < _ORDER - 1:
        raise KeyFormatError("not an SM2 key")
    spki = openssl.public_der(_SEC1 + scalar + _SEC1_CURVE)
    return Sm2Private(scalar, spki[len(_SPKI) :])


@lru_cache(maxsize=256)
def _public(point: bytes) -> Sm2Public:
    if openssl.checked_public_der(_SPKI + point) != _SPKI + point:
        raise KeyFormatError("not a point of the curve")
    return Sm2Public(point)
