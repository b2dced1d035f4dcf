"""A real Chromium against a real server: phone and desk size. Skipped, with a sentence, where there is no Chromium.

A browser does not see which database is behind a page: each file runs on one of the two, the whole visit on both."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from werkzeug.serving import make_server

from tests.house import House

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            # A browser that goes away in the middle of a static file leaves the test server's file to the collector.
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


def chromium_path() -> str | None:
    return os.environ.get("JCM_CHROMIUM") or next(
        (p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: install it with apt-get install chromium, or set JCM_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Site:
    """The house served on a port of its own."""

    house: House
    url: str


@contextmanager
def serve(house: House) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    object.__setattr__(house.installation.config, "public_url", url)
    try:
        yield Site(house, url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    with serve(house) as served:
        yield served


def open_page(browser: Browser, size: dict[str, int], **options: object) -> Page:
    """A page in a fresh context; any script error or refused resource fails the test that closes it."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    page = context.new_page()
    page.problems = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.problems.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        lambda message: page.problems.append(message.text) if message.type == "error" else None,  # type: ignore[attr-defined]
    )
    return page


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    page = open_page(chromium, PHONE, has_touch=True, is_mobile=True)
    yield page
    page.context.close()
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Page]:
    page = open_page(chromium, DESK)
    yield page
    page.context.close()
    assert page.problems == []  # type: ignore[attr-defined]


@pytest.fixture
def plain_phone(chromium: Browser) -> Iterator[Page]:
    """A phone whose browser runs no scripts."""
    page = open_page(chromium, PHONE, java_script_enabled=False)
    yield page
    page.context.close()


def sign_in(page: Page, site: Site, name: str, password: str) -> None:
    page.goto(f"{site.url}/login")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def send(page: Page, button: Locator) -> None:
    """Presses a button that sends a form and waits for the server's answer: a click alone returns before it is there."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()
