"""The result on a phone: kept without a network, photographs one by one, the place only when switched on."""

import pytest
from playwright.sync_api import Page, expect

from app.services.visiting import onsite
from app.store.models import CodePlace
from tests.browser.conftest import Site, sign_in
from tests.conftest import KINDS
from tests.house import PASSWORD
from tests.services.test_onsite import picture

pytestmark = pytest.mark.parametrize("database_url", KINDS[:1], indirect=True)


def test_what_is_typed_without_a_network_is_there_again_and_sent_when_it_is_back(site: Site, phone: Page) -> None:
    inspection = site.house.approved()
    sign_in(phone, site, "inspector", PASSWORD)
    phone.goto(f"{site.url}/inspect/{inspection.id}/result")
    phone.context.set_offline(True)
    phone.get_by_label("记录（发现问题时填写）").fill("配电箱没有上锁")
    expect(phone.locator("#saved")).to_contain_text("没有网络")
    phone.context.set_offline(False)
    expect(phone.locator("#saved")).to_contain_text("已暂存")
    phone.problems.clear()  # type: ignore[attr-defined]
    phone.reload()
    expect(phone.get_by_label("记录（发现问题时填写）")).to_have_value("配电箱没有上锁")
    with site.house.installation.reading() as session:
        kept = onsite.drafts(session, inspection, site.house.people["inspector"])
    assert kept["YJ-01"]["note.YJ-01"] == "配电箱没有上锁"
    phone.get_by_role("radio", name="发现问题", exact=True).check(force=True)
    phone.get_by_role("button", name="办结").click()
    phone.wait_for_url(f"{site.url}/inspect/{inspection.id}")
    assert phone.evaluate(f"localStorage.getItem('jcm-visit-{inspection.id}')") is None


def test_a_photograph_that_is_refused_says_so_and_the_others_stay(site: Site, phone: Page) -> None:
    inspection = site.house.approved()
    sign_in(phone, site, "inspector", PASSWORD)
    phone.goto(f"{site.url}/inspect/{inspection.id}/result")
    sent = [
        {"name": "a.png", "mimeType": "image/png", "buffer": picture()},
        {"name": "b.png", "mimeType": "image/png", "buffer": b"no picture"},
        {"name": "c.png", "mimeType": "image/png", "buffer": picture("#fff")},
    ]
    phone.locator("input[name='photos.YJ-01']").set_input_files(sent)
    expect(phone.locator(".tiles li.failed")).to_contain_text("不是可以上传的文件")
    expect(phone.locator(".tiles li:not(.failed) button")).to_have_count(2)
    phone.problems.clear()  # type: ignore[attr-defined]
    phone.locator(".tiles li:not(.failed) button").first.click()
    expect(phone.locator(".tiles li:not(.failed)")).to_have_count(1)
    with site.house.installation.reading() as session:
        assert [row.name for _, row in onsite.photos(session, inspection.id)] == ["c.png"]


def test_the_place_leaves_the_phone_only_when_the_officer_switched_it_on(site: Site, phone: Page) -> None:
    inspection = site.house.approved()
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 31.38456, "longitude": 121.24321})
    sign_in(phone, site, "inspector", PASSWORD)
    phone.goto(f"{site.url}/inspect/{inspection.id}/code")
    expect(phone.get_by_label("亮码时记录大致位置")).not_to_be_checked()

    def kept() -> CodePlace | None:
        with site.house.installation.reading() as session:
            return session.get(CodePlace, inspection.id)

    assert kept() is None
    phone.get_by_label("亮码时记录大致位置").check()
    expect(phone.locator("#place-state")).to_have_text("大致位置已记录。")
    row = kept()
    assert row is not None and (row.lat, row.lon) == (3138, 12124)
