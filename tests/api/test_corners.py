"""Corners that once answered 500 or told too much."""

import gzip
import io
import json

import pytest
from sqlalchemy import text

from tests.api.test_one_visit import body, get, post
from tests.house import House

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database has no part in it


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/inspections/%00", 400, "bad_request"),
        ("/inspections?cursor=%00", 400, "bad_request"),
        ("/inspections?limit=" + "9" * 5000, 422, "out_of_range"),
        ("/inspections?limit=0", 422, "out_of_range"),
        ("/inspections?from=0001-01-01T00:00:00%2B14:00", 422, "time_out_of_range"),
        ("/inspections?to=9999-12-31T23:59:59-14:00", 422, "time_out_of_range"),
        ("/inspections?from=2026-03-02T09:00:00", 422, "naive_time"),
        ("/inspections?state=bogus", 422, "unknown_choice"),
        ("/inspections?kind=bogus", 422, "unknown_choice"),
        ("/inspections?colour=red", 422, "unknown_field"),
        ("/inspections?=red", 422, "unknown_field"),
        ("/inspections?state=applied&state=approved", 422, "named_twice"),
    ],
)
def test_a_wrong_query_gets_a_sentence(house: House, path: str, status: int, code: str) -> None:
    answer = get(house, path, "inspector")
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert status == 400 or answer.json["errors"][0]["field"]


@pytest.mark.parametrize("filter", ["rule=bogus", "state=bogus", "severity=bogus", "from=soon"])
def test_a_wrong_filter_of_flags_gets_a_sentence(house: House, filter: str) -> None:
    assert get(house, f"/flags?{filter}", "supervisor").status_code == 422


def test_an_offset_whose_plus_became_a_space_is_understood(house: House) -> None:
    assert get(house, "/inspections?from=2026-03-02T09:00:00+08:00", "inspector").status_code == 200


@ONE
def test_a_body_that_is_no_plain_json_is_refused_and_never_passed_over(house: House) -> None:
    """curl calls what it posts a form where nothing is said; a form was read away, and its reason was lost."""
    path, said = f"/api/v1/inspections/{house.applied().id}/cancel", json.dumps({"reason": "企业停业"}).encode()
    sent: tuple[tuple[bytes, dict[str, str]], ...] = (
        (said, {"Content-Type": "application/x-www-form-urlencoded"}),
        (said, {"Content-Type": "multipart/form-data; boundary=x"}),
        (said, {}),
        (gzip.compress(said), {"Content-Type": "application/json", "Content-Encoding": "gzip"}),
    )
    for data, headers in sent:
        answer = house.client().post(path, data=data, headers=house.bearer("inspector") | headers)
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type"), headers
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # as `curl -d ''` says nothing
    nothing = house.client().post(path, data=b"", headers=house.bearer("inspector") | form)
    assert (nothing.status_code, nothing.json["state"]) == (200, "cancelled")


@ONE
def test_calls_with_many_rows_take_what_the_document_promises(house: House) -> None:
    """10,000 records are 7 MB with their Chinese escaped: at a megabyte 1,500 had been too many."""
    records = [{"kind": "case", "note": "检" * 250}] * 5000
    assert len(json.dumps({"records": records})) > 7_000_000
    for rows, status in ((records, 200), (records * 2, 413)):
        assert post(house, "/case-records", {"records": rows}, "supervisor").status_code == status
    long = {"code": "x" * 2_000_000}
    assert post(house, "/verify", long).status_code == 413
    in_chunks = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}  # Java's client sends so by itself
    stream = io.BytesIO(json.dumps(long).encode())
    sent = house.client().post(
        "/api/v1/verify", input_stream=stream, content_type="application/json", environ_overrides=in_chunks
    )
    assert (sent.status_code, sent.json["code"]) == (413, "body_too_large")


@ONE
def test_unix_seconds_are_no_time(house: House) -> None:
    for start, code in (("1795000000", "naive_time"), ("-1.5", "naive_time"), (1795000000, "wrong_type")):
        window = {"start": start, "end": "2026-03-02T12:00:00+08:00"}
        answer = post(house, "/inspections", body(house, window=window), "inspector")
        assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [("window.start", code)]


@ONE
def test_what_is_wrong_is_said_in_words(house: House) -> None:
    """A key too short was asked for as if it were missing, a day written otherwise as if it were no text."""
    made = house.approved()
    code = get(house, f"/inspections/{made.id}", "inspector").json["code"]["url"]
    assert post(house, f"/inspections/{made.id}/cancel", {}, "inspector").status_code == 200
    due = {"not_carried_out": {"reason": "closed"}, "rectification": {"due": "2026/12/15"}}
    figure = {"unit": "YT-YJJ", "quarter": "2026-Q5", "points": "x"}
    said = [
        e["message"]
        for path, asked, who in (
            ("/inspections", body(house, client_key="short"), "inspector"),
            (f"/inspections/{made.id}/complete", due, "inspector"),
            ("/figures", {"system": "x", "figures": [figure]}, "supervisor"),
            ("/figures", {"system": "x", "figures": [figure] * 2001}, "supervisor"),
            ("/scans", {"code": code, "action": "arrive"}, None),
        )
        for e in post(house, path, asked, who).json["errors"]
    ]
    assert said == [
        "这一项太短，至少 16 个字。",
        "这一项的格式不对：YYYY-MM-DD。",
        "这一项的格式不对：YYYY-Qn。",
        "这一项的格式不对：应为数字。",
        "最多 2000 项。",
        "这个码现在不能用来确认到场：已取消。请先核实来人身份。",
    ]


@ONE
def test_a_units_officers_are_read_page_by_page(house: House) -> None:
    whole = get(house, "/officers", "inspector").json
    read, cursor = [], ""
    while cursor is not None:
        page = get(house, f"/officers?limit=2&cursor={cursor}", "inspector").json
        assert len(page["items"]) <= 2
        read, cursor = read + page["items"], page["next"]
    assert read == whole["items"] and len(read) > 2 and whole["next"] is None


@pytest.mark.parametrize("change", [{"enterprise": {"name": "\ufdfa" * 60}}, {"clue_no": "\ufdfa" * 60}])
def test_what_grows_long_when_compared_is_taken(house: House, change: dict) -> None:
    assert post(house, "/inspections", body(house, **change), "inspector").status_code == 201


def test_an_empty_optional_text_is_not_given_and_windows_line_ends_are_taken(house: House) -> None:
    made = post(house, "/inspections", body(house, plan_code="", reason="一\r\n二"), "inspector")
    assert (made.status_code, made.json["plan_code"], made.json["reason"]) == (201, None, "一\n二")


def test_an_approval_repeated_with_its_key_gives_the_code_again(house: House) -> None:
    path = f"/inspections/{house.applied().id}/approve"
    first = post(house, path, {"override_reason": "x"}, "head", **{"Idempotency-Key": "k"})
    again = post(house, path, {"override_reason": "x"}, "head", **{"Idempotency-Key": "k"})
    assert (first.status_code, again.status_code, again.json) == (200, 200, first.json)


def test_a_receipt_stands_in_no_table(house: House) -> None:
    report = {"enterprise_name": "云汀某店", "visited_at": "2026-03-01T10:00:00+08:00", "what": "没有出示检查码"}
    receipt = post(house, "/reports", report, **{"Idempotency-Key": "my-key"}).json["receipt"]
    with house.installation.reading() as session:
        kept = [tuple(map(str, row)) for row in session.execute(text("SELECT * FROM idempotency_keys"))]
    assert len(kept) == 1
    assert not any(receipt in column or "my-key" in column for column in kept[0])


def test_two_people_behind_one_address_may_both_rate(house: House) -> None:
    made = post(house, "/inspections", body(house), "inspector").json
    code = post(house, f"/inspections/{made['id']}/approve", {}, "head").json["code"]["url"]
    one, two = house.client(), house.client()
    assert one.post("/api/v1/feedback", json={"code": code, "rating": 5}).status_code == 201
    assert two.post("/api/v1/feedback", json={"code": code, "rating": 1}).status_code == 201
    again = one.post("/api/v1/feedback", json={"code": code, "rating": 3})
    assert (again.status_code, again.json["code"]) == (409, "already_rated")


def test_a_forged_code_with_ever_new_cookies_leaves_one_flag(house: House) -> None:
    made = post(house, "/inspections", body(house), "inspector").json
    token = post(house, f"/inspections/{made['id']}/approve", {}, "head").json["code"]["token"]
    for n in range(3):
        client = house.client()
        client.set_cookie("jcm_device", f"{n:043d}")
        client.post("/api/v1/verify", json={"code": token[:-1] + str((int(token[-1]) + 1) % 10)})
    assert len(get(house, "/flags?rule=code.bad", "supervisor").json["items"]) == 1
