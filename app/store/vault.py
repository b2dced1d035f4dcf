"""Secrets at rest: AES-256-GCM under the installation's key, bound to what they are for; keyed marks that expire."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class VaultError(Exception):
    """The key is not the one that sealed this, or the bytes were changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    key: bytes
    random: Callable[[int], bytes]

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """nonce (12) ‖ ciphertext and tag. `purpose` must be given again to open it."""
        nonce = self.random(12)
        return nonce + AESGCM(self.key).encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes. Raises VaultError."""
        try:
            return AESGCM(self.key).decrypt(sealed[:12], sealed[12:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise VaultError(purpose) from error

    def mark(self, purpose: str, value: str) -> bytes:
        """32 bytes that are the same for the same purpose and value and say nothing about either without the key."""
        return hmac.new(self.key, f"{purpose}\x00{value}".encode(), hashlib.sha256).digest()
