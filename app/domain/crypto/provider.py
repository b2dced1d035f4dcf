"""The provider of cryptography: whatever is sealed, marked, hashed into the log, signed or locked goes through one of these.

`state` is what an assessment under GB/T 39786 (密评) asks for: SM2 signatures (GB/T 32918), SM3 (GB/T 32905), SM4 in GCM
(GB/T 32907, GB/T 36624). A ciphertext names its provider by `number`, so that what the other one sealed stays readable.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from app.domain.codes.suites import ES256, SM2_SM3, Suite

TAG = 16  # bytes that both ciphers put behind a text
_SM4_KEY = b"jcm sm4-gcm key"

Crypt = Callable[[bytes, bytes, bytes, bytes], bytes]  # key (32), nonce (12), text, what it is bound to


class NotAuthentic(Exception):
    """Another key sealed this, it was changed, or it is bound to something else."""


@dataclass(frozen=True, slots=True)
class Provider:
    """`number` stands before what was sealed; `suite` signs codes, lists and the root; `log` is the kind of log that begins.

    Keys of `encrypt` and `decrypt` have 32 bytes. `digest` is the provider's hash, 32 bytes too.
    """

    name: str
    number: int
    cipher: str
    suite: Suite
    log: str
    digest: type[hashes.HashAlgorithm]
    encrypt: Crypt
    decrypt: Crypt

    def hash(self, data: bytes) -> bytes:
        digest = hashes.Hash(self.digest())
        digest.update(data)
        return digest.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """HMAC (RFC 2104, GB/T 15852.2), 32 bytes."""
        mac = HMAC(key, self.digest())
        mac.update(message)
        return mac.finalize()

    def derive(self, secret: bytes, salt: bytes, info: bytes, length: int = 32) -> bytes:
        """HKDF (RFC 5869)."""
        return HKDF(algorithm=self.digest(), length=length, salt=salt, info=info).derive(secret)

    def stretch(self, passphrase: bytes, salt: bytes, rounds: int) -> bytes:
        """A key from a passphrase (PBKDF2, RFC 8018), 32 bytes."""
        return PBKDF2HMAC(algorithm=self.digest(), length=32, salt=salt, iterations=rounds).derive(passphrase)


def _aes(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, plain, bound)


def _aes_open(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError) as error:
        raise NotAuthentic from error


def _sm4_key(key: bytes) -> bytes:
    """SM4 has keys of 16 bytes: one of its own from each of ours, so that none serves two ciphers."""
    return HKDF(algorithm=hashes.SM3(), length=16, salt=None, info=_SM4_KEY).derive(key)


def _sm4(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    cipher = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(bound)
    return cipher.update(plain) + cipher.finalize() + cipher.tag


def _sm4_open(key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        cipher = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce, sealed[-TAG:])).decryptor()
        cipher.authenticate_additional_data(bound)
        return cipher.update(sealed[:-TAG]) + cipher.finalize()
    except (InvalidTag, ValueError) as error:
        raise NotAuthentic from error


INTERNATIONAL = Provider("international", 1, "AES-256-GCM", ES256, "Ed25519", hashes.SHA256, _aes, _aes_open)
STATE = Provider("state", 2, "SM4-GCM", SM2_SM3, "SM2-SM3", hashes.SM3, _sm4, _sm4_open)
PROVIDERS = {provider.name: provider for provider in (INTERNATIONAL, STATE)}


def provider_numbered(number: int) -> Provider | None:
    """The provider that a ciphertext names; None for a number that is nobody's."""
    return next((provider for provider in PROVIDERS.values() if provider.number == number), None)
