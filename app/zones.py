"""Two zones (docs/decisions/0030): what a process on the internet serves, and what one in the government's network does.

A public process answers 404 for everything that is the staff's, runs no worker, and has neither the key-encryption key nor the
root: it can sign nothing, and opens nothing but what belongs to its own side.
"""

import hmac
from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import Refused

ALL, PUBLIC, INSIDE = "all", "public", "inside"
ZONES = (ALL, PUBLIC, INSIDE)
KEY_FILE = "public-zone.key"
# blueprints whose routes without a sign-in are for staff all the same
OF_STAFF = (
    "auth",
    "office",
    "passkeys",
    "inspector",
    "practice",
    "practising",
)
OF_ENTERPRISES = "space"


def serves(zone: str, endpoint: str, *, public: bool, space: bool) -> bool:
    """Whether a route is there in a zone. `public`, `space`: what it declares of who may come in."""
    blueprint = endpoint.partition(".")[0]
    if zone == PUBLIC:
        return (public or space) and blueprint not in OF_STAFF
    if zone == INSIDE:
        return not space and blueprint != OF_ENTERPRISES
    return True


def key_place(env: Mapping[str, str], instance: Path, zone: str) -> tuple[Path, str]:
    """The file and the variable of the key that a process of this zone has. Raises ValueError where a public one could read
    the key-encryption key or the root."""
    if zone != PUBLIC:
        return instance / "key-encryption.key", "JCM_KEY_ENCRYPTION_KEY"
    if env.get("JCM_KEY_ENCRYPTION_KEY") or any(
        (instance / name).exists() for name in ("key-encryption.key", "root.key")
    ):
        raise ValueError("JCM_ZONE=public must not be able to read the key-encryption key or root.key: take them away.")
    return instance / KEY_FILE, "JCM_PUBLIC_ZONE_KEY"


def refuse_outside(zone: str) -> None:
    """Raises Refused in the public zone: what works in the background works inside."""
    if zone == PUBLIC:
        raise Refused("public_zone")


def public_key_of(key_encryption_key: bytes) -> bytes:
    """The key of the public zone, which the inside makes from its own; from it nobody gets back to that one."""
    return hmac.digest(key_encryption_key, b"jcm public zone 1", "sha256")
