"""One visit through the API, as another system or an acceptance check would drive it."""

from datetime import timedelta

import pytest

from app.domain.times import rfc3339
from tests.house import House, uscc


def body(house: House, **changes: object) -> dict:
    now = house.clock.now
    return {
        "enterprise": {"uscc": uscc(77), "name": "云汀某某新来的企业有限公司"},
        "kind": "triggered",
        "cause": "complaint",
        "clue_no": "12345-1",
        "reason": "市民来电",
        "items": ["YJ-01"],
        "officers": ["99010001", "99010002"],
        "window": {"start": rfc3339(now), "end": rfc3339(now + timedelta(hours=2))},
    } | changes


def post(house: House, path: str, json: object, who: str | None = None, **headers: str):
    given = (house.bearer(who) if who else {}) | headers
    return house.client().post(f"/api/v1{path}", json=json, headers=given)


def get(house: House, path: str, who: str | None = None):
    return house.client().get(f"/api/v1{path}", headers=house.bearer(who) if who else {})


def test_a_visit_from_application_to_flags(house: House) -> None:
    made = post(house, "/inspections", body(house), "inspector")
    assert made.status_code == 201, made.text
    inspection = made.json
    assert (inspection["state"], inspection["code"], inspection["flags"]) == ("applied", None, [])
    approved = post(house, f"/inspections/{inspection['id']}/approve", {}, "head")
    assert approved.status_code == 200, approved.text
    code = approved.json["code"]
    assert set(code) == {"url", "token", "short_code", "svg_url", "png_url"}
    verified = post(house, "/verify", {"code": code["url"]})
    assert verified.json["verdict"] == "valid"
    assert verified.json["steps"][0] == {"step": "digits", "ok": True}
    typed = post(house, "/verify", {"code": code["short_code"]})
    assert typed.json["verdict"] == "valid"
    assert code["token"] not in typed.text and "/q/" not in typed.text
    scanned = post(house, "/scans", {"code": code["url"], "action": "arrive"})
    assert len(scanned.json["challenge"]["digits"]) == 6
    house.clock.move(hours=1)
    results = {"results": [{"item": "YJ-01", "outcome": "no_problem"}], "ended_at": rfc3339(house.clock.now)}
    done = post(house, f"/inspections/{inspection['id']}/complete", results, "inspector")
    assert done.json["state"] == "completed"
    rated = post(house, "/feedback", {"code": code["url"], "rating": 5, "answers": {"gifts": False}})
    assert rated.status_code == 201
    assert get(house, f"/receipts/{rated.json['receipt']}").json == {"state": "received", "answer": None}

    began_before = {
        "start": rfc3339(house.clock.now - timedelta(hours=2)),
        "end": rfc3339(house.clock.now + timedelta(hours=2)),
    }
    second = post(house, "/inspections", body(house, clue_no="12345-2", window=began_before), "inspector").json
    assert "repeat.day" in [a["rule"] for a in second["advisories"]]
    approved = post(house, f"/inspections/{second['id']}/approve", {}, "head").json
    post(house, "/scans", {"code": approved["code"]["url"], "action": "arrive"})
    flags = get(house, f"/flags?uscc={uscc(77)}&rule=repeat.day", "supervisor").json["items"]
    assert [(f["rule"], f["inspection_number"], f["unit"]) for f in flags] == [
        ("repeat.day", second["number"], "YT-YJJ")
    ]


def test_a_reported_visit_that_nobody_registered_is_flagged(house: House) -> None:
    report = {
        "uscc": uscc(5),
        "enterprise_name": "云汀某店",
        "visited_at": rfc3339(house.clock.now),
        "what": "没有出示检查码",
    }
    made = post(house, "/reports", report)
    assert made.status_code == 201, made.text
    flags = get(house, "/flags?rule=unregistered.report", "supervisor").json["items"]
    assert len(flags) == 1
    assert get(house, "/flags", "inspector").json["items"] == []


def test_the_same_key_gives_the_same_answer_and_another_body_is_refused(house: House) -> None:
    house.bearer("inspector")
    first = post(house, "/inspections", body(house), "inspector", **{"Idempotency-Key": "k1"})
    again = post(house, "/inspections", body(house), "inspector", **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json) == (201, first.json)
    other = post(house, "/inspections", body(house, reason="别的"), "inspector", **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json["code"]) == (409, "idempotency_conflict")
    assert len(get(house, "/inspections", "inspector").json["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"enterprise": {"uscc": "91990101Y000000121", "name": "x"}}, "enterprise.uscc", "uscc_check_digit"),
        ({"enterprise": {"uscc": "91990101", "name": "x"}}, "enterprise.uscc", "uscc_length"),
        ({"enterprise": {}}, "enterprise.name", "enterprise_missing"),
        ({"kind": "other"}, "kind", "unknown_choice"),
        ({"items": ["NO-1"]}, "items", "unknown_item"),
        ({"items": []}, "items", "items_missing"),
        ({"officers": []}, "officers", "officers_missing"),
        ({"joint_units": ["NO"]}, "joint_units", "unknown_unit"),
        (
            {"window": {"start": "2026-03-02T09:00:00", "end": "2026-03-02T10:00:00+08:00"}},
            "window.start",
            "naive_time",
        ),
        ({"window": {"start": "yesterday", "end": "2026-03-02T10:00:00+08:00"}}, "window.start", "wrong_type"),
        ({"reason": "a\x00b"}, "reason", "control_character"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"surprise": "yes"}, "surprise", "wrong_type"),
        ({"reason": "长" * 3000}, "reason", "too_long"),
    ],
)
def test_what_is_malformed_is_refused_at_its_field(house: House, change: dict, field: str, code: str) -> None:
    answer = post(house, "/inspections", body(house, **change), "inspector")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert (field, code) in [(e["field"], e["code"]) for e in answer.json["errors"]]


def test_other_units_things_do_not_exist_and_roles_are_kept_apart(house: House) -> None:
    made = post(house, "/inspections", body(house), "inspector").json
    assert get(house, f"/inspections/{made['id']}", "inspector2").status_code == 404
    assert get(house, f"/inspections/{made['id']}", "neighbour").status_code == 404
    assert get(house, f"/inspections/{made['id']}", "city").status_code == 200
    assert post(house, f"/inspections/{made['id']}/approve", {}, "inspector").status_code == 403
    assert post(house, f"/inspections/{made['id']}/approve", {}).status_code == 401
    assert post(house, f"/inspections/{made['id']}/approve", {}, "head2").status_code == 404


def test_a_forged_code_leaves_one_flag_however_often_it_is_posted(house: House) -> None:
    made = post(house, "/inspections", body(house), "inspector").json
    code = post(house, f"/inspections/{made['id']}/approve", {}, "head").json["code"]
    forged = code["token"][:-1] + str((int(code["token"][-1]) + 1) % 10)
    for _ in range(3):
        assert post(house, "/verify", {"code": forged}).json["verdict"] == "bad_signature"
    assert house.client().get(f"/api/v1/verify?code={forged}").status_code == 405
    assert len(get(house, "/flags?rule=code.bad", "supervisor").json["items"]) == 1


def test_every_documented_operation_has_its_route_and_every_route_is_documented(house: House) -> None:
    document = house.client().get("/api/v1/openapi.json").json
    documented = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    ours = {(path, method) for path, method in documented if path.startswith("/api/v1/")}
    routes = {
        (rule.rule.replace("<", "{").replace(">", "}"), method)
        for rule in house.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint not in ("api.openapi_json", "api.docs")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert ours == routes
    for path, _ in documented - ours:
        made = path.replace("{level}", "0").replace("{index}", "000")
        assert house.client().get(made).status_code in (200, 404, 503)
        assert house.app.url_map.bind("localhost").match(made)
    assert all("429" in op["responses"] for methods in document["paths"].values() for op in methods.values())


def test_a_page_of_inspections_ends_where_the_next_begins(house: House) -> None:
    for n in range(5):
        house.clock.move(seconds=1)
        post(house, "/inspections", body(house, clue_no=f"c-{n}"), "inspector")
    first = get(house, "/inspections?limit=3", "inspector").json
    second = get(house, f"/inspections?limit=3&cursor={first['next']}", "inspector").json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    assert len({i["id"] for i in first["items"] + second["items"]}) == 5


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":' * 500, b'{"kind": NaN}'])
def test_what_is_no_json_object_gets_a_sentence(house: House, raw: bytes) -> None:
    headers = house.bearer("inspector") | {"Content-Type": "application/json"}
    answer = house.client().post("/api/v1/inspections", data=raw, headers=headers)
    assert answer.status_code == 422 and answer.json["errors"]
