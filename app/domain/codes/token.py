"""The token: a CWT in COSE_Sign1 (RFC 8392, RFC 9052), and its form in the QR: one decimal number in a URL.

    18([ << {1: alg, 4: kid} >>, {}, << claims >>, signature ])      https://HOST/q/ + digits

Digits cost 3.3 bits each in a QR, which is as dense as upper-case base32 and keeps the URL an ordinary one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

import cbor2

from app.domain.codes.capacity import LARGEST_VERSION, USUAL_VERSION, smallest_version
from app.domain.codes.cbor import CborError, read, read_bytes
from app.domain.codes.claims import MORE, MORE_ITEMS, Claims, MalformedCode, clean_text, encode_claims, pack_claims
from app.domain.codes.keys import KID_BYTES, SigningKey
from app.domain.codes.suites import ES256, SIGNATURE_BYTES, Suite

MAX_TOKEN = 400  # bytes; the largest QR we draw holds fewer
PATH = "/q/"
SHORTEST_NAME = 8  # characters of the enterprise's name that stay before a larger QR is taken
FEWEST_ITEMS = 8  # that stay before the officers' certificate numbers go
_TAG_AND_ARRAY = b"\xd2\x84"
_EMPTY_MAP = b"\xa0"
_NO_EXTERNAL_DATA = b"\x40"
_CONTEXT = b"\x84" + cbor2.dumps("Signature1")
_ALG, _KID = 1, 4


class TokenTooLarge(ValueError):
    """Not even the shortest form fits a QR of the largest version: the address in front of it is too long."""


class Envelope(NamedTuple):
    """The parts of a token, before anything is believed. `signed_bytes` is the Sig_structure (RFC 9052, 4.4)."""

    alg: int
    kid: bytes
    payload: bytes
    signature: bytes
    signed_bytes: bytes


def issue_token(claims: Claims, key: SigningKey) -> bytes:
    """The signed token. Raises ClaimsError for claims that no code may carry."""
    protected = _protected(key.suite, key.kid)
    payload = encode_claims(claims)
    return _assemble(protected, payload, key.sign(_sig_structure(protected, payload)))


def open_token(token: bytes) -> Envelope:
    """The parts of a token in its one canonical form. Raises MalformedCode."""
    if not token[:2] == _TAG_AND_ARRAY or len(token) > MAX_TOKEN:
        raise MalformedCode("not a tagged COSE_Sign1 of four parts, or oversize")
    try:
        protected, middle = read_bytes(token, 2)
        payload, at = read_bytes(token, middle + 1)
        signature, end = read_bytes(token, at)
        alg, kid = _read_header(protected)
    except CborError as error:
        raise MalformedCode(str(error)) from error
    if token[middle : middle + 1] != _EMPTY_MAP:
        raise MalformedCode("the unprotected header is not empty")
    if end != len(token) or len(signature) != SIGNATURE_BYTES:
        raise MalformedCode("trailing bytes or a signature of another length")
    # Both byte strings stand in the token as they do in the Sig_structure.
    signed = b"".join((_CONTEXT, token[2:middle], _NO_EXTERNAL_DATA, token[middle + 1 : at]))
    return Envelope(alg, kid, payload, signature, signed)


@lru_cache(maxsize=1024)
def _read_header(protected: bytes) -> tuple[int, bytes]:
    """Algorithm and key id; the codes of one unit share their header. Raises CborError or MalformedCode."""
    header = read(protected)
    if not isinstance(header, dict) or list(header) != [_ALG, _KID] or not isinstance(header[_ALG], int):
        raise MalformedCode("the protected header is not algorithm and key id")
    if not isinstance(header[_KID], bytes) or len(header[_KID]) != KID_BYTES:
        raise MalformedCode("a key id has eight bytes")
    return header[_ALG], header[_KID]


def signed_digest(token: bytes) -> bytes:
    """SHA-256 of what is signed: what the register keeps to compare, for a signature can be varied without the key."""
    return hashlib.sha256(open_token(token).signed_bytes).digest()


@cache
def digit_count(byte_count: int) -> int:
    """ceil(8n · log10 2): how many digits a token of n bytes takes."""
    return len(str((1 << 8 * byte_count) - 1))


_BYTES_OF_DIGITS = {digit_count(n): n for n in range(1, MAX_TOKEN + 1)}


def to_digits(token: bytes) -> str:
    """The token as one number, most significant byte first, zero-padded to `digit_count`."""
    return str(int.from_bytes(token, "big")).zfill(digit_count(len(token)))


def from_digits(digits: str) -> bytes:
    """The token of its one canonical number. Raises MalformedCode for other characters, lengths and values."""
    size = _BYTES_OF_DIGITS.get(len(digits))
    if size is None or not (digits.isascii() and digits.encode().isdigit()):  # of bytes: ten times faster
        raise MalformedCode("not a number of a possible length")
    try:
        return int(digits).to_bytes(size, "big")
    except OverflowError as error:
        raise MalformedCode("a number too large for its length") from error


def code_url(base_url: str, token: bytes) -> str:
    """What the QR holds: {base}/q/{digits}."""
    return base_url.rstrip("/") + PATH + to_digits(token)


def masked(cti: bytes) -> str:
    """What logs, metrics and the status list carry instead of a code: 16 hex digits of SHA-256 of the cti."""
    return hashlib.sha256(cti).hexdigest()[:16]


def fit_name(claims: Claims, base_url: str, suite: Suite = ES256) -> Claims:
    """The claims with the enterprise's name as long as a QR of version 11 holds, never above version 13.

    Where eight characters of the name would not remain, a larger version is taken; where that does not suffice either
    (many items, long certificate numbers), the lists are cut and say so. Characters that no code may carry are left
    out. Raises TokenTooLarge.
    """
    named = replace(
        claims,
        enterprise_name=clean_text(claims.enterprise_name) or MORE,
        certificates=tuple(text for text in map(clean_text, claims.certificates) if text),
    )
    shortest = named
    for version in (USUAL_VERSION, LARGEST_VERSION):
        for shortest in _shorter_names(named):
            if _fits(shortest, base_url, suite, version):
                return shortest
    for cut in _shorter_lists(shortest):
        if _fits(cut, base_url, suite, LARGEST_VERSION):
            return cut
    raise TokenTooLarge(base_url)


def _shorter_names(claims: Claims) -> Iterator[Claims]:
    """The whole name, then ever shorter beginnings of it down to SHORTEST_NAME characters."""
    yield claims
    name = claims.enterprise_name
    for length in range(len(name) - 2, SHORTEST_NAME - 1, -1):
        yield replace(claims, enterprise_name=name[:length] + MORE)


def _shorter_lists(claims: Claims) -> Iterator[Claims]:
    """First fewer officers, down to two, then fewer items, down to eight, then neither; each list says it was cut."""
    certificates, items = claims.certificates, claims.items
    for count in range(len(certificates) - 1, 1, -1):
        claims = replace(claims, certificates=(*certificates[:count], MORE))
        yield claims
    for count in range(len(items) - 1, 0, -1):
        if count < FEWEST_ITEMS:
            claims = replace(claims, certificates=(MORE,))
        claims = replace(claims, items=(*items[:count], MORE_ITEMS))
        yield claims
    yield replace(claims, certificates=(MORE,))


def _fits(claims: Claims, base_url: str, suite: Suite, version: int) -> bool:
    protected = _protected(suite, bytes(KID_BYTES))
    size = len(_assemble(protected, pack_claims(claims), bytes(SIGNATURE_BYTES)))
    prefix = len((base_url.rstrip("/") + PATH).encode())
    needed = smallest_version(prefix, digit_count(size)) if size <= MAX_TOKEN else None
    return needed is not None and needed <= version


def _protected(suite: Suite, kid: bytes) -> bytes:
    return cbor2.dumps({_ALG: suite.cose_alg, _KID: kid})


def _sig_structure(protected: bytes, payload: bytes) -> bytes:
    return b"".join((_CONTEXT, cbor2.dumps(protected), _NO_EXTERNAL_DATA, cbor2.dumps(payload)))


def _assemble(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    parts = (_TAG_AND_ARRAY, cbor2.dumps(protected), _EMPTY_MAP, cbor2.dumps(payload), cbor2.dumps(signature))
    return b"".join(parts)
