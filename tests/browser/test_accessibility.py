"""WCAG 2.2 AA by axe: every kind of page of the demonstration, for each person, small and large, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from app.demo import load as demo
from app.services import flag_rebuild
from app.store.database import Database
from app.store.migrate import upgrade
from tests.browser.conftest import Site, open_page, serve, sign_in
from tests.house import open_house
from tools.walk import STARTS, walk

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
PASSWORD = "a demonstration password"
TALL = 3000  # so that no bar at the bottom covers what axe measures


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("shown")
    url = f"sqlite:///{folder / 'jcm.sqlite3'}"
    database = Database(url)
    upgrade(database.engine)
    database.dispose()
    house = open_house(url, folder / "instance")
    house.clock.move(days=120)
    house.perform(demo.load, PASSWORD)
    with serve(house) as site:
        yield site
    house.installation.database.dispose()


def test_a_rebuild_finds_the_flags_of_the_demonstration(shown: Site) -> None:
    assert shown.house.perform(flag_rebuild.rebuild) == 0


def violations(page: Page, width: int) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    said = [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found]
    widest = page.evaluate("document.documentElement.scrollWidth")
    return said + ([f"{widest} pixels wide"] if widest > width else [])


def test_every_page_is_accessible(chromium: Browser, shown: Site) -> None:
    """One after the other in one test: the demonstration is built once."""
    found, counted = [], 0
    for who, width, language in (
        ("", 360, "zh"), ("", 768, "en"), ("head", 360, "zh"), ("supervisor", 1440, "zh"), ("admin", 768, "en"),
        ("observer", 360, "zh"),
    ):  # fmt: skip
        page = open_page(chromium, {"width": width, "height": TALL})
        if who:
            sign_in(page, shown, who, PASSWORD)
        if language == "en":
            page.request.post(f"{shown.url}/preferences", form={"lang": "en", "elder": "1", "back": "/"})
        for path in walk(page, shown.url, STARTS[who]):
            counted += 1
            found += [(who, width, path, said) for said in violations(page, width)]
        page.context.close()
    assert found == []
    assert counted > 100
