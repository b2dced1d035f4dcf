"""The first pages in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.conftest import KINDS

pytestmark = pytest.mark.parametrize("database_url", KINDS[:1], indirect=True)


def test_the_home_page_opens_on_a_phone_without_an_error(site: Site, phone: Page) -> None:
    phone.goto(site.url)
    expect(phone.locator("h1").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
