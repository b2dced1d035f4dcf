"""The scanner page in a real browser, with a camera that films a file: offline, and with codes that are not ours."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from app.domain.codes.draw import code_matrix
from app.services.trust import codes, unit_keys
from tests.browser.conftest import FLAGS, PHONE, Site, chromium_path
from tests.conftest import KINDS

pytestmark = pytest.mark.parametrize("database_url", KINDS[-1:], indirect=True)

FILM = Path(__file__).parent / "film.py"
ROOT = Path(__file__).resolve().parent.parent.parent


def film(path: Path, text: str) -> Path:
    """A few frames of a QR code on grey, 640 × 480, as the camera of Chromium's fake device reads them (Y4M)."""
    matrix = np.array(code_matrix(text), dtype=bool)
    module = 420 // (len(matrix) + 8)
    side = module * (len(matrix) + 8)
    picture = np.full((side, side), 255, np.uint8)
    picture[4 * module : -4 * module, 4 * module : -4 * module] = (
        np.where(matrix, 0, 255).repeat(module, 0).repeat(module, 1)
    )
    frame = np.full((480, 640), 180, np.uint8)
    top, left = (480 - side) // 2, (640 - side) // 2
    frame[top : top + side, left : left + side] = picture
    chroma = np.full(640 * 480 // 2, 128, np.uint8).tobytes()
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n")
        for _ in range(10):
            file.write(b"FRAME\n" + frame.tobytes() + chroma)
    return path


@pytest.fixture
def built() -> None:
    if not (ROOT / "scanner_static" / "dist" / "index.html").exists():
        pytest.skip("the scanner page is not built: install Node 20 and run make setup")
    if chromium_path() is None:
        pytest.skip("no Chromium: install it with apt-get install chromium")


@pytest.fixture
def code_url(site: Site, built: None) -> str:
    """An approved code of now. The phone's clock is the real one, so the house's is set to it."""
    from app.clock import system_clock

    site.house.clock.now = system_clock()
    approved = site.house.approved()
    site.house.perform(unit_keys.renew_lists)
    with site.house.installation.reading() as session:
        found = codes.drawn(session, approved, site.url)
    assert found is not None
    return found.url


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    yield context.new_page()
    context.close()


def verdict(page: Page, name: str) -> None:
    expect(page.locator(f'.verdict[data-verdict="{name}"]')).to_be_visible(timeout=8000)


def test_a_filmed_code_is_verified_without_a_network(site: Site, code_url: str, plain: Page, tmp_path: Path) -> None:
    page = plain
    page.goto(f"{site.url}/scan/")
    expect(page.locator("#age")).to_contain_text("密钥清单")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.reload()
    picture = tmp_path / "code.png"
    module = np.kron(~np.array(code_matrix(code_url), dtype=bool), np.ones((6, 6), dtype=bool))
    Image.fromarray(np.pad(module, 30, constant_values=True).astype(np.uint8) * 255).save(picture)
    page.locator("#photo").set_input_files(str(picture))
    verdict(page, "valid")
    expect(page.locator("#facts")).to_contain_text("云汀示例一食品有限公司")
    expect(page.locator("#register")).to_contain_text("没有连上登记簿", timeout=8000)
    page.context.set_offline(False)
    page.locator("#again").click()
    page.locator("#photo").set_input_files(str(picture))
    verdict(page, "registered")


def test_other_peoples_codes_are_named_and_never_followed(
    site: Site, code_url: str, plain: Page, tmp_path: Path
) -> None:
    page = plain
    page.goto(f"{site.url}/scan/")
    expect(page.locator("#age")).to_contain_text("密钥清单")
    for text, told in (("https://pay.example.com/x?y=1", "pay.example.com"), ("WIFI:S:office;P:x;;", "本平台")):
        matrix = np.kron(~np.array(_any_matrix(text), dtype=bool), np.ones((8, 8), dtype=bool))
        Image.fromarray(np.pad(matrix, 40, constant_values=True).astype(np.uint8) * 255).save(tmp_path / "x.png")
        page.locator("#photo").set_input_files(str(tmp_path / "x.png"))
        expect(page.locator(".verdict")).to_contain_text(told)
        expect(page).to_have_url(f"{site.url}/scan/")
        page.locator("#again").click()


def test_a_typed_short_code_is_asked_of_the_register(site: Site, code_url: str, plain: Page) -> None:
    with site.house.installation.reading() as session:
        from sqlalchemy import select

        from app.store.models import CodeRow

        short = session.scalar(select(CodeRow.short_code))
    plain.goto(f"{site.url}/scan/")
    plain.locator("#short").fill(f"{short[:4].lower()}-{short[4:8]} {short[8:]}")
    plain.get_by_role("button", name="核验", exact=True).click()
    verdict(plain, "registered")


def _any_matrix(text: str) -> list[list[bool]]:
    import qrcode

    code = qrcode.QRCode(border=0)
    code.add_data(text)
    code.make()
    return code.modules


def test_every_kind_of_browser_films_a_code_offline(
    site: Site, code_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """WeChat, an old Android and Safari as far as Chromium can play them: their names, and what they lack taken away."""
    forged = code_url[:-1] + str((int(code_url[-1]) + 1) % 10)
    plain_only = {"chromium": BROWSERS["chromium"]}
    for text, told, browsers in ((code_url, "valid", BROWSERS), (forged, "bad_signature", plain_only)):
        y4m = film(tmp_path / f"{told}.y4m", text)
        config = {"path": chromium_path(), "flags": FLAGS, "url": site.url, "y4m": str(y4m), "size": PHONE}
        command = [sys.executable, str(FILM), json.dumps(config | {"browsers": browsers})]  # one Playwright a process
        done = subprocess.run(command, capture_output=True, text=True, timeout=90)
        seen = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        assert {name: found.split()[0] for name, found in seen.items()} == dict.fromkeys(browsers, told), done.stderr
        with capsys.disabled():
            print(f"\nfirst frame to verdict, offline, ms: {seen}")


BROWSERS = {  # user agent, and the features that such a browser has not
    "chromium": ("", ()),
    "wechat": (
        "Mozilla/5.0 (Linux; Android 12; V2123A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0.6998.136 "
        "Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0.58.2841(0x28003A3F) WeChat/arm64 NetType/WIFI Language/zh_CN",
        ("BarcodeDetector",),
    ),
    "android": (
        "Mozilla/5.0 (Linux; Android 7.0; HUAWEI) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.99 Mobile",
        (
            "BarcodeDetector", "structuredClone", "OffscreenCanvas", "WeakRef", "AggregateError",
            "Array.prototype.at", "Array.prototype.findLast", "Array.prototype.flat", "Object.hasOwn", "Promise.any",
            "String.prototype.replaceAll", "String.prototype.at", "Element.prototype.replaceChildren",
            "HTMLVideoElement.prototype.requestVideoFrameCallback", "Crypto.prototype.randomUUID", "AbortSignal.timeout",
            "Uint8Array.fromBase64", "Uint8Array.prototype.toHex", "Uint8Array.prototype.at",
        ),
    ),
    "safari": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 14_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1 "
        "Mobile/15E148 Safari/604.1",
        (
            "BarcodeDetector", "structuredClone", "OffscreenCanvas", "requestIdleCallback",
            "createImageBitmap", "Navigator.prototype.vibrate", "Navigator.prototype.permissions", "Object.hasOwn",
            "Array.prototype.at", "String.prototype.at", "HTMLVideoElement.prototype.requestVideoFrameCallback",
            "Uint8Array.prototype.at", "AbortSignal.timeout", "Crypto.prototype.randomUUID",
        ),
    ),
}  # fmt: skip


def test_the_page_can_be_installed(site: Site, code_url: str, plain: Page) -> None:
    """A manifest with name, icons and start page, a worker that holds the scope, and no error that a browser would find."""
    plain.goto(f"{site.url}/scan/")
    plain.evaluate("navigator.serviceWorker.ready.then(() => true)")
    client = plain.context.new_cdp_session(plain)
    found = client.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/scan/", "/scan/")
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert plain.request.get(site.url + icon["src"]).headers["content-type"] == "image/png"
    problems = [e["errorId"] for e in client.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(problems) <= {"in-incognito"}  # a test's browser profile is one
