"""Hostile input at every field of every POST: a 2xx or a 4xx with a sentence, never a 500; on both databases."""

import copy
import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from app.domain.times import rfc3339
from tests.house import House, uscc

ANYTHING = (
    None, True, 0, -1, 10**30, 1.5, "", " ", [], {}, [[]], [None], {"": 1}, "x" * 5000, "字" * 200, "😀" * 100, "%s %(x)s {} %",
    "'; DROP TABLE facts; --", "<script>alert(1)</script>", "a\x00b", "\x00", "\u202egnp.exe", "\u200b", "\ufdfa" * 60,
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T09:00:00", "2026-03-02", "24:00", "１２３", "//", "..",
)  # fmt: skip
RAW = (
    b"", b"{", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"kind": NaN}', b'{"rating": 1e400}',
    b'{"code": "\\ud800"}', b"[" * 100_000, b'{"a":' * 5_000, b'{"rating": ' + b"9" * 5_000 + b"}", b"\x00" * 64,
)  # fmt: skip


def bodies(house: House) -> list[tuple[str, str | None, dict[str, Any]]]:
    """(path, who, a plain body with every field) for every POST."""
    now = house.clock.now
    applied, approved = house.applied(), house.approved()
    with house.installation.reading() as session:
        from app.services.trust.codes import drawn

        code = drawn(session, approved, "http://localhost")
    assert code is not None
    window = {"start": rfc3339(now), "end": rfc3339(now + timedelta(hours=2))}
    application = {
        "enterprise": {"uscc": uscc(8), "name": "云汀某店", "address": "某路 1 号", "no_uscc_reason": "小摊"},
        "kind": "triggered", "plan_code": "P-1", "cause": "complaint", "clue_no": "XS-9", "clue_at": rfc3339(now),
        "reason": "来电", "recheck_of": approved.id, "items": ["YJ-01"], "officers": ["99010001", "99010002"],
        "window": window, "place": {"kind": "other", "address": "某处", "region": "990101"}, "way": "on_site",
        "joint_units": ["YT-SCJG"], "surprise": False, "started_at": rfc3339(now), "exception": "emergency",
        "exception_reason": "险情", "low_yield_reason": "说明", "external": {"system": "市系统", "number": "1", "qr": "x"},
    }  # fmt: skip
    results = {"results": [{"item": "YJ-01", "outcome": "no_problem", "note": "无"}], "ended_at": rfc3339(now)}
    flag = {"action": "investigate", "note": "了解", "due": "2026-03-09"}
    report = {
        "uscc": uscc(8), "enterprise_name": "某店", "unit_code": "YT-YJJ", "unit_text": "应急局", "visited_at": rfc3339(now),
        "people": "两人", "what": "没有码", "contact": "13800000000",
    }  # fmt: skip
    return [
        ("/inspections", "inspector", application),
        (f"/inspections/{applied.id}/approve", "head", {"override_reason": "理由"}),
        (f"/inspections/{applied.id}/reject", "head", {"reason": "理由"}),
        (f"/inspections/{applied.id}/cancel", "inspector", {"reason": "理由", "on_advice": True}),
        (f"/inspections/{approved.id}/complete", "inspector", results),
        (
            f"/inspections/{approved.id}/complete",
            "inspector",
            {"not_carried_out": {"reason": "closed", "note": "关门"}},
        ),
        ("/flags/none/actions", "supervisor", flag),
        ("/verify", None, {"code": code.url, "uscc": uscc(8)}),
        ("/scans", None, {"code": code.url, "action": "seen"}),
        ("/feedback", None, {"code": code.url, "rating": 5, "answers": {"gifts": False}, "comment": "好"}),
        ("/reports", None, report),
    ]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every field of a body, nested ones too."""
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in ((*path, k), *places(v, (*path, k)))]
    if isinstance(value, list):
        return [p for k, v in enumerate(value) for p in ((*path, k), *places(v, (*path, k)))]
    return []


def changed(body: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(body)
    at: Any = copied
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    return copied


def told(house: House, path: str, who: str | None, data: bytes, kind: str = "application/json") -> Any:
    headers = (house.bearer(who) if who else {}) | {"Content-Type": kind}
    answer = house.client().post(f"/api/v1{path}", data=data, headers=headers)
    assert answer.status_code < 500, f"{path} answered {answer.status_code} to {data[:300]!r}"
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert set(answer.json) == {"type", "title", "status", "code", "detail", "errors"}
        assert answer.json["detail"] and answer.json["status"] == answer.status_code
        for error in answer.json["errors"]:
            assert error["field"] and error["code"] and error["message"] != error["code"], error
    return answer


@pytest.mark.parametrize("number", range(11))
def test_no_value_at_any_field_is_a_500(house: House, number: int) -> None:
    path, who, body = bodies(house)[number]
    step = (
        1 if house.installation.database.is_sqlite else 3
    )  # PostgreSQL is given a third: what reads a body is the same
    for place, value in list(itertools.product(places(body), ANYTHING))[::step]:
        told(house, path, who, json.dumps(changed(body, place, value)).encode())


def test_no_body_at_any_call_is_a_500(house: House) -> None:
    for path, who, _ in bodies(house):
        for raw in RAW:
            answer = told(house, path, who, raw)
            assert answer.status_code in (200, 201, 404, 409, 422), (path, raw[:20], answer.status_code)
        assert told(house, path, who, b"{}", "text/plain").status_code == 415
        assert told(house, path, who, b" " * (10 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_name_that_stands_twice_is_no_json(house: House) -> None:
    """A proxy before us may have looked at the other value."""
    for raw in ('{"code": "x", "code": "y"}', '{"code": "x", "c\\u006fde": "y"}'):
        answer = house.client().post("/api/v1/verify", data=raw, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (422, "not_json")
