"""The notice that an enterprise posts: what it must say, and that its own QR leads to the scanner."""

import io
import re

import numpy as np
import zxingcpp
from PIL import Image

from app.domain.codes.draw import code_matrix, png
from app.services.trust import roots, unit_keys
from tests.house import House


def test_the_notice_shows_the_fingerprint_the_phones_and_where_to_type(house: House) -> None:
    house.perform(unit_keys.renew_lists)
    page = house.client().get("/notice").text
    with house.installation.reading() as session:
        fingerprint = roots.fingerprint(session)
    shown = "".join(re.findall(r"<span>([0-9a-f]{4})</span>", page))
    assert shown == fingerprint[:32]
    for said in ("99-55550101", "12345", "http://localhost/scan/", "短码", "六位数字", "指纹"):
        assert said in page, said
    assert "您可以拒绝" not in page  # that is for the jurisdiction to say
    assert 'rel="stylesheet" href="/static/css/notice.css?v=' in page


def test_the_qr_of_the_notice_leads_to_the_scanner(house: House) -> None:
    picture = np.array(Image.open(io.BytesIO(png(code_matrix("http://localhost/scan/")))).convert("L"))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["http://localhost/scan/"]
    drawn = re.search(r'stroke="#000" d="([^"]+)"', house.client().get("/notice").text)
    assert drawn and drawn.group(1) in _svg("http://localhost/scan/")


def _svg(text: str) -> str:
    from app.domain.codes.draw import svg

    return svg(code_matrix(text))


def test_without_a_key_list_the_notice_says_what_is_missing_and_invents_no_fingerprint(house: House) -> None:
    page = house.client().get("/notice").text
    assert "根证书还没有公布" in page and "<span>" not in page.split("fingerprint")[-1][:50]


def test_the_notice_in_english(house: House) -> None:
    client = house.client()
    client.set_cookie("lang", "en")
    page = client.get("/notice").text
    assert "Scan and check first" in page and "三步" not in page


def test_the_doors_lead_to_the_notice(house: House) -> None:
    code = house.approved().code.short_code
    for path in ("/", f"/q/{code}"):
        assert 'href="/notice"' in house.client().get(path).text
