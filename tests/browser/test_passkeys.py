"""A passkey in a real Chromium with an authenticator of its own: added, and used instead of a password."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE, Site, open_page, send
from tests.house import PASSWORD


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_passkey_is_added_and_opens_the_door(site: Site, chromium: Browser) -> None:
    url = site.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name
    object.__setattr__(site.house.installation.config, "public_url", url)
    page = open_page(chromium, PHONE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(f"{url}/login")
    page.fill("#username", "inspector")
    page.fill("#password", PASSWORD)
    send(page, page.get_by_role("button", name="登录", exact=True))
    page.goto(f"{url}/account/")
    page.get_by_text("在这台设备上添加").click()
    page.fill("#passkeys #name", "我的手机")
    page.fill("#passkeys #password", PASSWORD)
    page.get_by_role("button", name="添加通行密钥").click()
    page.get_by_text("恢复码只显示这一次").wait_for()
    page.goto(f"{url}/account/")
    page.locator("#passkeys summary", has_text="我的手机").wait_for()
    page.click("#leave button")
    page.goto(f"{url}/login")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(f"{url}/inspect/")
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()
