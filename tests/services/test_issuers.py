"""Codes of other recognised systems are named with the place to check them, and never followed."""

from datetime import timedelta

import pytest

from app.domain.actors import SYSTEM
from app.domain.codes.classify import OTHER_ISSUER, classify
from app.domain.codes.issuers import Issuer
from app.domain.codes.keys import PublicKey
from app.domain.codes.lists import UntrustedList, verify_key_list
from app.services.imports.issuers import import_issuers
from app.services.imports.rows import Row
from app.services.trust import other_issuers, unit_keys
from app.store.documents import published
from app.store.other_issuers import recognised
from tests.house import House

CITY = Issuer("全市综合执法系统", ("https://zf.example.gov.cn/jcm", "ZF:"), "https://zf.example.gov.cn/check")


def enter(house: House, issuers_: tuple[Issuer, ...] = (CITY,), days: int = 0) -> bool:
    day = (house.clock.now + timedelta(days=days)).date()
    return house.perform(other_issuers.set_recognised, SYSTEM, issuers_, day, "沪司发〔2026〕1号")


def key_list(house: House):
    with house.installation.reading() as session:
        root = published(session, unit_keys.ROOT)
        document = published(session, unit_keys.KEYS)
    return verify_key_list(document, PublicKey.from_jwk(root["suite"], root["jwk"]), house.clock.now), document, root


def test_they_stand_in_the_signed_key_list_and_cannot_be_added_there(house: House) -> None:
    assert enter(house) and not enter(house)
    keys, document, root = key_list(house)
    assert keys.issuers == (CITY,)
    assert classify("ZF:4711", keys.issuers).kind == OTHER_ISSUER
    forged = document | {
        "issuers": [{"name": "本平台", "prefixes": ["https://evil.example/"], "entry": "https://evil.example/"}]
    }
    with pytest.raises(UntrustedList, match="bad_signature"):
        verify_key_list(forged, PublicKey.from_jwk(root["suite"], root["jwk"]), house.clock.now)


def test_a_dated_list_begins_on_its_day_for_pages_and_for_the_signed_list(house: House) -> None:
    house.perform(unit_keys.renew_lists)
    enter(house, days=10)
    assert key_list(house)[0].issuers == ()
    house.clock.move(days=9)
    house.perform(unit_keys.renew_lists)
    assert key_list(house)[0].issuers == ()
    house.clock.move(days=1)
    house.perform(unit_keys.renew_lists)
    assert key_list(house)[0].issuers == (CITY,)
    with house.installation.reading() as session:
        assert recognised(session, "990102", house.clock.now.date()) == ()  # the neighbour recognises its own


@pytest.mark.parametrize("text", ["https://zf.example.gov.cn/jcm/abc?x=1", "ZF:4711"])
def test_pages_and_api_name_them_and_open_nothing_of_the_code(house: House, text: str) -> None:
    enter(house)
    page = house.client().get("/q/", query_string={"code": text})
    assert page.status_code == 200 and "全市综合执法系统签发的码" in page.text
    assert (
        'href="https://zf.example.gov.cn/check"' in page.text and 'href="https://zf.example.gov.cn/jcm' not in page.text
    )
    answer = house.client().post("/api/v1/verify", json={"code": text}).get_json()
    assert answer["verdict"] == "malformed"
    assert answer["issuer"] == {"name": CITY.name, "entry": CITY.entry}
    assert "全市综合执法系统" in house.client().get("/report").text


def test_who_only_looks_like_one_is_nobody(house: House) -> None:
    enter(house)
    for text in ("https://zf.example.gov.cn.evil.example/jcm", "https://zf.example.gov.cn@evil.example/jcm"):
        page = house.client().get("/q/", query_string={"code": text}).text
        assert "签发的码" not in page and "zf.example.gov.cn/check" not in page


def test_the_import_is_the_whole_list_and_says_what_is_wrong(house: House) -> None:
    def run(*rows: dict[str, str]):
        return house.perform(import_issuers, [Row(n, r) for n, r in enumerate(rows, 2)], lambda n: None)

    good = {"name": CITY.name, "prefixes": ";".join(CITY.prefixes), "entry": CITY.entry}
    assert (run(good).stored, run(good).unchanged) == (1, 1)
    problems = run(
        good | {"prefixes": "https://"}, good | {"entry": "javascript:alert(1)"}, good | {"prefixes": ""}, good, good
    ).problems
    assert [(p.row, p.field) for p in problems] == [(2, "prefixes"), (3, "entry"), (4, "prefixes"), (6, "name")]
    run()
    assert key_list(house)[0].issuers == ()
