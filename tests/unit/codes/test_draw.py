"""What is drawn can be read by a decoder that is not ours."""

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from qrcode.util import BIT_LIMIT_TABLE

from app.domain.codes.capacity import _CODEWORDS_M, segment_bits, smallest_version
from app.domain.codes.draw import TooMuchForQr, code_matrix, png, svg
from app.domain.codes.token import code_url, issue_token

from .cast import BASE, YJJ_KEY, claims

URL = code_url(BASE, issue_token(claims(), YJJ_KEY))


def _read(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(np.array(image.convert("L")))
    return found[0].text if found else None


@pytest.mark.parametrize("module_px", [2, 3, 8])
def test_the_png_is_read_back(module_px):
    image = Image.open(io.BytesIO(png(code_matrix(URL), module_px)))
    assert image.mode == "1"
    assert image.width == image.height == (61 + 8) * module_px
    assert _read(image) == URL


def test_the_svg_draws_the_same_modules_without_any_style():
    matrix = code_matrix(URL)
    text = svg(matrix, "检查码 <1>")
    root = ET.fromstring(text)
    assert "style" not in text
    assert root.find("{*}title").text == "检查码 <1>"
    drawn = np.zeros((69, 69), dtype=bool)
    for row in root.findall("{*}path")[1].get("d").split("M")[1:]:
        x, y = int(row.split()[0]), int(float(re.match(r"\d+ ([\d.]+)", row).group(1)) - 0.5)
        for step, length in re.findall(r"([hm])(\d+)(?: 0)?", row):
            drawn[y, x : x + int(length)] = step == "h"
            x += int(length)
    assert (drawn[4:-4, 4:-4] == np.array(matrix)).all()
    assert drawn.sum() == np.array(matrix).sum()


def test_a_usual_code_is_version_11():
    assert len(code_matrix(URL)) == 17 + 4 * 11


@pytest.mark.parametrize("text", ["https://jcm.example.gov.cn/scan/", "12345678901234567890", "检查码"])
def test_other_texts_can_be_drawn_too(text):
    assert _read(Image.open(io.BytesIO(png(code_matrix(text), 6)))) == text


def test_above_version_13_is_an_error():
    code_matrix(BASE + "/q/" + "1" * 700)
    with pytest.raises(TooMuchForQr):
        code_matrix(BASE + "/q/" + "1" * 800)


@pytest.mark.parametrize("module_px", [0, 41])
def test_silly_sizes_are_refused(module_px):
    with pytest.raises(ValueError, match="pixels"):
        png([[True]], module_px)


def test_the_capacity_table_is_the_librarys():
    assert [8 * n for n in _CODEWORDS_M] == BIT_LIMIT_TABLE[0][1:14]
    assert segment_bits(29, 528, 11) <= 8 * 254 < segment_bits(29, 530, 11)
    assert smallest_version(29, 528) == 11
