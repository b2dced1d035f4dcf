"""The pages of the visit on site, of amendments, re-checks and contacts, as the unit, the head, the supervisor use them."""

import io
import re

from sqlalchemy import select

from app.domain.actors import PUBLIC
from app.domain.amendments import Amendment
from app.services.applying import amendments
from app.services.visiting import onsite, places, rectifications, scans
from app.store import inspections as inspection_store
from app.store import rectifications as rectification_store
from app.store.models import InspectionRow, ItemPoint
from tests.house import House, uscc
from tests.services.test_onsite import complete, picture


def current(house: House, inspection_id: str):
    with house.installation.reading() as session:
        return inspection_store.get(session, inspection_id)


def sent(house: House, **changes) -> dict:
    ended = house.clock.now.astimezone().strftime("%Y-%m-%dT%H:%M")
    plain = {"go": "complete", "outcome.YJ-01": "no_problem", "ended_at": "2026-03-02T09:00", "rows": "2"}
    assert ended
    return plain | changes


def test_the_result_with_points_people_and_photographs_in_one_form(house: House) -> None:
    house.perform(
        lambda work: work.session.add(ItemPoint(item="YJ-01", no=1, point="安全出口", valid_from=work.now.date()))
    )
    inspection, client = house.approved(), house.signed_in("inspector")
    data = sent(house, **{
        "outcome.YJ-01": "problem_found", "note.YJ-01": "出口堆放杂物", "point.YJ-01.1": "problem_found",
        "people.0.role": "expert", "people.0.organisation": "示例大学", "headcount": "3", "demand": "清理出口",
        "photos.YJ-01": [(io.BytesIO(picture()), "1.png"), (io.BytesIO(picture("#fff")), "2.png")],
    })  # fmt: skip
    answer = client.post(f"/inspect/{inspection.id}/result", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    page = client.get(f"/inspect/{inspection.id}").text
    for said in ("安全出口", "示例大学", "到场 3 人", "整改复核", "出口堆放杂物"):
        assert said in page, said
    picture_url = re.findall(rf'src="(/inspect/{inspection.id}/photos/\w+)"', page)
    assert len(picture_url) == 2
    assert client.get(picture_url[0]).content_type == "image/jpeg"
    assert house.signed_in("inspector2").get(picture_url[0]).status_code == 404
    supervisor = house.signed_in("supervisor")
    page = supervisor.get(f"/supervise/inspections/{inspection.id}").text
    assert (
        "示例大学" in page
        and supervisor.get(re.findall(r'src="(/supervise/[^"]+photos/\w+)"', page)[0]).status_code == 200
    )


def test_a_refused_photograph_loses_nothing_that_was_typed_or_sent(house: House) -> None:
    inspection, client = house.approved(), house.signed_in("inspector")
    data = sent(house, **{
        "note.YJ-01": "看过两处", "people.0.organisation": "示例大学",
        "photos.YJ-01": [(io.BytesIO(picture()), "good.png"), (io.BytesIO(b"MZ"), "bad.exe")],
    })  # fmt: skip
    answer = client.post(f"/inspect/{inspection.id}/result", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "bad.exe" in answer.text and "看过两处" in answer.text and "示例大学" in answer.text
    assert current(house, inspection.id).state == "approved"
    with house.installation.reading() as session:
        assert [row.name for _, row in onsite.photos(session, inspection.id)] == ["good.png"]
    again = house.signed_in("head").get(f"/inspect/{inspection.id}/result").text
    assert "看过两处" in again and "下面是上次暂存的内容" in again


WRONG = [
    ({"outcome.YJ-01": ""}, "请填写这一项"),
    ({"headcount": "many"}, "请填写一个整数"),
    ({"headcount": "99999999"}, "请填写一个整数"),
    ({"headcount": "0"}, "不在范围内"),
    ({"due": "soon"}, "格式不对"),
    ({"due": "2026-03-01", "outcome.YJ-01": "problem_found"}, "整改期限应从明天起"),
    ({"people.0.name": "王小明"}, "请写明协助人员所属的单位"),
    ({"outcome.YJ-01": "fine"}, "不是可选的值"),
    ({"ended_at": "2027-01-01T09:00"}, "时间不能晚于现在"),
]


def test_the_end_that_a_page_proposed_is_the_end_at_sending_and_is_in_no_draft(house: House) -> None:
    inspection, client = house.approved(), house.signed_in("inspector")
    url = f"/inspect/{inspection.id}"

    def proposed() -> str:
        page = client.get(f"{url}/result").text
        ends = re.findall(r'name="ended_(?:at|proposed)" value="([^"]+)"', page)
        assert len(ends) == 2 and len(set(ends)) == 1
        return ends[0]

    opened = proposed()
    house.clock.move(minutes=5, seconds=20)
    house.perform(scans.record_scan, inspection.code.short_code, "arrive", "phone")
    untouched = {"ended_at": opened, "ended_proposed": opened}
    client.post(f"{url}/result", data=sent(house, go="draft", headcount="3", **untouched))
    house.clock.move(minutes=40)
    assert proposed() != opened  # a page opened later proposes a later end
    assert client.post(f"{url}/result", data=sent(house, **untouched)).status_code == 303
    assert current(house, inspection.id).ended_at == house.clock.now


def test_an_end_that_was_typed_is_kept_in_the_draft(house: House) -> None:
    inspection, client = house.approved(), house.signed_in("inspector")
    typed = sent(house, go="draft", ended_at="2026-03-02T08:41", ended_proposed="2026-03-02T09:00")
    client.post(f"/inspect/{inspection.id}/result", data=typed)
    assert 'value="2026-03-02T08:41"' in client.get(f"/inspect/{inspection.id}/result").text


def test_a_wrong_field_gets_its_sentence_and_nothing_is_lost(house: House) -> None:
    inspection, client = house.approved(), house.signed_in("inspector")
    for changes, said in WRONG:
        data = sent(house, **({"note.YJ-01": "看过两处"} | changes))
        answer = client.post(f"/inspect/{inspection.id}/result", data=data)
        assert (answer.status_code, said in answer.text, "看过两处" in answer.text) == (422, True, True), answer.text
        assert current(house, inspection.id).state == "approved"
    data = sent(house, rows="9" * 500)
    assert client.post(f"/inspect/{inspection.id}/result", data=data).status_code == 303


def test_the_script_keeps_a_draft_item_by_item_and_one_photograph_at_a_time(house: House) -> None:
    inspection, client = house.approved(items=("YJ-01", "YJ-02")), house.signed_in("inspector")
    url = f"/inspect/{inspection.id}"
    assert (
        client.post(f"{url}/result/draft", data={"part": "YJ-02", "note.YJ-02": "先看了这里"}).json["saved"] == "09:00"
    )
    client.post(f"{url}/result/draft", data={"part": "", "headcount": "4"})
    page = client.get(f"{url}/result").text
    assert "先看了这里" in page and 'value="4"' in page
    photo = {"item": "YJ-02", "photo": (io.BytesIO(picture()), "1.png")}
    kept = client.post(f"{url}/photos", data=photo, content_type="multipart/form-data").json["photos"]
    bad = client.post(f"{url}/photos", data={"photo": (io.BytesIO(b"x"), "x")}, content_type="multipart/form-data")
    assert bad.status_code == 422 and "不是可以上传的文件" in bad.json["problem"]
    assert client.post(f"{url}/photos/{kept[0]}/remove").status_code == 303
    assert client.get(f"{url}/photos/{kept[0]}").status_code == 404
    assert house.signed_in("inspector2").post(f"{url}/result/draft", data={"part": ""}).status_code == 404


def test_what_the_enterprise_reads_after_the_visit_is_the_result_never_the_notes(house: House) -> None:
    inspection = house.approved()
    house.clock.move(hours=1)
    from app.domain.inspections import Result
    from app.services.visiting import visits

    done = visits.Completion((Result("YJ-01", "problem_found", "配电箱没有上锁"),), house.clock.now)
    house.perform(visits.complete, house.people["inspector"], inspection.id, done)
    page = house.client().get(f"/q/{inspection.code.short_code}").text
    assert "发现问题" in page and "请在" in page
    assert "配电箱没有上锁" not in page


def test_an_old_code_leads_to_the_new_one_without_giving_it_away(house: House) -> None:
    inspection = house.approved()
    amendment = Amendment(reason="增加仓库", add_items=("YJ-02",))
    house.perform(amendments.request, house.people["inspector"], inspection.id, amendment)
    after = house.perform(amendments.approve, house.people["head"], inspection.id, 1, "同意")
    page = house.client().get(f"/q/{inspection.code.short_code}").text
    assert "已更换" in page and "请执法人员出示新的检查码" in page
    shown = after.code.short_code
    assert shown not in page and f"{shown[:4]}" not in page.replace(inspection.code.short_code, "")
    assert "YJ-02" not in page and "<dt>人员" not in page
    answer = house.client().post("/api/v1/verify", json={"code": inspection.code.short_code})
    assert answer.json["verdict"] == "replaced"
    assert "经负责人批准更换" in house.client().get(f"/q/{shown}").text


def test_amending_from_the_inspectors_form_to_the_heads_button(house: House) -> None:
    inspection, client, head = house.approved(), house.signed_in("inspector"), house.signed_in("head")
    url = f"/inspect/{inspection.id}"
    empty = client.post(f"{url}/amend", data={"reason": "现场还有一个仓库", "officers": ["99010001", "99010002"]})
    assert empty.status_code == 422 and "没有需要变更的内容" in empty.text and "现场还有一个仓库" in empty.text
    bad = client.post(f"{url}/amend", data={"reason": "x", "window_end": "soon"})
    assert bad.status_code == 422
    data = {"reason": "现场还有一个仓库", "officers": ["99010001"], "more_officers": "99020001", "add_items": ["YJ-02"]}
    assert client.post(f"{url}/amend", data=data).status_code == 303
    assert client.get(f"{url}/amend").headers["Location"] == url  # one waits: nobody fills in another in vain
    assert "等待批准的变更（1）" in head.get("/inspect/").text
    page = head.get(url).text
    assert "现场还有一个仓库" in page and "99020001" in page
    assert client.post(f"{url}/amendments/1/approve").status_code == 403
    assert head.post(f"{url}/amendments/2/approve").status_code == 404
    assert head.post(f"{url}/amendments/1/approve", data={"override_reason": "同意"}).status_code == 303
    after = current(house, inspection.id)
    assert (after.items, [o.certificate_no for o in after.officers]) == (("YJ-01", "YJ-02"), ["99010001", "99020001"])
    assert "第 1 次变更" in client.get(url).text
    assert "第 1 次变更" in house.signed_in("supervisor").get(f"/supervise/inspections/{inspection.id}").text


def test_the_chain_from_the_desk_to_the_closing(house: House) -> None:
    inspection = house.approved()
    house.clock.move(hours=1)
    complete(house, inspection, "problem_found")
    client, url = house.signed_in("inspector"), f"/inspect/chain/{inspection.id}"
    assert "需整改复核（1）" in client.get("/inspect/").text
    apply = client.get(f"/inspect/apply?recheck={inspection.id}").text
    assert f'name="recheck_of" value="{inspection.id}"' in apply
    house.perform(rectifications.answer, PUBLIC, inspection.id, "已经清理")
    assert "已经清理" in client.get(url).text
    assert client.post(url, data={"go": "extend", "due": "", "note": "x"}).status_code == 422
    assert client.post(url, data={"go": "extend", "due": "2026-05-01", "note": "设备到货晚"}).status_code == 303
    assert client.post(url, data={"go": "send_back", "due": "2026-05-02", "note": "照片看不清"}).status_code == 303
    photo = {"go": "verify", "note": "照片可见", "photos": (io.BytesIO(picture()), "1.png")}
    assert client.post(url, data=photo, content_type="multipart/form-data").status_code == 303
    page = client.get(url).text
    assert "整改办结" in page and "看材料或照片确认" in page
    file = re.findall(rf'src="({url}/files/\w+)"', page)[0]
    assert client.get(file).content_type == "image/jpeg"
    assert house.signed_in("inspector2").get(url).status_code == 404
    assert house.signed_in("inspector2").get(file).status_code == 404
    supervisor = house.signed_in("supervisor")
    page = supervisor.get(f"/supervise/chain/{inspection.id}").text
    assert (
        "设备到货晚" in page
        and supervisor.get(re.findall(r'src="(/supervise/chain/[^"]+)"', page)[0]).status_code == 200
    )
    assert house.signed_in("neighbour").get(f"/supervise/chain/{inspection.id}").status_code == 404
    with house.installation.reading() as session:
        assert rectification_store.get(session, inspection.id).state == "closed"


def test_a_contact_is_one_short_form_and_no_inspection(house: House) -> None:
    client = house.signed_in("inspector")
    at = {"at": "2026-03-02T08:30", "contact_kind": "publicity", "reason": "宣传新规"}
    bad = client.post("/inspect/contact", data=at)
    assert bad.status_code == 422 and "宣传新规" in bad.text
    future = client.post("/inspect/contact", data=at | {"name": "某店", "at": "2026-03-03T08:30"})
    assert future.status_code == 422 and "时间不能晚于现在" in future.text
    picked = at | {"enterprise": f"{uscc(1)}|云汀示例一食品有限公司", "officers": ["99010001"]}
    assert client.post("/inspect/contact", data=picked).status_code == 303
    with house.installation.reading() as session:
        row = session.scalars(select(InspectionRow)).one()
        assert (row.kind, row.state, row.contact_kind, row.counts, row.code_cti) == (
            "contact", "completed", "publicity", False, None,
        )  # fmt: skip
        enterprise = row.enterprise_id
    assert "宣传新规" in client.get("/inspect/contacts").text
    assert "云汀示例一食品有限公司" in client.get("/inspect/contact").text  # among the last ones
    supervisor = house.signed_in("supervisor")
    page = supervisor.get("/supervise/contacts").text
    assert "云汀区应急管理局" in page and "宣传新规" in page
    assert "宣传" in supervisor.get(f"/supervise/enterprises/{enterprise}").text
    assert "宣传新规" not in house.signed_in("neighbour").get("/supervise/contacts").text


def test_the_place_is_taken_only_when_sent_and_shown_as_a_sign(house: House) -> None:
    inspection, client = house.approved(), house.signed_in("inspector")
    page = client.get(f"/inspect/{inspection.id}/code").text
    assert "亮码时记录大致位置" in page and "checked" not in page
    assert client.post(f"/inspect/{inspection.id}/place", data={"lat": "here"}).status_code == 422
    assert client.post(f"/inspect/{inspection.id}/place", data={"lat": "31.38", "lon": "121.24"}).json == {"kept": True}
    assert places.KEPT.days == 365
    page = house.signed_in("supervisor").get(f"/supervise/inspections/{inspection.id}").text
    assert "记录亮码的大致位置" in page and "31.38" not in page
