"""The enterprise's burden, the officer's page, the map of tiles: what they count, and what they do not tell."""

import re

from sqlalchemy import update

from app.domain.applications import EnterpriseRef
from app.domain.tiles import layout
from app.store.models import Unit
from tests.house import House, uscc
from tests.web.test_exports import lines
from tests.web.test_seeing import busy, rows

PLACE = EnterpriseRef(uscc=uscc(1), name="云汀示例一食品有限公司")


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_an_enterprise_page_says_what_inspections_cost_it(house: House) -> None:
    first = house.completed(enterprise=PLACE)
    house.clock.move(days=3)
    house.completed(enterprise=PLACE)
    client = house.signed_in("supervisor")
    address = f"/supervise/enterprises/{first.enterprise_id}"
    page = client.get(address).text
    assert "2 次检查" in words(page) and "2.0 小时" in words(page) and "1 个单位" in words(page)
    assert page.count(f'href="/supervise/inspections/{first.id}" aria-label') == 1
    assert "报请上级" not in page


def test_a_body_above_the_district_counts_and_can_only_be_reported_upwards(house: House) -> None:
    inspection = house.completed(enterprise=PLACE)
    with house.installation.database.write() as session:
        session.execute(update(Unit).where(Unit.code == "YT-YJJ").values(supervised=False))
    client = house.signed_in("supervisor")
    page = client.get(f"/supervise/enterprises/{inspection.enterprise_id}").text
    assert "报请上级" in page
    link = re.search(r'href="(/supervise/inspections\?count=above[^"]+)"', page)
    assert link and rows(client, link[1].replace("&amp;", "&")) == 1
    figures = lines(client.get("/supervise/export/figures.jsonl?from=2026-03-01&to=2026-03-31"))
    assert {r["found"] for r in figures if r["figure"] == "above" and r["first"] == "2026-03-01"} == {1}


def test_the_paper_to_the_level_above_tells_of_those_visits_and_is_the_only_step(house: House) -> None:
    plain = house.completed(enterprise=PLACE)
    client = house.signed_in("supervisor")
    address = f"/supervise/enterprises/{plain.enterprise_id}"
    assert client.get(f"{address}/papers/new").status_code == 409, "nobody from above came"
    with house.installation.database.write() as session:
        session.execute(update(Unit).where(Unit.code == "YT-YJJ").values(supervised=False))
    above = house.completed(enterprise=PLACE, items=("YJ-02",))
    assert "报请上级" in client.get(f"/supervise/inspections/{above.id}").text
    form = client.get(f"{address}/papers/new").text
    assert "近一年云汀示例一食品有限公司被检查2次，其中区级以上单位2次" in form
    typed = {"addressee": "示例市司法局", "situation": "多次检查。", "request": ""}
    wrong = client.post(f"{address}/papers/new", data=typed)
    assert wrong.status_code == 422 and "请填写“报请事项”" in wrong.text and "多次检查。" in wrong.text
    made = client.post(f"{address}/papers/new", data=typed | {"request": "请协调。"})
    paper = made.headers["Location"]
    assert client.post(f"{paper}/served", data={"how": "post", "name": "王一"}).status_code == 422, "not signed yet"
    assert client.post(f"{paper}/sign").status_code == 303
    page = client.get(paper).text
    assert "〔2026〕1号" in page and "示例市司法局" in page and "登记送达" in page
    printed = client.get(f"/papers/{paper.rsplit('/', 1)[1]}").text
    assert above.number in printed and plain.number in printed and "示例市司法局" in printed
    assert paper in client.get("/supervise/papers").text and paper in client.get(address).text
    assert client.post(f"{paper}/served", data={"how": "post", "name": "王一"}).status_code == 303
    assert paper not in client.get("/supervise/papers").text and "已送达" in client.get(paper).text
    number = paper.rsplit("/", 1)[1]
    assert house.signed_in("neighbour").get(paper).status_code == 404
    assert house.signed_in("head").get(f"/papers/{number}").status_code == 404
    assert number not in house.signed_in("inspector").get("/inspect/questions").text


def test_an_officers_page_counts_what_its_lists_hold_and_nothing_of_ratings(house: House) -> None:
    busy(house)
    client = house.signed_in("supervisor")
    page = client.get("/supervise/officers/99010001?from=2026-03-01&to=2026-03-31").text
    found = re.findall(r'<a href="(/supervise/inspections\?count=[^"]+)">([\d,]+)</a>', page)
    assert len(found) >= 3
    for target, number in found:
        assert "officer=99010001" in target
        assert rows(client, target.replace("&amp;", "&")) == int(number), target
    assert "评价率" not in page.split("<main")[1]
    assert "6.2 小时" in words(page), "three of 65 minutes, three from their scan on of 60"
    unit = client.get("/supervise/units/YT-YJJ?from=2026-03-01&to=2026-03-31").text
    assert "/supervise/officers/99010001?" in unit


def test_an_officer_of_another_district_is_not_there(house: House) -> None:
    house.completed()
    neighbour = house.signed_in("neighbour")
    for number in ("99010001", "no such number", "a/b"):
        assert neighbour.get(f"/supervise/officers/{number}").status_code == 404
    assert house.signed_in("inspector").get("/supervise/officers/99010001").status_code == 403


def test_tiles_stand_as_their_towns_lie() -> None:
    places = {"n": (40, 5), "w": (20, 1), "e": (21, 9), "s": (10, 5)}
    found, known = layout(sorted(places), places)
    assert known and found["n"][1] <= found["w"][1] <= found["s"][1]
    assert found["w"][0] < found["e"][0] or found["w"][1] != found["e"][1]
    assert len(set(found.values())) == 4
    without, known = layout(["b", "a", "c"], {"a": (1, 1)})
    assert not known and without == {"a": (0, 0), "b": (1, 0), "c": (0, 1)}
    assert layout([], {}) == ({}, False)


def test_the_start_page_and_the_figures_have_one_scan_rate(house: House) -> None:
    """A code that only the inspector's own device opened was not scanned by the enterprise (虚假扫码)."""
    busy(house)
    client = house.signed_in("supervisor")
    rates = [
        re.search(r"扫码率</th><td>.*?<span[^>]*>(\d+/)<wbr>(\d+)</span>", client.get(address).text, re.S)
        for address in ("/supervise/", "/supervise/figures?from=2026-02-03&to=2026-03-04")
    ]
    assert [r and r[1] + r[2] for r in rates] == ["3/6", "3/6"]
