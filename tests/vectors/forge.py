"""Building tokens for vectors, good and forged, piece by piece. All keys are TEST keys made from public labels."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from app.domain.codes.claims import Claims, decode_claims, encode_claims
from app.domain.codes.keys import KeyEntry, KeyList, SigningKey
from app.domain.codes.token import _protected, open_token
from app.domain.ids import RandomBytes
from tests.vectors import sm2_reference

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BASE = "https://jcm.example.gov.cn"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def stream(label: str) -> RandomBytes:
    """Reproducible bytes: SHA-256 in counter mode over a public label. For TEST keys only."""
    counter = iter(range(10**6))

    def read(count: int) -> bytes:
        out = b""
        while len(out) < count:
            out += hashlib.sha256(f"TEST ONLY {label} {next(counter)}".encode()).digest()
        return out[:count]

    return read


def test_key(label: str, suite: str = "ES256") -> SigningKey:
    return SigningKey.generate(suite, stream(label))


test_key.__test__ = False  # type: ignore[attr-defined]  # pytest: a maker, no test

ROOT, OTHER_ROOT = test_key("root"), test_key("root of another jurisdiction")
UNIT, SM2_UNIT = test_key("YT-YJJ"), test_key("YT-WJW", "SM2-SM3")
REVOKED, ROTATED, FUTURE = test_key("YT-SCJG revoked"), test_key("YT-YJJ until October"), test_key("YT-YJJ from 2027")
STATUS, STRANGER, ELSEWHERE = test_key("status list"), test_key("in no list"), test_key("another jurisdiction's unit")


def signed(key: SigningKey, message: bytes) -> bytes:
    """Like key.sign, but the same each time for every suite."""
    if key.suite.name == "SM2-SM3":
        return sm2_reference.sign(key.private.scalar, message)
    return key.sign(message)


def claims(**changes: Any) -> Claims:
    """The usual visit; `cti` is made from what is changed, so that every case has its own."""
    values: dict[str, Any] = {
        "cti": hashlib.sha256(repr(sorted(changes.items())).encode()).digest()[:16],
        "issued_at": NOW - timedelta(hours=20),
        "not_before": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(hours=7),
        "kind": "planned",
        "uscc": "91990101MA0YT00065",
        "items": (30, 117, 201),
        "certificates": ("09010100123", "09010100124"),
        "enterprise_name": "云汀区示例餐饮管理有限公司店",
    }
    return Claims(**(values | changes))


def header(key: SigningKey) -> bytes:
    return _protected(key.suite, key.kid)


def seal(
    payload: bytes,
    key: SigningKey = UNIT,
    protected: bytes | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A token around any payload and protected header, properly signed unless `sign` does something else."""
    head = header(key) if protected is None else protected
    message = b"\x84" + b"".join(cbor2.dumps(part) for part in ("Signature1", head, b"", payload))
    signature = sign(message) if sign else signed(key, message)
    return b"\xd2\x84" + cbor2.dumps(head) + b"\xa0" + cbor2.dumps(payload) + cbor2.dumps(signature)


def token(key: SigningKey = UNIT, **changes: Any) -> bytes:
    return seal(encode_claims(claims(**changes)), key)


def payload_with(raw: dict[int, bytes], tail: bytes = b"", head: bytes = b"\xa5") -> bytes:
    """The usual payload as a map of encoded values, with some of them replaced by any bytes."""
    values = cbor2.loads(encode_claims(claims()))
    encoded = {key: cbor2.dumps(value) for key, value in values.items()} | raw
    return head + b"".join(cbor2.dumps(key) + value for key, value in encoded.items()) + tail


def own_with(index: int, raw: bytes) -> bytes:
    """The usual payload with one part of our own claim replaced by any bytes."""
    own = [cbor2.dumps(part) for part in cbor2.loads(encode_claims(claims()))[-275]]
    own[index] = raw
    return payload_with({-275: b"\x86" + b"".join(own)})


def entry(key: SigningKey, unit: str, name: str, **changes: Any) -> KeyEntry:
    values: dict[str, Any] = {
        "kid": key.kid,
        "unit": unit,
        "unit_name": name,
        "suite": key.suite.name,
        "jwk": key.public().jwk(),
        "not_before": NOW - timedelta(days=20),
        "not_after": NOW + timedelta(days=345),
    }
    return KeyEntry(**(values | changes))


def _list(jurisdiction: str, *entries: KeyEntry) -> KeyList:
    return KeyList(7, NOW - timedelta(hours=3), NOW + timedelta(days=30), jurisdiction, entries)


MAIN_LIST = _list(
    "990101",
    entry(UNIT, "YT-YJJ", "云汀区应急管理局"),
    entry(SM2_UNIT, "YT-WJW", "云汀区卫生健康委员会"),
    entry(REVOKED, "YT-SCJG", "云汀区市场监督管理局", revoked_at=NOW - timedelta(hours=5), revoked_reason="私钥泄露"),
    entry(
        ROTATED,
        "YT-YJJ",
        "云汀区应急管理局",
        not_before=NOW - timedelta(days=365),
        not_after=NOW - timedelta(hours=10),
    ),
    entry(FUTURE, "YT-YJJ", "云汀区应急管理局", not_before=NOW + timedelta(days=40)),
    entry(STATUS, "YT-SFJ", "云汀区司法局", use="status"),
)
ELSEWHERE_LIST = _list("990102", entry(ELSEWHERE, "YH-YJJ", "云河区应急管理局"))


def cti_of(code: bytes) -> bytes:
    return decode_claims(open_token(code).payload).cti
