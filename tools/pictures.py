"""Takes the pictures of the README from a running demonstration: `.venv/bin/python tools/pictures.py URL PASSWORD`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.walk import FLAGS, signed_in

OUT = Path(__file__).resolve().parent.parent / "docs" / "pictures"


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


if __name__ == "__main__":
    main(*sys.argv[1:3])
