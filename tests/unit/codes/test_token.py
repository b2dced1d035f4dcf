"""The token is an ordinary CWT in COSE_Sign1, and its number has one form."""

from datetime import UTC, datetime

import cwt
import pytest
from cryptography.hazmat.primitives import serialization
from pycose.keys import EC2Key
from pycose.messages import Sign1Message

from app.domain.codes.capacity import smallest_version
from app.domain.codes.claims import MORE, MORE_ITEMS, MalformedCode, decode_claims
from app.domain.codes.keys import SigningKey
from app.domain.codes.suites import KeyFormatError, unb64url
from app.domain.codes.token import (
    TokenTooLarge,
    code_url,
    digit_count,
    fit_name,
    from_digits,
    issue_token,
    masked,
    open_token,
    to_digits,
)

from .cast import BASE, YJJ_KEY, claims


def _version(token: bytes, base: str = BASE) -> int | None:
    return smallest_version(len(base + "/q/"), len(to_digits(token)))


def test_the_cwt_library_reads_our_token():
    """Its own clock decides on nbf and exp, so the window is a wide one."""
    wide = claims(not_before=datetime(2020, 1, 1, tzinfo=UTC), expires_at=datetime(2105, 1, 1, tzinfo=UTC))
    pem = YJJ_KEY.public().key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    said = cwt.decode(issue_token(wide, YJJ_KEY), cwt.COSEKey.from_pem(pem, kid=YJJ_KEY.kid))
    assert said[7] == wide.cti
    assert said[4] == int(wide.expires_at.timestamp())
    assert said[-275][5] == wide.enterprise_name


def test_pycose_reads_our_token():
    message = Sign1Message.decode(issue_token(claims(), YJJ_KEY))
    jwk = YJJ_KEY.public().jwk()
    message.key = EC2Key(crv="P_256", x=unb64url(jwk["x"]), y=unb64url(jwk["y"]))
    assert message.verify_signature()
    assert decode_claims(message.payload) == claims()


def test_issuing_is_a_pure_function_of_claims_and_key():
    assert issue_token(claims(), YJJ_KEY) == issue_token(claims(), YJJ_KEY)


def test_a_usual_token_takes_217_bytes():
    assert len(issue_token(claims(), YJJ_KEY)) == 217


def test_digits_and_back():
    token = issue_token(claims(), YJJ_KEY)
    digits = to_digits(token)
    assert from_digits(digits) == token
    assert len(digits) == digit_count(len(token))
    assert from_digits(to_digits(bytes(5))) == bytes(5)


@pytest.mark.parametrize(
    "digits", ["", "12", "0" * 2000, "999", "１" * 10, "-12", "1_0", "+1234", " 12", "٣٣٣", "9" * 523, "2" * 522]
)
def test_numbers_of_another_form_are_refused(digits):
    with pytest.raises(MalformedCode):
        open_token(from_digits(digits))


def test_a_leading_zero_more_or_less_is_refused():
    digits = to_digits(issue_token(claims(), YJJ_KEY))
    for changed in ("0" + digits, digits[1:], digits + "0"):
        with pytest.raises(MalformedCode):
            open_token(from_digits(changed))


def test_the_url_is_an_ordinary_one():
    token = issue_token(claims(), YJJ_KEY)
    assert code_url(BASE + "/", token) == f"{BASE}/q/{to_digits(token)}"


def test_a_usual_code_stays_in_version_11_with_the_whole_name():
    fitted = fit_name(claims(), BASE)
    assert fitted == claims()
    assert _version(issue_token(fitted, YJJ_KEY)) == 11


def test_large_item_numbers_cost_the_name_a_few_characters_and_not_a_version():
    fitted = fit_name(claims(items=(3001, 3002, 3003)), BASE)
    assert fitted.enterprise_name.endswith(MORE)
    assert len(fitted.enterprise_name) >= 12
    assert _version(issue_token(fitted, YJJ_KEY)) == 11


def test_a_long_name_is_shortened():
    fitted = fit_name(claims(enterprise_name="很" * 300), BASE)
    assert fitted.enterprise_name.endswith(MORE)
    assert _version(issue_token(fitted, YJJ_KEY)) == 11


def test_many_items_take_a_larger_version_rather_than_the_name():
    fitted = fit_name(claims(items=tuple(range(100, 120))), BASE)
    assert fitted.items == tuple(range(100, 120))
    assert fitted.enterprise_name == claims().enterprise_name
    assert _version(issue_token(fitted, YJJ_KEY)) in (12, 13)


def test_more_than_any_code_holds_is_cut_and_says_so():
    crowd = claims(items=tuple(range(1, 500)), certificates=("09010100123",) * 20, enterprise_name="很" * 300)
    fitted = fit_name(crowd, BASE)
    assert len(fitted.items) > 20
    assert fitted.items[-1] == MORE_ITEMS
    assert fitted.certificates[-1] == MORE
    assert fitted.certificates[:2] == crowd.certificates[:2]
    assert _version(issue_token(fitted, YJJ_KEY)) == 13


def test_absurd_certificate_numbers_go_before_the_last_items():
    fitted = fit_name(claims(items=tuple(range(1, 30)), certificates=("执法证号" * 10,) * 2), BASE)
    assert fitted.certificates == (MORE,)
    assert _version(issue_token(fitted, YJJ_KEY)) <= 13


def test_a_name_of_nothing_but_controls_still_makes_a_code():
    assert fit_name(claims(enterprise_name="\x00", certificates=("\u200b",)), BASE).enterprise_name == MORE


def test_an_address_that_leaves_no_room_is_an_error():
    with pytest.raises(TokenTooLarge):
        fit_name(claims(), "https://" + "x" * 250 + ".cn")


def test_keys_survive_storage():
    for again in (SigningKey.from_der("ES256", YJJ_KEY.to_der()), SigningKey.from_pem("ES256", YJJ_KEY.to_pem())):
        assert again.kid == YJJ_KEY.kid
        assert issue_token(claims(), again) == issue_token(claims(), YJJ_KEY)
    assert len(YJJ_KEY.kid) == 8
    assert SigningKey.generate().kid != YJJ_KEY.kid


@pytest.mark.parametrize("pem", ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_other_text_is_no_key(pem):
    with pytest.raises(KeyFormatError):
        SigningKey.from_pem("ES256", pem)
    with pytest.raises(KeyFormatError):
        SigningKey.from_der("ROT13", YJJ_KEY.to_der())


def test_the_masked_form_says_nothing():
    assert len(masked(bytes(16))) == 16
    assert masked(bytes(16)) != bytes(16).hex()[:16]
