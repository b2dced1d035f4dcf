"""One interface to cryptography, two ways to do it: `international` (AES, SHA-2, ECDSA, Ed25519) and `state` (SM2, SM3, SM4)."""

from app.domain.codes.device import Device, DeviceError, HeldKey
from app.domain.crypto.provider import (
    INTERNATIONAL,
    PROVIDERS,
    STATE,
    TAG,
    NotAuthentic,
    Provider,
    provider_numbered,
)

__all__ = [
    "INTERNATIONAL",
    "PROVIDERS",
    "STATE",
    "TAG",
    "Device",
    "DeviceError",
    "HeldKey",
    "NotAuthentic",
    "Provider",
    "provider_numbered",
]
