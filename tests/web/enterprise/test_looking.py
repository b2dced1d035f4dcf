"""Looking at a code: light, readable, and without consequence."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.services.trust.codes import drawn
from app.store.models import CertificateSuspension, FactRow, FindingRow
from tests.house import House


def _code(house: House, inspection):
    with house.installation.reading() as session:
        return drawn(session, inspection, "http://localhost")


def _counts(house: House) -> tuple[int, int]:
    with house.installation.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(model)) for model in (FactRow, FindingRow))


def test_looking_never_records_or_flags_anything(house: House) -> None:
    code = _code(house, house.approved())
    forged = code.token[:-1] + str((int(code.token[-1]) + 1) % 10)
    before = _counts(house)
    client = house.client()
    for presented in (code.token, code.short_code, forged, "12345", "9" * 500):
        for page in ("", "/wrong"):
            assert client.get(f"/q/{presented}{page}").status_code == 200
    assert _counts(house) == before


def test_the_first_view_is_light_and_has_nothing_inline(house: House) -> None:
    code = _code(house, house.approved())
    client = house.client()
    page = client.get(f"/q/{code.token}")
    static = Path(house.app.static_folder)
    total = len(page.data) + sum((static / p).stat().st_size for p in ("css/app.css", "js/enterprise.js"))
    assert total < 60_000
    assert " style=" not in page.text and "<script>" not in page.text and " onclick=" not in page.text
    assert code.short_code[:4] in page.text


WORDS = [
    (-2, None, "还没到时间"),
    (0, None, "已登记并经批准"),
    (3, None, "未实施"),
    (0, "cancel", "已取消"),
    (0, "complete", "检查已结束"),
]


@pytest.mark.parametrize(
    ("hours", "step", "word"),
    [
        (-2, None, "还没到时间"),
        (0, None, "已登记并经批准"),
        (3, None, "未实施"),
        (0, "cancel", "已取消"),
        (0, "complete", "检查已结束"),
    ],
)
def test_every_state_has_its_word(house: House, hours: int, step: str | None, word: str) -> None:
    from app.services.visiting import visits

    inspection = house.approved() if step != "complete" else house.completed()
    if step == "cancel":
        house.perform(visits.cancel, house.people["inspector"], inspection.id, "停业", on_advice=False)
    house.clock.move(hours=hours)
    assert f"<h1>{word}</h1>" in house.client().get(f"/q/{_code(house, inspection).token}").text


def test_a_human_is_one_tap_away_on_every_page_of_the_enterprise(house: House) -> None:
    token, client = _code(house, house.approved()).token, house.client()
    rated = client.post(f"/q/{token}/rate", data={"rating": "5", "none": "1"}).location
    for path in (
        f"/q/{token}",
        "/q/12345",
        f"/q/{token}/wrong",
        "/q/?code=nonsense",
        "/receipts/",
        rated,
        "/report",
        "/notice",
    ):
        page = client.get(path, follow_redirects=True).text
        assert 'href="tel:99-55550101"' in page and 'href="tel:12345"' in page, path
    assert 'href="tel:12345"' in client.post(f"/q/{token}/arrive").text
    assert client.get(f"/q/{token}/arrive").location == f"/q/{token}"  # a tab that the phone opens again


def test_of_an_officer_who_may_not_take_part_today_the_page_says_whom_to_ask_and_not_why(house: House) -> None:
    inspection = house.approved(officers=("99010001", "99010002"))
    code = _code(house, inspection)
    today, client = house.clock.now.date(), house.client()
    with house.installation.unit_of_work() as work:
        why = "涉嫌受贿"
        work.session.add(CertificateSuspension(certificate_no="99010002", valid_from=today, reason=why))
    page = client.get(f"/q/{code.token}").text
    said = client.post("/api/v1/verify", json={"code": code.token}).json
    assert said["verdict"] == "valid"  # the code is; who may come is another question
    assert [o["check_first"] for o in said["inspection"]["officers"]] == [False, True]
    assert "请先核实人员" in page and page.count("没有这个证号今天有效的记录") == 1
    assert "请等单位另派人员" in page and "请您稍等" in page
    for shown in (page, str(said), client.get(f"/q/{code.token}", headers={"Accept-Language": "en"}).text):
        assert why not in shown and "停用" not in shown and "suspen" not in shown.lower()
    own = house.signed_in("inspector").get(f"/inspect/{inspection.id}/code").text
    assert "没有执法证 99010002 今天有效的记录" in own and why not in own
    house.clock.move(hours=3)  # nobody comes any more
    assert "今天有效的记录" not in client.get(f"/q/{code.token}").text
