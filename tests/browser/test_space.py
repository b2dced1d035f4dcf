"""The enterprise's person opens the space at a visit, on a phone without scripts, and the officer hands the digits over."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, send, sign_in
from tests.conftest import KINDS
from tests.house import PASSWORD
from tests.web.space.cast import begun, code_of, complete

pytestmark = pytest.mark.parametrize("database_url", KINDS[-1:], indirect=True)


def test_from_the_code_to_a_statement_without_scripts(plain_phone: Page, desk: Page, site: Site) -> None:
    inspection = begun(site.house)
    plain_phone.goto(f"{site.url}/q/{code_of(site.house, inspection)}")
    plain_phone.get_by_role("link", name="开通企业空间").click()
    plain_phone.get_by_label("怎么称呼您").fill("王安")
    plain_phone.get_by_label("手机号或邮箱").fill("138 0000 0001")
    plain_phone.get_by_label("您在企业负责").select_option(label="法务或负责人")
    plain_phone.get_by_role("button", name="请执法人员给我六位数字").click()
    sign_in(desk, site, "inspector", PASSWORD)
    desk.goto(f"{site.url}/inspect/{inspection.id}/space")
    desk.get_by_role("button", name="显示六位数字").first.click()
    plain_phone.get_by_label("六位数字").fill(desk.locator(".digits").inner_text())
    plain_phone.get_by_role("button", name="进入企业空间").click()
    plain_phone.get_by_role("button", name="取得入口码").click()
    assert len(plain_phone.locator(".digits.entry").inner_text()) == 23
    complete(site.house, inspection)
    plain_phone.get_by_role("link", name="已保存，继续").click()
    plain_phone.get_by_role("link", name="云汀区应急管理局").click()
    plain_phone.get_by_text("对整个检查陈述申辩").click()
    plain_phone.get_by_label("您的陈述和理由").last.fill("当天已经更换。")
    plain_phone.locator("details[open] button").last.click()
    assert plain_phone.locator("#said ~ section").first.inner_text().count("当天已经更换。") == 1
    desk.goto(f"{site.url}/inspect/heard")
    desk.get_by_label("答复").fill("已采纳。")
    send(desk, desk.get_by_role("button", name="提交答复"))
    plain_phone.reload()
    expect(plain_phone.locator("main")).to_contain_text("已采纳。")
