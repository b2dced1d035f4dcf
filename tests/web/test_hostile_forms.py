"""Hostile input in every field of every form: a page with a sentence, never a 500."""

import itertools

import pytest

from tests.house import House, uscc

HOSTILE = (
    "\u202egnp.exe", "x" * 5000, "x" * 70, "x" * 150, "字" * 300,
    "\ufdfa" * 60, "😀" * 100, "%s %(x)s {} %", "'; DROP TABLE facts; --", "=1+1",
    "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-45T99:99", "-1", "1e400", "\r\n\t", "\ud7ff", "../..", "null", "\x00",
)  # fmt: skip
APPLY = {
    "enterprise.uscc": uscc(3), "enterprise.name": "云汀示例三店", "enterprise.address": "x", "enterprise.no_uscc_reason": "x",
    "kind": "triggered", "plan_code": "x", "cause": "complaint", "clue_no": "x", "reason": "x", "items": "YJ-01",
    "officers": "99010001", "more_officers": "99010002", "window.start": "2026-03-02T09:00", "window.end": "2026-03-02T12:00",
    "place.kind": "premises", "place.address": "x", "way": "on_site", "invite": "YT-SCJG", "exception": "emergency",
    "exception_reason": "x", "external.system": "x", "external.number": "x", "external.qr": "x", "recheck_of": "",
    "search": "云汀", "note": "x", "go": "send", "started_at": "2026-03-02T08:00", "announce": "1", "begun_at": "x",
    "slots.1.start": "2026-03-10T09:00", "slots.1.end": "2026-03-10T10:00", "client_key": "x" * 32, "draft_revision": "1",
    "template_name": "x",
}  # fmt: skip
REPORT = {
    "go": "send", "enterprise_name": "云汀店", "uscc": "", "search": "", "visited_on": "2026-03-01", "unit_code": "YT-SCJG",
    "unit_text": "x", "people": "x", "what": "x", "contact": "x",
}  # fmt: skip


def forms(house: House) -> list[tuple[str | None, str, dict[str, str]]]:
    from app.services.trust.codes import drawn

    applied, approved = house.applied(), house.approved()
    with house.installation.reading() as session:
        token = drawn(session, approved, "http://localhost").token
    result = {"outcome.YJ-01": "no_problem", "note.YJ-01": "x", "ended_at": "2026-03-02T09:00", "go": "complete"}
    return [
        ("inspector", "/inspect/apply", APPLY),
        ("head", f"/inspect/{applied.id}/approve", {"override_reason": "x", "chosen_reason": "x"}),
        ("head", f"/inspect/{applied.id}/reject", {"reason": "x"}),
        ("inspector", f"/inspect/{approved.id}/cancel", {"reason": "x", "on_advice": "1"}),
        ("inspector", f"/inspect/{approved.id}/result", result),
        (
            "inspector",
            f"/inspect/{approved.id}/result",
            {"go": "not_carried_out", "not_carried_out": "closed", "why": "x"},
        ),
        ("supervisor", "/supervise/flags/none", {"action": "uphold", "note": "x", "due": "2026-03-09"}),
        ("supervisor", "/supervise/reports/none", {"go": "answer", "answer": "x", "reason": "x"}),
        (None, "/report", REPORT),
        (None, f"/q/{token}/rate", {"rating": "5", "gifts": "no", "none": "1", "comment": "x"}),
        (None, f"/q/{token}/arrive", {"x": "x"}),
        (None, "/login", {"username": "x", "password": "x", "next": "/"}),
        (None, "/preferences", {"back": "/", "lang": "en", "elder": "1"}),
        ("inspector", "/inspect/drafts", APPLY),
        ("inspector", "/inspect/apply/later", APPLY),
        ("inspector", "/inspect/apply", APPLY | {"go": "template"}),
        ("head", "/inspect/approvals", {"id": applied.id, f"reason.{applied.id}": "x", "reject": ""}),
        ("head", "/inspect/deputies", {"deputy": "x", "from": "2026-03-02", "until": "2026-03-03"}),
        (
            "inspector",
            f"/inspect/{applied.id}/announce",
            {"slots.1.start": "2026-03-10T09:00", "slots.1.end": "2026-03-10T10:00"},
        ),
    ]


@pytest.mark.parametrize("number", range(19))
def test_no_value_in_any_field_is_a_500(house: House, number: int) -> None:
    every = forms(house)
    who, path, plain = every[number]
    client = house.signed_in(who) if who else house.client()
    pairs = list(itertools.product(plain, HOSTILE))
    same = [
        k for k, (_, _, fields) in enumerate(every) if fields.keys() == plain.keys()
    ]  # forms of the same fields share the pairs
    shown = pairs[same.index(number) :: len(same)]
    step = 1 if house.installation.database.is_sqlite else 3  # PostgreSQL is given a third: the pages are the same
    for name, value in shown[::step]:
        answer = client.post(path, data=plain | {name: value})
        assert answer.status_code < 500, (path, name, value)


@pytest.mark.parametrize(
    "path",
    [
        "/inspect/list?state={}", "/inspect/list?cursor={}&number={}", "/inspect/apply?again={}", "/inspect/{}", "/inspect/{}/code",
        "/inspect/enterprises?q={}", "/inspect/apply?draft={}&template={}", "/inspect/apply?template={}",
        "/inspect/apply/hints?uscc={}",
    ],
)  # fmt: skip
def test_hostile_addresses_of_the_inspector(house: House, path: str) -> None:
    client = house.signed_in("inspector")
    for value in ("%00", "%FF", "%F0%9F%98%80", "x" * 300, "..%2f..", "%25", "%E2%80%AE"):
        assert client.get(path.format(value, value)).status_code < 500, (path, value)


@pytest.mark.parametrize(
    "path",
    [
        "/supervise/flags?rule={}&unit={}", "/supervise/flags?from={}&to={}&q={}", "/supervise/flags/{}",
        "/supervise/inspections?uscc={}",
        "/supervise/inspections/{}", "/supervise/enterprises?q={}", "/supervise/enterprises/{}", "/supervise/reports?state={}",
        "/q/{}", "/q/?code={}", "/receipts/{}", "/report?enterprise_name={}", "/scan/{}",
    ],
)  # fmt: skip
def test_hostile_addresses_of_the_desk_and_the_public(house: House, path: str) -> None:
    client = house.signed_in("supervisor")
    for value in ("%00", "%FF", "%F0%9F%98%80", "x" * 300, "..%2f..", "%25", "%E2%80%AE", "9" * 3000):
        assert client.get(path.format(value, value, value)).status_code < 500, (path, value)


def test_a_form_that_was_cut_off_on_its_way_changes_nothing(house: House) -> None:
    """granian hands over what came of a body, or nothing, as if it were all (`wsgi.input_terminated`)."""
    here, elsewhere = house.signed_in("inspector"), house.signed_in("inspector")
    as_granian = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "200"}
    cut = here.post("/account/sessions/others", data={"go": "end"}, environ_overrides=as_granian)
    assert cut.status_code == 400 and elsewhere.get("/account/").status_code == 200
