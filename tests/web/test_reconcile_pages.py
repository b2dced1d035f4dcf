"""The pages of the reconciliation, and the call that brings records."""

import re

from tests.house import House, uscc
from tests.services.test_reconciliation import facts, known_enterprise, one, receive, records


def test_the_figures_open_what_they_count(house: House) -> None:
    known_enterprise(house)
    receive(house, {}, {"number": "A-2", "unit": "不认识的单位"}, {"number": "A-3", "uscc": uscc(9)})
    client = house.signed_in("supervisor")
    page = client.get("/supervise/reconcile").text
    assert "没有写明或不认识" in page
    for link in re.findall(r'href="(/supervise/reconcile\?[^"]*)"', page):
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    assert "A-2" not in client.get("/supervise/reconcile?state=unmatched").text
    assert "A-1" not in house.signed_in("neighbour").get("/supervise/reconcile").text
    assert house.signed_in("head").get("/supervise/reconcile").status_code == 403


def test_a_person_decides_side_by_side_and_nothing_typed_is_lost(house: House) -> None:
    first, _ = house.completed(), house.completed()
    receive(house, {})
    (row,) = records(house).values()
    client, url = house.signed_in("supervisor"), f"/supervise/reconcile/{row.id}"
    page = client.get(url).text
    assert first.number in page
    wrong = client.post(url, data={"verdict": "number", "number": "没有的编号", "reason": "我写的理由", "seen": "0"})
    assert (wrong.status_code, "我写的理由" in wrong.text, "没有的编号" in wrong.text) == (422, True, True)
    assert client.post(url, data={"verdict": f"this:{first.id}", "seen": "0"}).status_code == 422
    done = client.post(url, data={"verdict": f"this:{first.id}", "reason": "同一案", "seen": "0"})
    assert (done.status_code, one(house)) == (303, ("matched", "decided"))
    late = client.post(url, data={"verdict": "none", "reason": "不是", "seen": "0"})
    assert (late.status_code, "刚刚有人" in late.text) == (409, True)
    assert client.post(url, data={"seen": "x" * 50, "verdict": "?"}).status_code in (409, 422)
    assert house.signed_in("neighbour").get(url).status_code == 404


def send(house: House, who: str, *rows: dict):
    return house.client().post("/api/v1/case-records", json={"records": list(rows)}, headers=house.bearer(who))


def test_each_row_of_a_call_has_its_own_answer_and_again_nothing_changes(house: House) -> None:
    known_enterprise(house)
    good = {"kind": "visit", "source": "系统", "number": "1", "uscc": uscc(1), "unit": "YT-YJJ", "day": "2026-03-01"}
    rows = (good, good | {"number": 2}, good | {"number": "3", "day": "never"}, good | {"number": "4", "x": "y"})
    items = send(house, "supervisor", *rows).json["items"]
    assert [i["result"] for i in items] == ["added", "refused", "refused", "refused"]
    assert (items[0]["state"], items[0]["errors"]) == ("unmatched", [])
    assert [i["errors"][0]["code"] for i in items[1:]] == ["wrong_type", "cell_day", "unknown_field"]
    before = facts(house)
    assert send(house, "supervisor", good).json["items"][0]["result"] == "unchanged"
    assert facts(house) == before
    other = send(house, "supervisor", good | {"number": "5", "unit": "GB-YJJ"}).json["items"][0]
    assert other["errors"][0]["code"] == "cell_not_yours"
    assert send(house, "inspector", good).status_code == 403
