"""One verification case: what is presented, to whom, when, and the verdict with every step."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.codes.claims import Claims, MalformedCode, decode_claims
from app.domain.codes.token import open_token, to_digits
from app.domain.times import rfc3339
from tests.vectors.forge import NOW

TOKEN_STEPS = ["digits", "structure", "key", "signature", "claims"]
SHOWN = {"registered", "state", "window", "enterprise", None}  # failing steps behind which claims are shown


@dataclass(frozen=True)
class Case:
    """`fails` is the step that fails; None where all hold. `online` None means that the register is not asked;
    otherwise it holds what the register knows: (token, state, replaced). `status` names a status list."""

    name: str
    why: str
    presented: bytes | str
    verdict: str
    fails: str | None = None
    online: Iterable[tuple[bytes, str, bool]] | None = ()
    now: datetime = NOW
    uscc: str | None = None
    keys: str = "main"
    status: str | None = None

    def steps(self) -> list[str]:
        enterprise = ["enterprise"] if self.uscc else []
        if self.online is not None:
            chain = [*TOKEN_STEPS, "registered", "state", "window", *enterprise]
        else:
            chain = [*TOKEN_STEPS, *(["state"] if self.status else []), *enterprise, "window"]
        return chain[: chain.index(self.fails) + 1] if self.fails else chain

    def to_json(self) -> dict[str, Any]:
        steps = [{"step": step, "ok": step != self.fails} for step in self.steps()]
        return {
            "name": self.name,
            "why": self.why,
            "presented": to_digits(self.presented) if isinstance(self.presented, bytes) else self.presented,
            "keys": self.keys,
            "register": None if self.online is None else [_known(*row) for row in self.online],
            "status": self.status,
            "now": rfc3339(self.now),
            "uscc": self.uscc,
            "expect": {"verdict": self.verdict, "steps": steps, "claims": self._claims()},
        }

    def _claims(self) -> dict[str, Any] | None:
        """What may be shown: nothing before signature and claims held."""
        if self.fails not in SHOWN or not isinstance(self.presented, bytes):
            return None
        return claims_json(decode_claims(open_token(self.presented).payload))


def registered(token: bytes, state: str = "approved", replaced: bool = False) -> tuple[tuple[bytes, str, bool]]:
    """A register that knows exactly this code."""
    return ((token, state, replaced),)


def claims_json(claims: Claims) -> dict[str, Any]:
    return {
        "cti": claims.cti.hex(),
        "issued_at": rfc3339(claims.issued_at),
        "not_before": rfc3339(claims.not_before),
        "expires_at": rfc3339(claims.expires_at),
        "kind": claims.kind,
        "uscc": claims.uscc,
        "items": list(claims.items),
        "certificates": list(claims.certificates),
        "enterprise_name": claims.enterprise_name,
    }


def _known(token: bytes, state: str, replaced: bool) -> dict[str, Any]:
    envelope = open_token(token)
    try:
        cti = decode_claims(envelope.payload).cti
    except MalformedCode:
        raise AssertionError("a register holds only codes that were issued") from None
    digest = hashlib.sha256(envelope.signed_bytes).hexdigest()
    return {"cti": cti.hex(), "state": state, "replaced": replaced, "digest": digest}
