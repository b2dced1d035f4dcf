"""The second suite, held against the national example, a reference written out from the standard, and GmSSL."""

import os

import cbor2
import pytest

from app.domain.codes import openssl
from app.domain.codes.keys import PublicKey, SigningKey
from app.domain.codes.sm2 import SIGNER_ID, Sm2Public, available
from app.domain.codes.suites import ES256, SM2_SM3, KeyFormatError
from app.domain.codes.token import fit_name, issue_token
from app.domain.codes.verify import Verdict, verify
from tests.vectors import sm2_reference

from .cast import BASE, NOW, YJJ_KEY, claims, entry, key_list, register_of, test_key

# GB/T 32918.5-2017, annex A.2: private key, nonce, message, r, s.
SCALAR = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
MESSAGE = b"message digest"
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
POINT = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
KEY = test_key("YT-WJW", "SM2-SM3")
TOKEN = issue_token(claims(), KEY)


def test_this_machine_has_it():
    assert available()


def test_the_national_example_verifies():
    assert SM2_SM3.verify(Sm2Public(POINT), MESSAGE, SIGNATURE)
    assert not SM2_SM3.verify(Sm2Public(POINT), MESSAGE + b".", SIGNATURE)
    assert not SM2_SM3.verify(Sm2Public(POINT), MESSAGE, SIGNATURE[::-1])


def test_the_national_example_comes_out_of_the_reference():
    assert sm2_reference.sign(SCALAR, MESSAGE, nonce=NONCE) == SIGNATURE


def test_the_public_key_is_computed_from_the_private_one():
    der = SM2_SM3.to_pkcs8(KEY.private).replace(KEY.private.scalar, SCALAR).replace(KEY.private.point, POINT)
    assert SigningKey.from_der("SM2-SM3", der).public().key.point == POINT


def test_gmssl_agrees_in_both_directions():
    gmssl = pytest.importorskip("gmssl_pyx")
    scalar, point = KEY.private.scalar, KEY.private.point
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    ours = KEY.sign(MESSAGE)
    der = encode_dss_signature(int.from_bytes(ours[:32], "big"), int.from_bytes(ours[32:], "big"))
    assert gmssl.sm2_verify(point, MESSAGE, der, SIGNER_ID)
    r, s = decode_dss_signature(gmssl.sm2_sign(scalar, point, MESSAGE, SIGNER_ID))
    assert KEY.public().verify(MESSAGE, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def test_another_signer_id_makes_another_signature():
    other = sm2_reference.sign(KEY.private.scalar, MESSAGE, signer_id=b"")
    assert not KEY.public().verify(MESSAGE, other)


def test_no_two_signatures_share_a_nonce():
    assert KEY.sign(MESSAGE)[:32] != KEY.sign(MESSAGE)[:32]


def test_keys_survive_storage():
    again = SigningKey.from_pem("SM2-SM3", KEY.to_pem())
    assert again == KEY
    assert PublicKey.from_jwk("SM2-SM3", KEY.public().jwk()).kid == KEY.kid
    assert SigningKey.generate("SM2-SM3").kid != KEY.kid
    assert KEY.private.scalar.hex() not in repr(KEY)


@pytest.mark.parametrize("der", [b"", b"x" * 138, YJJ_KEY.to_der(), KEY.to_der()[:-1], KEY.to_der() + b"\0"])
def test_other_bytes_are_no_key(der):
    with pytest.raises(KeyFormatError):
        SigningKey.from_der("SM2-SM3", der)


@pytest.mark.parametrize(
    "change", [{"crv": "P-256"}, {"kty": "RSA"}, {"x": "AAAA"}, {"x": None}, {"y": "B" * 43}, {"x": "*" * 43}]
)
def test_other_jwks_are_no_key(change):
    with pytest.raises(KeyFormatError):
        PublicKey.from_jwk("SM2-SM3", KEY.public().jwk() | change)
    if "crv" not in change:
        with pytest.raises(KeyFormatError):
            PublicKey.from_jwk("ES256", YJJ_KEY.public().jwk() | change)


def test_a_token_of_the_suite_verifies():
    keys = key_list(entry(KEY), entry(YJJ_KEY))
    assert verify(TOKEN, keys, register_of(TOKEN), NOW).verdict == Verdict.VALID
    altered = TOKEN.replace("餐饮".encode(), "饭店".encode())
    assert verify(altered, keys, register_of(TOKEN), NOW).verdict == Verdict.BAD_SIGNATURE


def test_the_suite_is_the_keys_and_never_the_tokens():
    """A P-256 key listed as SM2 and the reverse: neither verifies what the other signed."""
    for key, suite in ((KEY, "ES256"), (YJJ_KEY, "SM2-SM3")):
        token = issue_token(claims(), key)
        keys = key_list(entry(key, suite=suite))
        assert verify(token, keys, register_of(token), NOW).verdict == Verdict.UNKNOWN_KEY
    mislabelled = TOKEN.replace(cbor2.dumps(SM2_SM3.cose_alg), cbor2.dumps(ES256.cose_alg))
    mislabelled = mislabelled.replace(b"\xd2\x84\x51", b"\xd2\x84\x4d")  # the shorter header
    assert verify(mislabelled, key_list(entry(KEY)), None, NOW).verdict == Verdict.BAD_SIGNATURE


def test_the_name_makes_room_for_the_longer_header():
    fitted = fit_name(claims(), BASE, SM2_SM3)
    assert len(issue_token(fitted, KEY)) <= 219
    assert fit_name(claims(), BASE, ES256) == claims()


def test_a_machine_without_it_knows_no_such_key(monkeypatch):
    def missing():
        raise openssl.SuiteUnavailable("none")

    monkeypatch.setattr(openssl, "_library", missing)
    assert verify(TOKEN, key_list(entry(KEY)), None, NOW).verdict == Verdict.UNKNOWN_KEY
    assert not available()


def test_a_signature_of_another_length_is_none():
    for key in (KEY, YJJ_KEY):
        assert not key.public().verify(MESSAGE, os.urandom(63))
