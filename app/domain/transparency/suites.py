"""The kinds of logs: which hash and which signature belong together. A log's kind is fixed when it begins.

`Ed25519` with SHA-256 is what C2SP defines; `SM2-SM3` (GB/T 32905, GB/T 32918) is for sites under state cryptography.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.codes.device import Device, held_key
from app.domain.codes.sm2 import Sm2Public, Sm2WithSm3
from app.domain.ids import RandomBytes
from app.domain.transparency.merkle import Hash, sha256, sm3
from app.domain.transparency.note import (
    ED25519,
    ED25519_COSIGNATURE,
    Algorithm,
    NoteError,
    Signer,
    VerifierKey,
    ed25519_signer,
    sm2_algorithm,
)

_SM2 = Sm2WithSm3()


def _verify_sm2(public: bytes, message: bytes, signature: bytes) -> bool:
    """`public` is 04 ‖ x ‖ y. A point that is not on the curve verifies nothing."""
    return public[:1] == b"\x04" and _SM2.verify(Sm2Public(public[1:]), message, signature)


SM2 = sm2_algorithm(_verify_sm2)
SM2_COSIGNATURE = sm2_algorithm(_verify_sm2, timestamped=True)
ALGORITHMS = (ED25519, ED25519_COSIGNATURE, SM2, SM2_COSIGNATURE)


class MakesSigner(Protocol):
    def __call__(self, name: str, private: bytes, cosigner: bool, device: Device | None = None, /) -> Signer: ...


@dataclass(frozen=True)
class LogSuite:
    """`generate` makes a private key as bytes; `signer(name, private, cosigner, device)` uses one, or one in a device."""

    name: str
    hash: Hash
    generate: Callable[[RandomBytes], bytes]
    signer: MakesSigner


def _ed25519(name: str, private: bytes, cosigner: bool, device: Device | None = None) -> Signer:
    return ed25519_signer(name, Ed25519PrivateKey.from_private_bytes(private), cosigner)


def _sm2(name: str, private: bytes, cosigner: bool, device: Device | None = None) -> Signer:
    key = held_key(private, device) or _SM2.from_pkcs8(private)
    algorithm: Algorithm = SM2_COSIGNATURE if cosigner else SM2
    return Signer(VerifierKey(name, algorithm, b"\x04" + key.point), lambda message: _SM2.sign(key, message))


LOG_ED25519 = LogSuite("Ed25519", sha256, lambda random: random(32), _ed25519)
LOG_SM2 = LogSuite("SM2-SM3", sm3, lambda random: _SM2.to_pkcs8(_SM2.generate(random)), _sm2)
LOG_SUITES = {suite.name: suite for suite in (LOG_ED25519, LOG_SM2)}


def parse_verifier(text: str) -> VerifierKey:
    """A verifier key of any kind known here. Raises NoteError."""
    return VerifierKey.parse(text.strip(), ALGORITHMS)


def suite_of(key: VerifierKey) -> LogSuite:
    """The kind of log that a verifier key belongs to. Raises NoteError for the key of a witness."""
    for algorithm, suite in ((ED25519, LOG_ED25519), (SM2, LOG_SM2)):
        if key.algorithm == algorithm:
            return suite
    raise NoteError("this is not the key of a log")
