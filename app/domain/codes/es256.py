"""ES256: the default suite, which every browser's WebCrypto has."""

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from app.domain.codes.suite import SIGNATURE_BYTES, KeyFormatError, b64url, jwk_point, random_scalar
from app.domain.ids import RandomBytes


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
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyFormatError("not a private key") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise KeyFormatError("not a P-256 key")
        return key
