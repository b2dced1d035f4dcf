"""Verification as a chain of named steps. The first step that fails names the verdict (docs/token.md).

Online: digits → structure → key → signature → claims → registered → state → window → enterprise.
Offline: digits → structure → key → signature → claims → state (status list, where there is one) → enterprise → window.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.domain.codes.claims import Claims, ClaimsError, MalformedCode, decode_claims
from app.domain.codes.classify import digits_of
from app.domain.codes.keys import SIGNS_CODES, KeyEntry
from app.domain.codes.lists import StatusList
from app.domain.codes.suites import KeyFormatError
from app.domain.codes.token import Envelope, from_digits, open_token
from app.domain.enterprises import normalise_uscc
from app.domain.inspections import APPROVED, CANCELLED, COMPLETED, IN_PROGRESS, LAPSED, NOT_CARRIED_OUT, REPLACED


class Verdict(StrEnum):
    """The names of api.md."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    COMPLETED = "completed"
    REVOKED = "revoked"
    WRONG_ENTERPRISE = "wrong_enterprise"
    NOT_REGISTERED = "not_registered"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"
    REGISTERED_ELSEWHERE = "registered_elsewhere"  # a code of another system, whose visit is known here: never "valid"


# What an inspection's state means for its code. A state that is not here never had a code: not registered.
_STATE_VERDICTS: dict[str, Verdict | None] = {
    APPROVED: None,
    IN_PROGRESS: None,
    COMPLETED: Verdict.COMPLETED,
    CANCELLED: Verdict.CANCELLED,
    REPLACED: Verdict.REPLACED,
    LAPSED: Verdict.LAPSED,
    NOT_CARRIED_OUT: Verdict.LAPSED,  # 未实施 either way
    "revoked": Verdict.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class RegisteredCode:
    """What the register answers for a cti.

    `state` is the inspection's state, `replaced` whether a later code of the same inspection took this one's place,
    `digest` is token.signed_digest of the token as issued: a code with the cti of another is not registered.
    """

    cti: bytes
    state: str
    digest: bytes
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict, the steps that were taken, and what may be shown: `claims` only where signature and claims held."""

    verdict: Verdict
    steps: tuple[Step, ...]
    claims: Claims | None = None
    registered: RegisteredCode | None = None
    key: KeyEntry | None = None  # who signed; set together with claims

    @property
    def asked_register(self) -> bool:
        return any(step.name == "registered" for step in self.steps)


Register = Callable[[bytes], RegisteredCode | None]


class Keys(Protocol):
    """Who can say whose key it is: a verified KeyList, or the platform's own table of keys."""

    def find(self, kid: bytes) -> KeyEntry | None: ...


_NOTHING = Envelope(0, b"", b"", b"", b"")


@dataclass(slots=True)
class _Case:
    """One presented code on its way through the steps."""

    presented: bytes | str
    keys: Keys
    register: Register | None
    status: StatusList | None
    now: datetime
    uscc: str | None
    token: bytes = b""
    envelope: Envelope = _NOTHING
    entry: KeyEntry | None = None
    claims: Claims | None = None
    registered: RegisteredCode | None = None


def verify(
    presented: bytes | str,
    keys: Keys,
    register: Register | None,
    now: datetime,
    uscc: str | None = None,
    status: StatusList | None = None,
) -> Verification:
    """The verdict on what was presented: a token, its digits, or a code URL from any host.

    `register` None means offline; `status` is then the signed status list, if there is one. `uscc` is the enterprise
    that the code is held against, if known. Never raises for what strangers send.
    """
    case = _Case(presented, keys, register, status, now, uscc if uscc and uscc.strip() else None)
    steps: list[Step] = []
    verdict = None
    for passed, check in _chain(case):
        verdict = check(case)
        if verdict is not None:
            steps.append(Step(passed.name, False))
            break
        steps.append(passed)
    entry = case.entry if case.claims else None
    return Verification(verdict or Verdict.VALID, tuple(steps), case.claims, case.registered, entry)


def _digits(case: _Case) -> Verdict | None:
    if isinstance(case.presented, bytes):
        case.token = case.presented
        return None
    try:
        case.token = from_digits(digits_of(case.presented) or "")
    except MalformedCode:
        return Verdict.MALFORMED
    return None


def _structure(case: _Case) -> Verdict | None:
    try:
        case.envelope = open_token(case.token)
    except MalformedCode:
        return Verdict.MALFORMED
    return None


def _key(case: _Case) -> Verdict | None:
    """All codes of a revoked key are revoked, whenever they say they were issued: a thief can write any time."""
    entry = case.keys.find(case.envelope.kid)
    if entry is None or entry.use != SIGNS_CODES:
        return Verdict.UNKNOWN_KEY
    if entry.revoked_at is not None:
        return Verdict.REVOKED
    case.entry = entry
    return None


def _signature(case: _Case) -> Verdict | None:
    """The suite is the key's. A token that names another algorithm was not made with this key."""
    assert case.entry is not None
    envelope = case.envelope
    try:
        public = case.entry.public
        holds = envelope.alg == public.suite.cose_alg and public.verify(envelope.signed_bytes, envelope.signature)
    except KeyFormatError:  # a listed key that this machine cannot use is as good as unknown
        return Verdict.UNKNOWN_KEY
    return None if holds else Verdict.BAD_SIGNATURE


def _claims(case: _Case) -> Verdict | None:
    """Readable, and signed while the key was valid: before and after, it was nobody's key."""
    assert case.entry is not None
    try:
        claims = decode_claims(case.envelope.payload)
    except ClaimsError:
        return Verdict.MALFORMED
    if not case.entry.valid_at(claims.issued_at):
        return Verdict.UNKNOWN_KEY
    case.claims = claims
    return None


def _registered(case: _Case) -> Verdict | None:
    assert case.register is not None and case.claims is not None
    found = case.register(case.claims.cti)
    if found is None or found.digest != hashlib.sha256(case.envelope.signed_bytes).digest():
        return Verdict.NOT_REGISTERED
    case.registered = found
    return None


def _state(case: _Case) -> Verdict | None:
    """Cancelled says more than replaced, and replaced more than completed; each wins over the window.

    An approved inspection whose window is over has lapsed, whether or not the sweep that records it has run.
    """
    assert case.registered is not None and case.claims is not None
    verdict = _STATE_VERDICTS.get(case.registered.state, Verdict.NOT_REGISTERED)
    if case.registered.replaced and verdict not in (Verdict.CANCELLED, Verdict.REVOKED, Verdict.NOT_REGISTERED):
        return Verdict.REPLACED
    if case.registered.state == APPROVED and case.now >= case.claims.expires_at:
        return Verdict.LAPSED
    return verdict


def _listed_state(case: _Case) -> Verdict | None:
    assert case.status is not None and case.claims is not None
    state = case.status.state_of(case.claims.cti)
    return None if state is None else _STATE_VERDICTS.get(state, Verdict.NOT_REGISTERED)


def _window(case: _Case) -> Verdict | None:
    """not_before ≤ now < expires_at (RFC 8392: on or after exp it must not be accepted)."""
    assert case.claims is not None
    if case.now < case.claims.not_before:
        return Verdict.NOT_YET_VALID
    return Verdict.EXPIRED if case.now >= case.claims.expires_at else None


def _enterprise(case: _Case) -> Verdict | None:
    assert case.claims is not None and case.uscc is not None
    same = case.claims.uscc in (case.uscc, normalise_uscc(case.uscc))
    return None if same else Verdict.WRONG_ENTERPRISE


def verify_elsewhere(
    state: str, window: tuple[datetime, datetime], now: datetime, uscc: str | None, wanted: str | None
) -> Verification:
    """The verdict on a code of another system whose visit is known here, by what is known of the visit alone.

    `uscc` is the visit's enterprise, `wanted` the one that the code is held against. The code itself was not checked: at
    best the visit is registered elsewhere.
    """
    verdict = _STATE_VERDICTS.get(state, Verdict.NOT_REGISTERED)
    if state == APPROVED and now >= window[1]:
        verdict = Verdict.LAPSED
    steps = [_REGISTER[0][0], Step("state", verdict is None)]
    if verdict is None:
        verdict = Verdict.NOT_YET_VALID if now < window[0] else Verdict.EXPIRED if now >= window[1] else None
        steps.append(Step("window", verdict is None))
    if verdict is None and wanted:
        verdict = None if wanted == uscc else Verdict.WRONG_ENTERPRISE
        steps.append(Step("enterprise", verdict is None))
    return Verification(verdict or Verdict.REGISTERED_ELSEWHERE, tuple(steps))


_Check = Callable[[_Case], Verdict | None]
_Chain = tuple[tuple[Step, _Check], ...]


def _chain(case: _Case) -> _Chain:
    """The steps that this case goes through, in their order."""
    enterprise = _ENTERPRISE if case.uscc else ()
    if case.register:
        return _ONLINE + enterprise
    # The phone's clock is what is least certain offline, so whatever else is wrong is said before it.
    return _TOKEN + (_LISTED if case.status else ()) + enterprise + _WINDOW


_TOKEN: _Chain = (
    (Step("digits", True), _digits),
    (Step("structure", True), _structure),
    (Step("key", True), _key),
    (Step("signature", True), _signature),
    (Step("claims", True), _claims),
)
_REGISTER: _Chain = ((Step("registered", True), _registered), (Step("state", True), _state))
_LISTED: _Chain = ((Step("state", True), _listed_state),)
_WINDOW: _Chain = ((Step("window", True), _window),)
_ENTERPRISE: _Chain = ((Step("enterprise", True), _enterprise),)
_ONLINE = _TOKEN + _REGISTER + _WINDOW
