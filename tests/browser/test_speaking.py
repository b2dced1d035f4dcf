"""A report said into the phone, with Chromium's microphone that hums; without scripts the form has a file to choose."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.store.models import FileRow
from tests.browser.conftest import Site

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def to_the_last_step(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/report")
    page.get_by_label("企业名称", exact=True).fill("云汀示例店")
    for _ in range(4):
        page.get_by_role("button", name="下一步").click()


def record(page: Page) -> None:
    page.get_by_role("button", name="开始录音").click()
    expect(page.get_by_text("还能说 2:5")).to_be_visible()
    page.get_by_role("button", name="停止录音").click()
    expect(page.locator("#heard")).to_be_visible()


def test_a_report_is_recorded_heard_again_deleted_and_sent(phone: Page, site: Site) -> None:
    phone.context.grant_permissions(["microphone"])
    to_the_last_step(phone, site)
    record(phone)
    phone.get_by_role("button", name="删掉这段录音").click()
    expect(phone.get_by_text("录音已删除")).to_be_visible()
    record(phone)
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    with site.house.installation.reading() as session:
        kept = session.scalars(select(FileRow)).one()
    assert kept.media_type == "audio/webm" and kept.size > 500


def test_without_scripts_a_recording_is_a_file(plain_phone: Page, site: Site) -> None:
    to_the_last_step(plain_phone, site)
    expect(plain_phone.locator("#voice")).to_be_visible()
    expect(plain_phone.get_by_role("button", name="开始录音")).to_be_hidden()
    assert plain_phone.locator("#voice").get_attribute("accept") == "audio/*"
