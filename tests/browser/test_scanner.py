"""The scanner page in a real browser, with a camera that films a file: offline, and with codes that are not ours."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from app.domain.codes.draw import code_matrix
from app.services import codes, unit_keys
from tests.browser.conftest import FLAGS, PHONE, Site, chromium_path

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
        assert page.url == f"{site.url}/scan/"
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


def test_the_camera_films_a_forged_code(site: Site, code_url: str, tmp_path: Path) -> None:
    forged = code_url[:-1] + str((int(code_url[-1]) + 1) % 10)
    y4m = film(tmp_path / "forged.y4m", forged)
    script = tmp_path / "run.py"
    script.write_text(CAMERA, encoding="utf-8")  # a process of its own: one Playwright a process
    done = subprocess.run(
        [sys.executable, str(script), chromium_path() or "", site.url, str(y4m)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "bad_signature", done.stdout + done.stderr


CAMERA = f"""
import sys
from playwright.sync_api import sync_playwright
path, url, y4m = sys.argv[1:4]
with sync_playwright() as playwright:
    flags = {FLAGS!r} + ["--use-file-for-fake-video-capture=" + y4m]
    browser = playwright.chromium.launch(executable_path=path, args=flags)
    page = browser.new_context(viewport={PHONE!r}, locale="zh-CN", permissions=["camera"]).new_page()
    page.goto(url + "/scan/")
    page.locator("#age:not(:empty)").wait_for()
    page.locator("#camera").click()
    page.locator(".verdict[data-verdict]").wait_for(timeout=20000)
    print(page.locator(".verdict").get_attribute("data-verdict"))
    browser.close()
"""
