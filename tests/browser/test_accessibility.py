"""The demonstration in a browser: WCAG 2.2 AA by axe on every kind of page, for each person, small and large, in both
languages; and the pictures of the docs, which must look like the pages."""

import os
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from app.services.flagging import flag_rebuild
from app.store.models import FindingRow
from tests.browser.conftest import FLAGS, Site, chromium_path, open_page, serve, sign_in
from tests.conftest import empty_database
from tools import pictures
from tools.walk import STARTS, walk

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
PASSWORD = pictures.PASSWORD
STORIES = {
    "repeat.day", "repeat.week", "repeat.month", "repeat.60d", "cap.year", "several_heads", "unregistered.report",
    "code.not_shown", "do_not_disturb", "unfit.too_few", "unfit.certificate", "unfit.unit", "not_approved",
    "clue.missing", "clue.reused", "feedback.conduct", "code.bad",
}  # fmt: skip
TALL = 3000  # so that no bar at the bottom covers what axe measures


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration, built once; JCM_SHOWN_ON=postgresql builds it there (`make soak`)."""
    with (
        empty_database(os.environ.get("JCM_SHOWN_ON", "sqlite"), tmp_path_factory.mktemp("database")) as database_url,
        pictures.demonstration(tmp_path_factory.mktemp("shown"), database_url) as house,
        serve(house) as site,
    ):
        yield site


def test_the_demonstration_has_every_story_and_a_rebuild_changes_nothing(shown: Site) -> None:
    with shown.house.installation.reading() as session:
        standing = set(session.scalars(select(FindingRow.rule).where(FindingRow.standing)))
    assert standing >= STORIES
    assert shown.house.perform(flag_rebuild.rebuild) == 0


def violations(page: Page, width: int) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    said = [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found]
    widest = page.evaluate("document.documentElement.scrollWidth")
    return said + ([f"{widest} pixels wide"] if widest > width else [])


def test_every_page_is_accessible(chromium: Browser, shown: Site) -> None:
    """One after the other in one test: the demonstration is built once. `make screens` walks to the end."""
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
        for path in walk(page, shown.url, STARTS[who], limit=30):
            counted += 1
            found += [(who, width, path, said) for said in violations(page, width)]
        page.context.close()
    assert found == []
    assert counted > 100


def test_the_pictures_of_the_docs_look_like_the_pages(chromium: Browser, shown: Site) -> None:
    """Where a page is meant to look different: `make pictures`, look at what changed, commit them with the change."""
    if not pictures.has_their_fonts():
        pytest.skip("no Noto Sans CJK, in which the pictures are: apt-get install fonts-noto-cjk")
    old = {}
    steady = chromium.browser_type.launch(executable_path=chromium_path(), args=[*FLAGS, *pictures.STEADY])
    for shot, taken in pictures.take(steady, shown.url):
        share = pictures.difference((pictures.OUT / f"{shot.name}.png").read_bytes(), taken)
        if share > pictures.TOLERATED:
            old[shot.name] = f"{share:.2%}"
    steady.close()
    assert old == {}


def test_a_picture_tells_a_changed_page_from_the_noise_of_drawing() -> None:
    same = Image.new("RGB", (360, 740), "white")
    other, noisy, masked = same.copy(), same.copy(), same.copy()
    ImageDraw.Draw(other).text((20, 300), "one word more", fill="black")
    ImageDraw.Draw(noisy).line((0, 100, 360, 100), fill="#e4e4e4")
    ImageDraw.Draw(masked).rectangle((40, 40, 300, 300), fill="black")
    known = pictures.as_png(same)
    assert pictures.difference(known, pictures.Taken(pictures.as_png(other), [])) > pictures.TOLERATED
    assert pictures.difference(known, pictures.Taken(pictures.as_png(noisy), [])) == 0
    assert pictures.difference(known, pictures.Taken(pictures.as_png(masked), [(40, 40, 301, 301)])) == 0
    smaller = pictures.Taken(pictures.as_png(same.crop((0, 0, 360, 700))), [])
    assert pictures.difference(known, smaller) == 1
