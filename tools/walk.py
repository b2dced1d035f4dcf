"""Walks over the pages of a running demonstration as each person: one page for each kind of address."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
# Where each person begins; "" is a visitor without an account.
STARTS: dict[str, tuple[str, ...]] = {
    "": (
        "/",
        "/report",
        "/receipts/",
        "/plans",
        "/items",
        "/figures",
        "/notice",
        "/log/",
        "/login",
        "/my/",
        "/no-such-page",
    ),
    "inspector": ("/inspect/",),
    "head": ("/inspect/",),
    "supervisor": ("/supervise/",),
    "admin": ("/admin/",),
    "discipline": ("/discipline/",),
    "observer": ("/observe/",),
}
# Where links lead to; those inside a drawing say it in another way.
LINKS = "links => links.map(link => new URL(link.getAttribute('href'), location.href).href)"
# What is no page: downloads, prints of paper, machines' addresses, the way out, the scanner (it has tests of its own).
_NO_PAGE = re.compile(
    r"^/(static|api|scan|log/tile|log/checkpoint|\.well-known|logout|preferences|help/(?!(supervisor|rules)$)\w)|\.(pdf|svg|png|csv|xlsx|json|jsonl|txt|docx)$|/(export|download|proof|qr)"
)
_MARK = re.compile(r"^(?=.*\d)[\w.~-]{6,}$|^\d+$|^[A-Z0-9-]{4,}$|^[a-z_]+\.[a-z0-9_.]+$")


def kind_of(path: str) -> str:
    """The address with whatever names one thing replaced: /inspect/0190…/code → /inspect/*/code."""
    return "/".join("*" if _MARK.match(part) else part for part in path.split("/"))


def walk(page: Page, url: str, starts: tuple[str, ...], limit: int = 120) -> Iterator[str]:
    """Goes to one page of each kind that links lead to from `starts`, and yields its path while the page shows it."""
    waiting, seen = deque(starts), {kind_of(path) for path in starts}
    while waiting and limit:
        path = waiting.popleft()
        try:
            answer = page.goto(url + path)
        except Exception as error:  # a file that downloads instead of a page
            if "Download" in str(error) or "ERR_ABORTED" in str(error):
                continue
            raise
        if answer is None or "html" not in (answer.headers.get("content-type") or ""):
            continue
        limit -= 1
        yield path
        for link in page.eval_on_selector_all("a[href]", LINKS):
            parts = urlsplit(link)
            if not link.startswith(url + "/") or _NO_PAGE.search(parts.path):
                continue
            if (kind := kind_of(parts.path)) not in seen:
                seen.add(kind)
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def signed_in(browser: Browser, url: str, name: str, password: str, width: int, height: int) -> Page:
    """A page of that size, signed in as `name` ("": nobody)."""
    page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
    if name:
        page.goto(f"{url}/login")
        page.fill("#username", name)
        page.fill("#password", password)
        page.click("main button")
        page.wait_for_load_state()
    return page
