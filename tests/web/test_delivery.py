"""Static files have addresses that name their content and are kept for a year; text travels compressed, unchanged inside."""

import gzip
import re
from typing import Any

import pytest

from app.services.transparency import log
from app.services.trust import codes, unit_keys
from tests.house import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def _get(house: House, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Any:
    """The answer, read and closed: files are open until then."""
    answer = house.client().open(path, headers=headers, method=method)
    assert answer.data is not None
    answer.close()
    return answer


def test_a_page_names_the_content_of_its_files_and_browsers_keep_them_for_a_year(house: House) -> None:
    addresses = re.findall(r'"(/static/[^"]+)"', _get(house, "/").text)
    assert len(addresses) > 1 and all("?v=" in address for address in addresses)
    for address in addresses:
        assert _get(house, address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
        plain = address.split("?")[0]
        for other in (plain, f"{plain}?v=0000000000"):
            assert _get(house, other).headers["Cache-Control"] == "no-cache"


def test_a_module_that_others_import_has_one_address_only(house: House) -> None:
    with house.app.test_request_context():
        assert house.app.url_for("static", filename="js/kept.js") == "/static/js/kept.js"
        assert "?v=" in house.app.url_for("static", filename="js/apply.js")


@pytest.mark.parametrize("path", ["/", "/static/css/app.css", "/api/v1/openapi.json", "/no/such/page"])
def test_a_compressed_answer_is_the_plain_one_inside(house: House, path: str) -> None:
    plain, small = _get(house, path), _get(house, path, GZIP)
    if plain.status_code != 200:
        assert "Content-Encoding" not in small.headers
        return
    assert small.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in small.headers["Vary"]
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) * 0.7
    if path != "/":  # a page carries a request's own things
        assert gzip.decompress(small.data) == plain.data
    assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain.headers["Vary"]


def test_what_does_not_gain_or_was_not_asked_for_stays_plain(house: House) -> None:
    for path, headers in (
        ("/healthz", GZIP), ("/static/css/app.css", {"Accept-Encoding": "gzip;q=0"}),
        ("/static/css/app.css", GZIP | {"Range": "bytes=0-9"}),
    ):  # fmt: skip
        assert "Content-Encoding" not in _get(house, path, headers).headers, path
    assert "Content-Encoding" not in _get(house, "/static/css/app.css", GZIP, "HEAD").headers


def test_a_kept_file_is_not_sent_again(house: House) -> None:
    etag = _get(house, "/static/css/app.css", GZIP).headers["ETag"]
    again = _get(house, "/static/css/app.css", GZIP | {"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


SELDOM = (
    "/figures", "/policy", "/notice", "/plans", "/items", "/log/", "/log/keys", "/log/checkpoint", "/help/", "/help/enterprise",
    "/help/security", "/api/v1/openapi.json", "/api/v1/docs", "/.well-known/inspection-keys.json",
)  # fmt: skip


@pytest.mark.parametrize("path", ["/static/css/app.css", "/scan/app.js"])
def test_a_cache_keeps_one_file_for_all_readers_and_no_cookie_of_any(house: House, path: str) -> None:
    client = house.signed_in("inspector")
    client.set_cookie("lang", "en")
    answer = client.get(path)
    answer.close()
    if answer.status_code == 404:
        pytest.skip("the scanner page is not built")
    assert answer.vary.as_set() == {"accept-encoding"} and "Set-Cookie" not in answer.headers
    page = client.get("/static/no-such.css")
    assert "Cookie" in page.headers["Vary"]  # a page in its place is in the reader's language


def test_a_public_page_that_did_not_change_is_not_sent_again(house: House) -> None:
    log.advance(house.perform)
    house.perform(unit_keys.publish_keys)
    for path in SELDOM:
        first = _get(house, path, GZIP)
        assert first.status_code == 200 and first.headers["Cache-Control"] != "no-store", path
        again = _get(house, path, GZIP | {"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and not again.data and again.headers["ETag"] == first.headers["ETag"], path
        stale = _get(house, path, GZIP | {"If-None-Match": 'W/"another"'})
        assert stale.status_code == 200 and stale.data == first.data, path


def test_a_page_that_changed_is_sent_whoever_had_the_old_one(house: House) -> None:
    old = _get(house, "/plans").headers["ETag"]
    assert _get(house, "/plans", {"If-None-Match": old, "Accept-Language": "en"}).status_code == 200
    before = _get(house, "/log/checkpoint").headers.get("ETag", "")
    house.approved()
    log.advance(house.perform)
    assert _get(house, "/log/checkpoint", {"If-None-Match": before}).status_code == 200


def test_what_belongs_to_one_enterprise_or_one_code_is_never_kept(house: House) -> None:
    with house.installation.reading() as session:
        code = codes.drawn(session, house.approved(), "http://localhost")
    assert code is not None
    for path in ("/", "/report", "/receipts/", f"/q/{code.token}", f"/q/{code.token}/rate", "/my/"):
        answer = _get(house, path)
        assert answer.headers["Cache-Control"] == "no-store" and "ETag" not in answer.headers, path
