"""Flags as other systems read and follow them up, the registry calls, and who may call what."""

from datetime import timedelta

import pytest

from app.domain.times import rfc3339
from tests.api.test_one_visit import body, get, post
from tests.district import UNITS
from tests.house import House, uscc

CALLS = (  # method, path, who may; None: everybody
    ("POST", "/inspections", ("inspector", "head")),
    ("GET", "/inspections", ("inspector", "head", "supervisor")),
    ("GET", "/inspections/none", ("inspector", "head", "supervisor")),
    ("POST", "/inspections/none/approve", ("head",)),
    ("POST", "/inspections/none/reject", ("head",)),
    ("POST", "/inspections/none/cancel", ("inspector", "head")),
    ("POST", "/inspections/none/complete", ("inspector", "head")),
    ("GET", "/inspections/none/code.svg", ("inspector", "head", "supervisor")),
    ("GET", "/inspections/none/code.png", ("inspector", "head", "supervisor")),
    ("GET", "/flags", ("inspector", "head", "supervisor")),
    ("GET", "/flags/none", ("inspector", "head", "supervisor")),
    ("POST", "/flags/none/actions", ("inspector", "head", "supervisor")),
    ("GET", "/stats?from=2026-01-01&to=2026-12-31", ("supervisor",)),
    ("GET", "/units", ("inspector", "head", "supervisor", "admin")),
    ("GET", "/items", ("inspector", "head", "supervisor", "admin")),
    ("GET", "/officers", ("inspector", "head", "supervisor", "admin")),
    ("GET", "/enterprises?q=x", ("inspector", "head", "supervisor", "admin")),
    ("POST", "/verify", None),
    ("POST", "/scans", None),
    ("POST", "/feedback", None),
    ("POST", "/reports", None),
    ("GET", "/receipts/none", None),
)


def test_who_may_call_what(house: House) -> None:
    for method, path, allowed in CALLS:
        for who in (None, "inspector", "head", "supervisor", "admin"):
            json = {} if method == "POST" else None
            headers = house.bearer(who) if who else {}
            answer = house.client().open(f"/api/v1{path}", method=method, json=json, headers=headers)
            if allowed is None:
                assert answer.status_code in (404, 422), (method, path, who, answer.status_code)
            elif who is None:
                assert (answer.status_code, answer.json["code"]) == (401, "unauthorized"), (method, path)
            elif who in allowed:
                assert answer.status_code in (200, 404, 422), (method, path, who, answer.status_code)
            else:
                assert (answer.status_code, answer.json["code"]) == (403, "wrong_role"), (method, path, who)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer é", "Bearer " + "x" * 9000]
)
def test_a_wrong_token_is_401_with_a_sentence(house: House, header: str) -> None:
    answer = house.client().get("/api/v1/inspections", headers={"Authorization": header})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert answer.json["detail"]


def visited(house: House, inspector: str, head: str, **changes: object) -> str:
    """A visit that the enterprise confirmed; its id."""
    made = post(house, "/inspections", body(house, **changes), inspector).json
    code = post(house, f"/inspections/{made['id']}/approve", {"override_reason": "急"}, head).json["code"]
    post(house, "/scans", {"code": code["url"], "action": "arrive"})
    house.clock.move(minutes=1)
    return str(made["id"])


def flagged(house: House) -> dict:
    """Two visits on one day: the second is flagged; as the supervisor reads the flag."""
    for clue in ("a", "b"):
        visited(house, "inspector", "head", clue_no=clue)
    return get(house, "/flags?rule=repeat.day", "supervisor").json["items"][0]


def test_a_flag_is_followed_up_and_a_unit_sees_only_what_was_sent(house: House) -> None:
    flag = flagged(house)
    path = f"/flags/{flag['id']}"
    assert (flag["state"], flag["uscc"], flag["unit"]) == ("raised", uscc(77), "YT-YJJ")
    assert get(house, path, "inspector").status_code == 404
    assert get(house, path, "neighbour").status_code == 404
    assert (
        post(house, f"{path}/actions", {"action": "investigate", "note": ""}, "supervisor").json["state"]
        == "investigating"
    )
    no_note = post(house, f"{path}/actions", {"action": "send", "note": ""}, "supervisor")
    assert (no_note.status_code, no_note.json["errors"][0]["field"]) == (422, "note")
    sent = post(house, f"{path}/actions", {"action": "send", "note": "请说明", "due": "2026-03-09"}, "supervisor").json
    assert (sent["state"], sent["due"]) == ("sent", "2026-03-09")
    assert [f["id"] for f in get(house, "/flags", "inspector").json["items"]] == [flag["id"]]
    assert get(house, path, "inspector2").status_code == 404
    closing = post(house, f"{path}/actions", {"action": "close", "note": "好了"}, "inspector")
    assert (closing.status_code, closing.json["code"]) == (403, "wrong_role")
    answered = post(house, f"{path}/actions", {"action": "answer", "note": "应投诉人要求"}, "inspector").json
    assert answered["state"] == "answered"
    early = post(house, f"{path}/actions", {"action": "close", "note": "x"}, "supervisor")
    assert (early.status_code, early.json["code"]) == (409, "not_in_this_state")
    assert (
        post(house, f"{path}/actions", {"action": "dismiss", "note": "理由充分"}, "supervisor").json["state"]
        == "dismissed"
    )
    assert post(house, f"{path}/actions", {"action": "close", "note": "x"}, "supervisor").json["state"] == "closed"


def test_one_step_of_a_flag_is_taken_once_for_one_key(house: House) -> None:
    path = f"/flags/{flagged(house)['id']}/actions"
    step = {"action": "investigate", "note": "看"}
    first = post(house, path, step, "supervisor", **{"Idempotency-Key": "k"})
    again = post(house, path, step, "supervisor", **{"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)
    assert post(house, path, step, "supervisor").status_code == 409


def test_flags_are_filtered(house: House) -> None:
    flag = flagged(house)
    day = flag["raised_for"]
    for query in (f"uscc={uscc(77)}", "severity=red", "state=raised", f"from={day}&to={day}", "unit=YT-YJJ"):
        assert flag["id"] in [f["id"] for f in get(house, f"/flags?{query}", "supervisor").json["items"]], query
    for query in (f"uscc={uscc(78)}", "state=closed", "from=2026-03-03", "to=2026-03-01", "unit=YT-SCJG"):
        assert get(house, f"/flags?{query}", "supervisor").json["items"] == [], query


def test_findings_that_rest_on_speech_are_never_a_units(house: House) -> None:
    report = {
        "uscc": uscc(5),
        "enterprise_name": "云汀某店",
        "unit_code": "YT-YJJ",
        "visited_at": rfc3339(house.clock.now),
    }
    post(house, "/reports", report | {"what": "没有出示检查码"})
    flag = get(house, "/flags?rule=unregistered.report", "supervisor").json["items"][0]
    send = post(house, f"/flags/{flag['id']}/actions", {"action": "send", "note": "请说明"}, "supervisor")
    assert (send.status_code, send.json["code"]) == (409, "rests_on_speech")
    assert get(house, f"/flags/{flag['id']}", "inspector").status_code == 404


def test_a_visit_not_carried_out_and_a_cancelled_one(house: House) -> None:
    ids = [post(house, "/inspections", body(house, clue_no=c), "inspector").json["id"] for c in ("a", "b", "c")]
    for inspection in ids[:2]:
        post(house, f"/inspections/{inspection}/approve", {"override_reason": "急"}, "head")
    none = post(house, f"/inspections/{ids[0]}/complete", {"not_carried_out": {"reason": "other"}}, "inspector")
    assert (none.status_code, none.json["code"]) == (422, "note_missing")
    closed = post(house, f"/inspections/{ids[0]}/complete", {"not_carried_out": {"reason": "closed"}}, "inspector").json
    assert (closed["state"], closed["not_carried_out"]) == ("not_carried_out", {"reason": "closed", "note": None})
    gone = post(house, f"/inspections/{ids[1]}/cancel", {"reason": "合并"}, "inspector").json
    assert gone["state"] == "cancelled"
    assert post(house, "/verify", {"code": gone["code"]["url"]}).json["verdict"] == "cancelled"
    refused = post(house, f"/inspections/{ids[2]}/reject", {"reason": "合并"}, "head").json
    assert (refused["state"], refused["decision_reason"], refused["code"]) == ("rejected", "合并", None)
    assert post(house, f"/inspections/{ids[2]}/approve", {}, "head").status_code == 409
    assert get(house, f"/inspections/{ids[2]}/code.png", "head").status_code == 404


def test_the_drawn_code_is_an_image_of_the_url(house: House) -> None:
    import io

    import numpy
    import zxingcpp
    from PIL import Image

    made = post(house, "/inspections", body(house), "inspector").json
    code = post(house, f"/inspections/{made['id']}/approve", {}, "head").json["code"]
    drawn = get(house, f"/inspections/{made['id']}/code.png", "inspector")
    assert drawn.content_type == "image/png"
    picture = numpy.array(Image.open(io.BytesIO(drawn.data)).convert("L"))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code["url"]]
    svg = get(house, f"/inspections/{made['id']}/code.svg", "supervisor")
    assert svg.content_type == "image/svg+xml" and b"<script" not in svg.data


def test_the_registry_calls(house: House) -> None:
    post(house, "/inspections", body(house), "inspector")
    for query in ("新来", "ytmmxld", uscc(77), uscc(77)[:12]):
        assert [e["uscc"] for e in get(house, f"/enterprises?q={query}", "inspector").json["items"]] == [uscc(77)], (
            query
        )
    officers = get(house, "/officers", "inspector").json["items"]
    assert [o["state"] for o in officers] == ["valid", "valid", "expired", "suspended"]
    assert all(o["unit"] == "YT-YJJ" for o in officers)
    pages, query = [], "/units?limit=3"
    while query:
        page = get(house, query, "admin").json
        pages += [u["code"] for u in page["items"]]
        query = f"/units?limit=3&cursor={page['next']}" if page["next"] else ""
    assert len(pages) == len(set(pages)) == len(UNITS)
    assert {i["unit"] for i in get(house, "/items?unit=YT-SCJG", "inspector").json["items"]} == {"YT-SCJG"}


def test_a_visit_can_be_rated_from_its_start_until_thirty_days_after_its_end(house: House) -> None:
    start = house.clock.now + timedelta(hours=1)
    window = {"start": rfc3339(start), "end": rfc3339(start + timedelta(hours=1))}
    made = post(house, "/inspections", body(house, window=window), "inspector").json
    code = post(house, f"/inspections/{made['id']}/approve", {}, "head").json["code"]["url"]
    early = post(house, "/feedback", {"code": code, "rating": 4})
    assert (early.status_code, early.json["code"]) == (409, "not_yet_ratable")
    house.clock.move(days=30, hours=2)
    assert post(house, "/feedback", {"code": code, "rating": 4}).status_code == 201
    house.clock.move(seconds=1)
    late = post(house, "/feedback", {"code": code, "rating": 4})
    assert (late.status_code, late.json["code"]) == (409, "no_longer_ratable")
    assert post(house, "/feedback", {"code": "nonsense", "rating": 4}).status_code == 404


def test_a_flag_has_the_light_of_its_deadline(house: House) -> None:
    flag = flagged(house)
    assert flag["light"] is None
    send = {"action": "send", "note": "请说明", "due": "2026-03-10"}
    assert post(house, f"/flags/{flag['id']}/actions", send, "supervisor").json["light"] == "green"
    for days, light in ((6, "yellow"), (3, "red")):
        house.clock.move(days=days)
        assert get(house, f"/flags/{flag['id']}", "supervisor").json["light"] == light


def test_a_unit_reads_of_other_units_visits_only_the_day(house: House) -> None:
    told = {"items": ["SJ-01"], "officers": ["99020001", "99020002"], "clue_no": "theirs"}
    theirs = visited(house, "inspector2", "head2", **told)
    mine = visited(house, "inspector", "head", clue_no="mine")
    flag = get(house, "/flags?rule=repeat.day", "supervisor").json["items"][0]
    assert (flag["inspection_id"], flag["evidence"]["visits"][0]["id"]) == (mine, theirs)
    post(house, f"/flags/{flag['id']}/actions", {"action": "send", "note": "请说明"}, "supervisor")
    for path in ("/flags", f"/flags/{flag['id']}"):
        answer = get(house, path, "inspector")
        read = answer.json["items"][0] if path == "/flags" else answer.json
        assert theirs not in answer.text and read["inspection_id"] == mine
        assert read["evidence"]["visits"] == [{"day": "2026-03-02", "text": "其他单位在2026-03-02的检查"}]
