"""What a code says, and its one canonical encoding: a CWT claims set (RFC 8392) with one claim of our own.

    {4: exp, 5: nbf, 6: iat, 7: cti, -275: [version, kind, uscc, [item, …], [certificate, …], enterprise name]}

The unit is not among the claims: it is named by the key that signed (docs/token.md).
"""

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cbor2

from app.domain.codes.cbor import CborError, read
from app.domain.enterprises import ALPHABET
from app.domain.inspections import PLANNED, TRIGGERED
from app.domain.times import utc

EXP, NBF, IAT, CTI, INSPECTION = 4, 5, 6, 7, -275
VERSION = 1
KINDS = (PLANNED, TRIGGERED)
USCC_BYTES = 12
MORE_ITEMS = 0  # last in `items`: there are more than fit; the register has them all
MORE = "…"  # last in `certificates`, or at the end of the name: shortened
MIN_TIME, MAX_TIME = 2**16, 2**32 - 1  # until 2106: every time takes four bytes
# {4: uint32, 5: uint32, 6: uint32, 7: 16 bytes, -275: …}
_HEAD = struct.Struct(">3sI2sI2sI2s16s3s")
_HEAD_CONSTANTS = (b"\xa5\x04\x1a", b"\x05\x1a", b"\x06\x1a", b"\x07\x50", b"\x39\x01\x12")
_USCC_LIMIT = 31**18
_SIX_DIGITS = 31**6
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]  # two base-31 digits at a time
_VALUES = {c: value for value, c in enumerate(ALPHABET)}
# Control characters and those that turn the direction of a line around: a name must not rewrite the page it stands on.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class MalformedCode(ValueError):
    """What was presented is not a complete code in its one canonical form."""


class ClaimsError(MalformedCode):
    """Claims that no code may carry."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the token states. Times are aware and are kept as UTC in whole seconds; `cti` is the code's identity.

    `items` are item numbers (unsigned, never reused; a final MORE_ITEMS says that further ones are registered),
    `certificates` enforcement certificate numbers as text, `uscc` None for a subject without one.
    """

    cti: bytes
    issued_at: datetime
    not_before: datetime
    expires_at: datetime
    kind: str
    uscc: str | None
    items: tuple[int, ...]
    certificates: tuple[str, ...]
    enterprise_name: str

    def __post_init__(self) -> None:
        if not (_is_whole(self.issued_at) and _is_whole(self.not_before) and _is_whole(self.expires_at)):
            for name in ("issued_at", "not_before", "expires_at"):
                object.__setattr__(self, name, utc(getattr(self, name)).replace(microsecond=0))


def _is_whole(time: datetime) -> bool:
    return time.tzinfo is UTC and not time.microsecond


def clean_text(text: str) -> str:
    """`text` without the characters that no code may carry (controls, direction overrides, lone surrogates)."""
    return _FORBIDDEN.sub("", text).strip()


def encode_claims(claims: Claims) -> bytes:
    """The canonical bytes. Raises ClaimsError where `decode_claims` would refuse them."""
    payload = pack_claims(claims)
    if decode_claims(payload) != claims:
        raise ClaimsError("these claims do not survive their encoding")
    return payload


def pack_claims(claims: Claims) -> bytes:
    """The canonical bytes, for measuring: not every rule is checked. Raises ClaimsError."""
    try:
        own = [
            VERSION,
            KINDS.index(claims.kind),
            None if claims.uscc is None else pack_uscc(claims.uscc),
            claims.items,
            claims.certificates,
            claims.enterprise_name,
        ]
        times = (claims.expires_at, claims.not_before, claims.issued_at)
        exp, nbf, iat = (int(time.timestamp()) for time in times)
        return cbor2.dumps({EXP: exp, NBF: nbf, IAT: iat, CTI: claims.cti, INSPECTION: own})
    except (ValueError, UnicodeEncodeError) as error:
        raise ClaimsError(str(error)) from error


def decode_claims(payload: bytes) -> Claims:
    """The claims of canonical bytes. Raises ClaimsError for anything else.

    Times lie between MIN_TIME and MAX_TIME, so deterministic encoding puts everything before our own claim at fixed
    places: one comparison of constants stands for reading a map.
    """
    if len(payload) <= _HEAD.size:
        raise ClaimsError("cut off")
    a, exp, b, nbf, c, iat, d, cti, e = _HEAD.unpack_from(payload)
    if (a, b, c, d, e) != _HEAD_CONSTANTS or not MIN_TIME <= nbf < exp or iat < MIN_TIME:
        raise ClaimsError("not exactly the five claims, or impossible times")
    try:
        own = read(payload[_HEAD.size :])
    except CborError as error:
        raise ClaimsError(str(error)) from error
    if not isinstance(own, list) or len(own) != 6 or own[0] != VERSION:
        raise ClaimsError("version")
    _, kind, subject, items, certificates, name = own
    if not isinstance(kind, int) or not 0 <= kind < len(KINDS):
        raise ClaimsError("kind")
    if not _are_items(items):
        raise ClaimsError("items")
    if not isinstance(certificates, list) or not all(map(_is_text, certificates)):
        raise ClaimsError("certificates")
    if not _is_text(name):
        raise ClaimsError("enterprise name")
    return Claims(
        cti,
        datetime.fromtimestamp(iat, UTC),
        datetime.fromtimestamp(nbf, UTC),
        datetime.fromtimestamp(exp, UTC),
        KINDS[kind],
        None if subject is None else unpack_uscc(subject),
        tuple(items),
        tuple(certificates),
        name,
    )


def pack_uscc(uscc: str) -> bytes:
    """The 18 characters as one number in base 31 (the value of a character is its index, GB 32100-2015), 12 bytes.

    Says nothing about the check character: early real codes fail it. Raises ClaimsError for other characters.
    """
    if len(uscc) != 18 or any(c not in _VALUES for c in uscc):
        raise ClaimsError("uscc")
    number = 0
    for c in uscc:
        number = number * 31 + _VALUES[c]
    return number.to_bytes(USCC_BYTES, "big")


def unpack_uscc(packed: Any) -> str:
    """The reverse of `pack_uscc`. Raises ClaimsError."""
    _require(isinstance(packed, bytes) and len(packed) == USCC_BYTES, "uscc")
    number = int.from_bytes(packed, "big")
    _require(number < _USCC_LIMIT, "uscc")
    number, low = divmod(number, _SIX_DIGITS)  # small numbers divide fast
    high, middle = divmod(number, _SIX_DIGITS)
    return "".join(
        [_PAIRS[part // 923521] + _PAIRS[part // 961 % 961] + _PAIRS[part % 961] for part in (high, middle, low)]
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and not _FORBIDDEN.search(value)


def _are_items(items: Any) -> bool:
    """Unsigned; MORE_ITEMS only as the last."""
    if not isinstance(items, list) or not all(map(_is_item, items)):
        return False
    return MORE_ITEMS not in items[:-1]


def _is_item(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value < 2**32


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ClaimsError(what)
