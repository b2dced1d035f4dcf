"""A joint visit in real browsers: two units and the enterprise at once, both directions of scanning."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.codes.draw import code_matrix, png
from app.services.visiting import enterprise_codes
from tests.browser.conftest import DESK, PHONE, Site, open_page, send, sign_in
from tests.browser.test_one_visit import apply
from tests.conftest import KINDS
from tests.house import PASSWORD

pytestmark = pytest.mark.parametrize("database_url", KINDS[:1], indirect=True)

BUILT = Path(__file__).resolve().parent.parent.parent / "scanner_static" / "dist" / "officer.js"


def signed_in(chromium: Browser, site: Site, name: str) -> Page:
    page = open_page(chromium, PHONE)
    sign_in(page, site, name, PASSWORD)
    return page


def photo(text: str) -> dict[str, object]:
    return {"name": "door.png", "mimeType": "image/png", "buffer": io.BytesIO(png(code_matrix(text), 6)).getvalue()}


@pytest.mark.skipif(not BUILT.exists(), reason="the scanner page is not built: install Node 20 and run make setup")
def test_two_units_and_the_enterprise(site: Site, chromium: Browser, plain_phone: Page) -> None:
    lead, head, partner, partners_head = (
        signed_in(chromium, site, name) for name in ("inspector", "head", "inspector2", "head2")
    )
    path = apply(lead, site, "12345-7")
    lead.get_by_text("邀请其他单位").first.click()
    lead.get_by_label("单位", exact=True).select_option("YT-SCJG")
    send(lead, lead.get_by_role("button", name="发出邀请"))
    partner.goto(f"{site.url}/inspect/")
    partner.get_by_role("link", name="查看邀请").click()
    partner.locator("input[name=items][value=SJ-01]").check()
    for n in (0, 1):
        partner.locator("input[name=officers]").nth(n).check()
    partner.get_by_role("button", name="加入，带上所选的").click()
    partner.get_by_text("等待本单位负责人确认").wait_for()
    partners_head.goto(f"{site.url}/inspect/")
    partners_head.get_by_role("link", name="查看并确认").click()
    partners_head.get_by_role("button", name="确认加入").click()
    partners_head.get_by_text("等待牵头单位负责人批准").wait_for()
    head.goto(site.url + path)
    head.get_by_role("button", name="批准").first.click()

    inspection = path.rsplit("/", 1)[1]
    with site.house.installation.reading() as session:
        from app.store import inspections

        enterprise = inspections.get(session, inspection).enterprise_id
    code = site.house.perform(enterprise_codes.issue, site.house.people["supervisor"], enterprise).code
    lead.goto(f"{site.url}/inspect/scan")
    lead.locator("#photo").set_input_files(photo(f"{site.url}/e/{code}"))
    lead.get_by_role("heading", name="就是这一家").wait_for()
    lead.get_by_role("button", name="是这家，登记到场").click()
    lead.wait_for_url("**/code")
    expect(lead.locator("#mutual")).to_be_hidden()
    short = lead.locator(".small-digits").inner_text()

    plain_phone.goto(f"{site.url}/q/?code={short}")
    expect(plain_phone.get_by_text("登记已到您的企业")).to_be_visible()
    expect(plain_phone.get_by_text("云汀区应急管理局、云汀区市场监督管理局")).to_be_visible()
    plain_phone.get_by_role("button", name="他们已到场").click()
    lead.locator("#mutual").wait_for(timeout=8000)  # 双向确认, live

    site.house.clock.move(hours=1)
    for page in (partner, lead):
        page.goto(f"{site.url}{path}/result")
        page.get_by_label("未发现问题").first.check()
        page.locator("button[value=complete]").click()
        page.wait_for_url(f"**{path}")
    expect(lead.get_by_text("已办结").first).to_be_visible()
    supervisor = open_page(chromium, DESK)
    sign_in(supervisor, site, "supervisor", PASSWORD)
    supervisor.goto(f"{site.url}/supervise/inspections/{inspection}")
    expect(supervisor.get_by_text("双向确认")).to_be_visible()
    for page in (lead, head, partner, partners_head, supervisor):
        assert page.problems == []  # type: ignore[attr-defined]
        page.context.close()


def test_the_officers_pages_fit_the_phone(site: Site, chromium: Browser) -> None:
    applied = site.house.approved()
    page = signed_in(chromium, site, "inspector")
    for path in ("/inspect/scan", f"/inspect/enterprises/{applied.enterprise_id}/code", f"/inspect/{applied.id}"):
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.context.close()
