"""Secrets at rest: sealed under the installation's key, bound to what they are for; keyed marks that expire.

    sealed = f5 6a 76 ‖ number of the provider ‖ nonce (12) ‖ ciphertext and tag

What was sealed before there was a choice has no head: nonce ‖ AES-256-GCM. It stays readable, as does what another provider
sealed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.crypto import INTERNATIONAL, PROVIDERS, NotAuthentic, Provider, provider_numbered

_HEAD = b"\xf5jv"
_NONCE = 12


class VaultError(Exception):
    """The key is not the one that sealed this, or the bytes were changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    key: bytes
    random: Callable[[int], bytes]
    provider: Provider = INTERNATIONAL

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """The sealed bytes. `purpose` must be given again to open them."""
        nonce = self.random(_NONCE)
        sealed = self.provider.encrypt(self.key, nonce, plain, purpose.encode())
        return _HEAD + bytes([self.provider.number]) + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes. Raises VaultError."""
        sealed = bytes(sealed)
        provider = sealed_by(sealed)
        if provider is not None:
            try:
                return self._opened(provider, sealed[len(_HEAD) + 1 :], purpose)
            except NotAuthentic:
                pass  # an old nonce may look like a head, once in four thousand million times
        try:
            return self._opened(INTERNATIONAL, sealed, purpose)
        except NotAuthentic as error:
            raise VaultError(f"sealed with another key-encryption key, or damaged: {purpose}") from error

    def mark(self, purpose: str, value: str) -> bytes:
        """32 bytes that are the same for the same purpose and value and say nothing about either without the key."""
        return self._mark(self.provider, purpose, value)

    def marks(self, purpose: str, value: str) -> list[bytes]:
        """The mark as every provider makes it, ours first: to look up what may have been marked before a change."""
        others = [p for p in PROVIDERS.values() if p is not self.provider]
        return [self._mark(p, purpose, value) for p in (self.provider, *others)]

    def under(self, key: bytes) -> "Vault":
        """A vault of the same kind under another key (32 bytes)."""
        return replace(self, key=key)

    def _mark(self, provider: Provider, purpose: str, value: str) -> bytes:
        return provider.mac(self.key, f"{purpose}\x00{value}".encode())

    def _opened(self, provider: Provider, sealed: bytes, purpose: str) -> bytes:
        return provider.decrypt(self.key, sealed[:_NONCE], sealed[_NONCE:], purpose.encode())


def sealed_by(sealed: bytes) -> Provider | None:
    """Whose cipher a sealed value names; None for one of before there was a choice."""
    head = len(_HEAD)
    return provider_numbered(sealed[head]) if sealed.startswith(_HEAD) and len(sealed) > head else None
