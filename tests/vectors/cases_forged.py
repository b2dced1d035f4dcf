"""Cases about codes that were altered, cut, re-encoded or never were any."""

from collections.abc import Iterator
from datetime import timedelta

import cbor2

from app.domain.codes.claims import encode_claims
from app.domain.codes.token import code_url, to_digits
from tests.vectors.case import Case, registered
from tests.vectors.forge import (
    BASE,
    NOW,
    P256_ORDER,
    SM2_UNIT,
    STRANGER,
    UNIT,
    claims,
    header,
    own_with,
    payload_with,
    seal,
    signed,
    token,
)

USUAL = token()
PAYLOAD = encode_claims(claims())
SM2_USUAL = token(SM2_UNIT)


def altered_fields() -> Iterator[Case]:
    """The signature of the usual code under other claims."""
    changes = {
        "cti": bytes(16),
        "issued_at": NOW - timedelta(hours=30),
        "not_before": NOW - timedelta(hours=2),
        "expires_at": NOW + timedelta(days=9),
        "kind": "triggered",
        "uscc": "91990101MA0YT00140",
        "items": (30, 117, 202),
        "certificates": ("09010100123", "09010100125"),
        "enterprise_name": "云汀区示例餐饮管理有限公司二",
    }
    for field, value in changes.items():
        same_cti = {"cti": claims().cti} | {field: value}
        forged = seal(encode_claims(claims(**same_cti)), sign=lambda _: USUAL[-64:])
        yield Case(f"altered-{field}", f"{field} changed after signing", forged, "bad_signature", "signature",
                   registered(USUAL))  # fmt: skip


def signatures() -> Iterator[Case]:
    def bad(name: str, why: str, code: bytes, **changes) -> Case:
        return Case(name, why, code, "bad_signature", "signature", registered(USUAL), **changes)

    r, s = USUAL[-64:-32], USUAL[-32:]
    yield bad("signature-bit", "one bit of s", USUAL[:-1] + bytes([USUAL[-1] ^ 1]))
    yield bad("signature-first-bit", "one bit of r", USUAL[:-64] + bytes([r[0] ^ 128]) + USUAL[-63:])
    yield bad("signature-zero", "r = s = 0", USUAL[:-64] + bytes(64))
    yield bad("signature-swapped", "s ‖ r", USUAL[:-64] + s + r)
    yield bad("signature-order", "s = n", USUAL[:-32] + P256_ORDER.to_bytes(32, "big"))
    yield bad("signature-above-order", "all ones", USUAL[:-64] + b"\xff" * 64)
    yield bad(
        "signature-of-another-key", "another key under this key's id", seal(PAYLOAD, sign=lambda m: signed(STRANGER, m))
    )
    yield bad(
        "signature-of-the-payload", "the payload alone signed", seal(PAYLOAD, sign=lambda _: signed(UNIT, PAYLOAD))
    )
    yield bad("signature-of-another-context", "a MAC's or a countersignature's context",
              seal(PAYLOAD, sign=lambda m: signed(UNIT, m.replace(b"jSignature1", b"jSignature2"))))  # fmt: skip
    yield bad(
        "suite-sm2-number",
        "the other suite's number under an ES256 key",
        seal(PAYLOAD, protected=_head(SM2_UNIT.suite.cose_alg, UNIT.kid)),
    )
    yield bad("suite-none", "algorithm 0", seal(PAYLOAD, protected=_head(0, UNIT.kid)))
    yield bad("suite-hmac", "a MAC keyed with the public key", seal(PAYLOAD, protected=_head(5, UNIT.kid)))
    yield bad(
        "suite-es256-for-sm2-key", "ES256 claimed for an SM2 key", seal(PAYLOAD, SM2_UNIT, _head(-7, SM2_UNIT.kid))
    )
    yield bad("suite-es256-by-another-key", "ES256 by another key under an SM2 key's id",
              seal(PAYLOAD, SM2_UNIT, _head(-7, SM2_UNIT.kid), lambda m: signed(UNIT, m)))  # fmt: skip
    yield bad("sm2-altered", "one bit of an SM2 signature", SM2_USUAL[:-1] + bytes([SM2_USUAL[-1] ^ 1]))
    yield bad("sm2-other-claims", "an SM2 signature under other claims",
              seal(encode_claims(claims(items=(7,))), SM2_UNIT, sign=lambda _: SM2_USUAL[-64:]))  # fmt: skip
    yield bad("sm2-varied", "(r, n−s) holds for ECDSA only", SM2_USUAL[:-32] + _sm2_minus(SM2_USUAL[-32:]))


def digits() -> Iterator[Case]:
    number = to_digits(USUAL)
    largest = "9" * len(number)
    for name, why, text in (
        ("digits-none", "nothing was read", ""),
        ("digits-words", "some text", "检查码"),
        ("digits-few", "a telephone number", "13800138000"),
        ("digits-address-few", "an address with an impossible length", f"{BASE}/q/1234567"),
        ("digits-oversize-token", "401 bytes", to_digits(USUAL + bytes(401 - len(USUAL)))),
        ("digits-address-other", "another page of this platform", f"{BASE}/report"),
        ("digits-leading-zero", "one zero too many", "0" + number),
        ("digits-cut-front", "the first digit is missing", number[1:]),
        ("digits-cut-end", "the last digit is missing", number[:-1]),
        ("digits-half", "a camera saw half of it", number[: len(number) // 2]),
        ("digits-appended", "one digit more", number + "0"),
        ("digits-too-large", "a number above what its bytes hold", largest),
        ("digits-full-width", "full-width digits", "".join(chr(ord(c) + 0xFEE0) for c in number)),
        ("digits-arabic", "digits of another script", "".join(chr(ord(c) - 48 + 0x0660) for c in number)),
        ("digits-sign", "a sign in front", "+" + number[1:]),
        ("digits-separator", "an underscore inside", number[:99] + "_" + number[100:]),
        ("digits-point", "a decimal point in an address", f"{BASE}/q/{number[:50]}.{number[50:]}"),
        ("digits-percent", "a percent-encoded digit", f"{BASE}/q/%3{number[0]}{number[1:]}"),
        ("digits-oversize", "ten thousand digits", "1" * 10_000),
    ):
        yield Case(name, why, text, "malformed", "digits", registered(USUAL))
    yield Case(
        "digits-zeros", "the right number of zeros", "0" * len(number), "malformed", "structure", registered(USUAL)
    )
    yield Case("digits-one-changed", "one digit, in the signature", number[:-20] + _other(number[-20]) + number[-19:],
               "bad_signature", "signature", registered(USUAL))  # fmt: skip
    yield Case("address-one-changed", "the same in an address", code_url(BASE, USUAL)[:-1] + _other(number[-1]),
               "bad_signature", "signature", registered(USUAL))  # fmt: skip


def structures() -> Iterator[Case]:
    head, tail = cbor2.dumps(header(UNIT)), cbor2.dumps(USUAL[-64:])
    body = cbor2.dumps(PAYLOAD)
    kid = cbor2.dumps(UNIT.kid)
    whole = seal(PAYLOAD)
    for name, why, code in (
        ("structure-untagged", "without tag 18", whole[1:]),
        ("structure-cwt-tag", "tag 61 around it", b"\xd8\x3d" + whole),
        ("structure-other-tag", "COSE_Mac0", b"\xd1" + whole[1:]),
        ("structure-long-tag", "tag 18 in two bytes", b"\xd8\x12" + whole[1:]),
        ("structure-trailing", "one byte more", whole + b"\x00"),
        ("structure-cut", "one byte less", whole[:-1]),
        ("structure-largest", "zeros up to 400 bytes", whole + bytes(400 - len(whole))),
        ("structure-indefinite-array", "an array of indefinite length", b"\xd2\x9f" + whole[2:] + b"\xff"),
        (
            "structure-indefinite-payload",
            "a payload in chunks",
            b"\xd2\x84" + head + b"\xa0\x5f" + body + b"\xff" + tail,
        ),
        (
            "structure-long-length",
            "a length in more bytes than needed",
            b"\xd2\x84" + head + b"\xa0\x59\x00" + body[1:] + tail,
        ),
        (
            "structure-unprotected",
            "something in the unprotected header",
            b"\xd2\x84" + head + b"\xa1\x04" + kid + body + tail,
        ),
        ("structure-no-payload", "a detached payload", b"\xd2\x84" + head + b"\xa0\xf6" + tail),
        ("structure-three", "three parts", b"\xd2\x83" + head + b"\xa0" + body),
        ("structure-five", "five parts", b"\xd2\x85" + whole[2:] + b"\x00"),
        (
            "structure-signature-63",
            "a shorter signature",
            b"\xd2\x84" + head + b"\xa0" + body + cbor2.dumps(USUAL[-63:]),
        ),
        (
            "structure-signature-der",
            "a signature in DER",
            b"\xd2\x84" + head + b"\xa0" + body + cbor2.dumps(b"\x30" * 71),
        ),
        ("header-empty", "no header", seal(PAYLOAD, protected=b"")),
        ("header-no-kid", "no key id", seal(PAYLOAD, protected=b"\xa1\x01\x26")),
        (
            "header-kid-short",
            "a key id of seven bytes",
            seal(PAYLOAD, protected=b"\xa2\x01\x26\x04\x47" + UNIT.kid[:7]),
        ),
        ("header-kid-text", "a key id as text", seal(PAYLOAD, protected=b"\xa2\x01\x26\x04\x68" + b"abcdefgh")),
        ("header-alg-text", "an algorithm's name", seal(PAYLOAD, protected=b"\xa2\x01\x65ES256\x04" + kid)),
        ("header-alg-long", "−7 in two bytes", seal(PAYLOAD, protected=b"\xa2\x01\x38\x06\x04" + kid)),
        ("header-order", "keys out of order", seal(PAYLOAD, protected=b"\xa2\x04" + kid + b"\x01\x26")),
        ("header-twice", "the key id twice", seal(PAYLOAD, protected=b"\xa3\x01\x26\x04" + kid + b"\x04" + kid)),
        ("header-crit", "one parameter more", seal(PAYLOAD, protected=b"\xa3\x01\x26\x03\x00\x04" + kid)),
    ):
        yield Case(name, why, code, "malformed", "structure", registered(USUAL))


def claims_forms() -> Iterator[Case]:
    """Properly signed, but not a set of claims in its one form."""
    cti = b"\x07\x50" + claims().cti
    moved = PAYLOAD.replace(cti, b"")
    for name, why, payload in (
        ("claims-empty", "an empty map", b"\xa0"),
        ("claims-array", "no map", b"\x80"),
        ("claims-nothing", "no bytes", b""),
        ("claims-duplicate", "cti twice", b"\xa6" + PAYLOAD[1:].replace(cti, cti + cti)),
        ("claims-order", "cti in front", b"\xa5" + cti + moved[1:]),
        ("claims-missing", "no cti", b"\xa4" + moved[1:]),
        ("claims-more", "an issuer as well", b"\xa6\x01\x61a" + PAYLOAD[1:]),
        ("claims-indefinite", "a map of indefinite length", b"\xbf" + PAYLOAD[1:] + b"\xff"),
        ("claims-trailing", "a byte behind", PAYLOAD + b"\x00"),
        ("claims-time-float", "a time as floating point", payload_with({4: cbor2.dumps(1795449600.5)})),
        ("claims-time-long", "a time in eight bytes", payload_with({4: b"\x1b" + bytes(4) + b"\x6b\x04\x38\xd0"})),
        ("claims-time-2106", "a time above 32 bits", payload_with({4: b"\x1b\x00\x00\x00\x01" + bytes(4)})),
        ("claims-time-negative", "a time before 1970", payload_with({5: b"\x20"})),
        ("claims-time-small", "the first hours of 1970", payload_with({6: b"\x19\x03\xe8"})),
        ("claims-time-reversed", "an end before the start", payload_with({4: b"\x1a\x6b\x00\x00\x00"})),
        ("claims-cti-15", "an identity of 15 bytes", payload_with({7: b"\x4f" + bytes(15)})),
        ("claims-cti-text", "an identity as text", payload_with({7: b"\x70" + b"a" * 16})),
        ("claims-version", "a later version", own_with(0, b"\x02")),
        ("claims-kind", "a kind that does not exist", own_with(1, b"\x02")),
        ("claims-kind-true", "true instead of 1", own_with(1, b"\xf5")),
        ("claims-uscc-too-large", "more than 31^18", own_with(2, b"\x4c" + b"\xff" * 12)),
        ("claims-uscc-text", "a credit code as text", own_with(2, b"\x72" + b"9" * 18)),
        ("claims-items-indefinite", "items of indefinite length", own_with(3, b"\x9f\x18\x1e\xff")),
        ("claims-items-long", "an item in more bytes than needed", own_with(3, b"\x81\x18\x05")),
        ("claims-items-zero", "the sign for more, but not last", own_with(3, b"\x82\x00\x05")),
        ("claims-items-negative", "a negative item", own_with(3, b"\x81\x20")),
        ("claims-items-33-bits", "an item above 32 bits", own_with(3, b"\x81\x1b\x00\x00\x00\x01" + bytes(4))),
        ("claims-items-map", "items as a map", own_with(3, b"\xa0")),
        ("claims-certificate-number", "a certificate number as a number", own_with(4, b"\x81\x18\x63")),
        ("claims-certificate-empty", "an empty certificate number", own_with(4, b"\x81\x60")),
        ("claims-name-empty", "no name", own_with(5, b"\x60")),
        ("claims-name-bytes", "a name as bytes", own_with(5, b"\x41a")),
        ("claims-name-utf8", "a name that is not UTF-8", own_with(5, b"\x62\xc3\x28")),
        ("claims-name-surrogate", "half a surrogate pair", own_with(5, b"\x63\xed\xa0\x80")),
        ("claims-name-turned", "a name that turns the line around", own_with(5, cbor2.dumps("甲\u202e乙"))),
        ("claims-name-line", "a line end in the name", own_with(5, cbor2.dumps("甲\n已登记"))),
        ("claims-name-tagged", "a tag on the name", own_with(5, b"\xd8\x20" + cbor2.dumps("甲"))),
        ("claims-deep", "arrays in arrays", own_with(5, b"\x81" * 60 + b"\x01")),
    ):
        yield Case(name, why, seal(payload), "malformed", "claims", registered(USUAL))


def _head(alg: int, kid: bytes) -> bytes:
    return b"\xa2\x01" + cbor2.dumps(alg) + b"\x04" + cbor2.dumps(kid)


def _other(digit: str) -> str:
    return "1" if digit == "0" else str(int(digit) - 1)


def _sm2_minus(s: bytes) -> bytes:
    order = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    return (order - int.from_bytes(s, "big")).to_bytes(32, "big")
