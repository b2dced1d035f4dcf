"""Short codes forgive handwriting and notice slips; comparison numbers are fair and fresh."""

import os

import pytest

from app.domain.codes.challenge import LIFETIME, format_digits, make_digits
from app.domain.codes.short import display_short_code, make_short_code, normalise_short_code
from app.domain.ids import CROCKFORD

CODE = make_short_code(bytes(range(7)))


def test_a_short_code_has_eleven_characters():
    assert len(CODE) == 11
    assert normalise_short_code(CODE) == CODE
    assert display_short_code("ABCDEFGHJKM") == "ABCD-EFGH-JKM"


def test_it_can_be_typed_in_many_ways():
    code = make_short_code(b"\x00\x44\x32\x14\xc7\x42\x54")
    assert "0" in code and "1" in code
    for typed in (
        code.lower(),
        display_short_code(code),
        " ".join(code),
        code.replace("0", "o").replace("1", "l"),
        code.replace("1", "I"),
        "".join(chr(ord(c) + 0xFEE0) for c in code),  # full-width, as Chinese keyboards write
        code[:4] + "—" + code[4:],
    ):
        assert normalise_short_code(typed) == code


def test_every_single_slip_and_every_swap_is_noticed():
    for _ in range(5):
        code = make_short_code(os.urandom(7))
        for i in range(11):
            slips = [code[:i] + c + code[i + 1 :] for c in CROCKFORD if c != code[i]]
            for j in range(i):
                swapped = list(code)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                slips += ["".join(swapped)] if swapped != list(code) else []
            assert not any(normalise_short_code(slip) for slip in slips)


@pytest.mark.parametrize("text", ["", "ABC", "U" * 11, CODE + "0", "检查码", "x" * 500])
def test_other_text_is_no_short_code(text):
    assert normalise_short_code(text) is None


def test_too_little_randomness_is_refused():
    with pytest.raises(ValueError, match="seven"):
        make_short_code(b"123456")


def test_comparison_numbers_are_six_digits_and_avoid_open_ones():
    draws = iter([b"\x00\x00\x07", b"\xff\xff\xff", b"\x00\x00\x08"])
    assert make_digits(lambda n: next(draws), taken={"000007"}) == "000008"
    assert format_digits("482917") == "482 917"
    assert LIFETIME.total_seconds() == 120
