"""Discipline inspection's pages: it reads all units and changes nothing; nobody else comes in."""

import pytest

from tests.house import House
from tests.services.test_discipline import SECRET, leads_of, report

READS = (
    "/discipline/", "/discipline/looks", "/supervise/flags", "/supervise/inspections", "/supervise/enterprises?q=示例",
    "/supervise/figures", "/supervise/units", "/supervise/units/YT-YJJ", "/supervise/reports", "/supervise/ratings",
    "/supervise/telling",
)  # fmt: skip


def test_discipline_reads_all_units_and_acts_on_nothing(house: House) -> None:
    inspection = house.completed()
    report(house, concerns=("gifts",), unit_code="YT-SCJG")
    client = house.signed_in("discipline")
    enterprise = f"/supervise/enterprises/{inspection.enterprise_id}"
    for path in (*READS, f"/supervise/inspections/{inspection.id}", enterprise):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.text.count('method="post"') - page.text.count('action="/logout"') <= 2, path  # language, letters
    for path in (
        "/supervise/flags",
        f"{enterprise}/code",
        "/supervise/desk",
        "/supervise/questions",
        "/supervise/telling",
    ):
        assert client.post(path, data={}).status_code in (403, 405), path
    for path in ("/admin/", "/inspect/", "/supervise/", "/supervise/policy/"):
        assert client.get(path).status_code == 403, path


@pytest.mark.parametrize("who", ["supervisor", "admin", "inspector", "head", "observer"])
def test_the_administrator_the_supervisor_and_the_unit_cannot_see_the_lead(house: House, who: str) -> None:
    report(house, concerns=("gifts",), concern_note=SECRET, unit_code="YT-YJJ")
    (lead,) = leads_of(house)
    client = house.signed_in(who)
    for path in ("/discipline/", f"/discipline/leads/{lead.row.id}", "/discipline/looks"):
        answer = client.get(path)
        assert answer.status_code == 403 and SECRET not in answer.text
    assert client.post(f"/discipline/leads/{lead.row.id}", data={"go": "take_up", "note": "x"}).status_code == 403
    if who == "supervisor":
        assert SECRET not in client.get("/supervise/reports").text


def test_a_lead_is_followed_on_its_page(house: House) -> None:
    report(house, concerns=("forced_intermediary",), concern_note=SECRET, unit_code="YT-YJJ")
    (lead,) = leads_of(house)
    client, path = house.signed_in("discipline"), f"/discipline/leads/{lead.row.id}"
    assert SECRET in client.get(path).text
    refused = client.post(path, data={"go": "take_up", "note": " "})
    assert refused.status_code == 422 and 'id="note-error"' in refused.text
    assert client.post(path, data={"go": "take_up", "note": "已调阅"}).status_code == 303
    assert "已调阅" in client.get(path).text


def test_the_report_form_says_who_reads_what_is_said_of_money(house: House) -> None:
    client = house.client()
    typed = {"enterprise_name": "云汀示例一食品有限公司", "visited_on": "2026-03-01"}
    who = client.post("/report", data=typed | {"go": "who"})
    assert "云汀区司法局" in who.text
    what = client.post("/report", data=typed | {"go": "what", "unit_code": "YT-YJJ"})
    assert "只有纪检监察机构能看到" in what.text
    said = typed | {"unit_code": "YT-YJJ", "what": "来过", "gifts": "1", "concern_note": SECRET}
    assert SECRET in client.post("/report", data=said | {"go": "contact"}).text  # travels on, nothing is lost
    assert client.post("/report", data=said | {"go": "send"}).status_code == 303
    assert leads_of(house)[0].said["concern_note"] == SECRET
