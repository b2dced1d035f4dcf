"""Takes the pictures of the README from a running demonstration: `.venv/bin/python tools/pictures.py URL PASSWORD`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def main(url: str, password: str) -> None:
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        inspector = signed_in(browser, url, "inspector", password, 360, 780)
        inspector.goto(f"{url}/inspect/")
        inspector.get_by_role("link", name="亮码").first.click()
        inspector.wait_for_timeout(300)
        inspector.screenshot(path=OUT / "inspector.png")
        address = inspector.evaluate("location.pathname").removesuffix("/code")
        inspector.goto(f"{url}{address}")
        enterprise = browser.new_page(viewport={"width": 360, "height": 780}, locale="zh-CN")
        enterprise.goto(f"{url}/q/?code={short_code(inspector, url, address)}")
        enterprise.screenshot(path=OUT / "enterprise.png")
        supervisor = signed_in(browser, url, "supervisor", password, 1440, 900)
        supervisor.goto(f"{url}/supervise/")
        supervisor.screenshot(path=OUT / "supervisor.png")
        browser.close()


def short_code(page, url: str, address: str) -> str:  # type: ignore[no-untyped-def]
    page.goto(f"{url}{address}/code")
    text: str = page.locator(".small-digits").inner_text()
    return text


def signed_in(browser: Browser, url: str, name: str, password: str, width: int, height: int):  # type: ignore[no-untyped-def]
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    page.goto(f"{url}/login")
    page.fill("#username", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main(*sys.argv[1:3])
