"""The application form and the head's list: templates, drafts, emergencies, offline, several approvals at once."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.domain.times import SHANGHAI
from app.services.applying import decisions
from app.store.models import Draft, FactRow, InspectionRow, ItemTerm
from tests.house import House, uscc

KEY = "0123456789abcdef0123456789abcdef"


def typed(house: House, **changes: Any) -> dict[str, Any]:
    start = house.clock.now.astimezone(SHANGHAI)
    plain = {
        "enterprise.uscc": uscc(1), "enterprise.name": "云汀示例一食品有限公司", "kind": "triggered", "cause": "transfer",
        "clue_no": "Z-1", "reason": "上级交办", "items": ["YJ-01"], "officers": ["99010001", "99010002"],
        "window.start": start.strftime("%Y-%m-%dT%H:%M"), "window.end": start.strftime("%Y-%m-%dT23:00"), "client_key": KEY,
    }  # fmt: skip
    return plain | changes


def count(house: House, model: Any = InspectionRow, *where: Any) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def only(house: House) -> InspectionRow:
    with house.installation.reading() as session:
        return session.scalars(select(InspectionRow)).one()


def test_the_button_pressed_twice_makes_one(house: House) -> None:
    client = house.signed_in("inspector")
    first = client.post("/inspect/apply", data=typed(house, go="send"))
    second = client.post("/inspect/apply", data=typed(house, go="send"))
    assert (first.status_code, first.location) == (303, second.location)
    changed = client.post("/inspect/apply", data=typed(house, go="send", reason="别的"))
    assert changed.status_code == 409
    assert "已经收到过" in changed.text
    assert "别的" in changed.text  # nothing typed is lost
    assert count(house) == 1


def test_who_waits_asks_again_and_again_for_next_to_nothing(house: House) -> None:
    client = house.signed_in("inspector")
    page = client.post("/inspect/apply", data=typed(house, go="send")).location
    assert "刷新" in client.get(page).text  # for a browser without scripts
    first = client.get(f"{page}/live")
    assert first.json["waits"]
    again = client.get(f"{page}/live", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    house.perform(decisions.approve, house.people["head"], page.rsplit("/", 1)[1], "同意")
    decided = client.get(f"{page}/live", headers={"If-None-Match": first.headers["ETag"]})
    assert (decided.status_code, decided.json["waits"], decided.json["state"]) == (200, False, "approved")


def test_the_only_item_of_a_unit_is_ticked_already(house: House) -> None:
    def ticked(who: str) -> list[str]:
        page = house.signed_in(who).get("/inspect/apply").text
        return [box for box in re.findall(r"<input[^>]+name=\"items\"[^>]*>", page) if "checked" in box]

    assert not ticked("inspector")  # two to choose from
    with house.installation.unit_of_work() as work:
        work.session.execute(update(ItemTerm).where(ItemTerm.item != "YJ-01").values(published=False))
    assert len(ticked("inspector")) == 1


def test_what_was_written_offline_arrives_once_and_shows_both_times(house: House) -> None:
    client = house.signed_in("inspector")
    for _ in range(2):
        sent = client.post("/inspect/apply/later", data=typed(house, begun_at="2026-03-01T20:15:00.000Z"))
        assert (sent.status_code, count(house)) == (201, 1)
    page = client.get(sent.json["url"]).text
    assert "离线填写于 2026-03-02 04:15（手机的时间），收到于 2026-03-02 09:00" in page
    wrong = client.post("/inspect/apply/later", data=typed(house, officers=[], client_key=KEY[::-1]))
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["officers"])
    supervisor = house.signed_in("supervisor")
    number = sent.json["number"]
    house.applied()
    listed = supervisor.get("/supervise/inspections?late=1").text
    assert number in listed
    assert listed.count("row-link") == 1
    assert "离线填写于 2026-03-02 04:15" in listed
    assert "离线填写于" in supervisor.get(f"/supervise/inspections/{only_offline(house)}").text


def only_offline(house: House) -> str:
    with house.installation.reading() as session:
        return session.scalars(select(InspectionRow.id).where(InspectionRow.begun_at.is_not(None))).one()


def test_an_emergency_is_one_link_and_needs_its_reason(house: House) -> None:
    client = house.signed_in("inspector")
    house.clock.move(minutes=7)
    page = client.get("/inspect/apply?first=emergency").text
    for field in ("started_at", "window.start"):  # proposed is a time that has come
        (proposed,) = re.findall(rf'name="{re.escape(field)}" value="([^"]+)"', page)
        assert proposed <= f"{house.clock.now.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}", field
    assert re.search(r'<option value="emergency" selected>紧急情况', page)
    urgent = {"exception": "emergency", "cause": "emergency", "clue_no": "", "started_at": "2026-03-02T08:30"}
    missing = client.post("/inspect/apply", data=typed(house, go="send", **urgent))
    assert missing.status_code == 422
    assert "exception_reason-error" in missing.text
    client.post("/inspect/apply", data=typed(house, go="send", exception_reason="储罐泄漏", **urgent))
    assert (only(house).exception, only(house).started_at.isoformat()) == ("emergency", "2026-03-02T00:30:00+00:00")
    assert "储罐泄漏" in house.signed_in("supervisor").get("/supervise/inspections?late=1").text


def test_a_visit_of_three_weeks_ago_is_entered_and_flagged(house: House) -> None:
    client = house.signed_in("inspector")
    past = {"window.start": "2026-02-09T09:00", "window.end": "2026-02-09T11:00", "exception": "system_failure"}
    refused = client.post("/inspect/apply", data=typed(house, go="send", **past, exception_reason="断网"))
    assert "started_at-error" in refused.text  # when it began is asked for
    future = past | {"started_at": "2026-03-09T09:00", "exception_reason": "断网"}
    assert client.post("/inspect/apply", data=typed(house, go="send", **future)).status_code == 422
    late = past | {"started_at": "2026-02-09T09:00", "exception_reason": "断网"}
    client.post("/inspect/apply", data=typed(house, go="send", **late))
    made = only(house)
    house.perform(decisions.approve, house.people["head"], made.id, "补录")
    ended = {"outcome.YJ-01": "no_problem", "ended_at": "2026-02-09T11:00", "go": "complete"}
    assert client.post(f"/inspect/{made.id}/result", data=ended).status_code == 303
    flags = house.signed_in("supervisor").get("/supervise/flags?rule=code.afterwards").text
    assert "10 天以后才录入" in flags


def test_a_draft_is_saved_by_button_and_by_itself_and_a_colleague_sends_it(house: House) -> None:
    client, head = house.signed_in("inspector"), house.signed_in("head")
    assert client.post("/inspect/apply", data=typed(house, go="draft", items=[])).status_code == 303
    saved = client.post("/inspect/drafts", data=typed(house, draft_revision="1")).json
    assert saved["revision"] == 2
    assert count(house, Draft) == 1
    desk = head.get("/inspect/").text
    assert "草稿（1）" in desk
    assert "云汀示例一食品有限公司" in desk
    page = head.get(f"/inspect/apply?draft={saved['id']}").text
    assert KEY in page
    assert "上级交办" in page
    assert 'value="99010001" checked' in page
    stale = client.post("/inspect/drafts", data=typed(house, draft_revision="1", reason="别的"))
    assert (stale.status_code, "同事刚刚改过" in stale.json["message"]) == (409, True)
    sent = head.post("/inspect/apply", data=typed(house, go="send"))
    again = head.get(f"/inspect/apply?draft={saved['id']}")
    assert again.location == sent.location
    assert "草稿（" not in head.get("/inspect/").text
    assert house.signed_in("inspector2").get(f"/inspect/apply?draft={saved['id']}").status_code == 404


def test_a_deleted_draft_leaves_the_desk_and_stays_on_record(house: House) -> None:
    client = house.signed_in("inspector")
    saved = client.post("/inspect/drafts", data=typed(house)).json
    assert client.post(f"/inspect/drafts/{saved['id']}/discard").status_code == 303
    assert "草稿（" not in client.get("/inspect/").text
    assert count(house, FactRow, FactRow.kind == "draft.discarded") == 1
    assert client.post(f"/inspect/drafts/{saved['id']}/discard").status_code == 409


def test_a_template_fills_everything_but_the_case(house: House) -> None:
    client = house.signed_in("inspector")
    kept = client.post("/inspect/apply", data=typed(house, go="template", template_name="日常", template_for="unit"))
    assert kept.status_code == 200
    link = re.search(r"/inspect/apply\?template=\w+", house.signed_in("head").get("/inspect/apply").text).group()
    page = house.signed_in("head").get(link).text
    assert 'value="YJ-01" checked' in page
    assert "Z-1" not in page
    assert uscc(1) not in page
    assert house.signed_in("inspector2").get(link).status_code == 404
    applied = house.applied()
    named = client.post(f"/inspect/{applied.id}/template", data={"template_name": "从检查来的"})
    assert named.status_code == 303
    assert "从检查来的" in client.get("/inspect/apply").text
    assert "从检查来的" not in house.signed_in("head").get("/inspect/apply").text


def test_the_form_knows_whom_one_goes_with_and_what_was_done_there(house: House) -> None:
    house.applied(officers=("99010002", "99010001"))
    client = house.signed_in("inspector")
    page = client.get("/inspect/apply").text
    assert page.count("checked") >= 3  # two officers and the kind
    known = client.get(f"/inspect/apply/hints?uscc={uscc(1)}").json
    assert known["last"]["items"] == ["YJ-01"]
    assert house.signed_in("inspector2").get(f"/inspect/apply/hints?uscc={uscc(1)}").json["last"] is None
    assert client.get("/inspect/apply/hints?uscc=x").json is None


def test_an_announcement_is_made_with_the_application_or_later(house: House) -> None:
    client = house.signed_in("inspector")
    days = {"window.start": "2026-03-10T09:00", "window.end": "2026-03-10T11:00"}
    more = {"announce": "1", "slots.1.start": "2026-03-11T09:00", "slots.1.end": "2026-03-11T11:00"}
    sent = client.post("/inspect/apply", data=typed(house, go="send", **days, **more))
    assert len(only(house).slots) == 2
    page = client.get(sent.location).text
    assert "已预告企业" in page
    other = {"slots.1.start": "2026-03-12T09:00", "slots.1.end": "2026-03-12T10:00"}
    assert client.post(f"/inspect/{only(house).id}/announce", data=other).status_code == 303
    assert len(only(house).slots) == 1
    assert client.post(f"/inspect/{only(house).id}/announce", data={}).status_code == 422
    surprise = client.post("/inspect/apply", data=typed(house, go="send", surprise="1", client_key="", **days, **more))
    assert (surprise.status_code, "突击检查不提前告知" in surprise.text) == (422, True)


# the head's list


def strict(house: House) -> None:
    """A policy that blocks visits without a clue number until the head explains."""
    import json

    from app.store.models import Policy

    with house.installation.unit_of_work() as work:
        work.session.add(
            Policy(
                id="p", region="990101", version=1, valid_from=house.clock.now.date(), proposed_by="x", confirmed_by="y",
                settings=json.dumps({"clue.missing": {"block": True}}), recorded_at=house.clock.now,
            )
        )  # fmt: skip


def test_several_are_approved_at_once_and_each_has_its_answer(house: House) -> None:
    strict(house)
    plain = [house.applied(enterprise=ref(n)) for n in (1, 2)]
    blocked = house.applied(enterprise=ref(3), clue_no=None)
    own = house.applied("head", enterprise=ref(4))
    foreign = house.applied("inspector2", enterprise=ref(5), items=("SJ-01",))
    head = house.signed_in("head")
    listed = head.get("/inspect/approvals").text
    assert "批准（4）" in listed
    assert "需说明理由" in listed
    ids = [i.id for i in (*plain, blocked, own, foreign)]
    answer = head.post("/inspect/approvals", data={"id": ids})
    assert answer.status_code == 422
    assert answer.text.count("已批准，待亮码") == 2
    assert f'id="error-{blocked.id}"' in answer.text
    states = {i: state(house, i) for i in ids}
    assert list(states.values()) == ["approved", "approved", "applied", "applied", "applied"]
    answer = head.post("/inspect/approvals", data={"id": [blocked.id], f"reason.{blocked.id}": "群众反映强烈"})
    assert (answer.status_code, state(house, blocked.id)) == (200, "approved")


def test_the_heads_list_says_everything_that_the_rules_say_in_its_colour(house: House) -> None:
    officers = ("99010001",)  # one is too few: red, and with the usual policy nobody is stopped
    grave = house.applied(officers=officers, clue_no=None)
    head = house.signed_in("head")
    card = head.get("/inspect/approvals").text.split(f'value="{grave.id}"')[1].split("</li>")[0]
    said = re.findall(r'<span class="badge (\w+)">(红|黄|蓝|需说明理由|规则没有提示)</span>', card)
    assert said == sorted(said, key=lambda s: ["bad", "care", "blue"].index(s[0]))
    assert ("bad", "红") in said and len(said) > 1


def test_the_same_approval_pressed_again_is_a_calm_page(house: House) -> None:
    applied = house.applied()
    head = house.signed_in("head")
    for _ in range(2):
        answer = head.post("/inspect/approvals", data={"id": [applied.id]})
        assert (answer.status_code, "已批准，待亮码" in answer.text) == (200, True)
    for _ in range(2):
        assert head.post(f"/inspect/{applied.id}/approve").status_code == 303
    assert count(house, FactRow, FactRow.kind == "inspection.approved") == 1
    late = head.post(f"/inspect/{applied.id}/reject", data={"reason": "晚了"}).text
    assert "现在的状态是“已批准，待亮码”，不能做这一步" in late


def test_rejecting_from_the_list_needs_a_reason_and_comes_back_to_the_desk(house: House) -> None:
    applied = house.applied()
    head = house.signed_in("head")
    assert head.post("/inspect/approvals", data={"reject": applied.id}).status_code == 422
    answer = head.post("/inspect/approvals", data={"reject": applied.id, f"reject.{applied.id}": "与市场局合并"})
    assert (answer.status_code, state(house, applied.id)) == (200, "rejected")
    desk = house.signed_in("inspector").get("/inspect/").text
    assert "与市场局合并" in desk
    corrected = house.signed_in("inspector").get(f"/inspect/apply?again={applied.id}").text  # nothing typed is lost
    assert f'value="{applied.clue_no}"' in corrected and "市民来电反映</textarea>" in corrected
    assert '<option value="complaint" selected>' in corrected
    house.clock.move(hours=1)
    house.applied()
    assert "与市场局合并" not in house.signed_in("inspector").get("/inspect/").text


def test_a_head_names_a_deputy_who_then_sees_the_list(house: House) -> None:
    head, inspector = house.signed_in("head"), house.signed_in("inspector")
    assert inspector.get("/inspect/approvals").status_code == 403
    who = house.people["inspector"].id
    assert head.post("/inspect/deputies", data={"deputy": who, "from": "", "until": ""}).status_code == 422
    named = {"deputy": who, "from": "2026-03-02", "until": "2026-03-04"}
    assert head.post("/inspect/deputies", data=named).status_code == 303
    assert "代理中" in head.get("/inspect/deputies").text
    assert "（代理 head）" in inspector.get("/inspect/approvals").text
    house.clock.move(days=3)
    assert house.signed_in("inspector").get("/inspect/approvals").status_code == 403


@pytest.mark.parametrize("path", ["approvals", "deputies", "apply?template=x", "apply?draft=x", "apply?first=x"])
def test_nothing_in_the_register_is_no_error(house: House, path: str) -> None:
    assert house.signed_in("head").get(f"/inspect/{path}").status_code in (200, 404)


def ref(number: int) -> Any:
    from app.domain.applications import EnterpriseRef

    return EnterpriseRef(uscc=uscc(number), name=f"云汀示例{number}公司")


def state(house: House, inspection_id: str) -> str:
    with house.installation.reading() as session:
        return session.get(InspectionRow, inspection_id).state
