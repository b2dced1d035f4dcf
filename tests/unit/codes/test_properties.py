"""What holds for every code: it comes back as it went, and nothing that was changed is believed."""

import os
import random
import time
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.codes.cbor import CborError, read
from app.domain.codes.claims import ClaimsError, clean_text, decode_claims, encode_claims
from app.domain.codes.classify import classify
from app.domain.codes.draw import code_matrix
from app.domain.codes.es256 import Es256
from app.domain.codes.short import make_short_code, normalise_short_code
from app.domain.codes.token import code_url, fit_name, from_digits, issue_token, signed_digest, to_digits
from app.domain.codes.verify import Verdict, verify
from app.domain.enterprises import ALPHABET

from .cast import BASE, NOW, YJJ_KEY, claims, entry, key_list

MUTATIONS = int(os.environ.get("JCM_MUTATIONS", "10000"))  # `make soak` tries a million
SLOWEST = 0.005  # seconds of the processor: what waits for a machine that others use is not the verifier's
KEYS = key_list(entry(YJJ_KEY, not_before=datetime(1971, 1, 1, tzinfo=UTC), not_after=datetime(2107, 1, 1, tzinfo=UTC)))
TOKEN = issue_token(claims(), YJJ_KEY)
OTHER_FORM = TOKEN[:-32] + (Es256._ORDER - int.from_bytes(TOKEN[-32:], "big")).to_bytes(32, "big")

# What a code can say ends in February 2106, and a window of 5,000 hours with it.
instants = st.datetimes(datetime(1971, 1, 1), datetime(2105, 7, 1), timezones=st.just(UTC))
any_claims = st.builds(
    lambda start, hours, **rest: claims(not_before=start, expires_at=start + timedelta(hours=hours), **rest),
    start=instants,
    hours=st.integers(1, 5000),
    cti=st.binary(min_size=16, max_size=16),
    issued_at=instants,
    kind=st.sampled_from(["planned", "triggered"]),
    uscc=st.none() | st.text(ALPHABET, min_size=18, max_size=18),
    items=st.lists(st.integers(1, 2**32 - 1), max_size=60).map(tuple),
    certificates=st.lists(st.text(max_size=40), max_size=12).map(tuple),
    enterprise_name=st.text(max_size=120),
)


@given(any_claims)
@settings(max_examples=150, deadline=None)
def test_any_inspection_gets_a_code_that_can_be_drawn_and_verifies(wanted):
    fitted = fit_name(wanted, BASE)
    token = issue_token(fitted, YJJ_KEY)
    assert from_digits(to_digits(token)) == token
    assert len(code_matrix(code_url(BASE, token))) <= 17 + 4 * 13
    result = verify(code_url(BASE, token), KEYS, None, fitted.not_before, fitted.uscc)
    assert (result.verdict, result.claims) == (Verdict.VALID, fitted)
    assert decode_claims(encode_claims(fitted)) == fitted
    assert fitted.uscc == wanted.uscc
    shown = fitted.enterprise_name.removesuffix("…")
    assert clean_text(wanted.enterprise_name).startswith(shown)


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_the_reader_takes_any_bytes_without_another_error(data):
    for reader, refusal in ((read, CborError), (decode_claims, ClaimsError)):
        try:
            reader(data)
        except refusal:
            continue


@given(st.text(max_size=300) | st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_nothing_that_strangers_send_raises(presented):
    assert verify(presented, KEYS, lambda cti: None, NOW).verdict != Verdict.VALID
    if isinstance(presented, str):
        classify(presented)
        normalise_short_code(presented)


@given(st.binary(min_size=7, max_size=7))
def test_any_short_code_comes_back(data):
    code = make_short_code(data)
    assert normalise_short_code(code.lower()) == code


def _mutated(rng: random.Random) -> bytes:
    token = bytearray(TOKEN)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at = rng.randrange(len(token))
        match rng.randrange(5):
            case 0 | 1:
                token[at] ^= 1 << rng.randrange(8)
            case 2:
                token[at] = rng.randrange(256)
            case 3:
                del token[at]
            case 4:
                token.insert(at, rng.randrange(256))
    return bytes(token)


def _seconds(mutated: bytes) -> float:
    """What verifying costs; refuses to be believed."""
    began = time.thread_time()
    result = verify(mutated, KEYS, None, NOW)
    cost = time.thread_time() - began
    assert result.verdict != Verdict.VALID and result.claims is None, mutated.hex()
    return cost


def test_no_mutated_token_is_believed_and_none_takes_long():
    """Bits, bytes, insertions and losses anywhere; offline, so that no register can help."""
    rng = random.Random(20261124)
    began, slowest = time.monotonic(), 0.0
    for _ in range(MUTATIONS):
        mutated = _mutated(rng)
        if mutated == TOKEN:  # the change undid itself
            continue
        cost = _seconds(mutated)
        if cost >= SLOWEST:  # a collection of garbage fell into it: what is slow by its content is slow again
            cost = min(_seconds(mutated) for _ in range(3))
        slowest = max(slowest, cost)
    assert slowest < SLOWEST
    print(
        f"{MUTATIONS} mutated tokens, none believed, slowest {slowest * 1000:.2f} ms, in {time.monotonic() - began:.0f} s"
    )


def test_no_changed_digit_is_believed():
    digits = to_digits(TOKEN)
    for at, old in enumerate(digits):
        for new in "0123456789".replace(old, ""):
            assert verify(digits[:at] + new + digits[at + 1 :], KEYS, None, NOW).verdict != Verdict.VALID


def test_the_one_other_form_says_the_same():
    """ECDSA's (r, n−s) needs no key. It verifies, and is the same code: same claims, same identity, same digest."""
    result = verify(OTHER_FORM, KEYS, None, NOW)
    assert (result.verdict, result.claims) == (Verdict.VALID, claims())
    assert signed_digest(OTHER_FORM) == signed_digest(TOKEN)
