"""A signature on the officer's phone in a real browser: drawn, cleared, kept after an error, and read back from the PDF's page."""

import pytest
from playwright.sync_api import Browser

from app.domain.papers.lifecycle import SERVED
from app.services.paperwork import paper_rendering
from tests.browser.conftest import PHONE, Site, open_page
from tests.conftest import KINDS
from tests.house import PASSWORD
from tests.services.test_papers import of

pytestmark = pytest.mark.parametrize("database_url", KINDS[-1:], indirect=True)


def test_a_signature_is_drawn_kept_after_an_error_and_stands_in_the_paper(site: Site, chromium: Browser) -> None:
    house = site.house
    inspection = house.approved()
    paper = of(house, inspection, "notice")
    page = open_page(chromium, PHONE)
    page.goto(f"{site.url}/login")
    page.fill("#username", "inspector")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.goto(f"{site.url}/inspect/{inspection.id}/papers/{paper.id}/serve")
    page.fill("[name=role]", "店长")
    pad = page.locator("#pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for _ in range(2):  # drawn, cleared, drawn again
        page.get_by_role("button", name="清除重写").click()
        assert page.input_value("#signature-data") == ""
        page.mouse.move(box["x"] + 20, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 60, steps=10)
        page.mouse.up()
    drawn = page.input_value("#signature-data")
    page.get_by_role("button", name="确认送达").click()
    page.get_by_text("请填写这一项").first.wait_for()
    assert page.input_value("#signature-data") == drawn
    page.fill("[name=name]", "张三")
    page.get_by_role("button", name="确认送达").click()
    page.get_by_text("已送达").first.wait_for()
    served = of(house, inspection, "notice")
    with house.installation.reading() as session:
        made = paper_rendering.receipt(session, house.installation.vault, served)
    assert served.state == SERVED
    assert "image/jpeg" in made.drawings["signature"]
    assert page.problems in (
        [],
        ["Failed to load resource: the server responded with a status of 422 (UNPROCESSABLE ENTITY)"],
    )  # type: ignore[attr-defined]
