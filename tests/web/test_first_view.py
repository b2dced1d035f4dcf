"""The budget of what an enterprise's phone loads first: 60 kB on the wire, and readable before any script ran."""

import re
from posixpath import dirname, join, normpath

import pytest
from flask.testing import FlaskClient

from app.services.trust import codes
from app.web.published.views import scanner_files
from tests.house import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter
BUDGET = 60_000
LOADED = re.compile(r"""<(?:link|script|img)[^>]+(?:href|src)="([^"]+)\"""")
IMPORTED = re.compile(rb"""(?:from|import)\s*["'](\.[^"']+)["']""")
LISTS = 12_000  # of it for the signed lists that the scanner fetches: 2.5 kB for ten units, by some 80 bytes a key


def on_the_wire(client: FlaskClient, page: str) -> tuple[int, list[str]]:
    """Bytes of the page and of everything it loads, headers too, as a browser that takes gzip receives them."""
    waiting, seen, total = [page], [], 0
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.append(address)
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, address
        total += len(answer.data) + len(str(answer.headers))
        answer.close()
        plain = client.get(address)
        if address == page:
            waiting += [found for found in LOADED.findall(plain.text) if found.startswith("/")]
        if address.partition("?")[0].endswith(".js"):
            waiting += [normpath(join(dirname(address), found.decode())) for found in IMPORTED.findall(plain.data)]
        plain.close()
    return total, seen


def _code(house: House) -> str:
    inspection = house.approved()
    with house.installation.reading() as session:
        drawn = codes.drawn(session, inspection, "")
    assert drawn is not None
    return drawn.url


def test_what_a_phone_loads_that_scans_a_code_is_small(house: House) -> None:
    total, seen = on_the_wire(house.client(), _code(house))
    assert total <= BUDGET / 3 and len(seen) <= 5, (total, seen)  # twelve kilobytes in 2026


def test_the_scanner_page_is_small_with_all_that_it_needs_to_verify_offline(house: House) -> None:
    if not scanner_files():
        pytest.skip("the scanner page was not built: no Node")
    total, seen = on_the_wire(house.client(), "/scan/")
    assert total <= BUDGET - LISTS and "/scan/app.js" in seen, (total, seen)


def test_the_verdict_is_read_before_any_script(house: House) -> None:
    """Nothing that blocks but one style sheet; the word of the verdict stands in the first quarter of the page's bytes."""
    page = house.client().get(_code(house)).text
    rows = [f"<dt>{word}" for word in ("单位", "人员", "对象", "时间", "只查")]
    order = ["已登记并经批准", *rows, "您可以这样说", "他们已到场", "登记的证明"]
    places = [page.index(part) for part in order]
    assert places == sorted(places), "who comes is read before what may be pressed"
    assert page.count('rel="stylesheet"') == 1
    assert all('type="module"' in script for script in re.findall(r"<script[^>]*>", page))
    assert "<style" not in page and not re.search(
        r"<img(?![^>]+width)", page
    )  # pictures without a size make a page jump
