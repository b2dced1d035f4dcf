"""Joint visits on the pages: the desk asks, one tap joins, what a stranger to the visit must not see."""

from app.services import joint
from tests.house import House
from tests.services.test_joint import MARKET, stored


def test_the_desk_leads_from_a_proposal_to_one_visit(house: House) -> None:
    own, theirs = house.applied(), house.applied("inspector2", **MARKET)
    inspector, partner, partners_head = (house.signed_in(n) for n in ("inspector", "inspector2", "head2"))
    assert "云汀区市场监督管理局 同一天也要检查这家企业" in inspector.get("/inspect/").text
    assert partner.get(f"/inspect/{own.id}/invitation").status_code == 404
    assert inspector.post(f"/inspect/{own.id}/invite", data={"unit": "YT-SCJG"}).status_code == 303
    assert f"/inspect/{own.id}/invitation" in partner.get("/inspect/").text
    page = partner.get(f"/inspect/{own.id}/invitation").text
    assert theirs.number in page and "YT-YJJ" in page
    assert partner.get(f"/inspect/{own.id}").status_code == 404  # only what is needed to decide
    assert partner.post(f"/inspect/{own.id}/join").status_code == 303
    assert partners_head.post(f"/inspect/{own.id}/join").location == f"/inspect/{own.id}"
    assert (stored(house, own.id).units, stored(house, theirs.id).state) == (("YT-YJJ", "YT-SCJG"), "cancelled")
    assert partner.get(f"/inspect/{own.id}").status_code == 200


def test_a_refused_answer_keeps_what_was_chosen_and_says_why(house: House) -> None:
    own = house.applied()
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    partner = house.signed_in("inspector2")
    answer = partner.post(f"/inspect/{own.id}/join", data={"go": "chosen", "items": "SJ-01"})
    assert answer.status_code == 422
    assert "请至少写明一位执法人员" in answer.text and 'value="SJ-01" checked' in answer.text
    assert partner.post(f"/inspect/{own.id}/decline", data={"reason": ""}).status_code == 422
    assert partner.post(f"/inspect/{own.id}/decline", data={"reason": "人手不够"}).status_code == 303
    assert "人手不够" in house.signed_in("inspector").get(f"/inspect/{own.id}").text
    assert "人手不够" in house.signed_in("supervisor").get(f"/supervise/inspections/{own.id}").text


def test_an_application_may_bring_its_invitations(house: House) -> None:
    applied = house.applied(invite=("YT-SCJG",))
    assert stored(house, applied.id).invitation("YT-SCJG").is_open
