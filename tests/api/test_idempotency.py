"""Idempotency-Key: one thing is made, and everybody gets the first answer, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.api.test_one_visit import body, get, post
from tests.house import House

AT_ONCE = 50


def at_once(house: House, path: str, json: object, who: str | None, key: str) -> list[Any]:
    """The same call from many threads at the same moment, each with a client of its own."""
    headers = (house.bearer(who) if who else {}) | {"Idempotency-Key": key}
    clients = [house.client() for _ in range(AT_ONCE)]
    ready = Barrier(AT_ONCE)

    def call(client: Any) -> Any:
        ready.wait()
        return client.post(f"/api/v1{path}", json=json, headers=headers)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(call, clients))


def test_a_race_with_one_key_makes_one_inspection(house: House) -> None:
    answers = at_once(house, "/inspections", body(house), "inspector", "race")
    assert {a.status_code for a in answers} == {201}, {a.text for a in answers if a.status_code != 201}
    assert len({a.json["id"] for a in answers}) == 1
    assert all(a.json == answers[0].json for a in answers)
    assert len(get(house, "/inspections", "inspector").json["items"]) == 1


def test_a_race_with_one_key_makes_one_report(house: House) -> None:
    report = {"enterprise_name": "云汀某店", "visited_at": "2026-03-01T10:00:00+08:00", "what": "没有出示检查码"}
    answers = at_once(house, "/reports", report, None, "race")
    assert {a.status_code for a in answers} == {201}
    assert len({a.json["receipt"] for a in answers}) == 1


def test_a_race_of_approvals_issues_one_code(house: House) -> None:
    inspection = house.applied()
    answers = at_once(house, f"/inspections/{inspection.id}/approve", {"override_reason": "x"}, "head", "race")
    codes = {a.json["code"]["token"] for a in answers if a.status_code == 200}
    assert len(codes) == 1
    assert {a.status_code for a in answers} <= {200, 409}


def test_two_keys_make_two_things_and_two_actors_share_no_key(house: House) -> None:
    ids = set()
    for who, key in (("inspector", "a"), ("inspector", "b"), ("head", "a")):
        made = post(house, "/inspections", body(house, clue_no=f"{who}-{key}"), who, **{"Idempotency-Key": key})
        assert made.status_code == 201, made.text
        ids.add(made.json["id"])
    assert len(ids) == 3


def test_a_refused_request_leaves_its_key_free(house: House) -> None:
    refused = post(house, "/inspections", body(house, items=["NO"]), "inspector", **{"Idempotency-Key": "k"})
    assert refused.status_code == 422
    assert post(house, "/inspections", body(house), "inspector", **{"Idempotency-Key": "k"}).status_code == 201


def test_a_key_belongs_to_one_path(house: House) -> None:
    report = {"enterprise_name": "云汀某店", "visited_at": "2026-03-01T10:00:00+08:00", "what": "没有出示检查码"}
    assert post(house, "/reports", report, **{"Idempotency-Key": "k"}).status_code == 201
    code = {"code": "0123456789A", "rating": 5}
    other = post(house, "/feedback", code, **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json["code"]) == (409, "idempotency_conflict")


def test_a_key_that_is_empty_or_too_long_is_refused(house: House) -> None:
    for key, code in (("", "missing"), ("x" * 129, "too_long"), ("a\tb", "control_character")):
        answer = post(house, "/inspections", body(house), "inspector", **{"Idempotency-Key": key})
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert answer.json["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_departments_own_number_is_a_key_as_it_stands(house: House) -> None:
    as_sent = "云应急检〔2026〕1号".encode().decode("latin-1")  # a header is bytes, which WSGI hands over so
    made = [post(house, "/inspections", body(house), "inspector", **{"Idempotency-Key": as_sent}) for _ in range(2)]
    assert [a.status_code for a in made] == [201, 201] and made[0].json == made[1].json
