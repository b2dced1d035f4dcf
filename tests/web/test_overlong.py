"""What an attack by hand found: numbers that are none or too long, a workbook made to be slow, and an id of nobody."""

import time
from datetime import date

import pytest

from app.domain import plan_text
from app.domain.errors import Invalid
from app.domain.plans import YEARLY, Content
from app.operating.logs import masked
from app.services.imports.workbook import _Styles
from app.web.plans import forms
from tests.house import House

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # refused before the database
YEAR = Content("2026", YEARLY, date(2026, 1, 1), date(2026, 12, 31), (), (), None)
ODD = ("1" * 5000, "\U00010a40", "²", "①" * 9)  # longer than int() takes; digits that int() does not read


@pytest.mark.parametrize("text", ODD)
def test_a_cell_of_a_plan_with_odd_digits_says_nothing_or_a_number(text: str) -> None:
    assert plan_text.read_date(text) is None
    assert plan_text.read_period(text, 2026) is None
    for read in (plan_text.read_cap, plan_text.read_objects, plan_text.read_joint):
        read(text)


@ONE
def test_odd_digits_are_a_sentence_wherever_a_year_or_a_number_is_asked(house: House) -> None:
    client, bearer = house.client(), house.bearer("inspector")
    for text in ODD:
        answer = client.get("/api/v1/plans", query_string={"year": text}, headers=bearer)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "wrong_type")
        assert client.get("/plans", query_string={"year": text}).status_code == 200
    row = dict.fromkeys(forms.LINE_FIELDS, "") | {"item": "YJ-01"} | dict.fromkeys(("wanted", "cap"), "\U00010a40")
    with pytest.raises(Invalid, match="plan_import_number"):
        forms.line(row, YEAR)


def test_no_text_makes_reading_slow() -> None:
    """Each took a second or more; the square of the length, so a megabyte would have taken an hour."""
    slow = (
        (lambda: plan_text.read_period("(" * 30_000, 2026)),
        (lambda: masked("1-" * 15_000)),
        (lambda: masked("a." * 15_000)),
        (lambda: _Styles().start("numFmt", {"formatCode": "[" * 30_000, "numFmtId": "200"})),
    )
    for act in slow:
        begin = time.process_time()
        act()
        assert time.process_time() - begin < 0.25


def test_mail_addresses_are_masked_as_before() -> None:
    assert masked("to li.ming+x@mail.example.com, (a@b.cn)") == "to …@…, (…@…)"


@ONE
def test_a_deputy_of_nobody_or_of_another_unit_is_not_there(house: House) -> None:
    assert house.signed_in("head").post("/inspect/deputies/x/end").status_code == 404
