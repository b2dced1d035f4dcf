"""Joint visits on the pages: the desk asks, one tap joins, what a stranger to the visit must not see."""

import re
from datetime import timedelta

import pytest

from app.domain.errors import Forbidden
from app.domain.inspections import Slot
from app.services.applying import announcements, joint
from tests.house import House
from tests.services.test_joining_late import offered_after_the_code
from tests.services.test_joint import MARKET, stored
from tests.services.test_one_visit import code_of


def test_the_desk_leads_from_a_proposal_to_one_visit(house: House) -> None:
    own, theirs = house.applied(), house.applied("inspector2", **MARKET)
    inspector, partner, partners_head = (house.signed_in(n) for n in ("inspector", "inspector2", "head2"))
    for person, page in ((inspector, "/inspect/"), (house.signed_in("head"), "/inspect/approvals")):
        assert "云汀区市场监督管理局 同一天也要检查这家企业" in person.get(page).text
    assert partner.get(f"/inspect/{own.id}/invitation").status_code == 404
    assert inspector.post(f"/inspect/{own.id}/invite", data={"unit": "YT-SCJG"}).status_code == 303
    assert f"/inspect/{own.id}/invitation" in partner.get("/inspect/").text
    page = partner.get(f"/inspect/{own.id}/invitation").text
    assert theirs.number in page and "YT-YJJ" in page
    assert partner.get(f"/inspect/{own.id}").status_code == 404  # only what is needed to decide
    assert partner.post(f"/inspect/{own.id}/join").status_code == 303
    assert partners_head.post(f"/inspect/{own.id}/join").location == f"/inspect/{own.id}"
    assert (stored(house, own.id).units, stored(house, theirs.id).state) == (("YT-YJJ", "YT-SCJG"), "cancelled")
    assert (
        "检查预告：提前告知" not in partner.get(f"/inspect/{own.id}").text
    )  # the lead unit alone speaks to the enterprise
    assert partner.post(f"/inspect/{own.id}/announce", data={"slots.1.start": "2026-03-12T09:00"}).status_code == 422
    offered = (Slot(house.clock.now + timedelta(days=1), house.clock.now + timedelta(days=1, hours=2)),)
    with pytest.raises(Forbidden, match="only_the_lead_unit"):
        house.perform(announcements.announce, house.people["inspector2"], own.id, offered)
    assert "检查预告：提前告知" in inspector.get(f"/inspect/{own.id}").text
    for form in ("/inspect/apply", f"/inspect/apply?again={own.id}", "/inspect/batch"):  # partners name their own
        page = inspector.get(form).text
        assert re.findall(r'value="(\d+)" checked', page) == ["99010001", "99010002"] and "99020001" not in page


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


def test_joining_after_the_code_is_pressed_by_three_persons_on_three_pages(house: House) -> None:
    visit, theirs = offered_after_the_code(house, own=True)
    inspector, partners_head, head = (house.signed_in(n) for n in ("inspector", "head2", "head"))
    assert "码已经签发" in partners_head.get(f"/inspect/{visit.id}/invitation").text
    assert partners_head.post(f"/inspect/{visit.id}/join").location == f"/inspect/{visit.id}/invitation"
    withdraw = f"/inspect/{visit.id}/amendments/1/withdraw"
    assert withdraw in partners_head.get(f"/inspect/{visit.id}/invitation").text
    assert withdraw not in inspector.get(f"/inspect/{visit.id}").text
    assert inspector.post(withdraw).status_code == 422
    assert partners_head.post(withdraw).status_code == 303
    assert partners_head.post(f"/inspect/{visit.id}/join").status_code == 303
    assert "加入的单位" in head.get(f"/inspect/{visit.id}").text
    for _ in range(2):  # pressed twice
        assert head.post(f"/inspect/{visit.id}/amendments/2/approve").status_code == 303
    assert "已更换" in house.client().get(code_of(house, visit).url.removeprefix("http://localhost")).text
    assert partners_head.get(f"/inspect/{visit.id}/amend").text.count('name="officers"') == 2  # its own officers only
    assert stored(house, theirs.id).state == "cancelled"


def test_who_asked_for_a_change_takes_it_back_over_the_interface(house: House) -> None:
    visit, client = house.approved(), house.client()
    asked = {"reason": "还有一个仓库", "add_items": ["YJ-02"]}
    ask = client.post(f"/api/v1/inspections/{visit.id}/amend", json=asked, headers=house.bearer("inspector"))
    assert ask.json["n"] == 1
    path = f"/api/v1/inspections/{visit.id}/amendments/1/withdraw"
    assert client.post(path, json={}, headers=house.bearer("head")).status_code == 403
    answer = client.post(path, json={}, headers=house.bearer("inspector"))
    assert answer.json == {"id": visit.id, "number": visit.number, "state": "approved"}
    assert stored(house, visit.id).pending_amendment is None
