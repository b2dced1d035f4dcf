"""The application form in a real browser: a newcomer's minute, what is typed survives, and no network in the middle."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.store.models import InspectionRow
from tests.browser.conftest import Site, sign_in
from tests.conftest import KINDS
from tests.house import PASSWORD, uscc

pytestmark = pytest.mark.parametrize("database_url", KINDS[-1:], indirect=True)


def count(site: Site) -> int:
    with site.house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(InspectionRow)) or 0


def until(page: Page, true: str) -> None:
    """Looks until a script's expression is true (wait_for_function would need eval, which the pages forbid)."""
    for _ in range(200):
        if page.evaluate(f"Promise.resolve({true}).then(Boolean)"):
            return
        page.wait_for_timeout(25)
    raise AssertionError(true)


def fill(page: Page, clue: str) -> None:
    page.get_by_label("统一社会信用代码").fill(uscc(9))
    page.get_by_label("企业名称").fill("云汀示例九精密机械有限公司")
    page.get_by_label("触发式检查").check()
    page.get_by_label("触发原因").select_option("complaint")
    page.get_by_label("线索编号").fill(clue)
    page.get_by_label("事由").fill("市民来电反映夜间作业")
    page.locator("input[name=items][value=YJ-01]").check()
    page.locator("input[name=officers]").nth(0).check()
    page.locator("input[name=officers]").nth(1).check()


def test_a_network_cut_in_the_middle_loses_nothing_and_makes_one(site: Site, phone: Page) -> None:
    sign_in(phone, site, "inspector", PASSWORD)
    phone.goto(f"{site.url}/inspect/apply")
    until(phone, "caches.match('/inspect/apply').then(Boolean)")
    phone.get_by_label("统一社会信用代码").fill(uscc(9))
    phone.context.set_offline(True)
    phone.get_by_role("button", name="先存在本机").wait_for()
    fill(phone, "12345-1")
    until(
        phone, "Object.keys(localStorage).some((k) => k.startsWith('jcm.form.') && localStorage[k].includes('12345-1'))"
    )
    phone.reload()  # the kept page, and what was typed
    expect(phone.get_by_label("线索编号")).to_have_value("12345-1")
    expect(phone.get_by_text("已恢复上次没有提交的内容")).to_be_visible()
    phone.get_by_role("button", name="先存在本机").click()
    phone.get_by_text("已存在本机，等待网络").wait_for()
    expect(phone.get_by_label("线索编号")).to_have_value("")
    assert count(site) == 0
    phone.context.set_offline(False)
    phone.locator("#outbox .kept.done a").wait_for()
    phone.reload()
    until(phone, "!Object.keys(localStorage).some((k) => k.startsWith('jcm.out.'))")
    assert count(site) == 1
    phone.goto(f"{site.url}/inspect/list")
    phone.get_by_role("link", name="云汀示例九精密机械有限公司").click()
    expect(phone.get_by_text("离线填写于")).to_be_visible()
    phone.problems[:] = [p for p in phone.problems if "net::ERR_" not in p]  # type: ignore[attr-defined]


def test_what_was_typed_survives_the_end_of_the_session(site: Site, phone: Page) -> None:
    sign_in(phone, site, "inspector", PASSWORD)
    phone.goto(f"{site.url}/inspect/apply")
    fill(phone, "12345-2")
    until(
        phone, "Object.keys(localStorage).some((k) => k.startsWith('jcm.form.') && localStorage[k].includes('12345-2'))"
    )
    site.house.clock.move(hours=13)
    phone.get_by_role("button", name="下一步").click()
    phone.wait_for_url("**/login**")
    phone.get_by_label("用户名").fill("inspector")
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url("**/inspect/apply")
    expect(phone.get_by_label("线索编号")).to_have_value("12345-2")
    phone.get_by_label("从", exact=True).fill("2026-03-03T09:00")
    phone.get_by_label("到", exact=True).fill("2026-03-03T12:00")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="提交申请").click()
    phone.wait_for_url("**/inspect/0*")
    phone.goto(f"{site.url}/inspect/apply")  # over: the next form is empty
    expect(phone.get_by_label("线索编号")).to_have_value("")
    assert count(site) == 1


def test_what_was_typed_into_any_form_survives_a_lost_network_and_the_end_of_the_session(
    site: Site, phone: Page
) -> None:
    visit = f"{site.url}/inspect/{site.house.approved().id}"
    sign_in(phone, site, "inspector", PASSWORD)
    assert phone.evaluate("sessionStorage.getItem('jcm.typed')") is None  # nobody's password
    phone.goto(visit)
    phone.get_by_text("取消这次检查").click()
    phone.get_by_label("原因").fill("企业临时停业")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="取消检查").click()
    expect(phone.get_by_text("现在没有网络")).to_be_visible()
    phone.context.set_offline(False)
    phone.context.clear_cookies()
    phone.get_by_role("button", name="取消检查").click()
    phone.wait_for_url("**/login**")
    phone.get_by_label("用户名").fill("inspector")
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url(visit)
    expect(phone.get_by_label("原因")).to_have_value("企业临时停业")
    phone.get_by_role("button", name="取消检查").click()
    expect(phone.get_by_text("已取消").first).to_be_visible()
    assert phone.evaluate("sessionStorage.getItem('jcm.typed')") is None
