"""One visit in a real browser: three people at once, the enterprise on a phone that runs no scripts."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, PHONE, Site, open_page, send, sign_in
from tests.house import PASSWORD, uscc


def apply(page: Page, site: Site, clue: str) -> str:
    """An inspector applies on a phone; the path of the application."""
    page.goto(f"{site.url}/inspect/apply")
    page.get_by_label("统一社会信用代码").fill(uscc(9))
    page.get_by_label("企业名称").fill("云汀示例九精密机械有限公司")
    page.get_by_label("触发式检查").check()
    page.get_by_label("触发原因").select_option("complaint")
    page.get_by_label("线索编号").fill(clue)
    page.get_by_label("事由").fill("市民来电反映夜间作业")
    page.locator("input[name=items][value=YJ-01]").check()
    page.locator("input[name=officers]").nth(0).check()
    page.locator("input[name=officers]").nth(1).check()
    page.get_by_label("从", exact=True).fill("2026-03-02T09:00")
    page.get_by_label("到", exact=True).fill("2026-03-02T12:00")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_url("**/inspect/0*")
    return page.url.removeprefix(site.url)


def test_from_application_to_flag(site: Site, chromium: Browser, phone: Page, desk: Page, plain_phone: Page) -> None:
    sign_in(phone, site, "inspector", PASSWORD)
    path = apply(phone, site, "12345-1")
    head = open_page(chromium, PHONE)
    sign_in(head, site, "head", PASSWORD)
    head.goto(site.url + path)
    send(head, head.get_by_role("button", name="批准").first)
    phone.get_by_role("link", name="亮码").click()  # shown by itself: nobody loads the page again
    drawn = phone.locator(".qr").screenshot()
    assert phone.locator(".qr svg").bounding_box()["width"] >= 0.6 * 360
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn)))
    url = read[0].text
    assert url.startswith(f"{site.url}/q/")

    plain_phone.goto(url)  # no scripts, no account
    expect(plain_phone.get_by_role("heading", name="已登记并经批准")).to_be_visible()
    expect(plain_phone.get_by_text("云汀示例九精密机械有限公司").first).to_be_visible()
    expect(plain_phone.get_by_text("99010001")).to_be_visible()
    plain_phone.get_by_role("button", name="他们已到场").click()
    digits = plain_phone.locator(".digits").inner_text()
    phone.locator("#challenges .digits", has_text=digits).wait_for(timeout=8000)
    phone.locator("#live .badge.good").wait_for(timeout=8000)

    site.house.clock.move(hours=1)
    phone.goto(site.url + path)
    phone.get_by_role("link", name="录入结果").click()
    phone.get_by_label("未发现问题").check()
    phone.get_by_role("button", name="办结").click()
    phone.wait_for_url(f"**{path}")
    plain_phone.goto(url)
    plain_phone.get_by_role("link", name="评价这次检查").click()
    plain_phone.locator("label.face", has_text="很满意").locator("input").check(force=True)
    plain_phone.get_by_label("都没有").check()
    plain_phone.get_by_role("button", name="提交评价").click()
    expect(plain_phone.get_by_text("收到了")).to_be_visible()
    assert "很满意" not in plain_phone.content()

    second = apply(phone, site, "12345-2")  # again on the same day
    head.goto(site.url + second)
    expect(head.get_by_text("当天已是第 2 次被检查")).to_be_visible()
    send(head, head.get_by_role("button", name="批准").first)
    phone.goto(f"{site.url}{second}/code")
    plain_phone.goto(f"{site.url}/q/?code={phone.locator('.small-digits').inner_text()}")
    plain_phone.get_by_role("button", name="他们已到场").click()
    sign_in(desk, site, "supervisor", PASSWORD)
    desk.goto(f"{site.url}/supervise/flags?rule=repeat.day")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.get_by_role("heading", name="一天内重复检查").wait_for()
    expect(desk.get_by_text("本条预警")).to_be_visible()
    desk.get_by_role("button", name="开始核查").click()
    expect(desk.locator(".badge", has_text="核查中")).to_be_visible()
    head.context.close()


def test_no_page_is_wider_than_the_phone(site: Site, chromium: Browser) -> None:
    for name, paths in {
        "head": ("/inspect/", "/inspect/apply", "/inspect/list"),
        "supervisor": ("/supervise/", "/supervise/flags", "/supervise/inspections", "/supervise/reports"),
    }.items():
        page = open_page(chromium, PHONE)
        sign_in(page, site, name, PASSWORD)
        for path in paths:
            page.goto(site.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.context.close()


def test_the_report_of_a_visit_without_a_code_keeps_what_was_typed(site: Site, plain_phone: Page) -> None:
    page = plain_phone
    page.goto(f"{site.url}/report")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("请填写企业名称").first).to_be_visible()
    page.get_by_label("企业名称", exact=False).first.fill("云汀示例七小吃店")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("单位", exact=True).select_option("YT-SCJG")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="上一步").click()
    expect(page.get_by_label("单位", exact=True)).to_have_value("YT-SCJG")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("写几句就可以").fill("没有出示检查码。")
    page.get_by_role("button", name="提交").click()
    receipt = page.locator(".digits").inner_text()
    page.goto(f"{site.url}/receipts/")
    page.get_by_label("回执号").fill(receipt.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("已收到")).to_be_visible()


def test_the_desk_is_wide_enough(site: Site, chromium: Browser) -> None:
    page = open_page(chromium, DESK)
    sign_in(page, site, "supervisor", PASSWORD)
    page.goto(f"{site.url}/supervise/")
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()
