"""What the installed scanner page trusts: its own root and nothing that a copied site offers; proofs without a network."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.actors import SYSTEM
from app.domain.codes.issuers import Issuer
from app.domain.codes.keys import SigningKey, grouped
from app.domain.codes.lists import sign_document
from app.domain.mirroring import Told
from app.domain.times import shanghai_day
from app.domain.transparency import LOG_SUITES, Note
from app.services.connector import mirroring
from app.services.transparency import log, log_proofs, log_witnesses
from app.services.trust import other_issuers, roots, unit_keys
from app.services.visiting import visits
from app.store.documents import published as published_document
from tests.browser.conftest import PHONE, Site
from tests.browser.scanning import approved_now, go_offline, open_scanner, picture_of, verdict
from tests.browser.test_scanner import built  # noqa: F401
from tests.conftest import KINDS
from tests.connector.conftest import CITY, mirrors
from tests.house import uscc

pytestmark = [pytest.mark.usefixtures("built"), pytest.mark.parametrize("database_url", KINDS[:1], indirect=True)]
KEPT = "JSON.parse(localStorage.getItem('inspection-codes/1'))"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    yield context.new_page()
    context.close()


def witnessed(site: Site):
    """A visit of now whose code a witness has seen; (inspection, address of the code, proof file)."""
    inspection, url = approved_now(site)
    suite = LOG_SUITES["Ed25519"]
    signer = suite.signer("sfj.test/witness", suite.generate(site.house.installation.random), True)
    site.house.perform(log_witnesses.trust, site.house.people["admin"], str(signer.key))
    log.advance(site.house.perform)
    with site.house.installation.reading() as session:
        note = Note.parse(log_witnesses.checkpoint(session))
    seen = int(inspection.window_start.timestamp()) - 60
    site.house.perform(log_witnesses.accept, bytes(Note(note.text, ()).signed_by(signer, seen)))
    with site.house.installation.reading() as session:
        proof = log_proofs.proof_file(session, inspection)
    assert proof is not None
    return inspection, url, proof


def test_a_proof_file_is_checked_without_a_network(site: Site, page: Page, tmp_path: Path) -> None:
    inspection, _, proof = witnessed(site)
    good, bad, other = (tmp_path / name for name in ("good.tlog-proof", "bad.tlog-proof", "letter.txt"))
    good.write_bytes(proof)
    bad.write_bytes(proof.replace(b"index ", b"index 1"))
    other.write_text("Sehr geehrte Damen und Herren", encoding="utf-8")
    open_scanner(page, site)
    go_offline(page)
    page.locator("#proof").set_input_files(str(good))
    verdict(page, "proven")
    expect(page.locator(".verdict")).to_contain_text("sfj.test/witness")
    expect(page.locator("#facts")).to_contain_text(inspection.number)
    for file, said in ((bad, "改动过"), (other, "不是一份登记证明")):
        page.locator("#again").click()
        page.locator("#proof").set_input_files(str(file))
        verdict(page, "unproven")
        expect(page.locator(".verdict")).to_contain_text(said)
        expect(page.locator("#facts")).not_to_contain_text(inspection.number)


def test_the_codes_page_leads_to_its_proof(site: Site, page: Page) -> None:
    inspection, url, _ = witnessed(site)
    page.goto(url)
    page.get_by_role("link", name="在手机上核对").click()
    verdict(page, "proven")
    expect(page.locator("#facts")).to_contain_text(inspection.number)


def test_a_new_root_is_taken_where_the_old_one_signed_it(site: Site, page: Page, tmp_path: Path) -> None:
    _, url = approved_now(site)
    open_scanner(page, site)
    before = page.evaluate(f"{KEPT}.root.kid")
    old, new = site.house.installation.root_key(), SigningKey.generate()
    assert old is not None and before == old.kid.hex()
    site.house.perform(roots.succeed, SYSTEM, old, new)
    site.house.perform(unit_keys.publish_keys, new)
    open_scanner(page, site)
    expect(page.locator("#fingerprint")).to_contain_text(grouped(new.public().fingerprint.hex()))
    assert page.evaluate(f"{KEPT}.root.kid") == new.kid.hex()
    go_offline(page)
    page.locator("#photo").set_input_files(picture_of(url, tmp_path / "code.png"))
    verdict(page, "valid")


def test_lists_from_before_a_cancellation_do_not_come_back(site: Site, page: Page, tmp_path: Path) -> None:
    """Whoever stands between phone and server shows it yesterday's lists, signed and not yet over."""
    inspection, url = approved_now(site)
    open_scanner(page, site)
    before = {n: page.evaluate(f"{KEPT}.{n}") for n in ("keys", "status")}
    site.house.perform(visits.cancel, site.house.people["inspector"], inspection.id, "停业", on_advice=False)
    site.house.perform(unit_keys.renew_lists)
    open_scanner(page, site)
    for name, document in before.items():
        serve(page, f"**/.well-known/inspection-{name}.json", json.dumps(document))
    open_scanner(page, site)
    page.unroute_all()
    go_offline(page)
    page.locator("#photo").set_input_files(picture_of(url, tmp_path / "code.png"))
    verdict(page, "cancelled")


TRICKS = ("own root", "own key under our id", "succession signed by itself")


def test_a_copied_site_with_its_own_root_gains_nothing(site: Site, page: Page, tmp_path: Path) -> None:
    """The very same address serves a copy (a stolen domain, a hotel's network): everything signed anew by the forger."""
    _, url = approved_now(site)
    open_scanner(page, site)
    kept = page.evaluate(f"{KEPT}.root")
    forger = SigningKey.generate()
    for trick in TRICKS:
        for name, document in forged_documents(site, forger, trick).items():
            serve(page, f"**/.well-known/{name}.json", json.dumps(document))
        page.reload()
        expect(page.locator("#notice")).to_contain_text("与这部手机保存的根证书不符")
        assert page.evaluate(f"{KEPT}.root") == kept, trick
    page.locator("#photo").set_input_files(picture_of(url, tmp_path / "ours.png"))
    verdict(page, "registered")  # what was real stays real
    page.locator("#again").click()
    serve(page, "**/api/v1/verify", '{"verdict": "valid", "steps": []}')  # the copy says yes to everything
    page.locator("#photo").set_input_files(picture_of(forged_code(url, forger), tmp_path / "forged.png"))
    expect(page.locator("#register")).not_to_be_empty()
    verdict(page, "unknown_key")


def serve(page: Page, pattern: str, body: str) -> None:
    page.route(pattern, lambda route: route.fulfill(body=body, content_type="application/json"))


def forged_documents(site: Site, forger: SigningKey, trick: str) -> dict[str, dict]:
    """What the copy publishes: our lists with the forger's key in them, signed by a root of its own."""
    with site.house.installation.reading() as session:
        published = {n: published_document(session, f"inspection-{n}") for n in ("keys", "status", "root")}
    listed = published["keys"]["keys"][0] | {"kid": forger.kid.hex(), "jwk": forger.public().jwk()}
    keys = {n: v for n, v in published["keys"].items() if n != "signature"}
    keys |= {"keys": [listed], "version": keys["version"] + 100}
    status = {n: v for n, v in published["status"].items() if n != "signature"}
    public = forger.public()
    root = {"kid": public.kid.hex(), "suite": "ES256", "jwk": public.jwk(), "fingerprint": public.fingerprint.hex()}
    ours = published["root"]
    if trick == "own key under our id":
        root |= {"kid": ours["kid"], "fingerprint": ours["fingerprint"]}
    succession = {"kid": root["kid"], "suite": "ES256", "jwk": root["jwk"], "replaces": ours["kid"], "issued_at": "x"}
    signed = sign_document(succession, "inspection-root/1", forger)
    signed["signature"]["kid"] = ours["kid"]
    root["successions"] = [signed] if trick.startswith("succession") else []
    return {
        "inspection-root": root,
        "inspection-keys": sign_document(keys, "inspection-keys/1", forger),
        "inspection-status": sign_document(status, "inspection-status/1", forger),
    }


def forged_code(url: str, forger: SigningKey) -> str:
    from app.domain.codes.claims import decode_claims
    from app.domain.codes.token import code_url, from_digits, issue_token, open_token

    base, _, digits = url.rpartition("/q/")
    return code_url(base, issue_token(decode_claims(open_token(from_digits(digits)).payload), forger))


def test_codes_of_recognised_issuers_are_named_offline_and_not_followed(site: Site, page: Page, tmp_path: Path) -> None:
    city = Issuer("全市综合执法系统", ("https://zf.example.gov.cn/jcm",), "https://zf.example.gov.cn/check")
    approved_now(site)
    site.house.perform(other_issuers.set_recognised, SYSTEM, [city], shanghai_day(site.house.clock.now))
    open_scanner(page, site)
    go_offline(page)
    page.locator("#photo").set_input_files(picture_of("https://zf.example.gov.cn/jcm/4711", tmp_path / "zf.png"))
    expect(page.locator(".verdict")).to_contain_text("全市综合执法系统签发的码")
    expect(page).to_have_url(f"{site.url}/scan/")
    expect(page.locator("#open")).to_have_attribute("href", city.entry)
    page.locator("#again").click()
    page.locator("#photo").set_input_files(
        picture_of("https://zf.example.gov.cn.evil.example/jcm/1", tmp_path / "x.png")
    )
    expect(page.locator(".verdict")).to_contain_text("zf.example.gov.cn.evil.example")
    expect(page.locator("#open")).not_to_have_attribute("href", re.compile("."))


def told_by_the_city(site: Site, number: str, qr: str) -> None:
    """What the city's system says of a visit that goes on now."""
    now = site.house.clock.now
    said = Told(
        system=CITY, number=number, state="approved", kind="planned", units=("YT-YJJ",), items=("YJ-01",),
        officers=("99010001", "99010002"), uscc=uscc(1), enterprise="云汀示例一食品有限公司", qr=qr,
        window_start=now - timedelta(minutes=5), window_end=now + timedelta(hours=2), applied_at=now - timedelta(hours=2),
    )  # fmt: skip
    site.house.perform(mirroring.receive, said)


def test_a_citys_code_is_named_and_asked_of_the_register_and_never_called_good(
    site: Site, page: Page, tmp_path: Path
) -> None:
    _, url = approved_now(site)
    mirrors(site.house)
    city = Issuer(CITY, ("https://zf.example/jcm", "https://zf.example/q"), "https://zf.example/check")
    site.house.perform(other_issuers.set_recognised, SYSTEM, [city], shanghai_day(site.house.clock.now))
    # A number of the city's own, and a code of another instance of this platform, signed by a key unknown here.
    codes = (
        "https://zf.example/jcm/4711",
        forged_code("https://zf.example" + url[url.index("/q/") :], SigningKey.generate()),
    )
    photos = [picture_of(code, tmp_path / f"{n}.png") for n, code in enumerate(codes)]
    open_scanner(page, site)
    for n, (code, photo) in enumerate(zip(codes, photos, strict=True)):
        page.locator("#photo").set_input_files(photo)
        expect(page.locator(".verdict")).to_contain_text(f"{CITY}签发的码")
        expect(page.locator("#register")).to_contain_text("还没有收到")
        expect(page.locator("#open")).to_have_attribute("href", city.entry)
        page.locator("#again").click()
        told_by_the_city(site, f"QJ-{n}", code)
        page.locator("#photo").set_input_files(photo)
        verdict(page, "registered_elsewhere")
        expect(page.locator(".verdict")).not_to_have_class(re.compile("good"))
        expect(page.locator("#facts")).to_contain_text("云汀示例一食品有限公司")
        expect(page.locator("#facts")).to_contain_text(f"QJ-{n}")
        if n == 0:
            page.locator("#again").click()
    page.locator("#open").click()
    expect(page).to_have_url(re.compile("/q/e-[0-9a-f]{64}$"))
    expect(page.locator("main")).to_contain_text(f"已在{CITY}登记")
    open_scanner(page, site)
    go_offline(page)
    for photo in photos:
        page.locator("#photo").set_input_files(photo)
        expect(page.locator(".verdict")).to_contain_text(f"{CITY}签发的码")
        expect(page.locator("#register")).to_contain_text("没有连上")
        page.locator("#again").click()
