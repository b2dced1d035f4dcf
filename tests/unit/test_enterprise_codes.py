"""What an officer scans or types names one enterprise, or says why not; pure."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.enterprise_codes import (
    display_enterprise_code,
    make_enterprise_code,
    named_enterprise,
    normalise_enterprise_code,
)
from app.domain.enterprises import address_key
from app.domain.errors import Invalid
from tests.house import uscc

CODE = make_enterprise_code(random.Random(5).randbytes(7))


@pytest.mark.parametrize(
    "text",
    [
        CODE, CODE.lower(), display_enterprise_code(CODE), f" {CODE}\n", f"https://jcm.example.cn/e/{CODE}",
        f"http://127.0.0.1:8000/e/{CODE}/", f"HTTPS://JCM.EXAMPLE.CN/e/{CODE}?from=wechat#x", f"https://x.cn/jcm/e/{CODE}",
    ],
)  # fmt: skip
def test_a_code_is_understood_however_it_is_written(text: str) -> None:
    named = named_enterprise(text)
    assert (named.by, named.value) == ("enterprise_code", CODE)


def test_a_wrong_character_is_noticed() -> None:
    wrong = ("0" if CODE[0] != "0" else "1") + CODE[1:]
    assert normalise_enterprise_code(wrong) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://www.gsxt.gov.cn/indexReduction?uniscid={}&source=qr",
        "统一社会信用代码：{}；名称：云汀示例一店；",
        "名称:云汀示例一店\n代码:{}\n",
        "https://zzcx.example/qr?d=%E4%BB%A3%E7%A0%81%3D{}%3B",
        '{{"name":"云汀示例一店","uniscid":"{}"}}',
    ],
)
def test_a_licence_is_read_and_no_link_followed(text: str) -> None:
    named = named_enterprise(text.format(uscc(1)))
    assert (named.by, named.value) == ("licence", uscc(1))


def test_a_uscc_inside_a_longer_word_is_none() -> None:
    with pytest.raises(Invalid, match="no_uscc_in_text"):
        named_enterprise(f"https://x.cn/?d=A{uscc(1)}")


@given(st.text(max_size=300))
def test_whatever_is_scanned_names_something_or_is_refused_with_a_reason(text: str) -> None:
    try:
        named_enterprise(text)
    except Invalid as error:
        assert error.field == "text"


@pytest.mark.parametrize(
    "text", ["示例市云汀区示例路12号", "云汀区示例路 12 号", "示例路１２号", "示例市云汀区，示例路12号。"]
)
def test_an_address_is_compared_without_what_stands_in_front_of_it(text: str) -> None:
    assert address_key(text) == "示例路12号"


@pytest.mark.parametrize("text", [None, "", "云汀区", "示例市云汀区示例路", "12"])
def test_what_names_no_house_is_compared_with_nothing(text: str | None) -> None:
    assert address_key(text) is None
