"""Claims have exactly one encoding, and everything else is refused."""

from datetime import timedelta

import cbor2
import pytest

from app.domain.codes.cbor import CborError, read
from app.domain.codes.claims import ClaimsError, clean_text, decode_claims, encode_claims, pack_uscc, unpack_uscc

from .cast import NOW, claims


def test_claims_come_back_as_they_went():
    assert decode_claims(encode_claims(claims())) == claims()


def test_a_subject_without_uscc_comes_back():
    assert decode_claims(encode_claims(claims(uscc=None))).uscc is None


def test_a_usual_payload_is_what_cbor2_writes_canonically():
    payload = encode_claims(claims())
    assert cbor2.dumps(cbor2.loads(payload), canonical=True) == payload
    assert len(payload) <= 135


def test_times_are_kept_in_whole_utc_seconds():
    assert claims(issued_at=NOW + timedelta(microseconds=5)).issued_at == NOW
    with pytest.raises(ValueError, match="naive"):
        claims(issued_at=NOW.replace(tzinfo=None))


def test_the_uscc_takes_twelve_bytes():
    for uscc in ("91310000MA1FL0TE5T", "0" * 18, "Y" * 18):
        assert len(pack_uscc(uscc)) == 12
        assert unpack_uscc(pack_uscc(uscc)) == uscc


@pytest.mark.parametrize("bad", [b"\xff" * 12, bytes(11), 5, "text"])
def test_a_packed_uscc_that_is_none_is_refused(bad):
    with pytest.raises(ClaimsError):
        unpack_uscc(bad)


@pytest.mark.parametrize(
    "changes",
    [
        {"cti": b"short"},
        {"kind": "contact"},
        {"uscc": "91310000MA1FL0TEST"},
        {"items": (0, 5)},
        {"items": (-1,)},
        {"items": (2**32,)},
        {"certificates": ("",)},
        {"enterprise_name": ""},
        {"enterprise_name": "甲\u202e乙"},
        {"enterprise_name": "甲\ud800"},
        {"enterprise_name": "甲\n乙"},
        {"expires_at": NOW - timedelta(days=3)},
    ],
)
def test_claims_that_no_code_may_carry_are_not_written(changes):
    with pytest.raises(ClaimsError):
        encode_claims(claims(**changes))


def test_cleaning_makes_any_name_writable():
    name = clean_text(" 甲\u202e乙\x00\ud800 ")
    assert name == "甲乙"
    encode_claims(claims(enterprise_name=name))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x18\x17",  # 23 in two bytes
        b"\x19\x00\xff",
        b"\x1b\x00\x20\x00\x00\x00\x00\x00\x00",  # 2^53
        b"\x9f\xff",  # indefinite array
        b"\x5f\x41a\xff",
        b"\xbf\xff",
        b"\x01\x01",  # trailing
        b"\xa2\x01\x01\x01\x02",  # twice the same key
        b"\xa2\x02\x01\x01\x02",  # out of order
        b"\xa1\x80\x01",  # an array as key
        b"\xc0\x60",  # a tag
        b"\xf5",
        b"\xf9\x00\x00",
        b"\x61\xff",
        b"\x62a",
        b"\x42a",
        b"\x81",
        b"\x9a\x7f\xff\xff\xff",
        b"\x1c",
        b"\x81" * 200 + b"\x01",
    ],
)
def test_other_cbor_is_refused(data):
    with pytest.raises(CborError):
        read(data)


@pytest.mark.parametrize(
    "value", [0, 23, 24, 255, 256, 65536, 2**32, -1, -275, b"", "检查码", [], {1: [None]}, {"a": 1}]
)
def test_deterministic_cbor_is_read(value):
    assert read(cbor2.dumps(value, canonical=True)) == value


def _payload(**changes):
    values = cbor2.loads(encode_claims(claims()))
    values.update({int(k[1:].replace("_", "-")): v for k, v in changes.items()})
    return cbor2.dumps(values)


@pytest.mark.parametrize(
    "payload",
    [
        b"\xa0",
        b"\x80",
        _payload(k4=-1),
        _payload(k4="soon"),
        _payload(k4=2**40),
        _payload(k7=bytes(15)),
        _payload(k_275=[2, 0, None, [], [], "甲"]),
        _payload(k_275=[1, 2, None, [], [], "甲"]),
        _payload(k_275=[1, 0, None, [], [], "甲", 1]),
        _payload(k_275=[1, 0, None, {}, [], "甲"]),
        _payload(k_275=[1, 0, None, [b"1"], [], "甲"]),
        _payload(k_275=[1, 0, None, [], [1], "甲"]),
        _payload(k_275=[1, 0, None, [], [], b"1"]),
        _payload(k_275={}),
        _payload(k8=1),
    ],
)
def test_claims_of_another_shape_are_refused(payload):
    with pytest.raises(ClaimsError):
        decode_claims(payload)
