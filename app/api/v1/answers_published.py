"""What stands outside of /api/v1 and needs no token: signed lists (docs/token.md) and what monitoring asks."""

# mypy: disable-error-code="valid-type"

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from app.api.v1.pieces import Told
from app.domain.codes.lists import LISTED_STATES

Suite = Literal["ES256", "SM2-SM3"]


class Signature(Told):
    """Over the document without this member, as sorted JSON behind a line that names the list (docs/token.md)."""

    kid: str
    value: str = Field(description="base64url of r ‖ s.")


class Signed(Told):
    version: int = Field(description="Grows; a reader keeps the highest that it has seen.")
    issued_at: datetime
    jurisdiction: str
    signature: Signature


class UnitKeyOut(Told):
    """`kid` in hex. A key with `revoked_at` makes every code that it signed void."""

    kid: str
    unit: str
    unit_name: str
    suite: Suite
    jwk: dict[str, Any]
    not_before: datetime
    not_after: datetime
    use: Literal["code", "status"]
    revoked_at: datetime | None = None
    revoked_reason: str | None = None


class IssuerOut(Told):
    """Another system whose codes this jurisdiction recognises: what they begin with, and where to check them."""

    name: str
    prefixes: list[str]
    entry: str


class KeyListOut(Signed):
    """Signed by the root. Not to be used after `expires_at`."""

    expires_at: datetime
    keys: list[UnitKeyOut]
    issuers: list[IssuerOut] | None = None


class VoidCode(Told):
    """`cti_hash`: the first eight bytes of SHA-256 of the code's cti, in hex."""

    cti_hash: str
    state: Literal[LISTED_STATES]


class StatusListOut(Signed):
    """Codes inside their window that are no longer good. Signed by a key whose `use` is `status`, or by the root."""

    expires_at: datetime
    codes: list[VoidCode]


class WitnessOut(Told):
    name: str
    vkey: str


class LogListOut(Signed):
    """The log's verifier key and those of its witnesses (C2SP signed-note), signed by the root."""

    log: str
    witnesses: list[WitnessOut]


class SuccessionOut(Told):
    """By which holders of the root that `replaces` names, and which signed this, accept the next one."""

    issued_at: datetime
    kid: str
    suite: Suite
    jwk: dict[str, Any]
    replaces: str
    signature: Signature


class RootOut(Told):
    """Compare the `fingerprint` (SHA-256 of the SubjectPublicKeyInfo) with the posted notice before you trust it."""

    kid: str
    suite: Suite
    jwk: dict[str, Any]
    fingerprint: str
    successions: list[SuccessionOut]


class Alive(Told):
    status: Literal["ok"]


class Checks(Told):
    """true, false, or null where it cannot be told while the database is silent."""

    database: bool | None
    migrations: bool | None
    keys: bool | None
    log: bool | None
    disk: bool | None


class Ready(Told):
    status: Literal["ok", "failing"]
    checks: Checks
