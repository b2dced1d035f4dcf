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
FOR_THE_PUBLIC_ZONE = ("space-", "selfcheck:", "file:")  # what enterprises read and write on their own pages


class VaultError(Exception):
    """The key is not the one that sealed this, or the bytes were changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    key: bytes
    random: Callable[[int], bytes]
    provider: Provider = INTERNATIONAL
    shared: bytes = b""  # the public zone's key (app/zones.py); what was sealed with it is opened too
    shares: bool = False  # whether what the public zone must read is sealed and marked with that key

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """The sealed bytes. `purpose` must be given again to open them."""
        nonce = self.random(_NONCE)
        sealed = self.provider.encrypt(self._key(purpose), nonce, plain, purpose.encode())
        return _HEAD + bytes([self.provider.number]) + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes. Raises VaultError."""
        sealed = bytes(sealed)
        provider = sealed_by(sealed)
        # An old nonce may look like a head, once in four thousand million times: then the second way opens it.
        ways = [(provider, sealed[len(_HEAD) + 1 :])] if provider is not None else []
        for way, cipher in (*ways, (INTERNATIONAL, sealed)):
            for key in self._keys(purpose):
                try:
                    return way.decrypt(key, cipher[:_NONCE], cipher[_NONCE:], purpose.encode())
                except NotAuthentic:
                    continue
        raise VaultError(f"sealed with another key-encryption key, or damaged: {purpose}")

    def mark(self, purpose: str, value: str) -> bytes:
        """32 bytes that are the same for the same purpose and value and say nothing about either without the key."""
        return self._mark(self.provider, self._key(purpose), purpose, value)

    def marks(self, purpose: str, value: str) -> list[bytes]:
        """The mark as every provider and key makes it, ours first: to look up what may have been marked before a change."""
        providers = (self.provider, *(p for p in PROVIDERS.values() if p is not self.provider))
        return [self._mark(p, key, purpose, value) for key in self._keys(purpose) for p in providers]

    def under(self, key: bytes) -> "Vault":
        """A vault of the same kind under another key (32 bytes)."""
        return replace(self, key=key, shared=b"", shares=False)

    def _key(self, purpose: str) -> bytes:
        return self.shared if self.shares and purpose.startswith(FOR_THE_PUBLIC_ZONE) else self.key

    def _keys(self, purpose: str) -> list[bytes]:
        own = self._key(purpose)
        return [own, *(key for key in (self.key, self.shared) if key and key != own)]

    def _mark(self, provider: Provider, key: bytes, purpose: str, value: str) -> bytes:
        return provider.mac(key, f"{purpose}\x00{value}".encode())


def sealed_by(sealed: bytes) -> Provider | None:
    """Whose cipher a sealed value names; None for one of before there was a choice."""
    head = len(_HEAD)
    return provider_numbered(sealed[head]) if sealed.startswith(_HEAD) and len(sealed) > head else None
