"""Amendments and the fuller result through the API."""

from tests.house import House
from tests.services.test_onsite import POINTS, listed  # noqa: F401 the fixture
from tests.services.test_rectifications import of


def post(house: House, who: str, path: str, body: dict):
    return house.client().post(f"/api/v1/inspections/{path}", json=body, headers=house.bearer(who))


def test_an_amendment_is_asked_for_decided_and_gives_a_new_code(house: House) -> None:
    inspection = house.approved()
    asked = post(house, "inspector", f"{inspection.id}/amend", {"reason": "还有仓库", "add_items": ["YJ-99"]})
    assert asked.status_code == 201
    assert asked.json["n"] == asked.json["inspection"]["pending_amendment"] == 1
    assert [a["rule"] for a in asked.json["advisories"]] == ["item.unpublished"]
    assert asked.json["inspection"]["code"]["short_code"] == inspection.code.short_code
    assert post(house, "inspector", f"{inspection.id}/amendments/1/approve", {}).status_code == 403
    assert post(house, "head", f"{inspection.id}/amendments/x/approve", {}).status_code == 404
    approved = post(house, "head", f"{inspection.id}/amendments/1/approve", {"override_reason": "同意"}).json
    assert approved["code"]["short_code"] != inspection.code.short_code
    assert [i["code"] for i in approved["items"]] == ["YJ-01", "YJ-99"]
    assert (approved["id"], approved["state"], approved["pending_amendment"]) == (inspection.id, "approved", None)


def test_an_amendment_is_rejected_with_a_reason(house: House) -> None:
    inspection = house.approved()
    post(house, "inspector", f"{inspection.id}/amend", {"reason": "换人", "officers": ["99010002"]})
    again = post(house, "inspector", f"{inspection.id}/amend", {"reason": "换人", "officers": ["99010002"]})
    assert (again.status_code, again.json["code"]) == (409, "amendment_pending")
    rejected = post(house, "head", f"{inspection.id}/amendments/1/reject", {"reason": "不需要"})
    assert (rejected.status_code, rejected.json["pending_amendment"]) == (200, None)


def test_the_result_may_bring_points_people_and_a_deadline(listed: House) -> None:  # noqa: F811
    inspection = listed.approved()
    body = {
        "results": [{"item": "YJ-01", "outcome": "problem_found"}],
        "ended_at": "2026-03-02T09:00:00+08:00",
        "points": [{"item": "YJ-01", "no": len(POINTS), "outcome": "problem_found"}],
        "people": [{"role": "expert", "organisation": "示例大学"}],
        "headcount": 3,
        "rectification": {"due": "2026-03-20", "demand": "补演练"},
    }
    bad = post(listed, "inspector", f"{inspection.id}/complete", body | {"rectification": {"due": "2026-02-31"}})
    assert (bad.status_code, bad.json["errors"][0]["field"]) == (422, "rectification.due")
    done = post(listed, "inspector", f"{inspection.id}/complete", body)
    assert (done.status_code, done.json["headcount"]) == (200, 3), done.json
    assert of(listed, inspection).due_on.isoformat() == "2026-03-20"
