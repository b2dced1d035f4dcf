"""Many applications in one call: an answer for each row, and no double when it is sent again."""

from typing import Any

from sqlalchemy import func, select

from app.api.v1.examples import APPLICATION
from app.store.models import InspectionRow
from tests.house import House, uscc


def row(number: int, **changes: Any) -> dict[str, Any]:
    plain = {"enterprise": {"uscc": uscc(number), "name": f"云汀示例{number}店"}, "officers": ["99010001", "99010002"]}
    return APPLICATION | plain | {"clue_no": f"B-{number}"} | changes


def send(house: House, rows: list[Any], **headers: str) -> Any:
    return house.client().post(
        "/api/v1/inspections/batch", json={"inspections": rows}, headers=house.bearer("inspector") | headers
    )


def count(house: House) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(InspectionRow)) or 0


def test_each_row_has_its_answer_and_a_bad_one_stops_no_other(house: House) -> None:
    rows = [row(1), row(2, items=["NO-SUCH"]), row(3, kind="other"), {}, row(4)]
    answer = send(house, rows)
    items = answer.json["items"]
    assert (answer.status_code, [bool(i["id"]) for i in items]) == (200, [True, False, False, False, True])
    assert [i["errors"][0]["code"] for i in items[1:4]] == ["unknown_item", "unknown_choice", "missing"]
    assert count(house) == 2


def test_sent_again_it_makes_no_double(house: House) -> None:
    rows = [row(1), row(2, client_key="the department's own key 2")]
    first = send(house, rows, **{"Idempotency-Key": "batch-7"})
    again = send(house, rows, **{"Idempotency-Key": "batch-7"})
    assert (first.json, count(house)) == (again.json, 2)
    changed = send(house, [row(1, reason="别的")], **{"Idempotency-Key": "batch-7"}).json["items"][0]
    assert changed["errors"][0]["code"] == "sent_before"


def test_a_batch_is_bounded_and_needs_the_role(house: House) -> None:
    assert send(house, []).status_code == 422
    assert send(house, [{}] * 501).status_code == 422
    assert house.client().post("/api/v1/inspections/batch", json={"inspections": [row(1)]}).status_code == 401
    supervisor = house.bearer("supervisor")
    assert (
        house.client().post("/api/v1/inspections/batch", json={"inspections": [row(1)]}, headers=supervisor).status_code
        == 403
    )
