"""Every figure of the supervisor's pages opens a list that counts the same."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.domain.applications import EnterpriseRef
from app.domain.inspections import Result
from app.domain.supervision import FlagAction
from app.queries.registry import inspecting_units
from app.services.supervising import flag_actions
from app.services.trust.codes import drawn
from app.services.visiting import scans, visits
from app.store.models import FindingRow
from tests.house import House, uscc


def visit(house: House, number: int) -> None:
    """One visit; the enterprise scans from number 2 on, a problem is found from number 3 on."""
    inspection = house.approved(enterprise=EnterpriseRef(uscc=uscc(number), name=f"云汀示例{number}店"))
    house.clock.move(minutes=5)
    if number > 1:
        with house.installation.reading() as session:
            url = drawn(session, inspection, "http://localhost").url
        house.perform(scans.record_scan, url, "arrive", f"phone {number}")
    house.clock.move(hours=1)
    results = tuple(Result(item, "problem_found" if number > 2 else "no_problem") for item in inspection.items)
    done = visits.Completion(results, house.clock.now)
    house.perform(visits.complete, house.people["inspector"], inspection.id, done)


def busy(house: House) -> None:
    """Six visits of one unit at four enterprises, some shown, with problems, some flagged, two flags closed."""
    for number in (1, 1, 1, 2, 3, 4):
        visit(house, number)
    who = house.people["supervisor"]
    with house.installation.reading() as session:
        flags = list(session.scalars(select(FindingRow.id).where(FindingRow.standing).order_by(FindingRow.id)))
    assert len(flags) >= 3
    house.clock.move(days=2)
    for flag, steps in (
        (flags[0], "uphold order_correction corrected close"),
        (flags[1], "dismiss close"),
        (flags[2], "uphold"),
    ):
        for step in steps.split():
            house.perform(flag_actions.act, who, flag, FlagAction(step, "看过"))


def rows(client, address: str) -> int:
    count = 0
    while address:
        page = client.get(address).text
        count += page.count('class="row-link"')
        following = re.search(r'class="button" href="(\?[^"]*cursor=[^"]+)"', page)
        address = address.split("?")[0] + unescape(following[1]) if following else ""
    return count


@pytest.mark.parametrize("address", ["/supervise/units/YT-YJJ", "/supervise/figures"])
def test_each_number_opens_the_list_it_counts(house: House, address: str) -> None:
    busy(house)
    client = house.signed_in("supervisor")
    page = client.get(address).text
    links = re.findall(r'<a href="(/supervise/(?:inspections|flags)\?count=[^"]+)">([\d ,]+)</a>', page)
    assert len(links) >= 5
    for target, number in links:
        assert rows(client, unescape(target)) == int(number), target
    shares = re.findall(r'<a href="(/supervise/[^"]+)">[\d.]+%</a></strong> <span class="small nowrap">(\d+)/', page)
    assert len(shares) >= 3
    for target, number in shares:
        assert rows(client, unescape(target)) == int(number), target
    assert {unescape(a).split("count=")[1].split("&")[0] for a, _ in links + shares} >= {
        "visits",
        "raised",
        "upheld",
        "corrected",
        "shown",
        "scanned",
        "problems",
    }


def test_a_dismissed_flag_that_is_closed_was_not_upheld(house: House) -> None:
    busy(house)
    page = house.signed_in("supervisor").get("/supervise/units/YT-YJJ").text
    number = dict(re.findall(r"count=(upheld|corrected)[^>]+>(\d+)</a>", page))
    assert number == {"upheld": "2", "corrected": "1"}


def test_units_stand_in_administrative_order_and_no_rating_is_listed(house: House) -> None:
    busy(house)
    page = house.signed_in("supervisor").get("/supervise/units").text
    with house.installation.reading() as session:
        order = [u.code for u in inspecting_units(session)]
    visited, without = [re.findall(r"/supervise/units/([\w-]+)\?", part) for part in page.split("没有检查的单位")]
    assert visited == [c for c in order if c in visited] and "YT-YJJ" in visited
    assert without == [c for c in order if c in without] and not set(visited) & set(without)
    assert "count=rated" not in page and "不足 10 家企业" in page


def test_a_figure_that_does_not_exist_lists_nothing(house: House) -> None:
    house.completed()
    client = house.signed_in("supervisor")
    for address in ("/supervise/inspections?count=rated", "/supervise/flags?count=nonsense"):
        assert rows(client, address) == 0
    assert client.get("/supervise/units?from=9999-99-99&to=x").status_code == 200
    assert client.get("/supervise/units/NO-SUCH").status_code == 404


def test_another_district_sees_none_of_it(house: House) -> None:
    busy(house)
    page = house.signed_in("neighbour").get("/supervise/units/YT-YJJ").text
    assert "count=visits" not in page


def test_the_hour_is_that_of_shanghai(house: House) -> None:
    visit(house, 1)  # Monday, nine o'clock in Shanghai, one at night in UTC
    client = house.signed_in("supervisor")
    assert re.search(r"weekday=1&amp;hour=9", client.get("/supervise/figures").text)
    days = "count=visits&from=2026-03-02&to=2026-03-02"
    assert rows(client, f"/supervise/inspections?{days}&weekday=1&hour=9") == 1
    for other in ("weekday=1&hour=1", "weekday=2&hour=9", "weekday=x&hour=²"):
        assert rows(client, f"/supervise/inspections?{days}&{other}") == 0


def test_the_programs_see_the_numbers_of_the_pages(house: House) -> None:
    busy(house)
    page = house.signed_in("supervisor").get("/supervise/units?from=2026-03-01&to=2026-03-31").text
    on_page = re.findall(r"count=(visits|raised)&amp;[^\"]*unit=([\w-]+)\">(\d+)<", page)
    address = "/api/v1/stats?from=2026-03-01&to=2026-03-31&by="
    answer = house.client().get(address + "unit", headers=house.bearer("supervisor")).json
    assert {r["key"]: r["visits"] for r in answer["items"]} == {u: int(n) for what, u, n in on_page if what == "visits"}
    rules = house.client().get(address + "rule", headers=house.bearer("supervisor")).json["items"]
    board = house.signed_in("supervisor").get("/supervise/figures?from=2026-03-01&to=2026-03-31").text
    assert sum(r["flags"] for r in rules) == int(re.findall(r"count=raised[^>]*to=2026-03-31\">(\d+)<", board)[0])
