"""What a space shows, what an enterprise lays before units, and who reads it."""

import io
import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, text

from app.domain.inspections import Slot
from app.domain.space import shows
from app.domain.supervision import FlagAction
from app.services.applying import announcements, decisions
from app.services.auditing.state_audit import state_discrepancies
from app.services.imports.workbook import read_workbook
from app.services.paperwork import paper_service
from app.services.speaking import speech
from app.services.supervising import flag_actions
from app.store.models import FactRow, FindingRow, InspectionRow, MatterRow
from tests.house import House
from tests.services.test_arrivals import officer_arrives, permanent
from tests.web.space.cast import OTHER, begun, code_of, complete, current, member

SAID = "灭火器上周刚换过，标签在背面。"


def test_another_enterprises_things_do_not_exist(house: House) -> None:
    theirs = complete(house, begun(house, enterprise=OTHER))
    client = member(house, begun(house))
    assert theirs.number not in client.get("/my/visits").text
    assert client.get(f"/my/visits?e={theirs.enterprise_id}").status_code == 404
    for path in ("", "/proof", "/selfcheck"):
        assert client.get(f"/my/visits/{theirs.id}{path}").status_code == 404
    for path, data in (("statement", {"text": "x"}), ("recusal", {"officer": "99010001", "reason": "x"})):
        assert client.post(f"/my/visits/{theirs.id}/{path}", data=data).status_code == 404
    for form in ("", ".csv", ".xlsx"):
        assert client.get(f"/my/year{form}?e={theirs.enterprise_id}").status_code == 404


def test_the_enterprise_sees_that_both_sides_confirmed_the_arrival(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    assert "双向确认" not in client.get(f"/my/visits/{inspection.id}").text
    officer_arrives(house, inspection, permanent(house, inspection))
    assert "双向确认" in client.get(f"/my/visits/{inspection.id}").text


def test_the_space_says_what_was_flagged_and_never_what_rests_on_somebodys_words(house: House) -> None:
    inspection = complete(house, begun(house, officers=("99010001",)))
    client, page = member(house, inspection), f"/my/visits/{inspection.id}"
    assert "登记的执法人员只有 1 名" in client.get(page).text and "还没有认定" in client.get(page).text
    before = client.get(page).text
    house.perform(speech.rate, speech.Rating(code_of(house, inspection), 1, {"no_certificate": True}), "a phone")
    assert client.get(page).text == before, "the rating raised a flag, and the page is the same"
    with house.installation.reading() as session:
        flag = session.scalars(select(FindingRow.id).where(FindingRow.rule == "unfit.too_few")).one()
    house.perform(flag_actions.act, house.people["supervisor"], flag, FlagAction("uphold", "属实"))
    assert "司法局已认定属实" in client.get(page).text
    other = complete(house, begun(house, officers=("99010001",)))
    with house.installation.reading() as session:
        where = (FindingRow.rule == "unfit.too_few", FindingRow.inspection_id == other.id)
        flag = session.scalars(select(FindingRow.id).where(*where)).one()
    house.perform(flag_actions.act, house.people["supervisor"], flag, FlagAction("dismiss", "情况特殊"))
    assert "登记的执法人员只有" not in client.get(f"/my/visits/{other.id}").text


def test_a_surprise_visit_shows_itself_on_arrival_and_never_when_called_off(house: House) -> None:
    client = member(house, begun(house))
    surprise, plain, waiting = (
        house.approved(surprise=True), house.approved(), house.applied(),
    )  # fmt: skip
    page = client.get("/my/visits").text
    assert f"/my/visits/{surprise.id}" not in page and client.get(f"/my/visits/{surprise.id}").status_code == 404
    data = {"officer": "99010001", "reason": "x"}
    assert client.post(f"/my/visits/{surprise.id}/recusal", data=data).status_code == 404
    assert f"/my/visits/{waiting.id}" not in page
    assert f"/my/visits/{plain.id}" in page
    for state in ("approved", "cancelled", "lapsed", "not_carried_out"):
        assert not shows(replace(surprise, state=state)), state
    arrived = begun(house, surprise=True)
    assert f"/my/visits/{arrived.id}" in client.get("/my/visits").text


def test_a_statement_beside_a_result_is_read_by_unit_and_supervisor_and_answered(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    complete(house, inspection)
    path = f"/my/visits/{inspection.id}"
    assert client.post(f"{path}/statement", data={"item": "YJ-01", "text": SAID}).status_code == 303
    officer, supervisor = house.signed_in("inspector"), house.signed_in("supervisor")
    assert SAID in supervisor.get(f"/supervise/inspections/{inspection.id}").text
    assert SAID in officer.get(f"/inspect/{inspection.id}").text
    assert "企业的陈述和申请（1）" in officer.get("/inspect/").text
    with house.installation.reading() as session:
        row = session.scalars(select(MatterRow)).one()
        assert session.scalars(select(FactRow.subject_id).where(FactRow.kind == "statement.made")).one() == row.id
    answer = {"answer": "已复核，予以采纳。"}
    assert house.signed_in("inspector2").post(f"/inspect/heard/{row.id}/answer", data=answer).status_code == 404
    assert officer.post(f"/inspect/heard/{row.id}/answer", data={"answer": " "}).status_code == 422
    assert officer.post(f"/inspect/heard/{row.id}/answer", data=answer).status_code == 303
    assert officer.post(f"/inspect/heard/{row.id}/answer", data=answer).status_code == 422  # once is enough
    assert "已复核，予以采纳。" in client.get(path).text
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []


def test_what_is_said_too_early_empty_or_too_long_gets_a_sentence_and_is_not_lost(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    coming = house.approved()
    assert client.post(f"/my/visits/{coming.id}/statement", data={"text": SAID}).status_code == 422
    path = f"/my/visits/{inspection.id}/statement"
    assert client.post(path, data={"text": ""}).status_code == 422
    too_long = client.post(path, data={"text": "说" * 2001})
    assert too_long.status_code == 422 and "说" * 2001 in too_long.text
    assert client.post(path, data={"text": SAID, "item": "YJ-02"}).status_code == 422


def test_only_the_head_of_the_lead_unit_decides_on_a_recusal(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    path = f"/my/visits/{inspection.id}/recusal"
    data = {"officer": "99010002", "reason": "他是我们竞争对手的亲属。"}
    assert client.post(path, data={**data, "officer": "99020001"}).status_code == 422
    assert client.post(path, data=data).status_code == 303
    assert client.post(path, data=data).status_code == 422  # asked already
    with house.installation.reading() as session:
        row = session.scalars(select(MatterRow)).one()
    decision = {"go": "accept", "answer": "同意，换人。"}
    assert house.signed_in("inspector").post(f"/inspect/heard/{row.id}/decide", data=decision).status_code == 403
    assert house.signed_in("head2").post(f"/inspect/heard/{row.id}/decide", data=decision).status_code == 404
    assert house.signed_in("head").post(f"/inspect/heard/{row.id}/decide", data=decision).status_code == 303
    assert "同意回避" in client.get(f"/my/visits/{inspection.id}").text
    complete(house, inspection)
    assert client.post(path, data={**data, "officer": "99010001"}).status_code == 422  # too late


def test_a_self_check_is_the_enterprises_own_until_it_shares_it(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    path = f"/my/visits/{inspection.id}/selfcheck"
    found = {"finding.YJ-01": "to_mend", "note.YJ-01": "通道堆了纸箱"}
    assert client.post(path, data={"finding.YJ-01": "", "note.YJ-01": "只有记录"}).status_code == 422
    assert client.post(path, data=found).status_code == 303
    officer, supervisor = house.signed_in("inspector"), house.signed_in("supervisor")
    staff_pages = [
        (officer, f"/inspect/{inspection.id}"), (supervisor, f"/supervise/inspections/{inspection.id}"),
        (supervisor, f"/supervise/enterprises/{inspection.enterprise_id}"), (officer, "/inspect/heard"),
    ]  # fmt: skip
    for browser, page in staff_pages:
        assert "纸箱" not in browser.get(page).text and "自查" not in browser.get(page).text
    with house.installation.reading() as session:
        row = session.scalars(select(MatterRow)).one()
        assert "纸箱" not in "".join(session.scalars(select(FactRow.body)))
        assert "纸箱".encode() not in (row.sealed or b"") and row.text is None
    assert client.post(path, data={"go": "share"}).status_code == 303
    assert "通道堆了纸箱" in officer.get(f"/inspect/{inspection.id}").text
    assert client.post(path, data={**found, "note.YJ-01": "已清理"}).status_code == 303
    assert "已清理" not in officer.get(f"/inspect/{inspection.id}").text  # changed, so its own again
    complete(house, inspection)
    assert client.post(path, data=found).status_code == 422
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []


def test_a_wish_is_a_clue_from_which_the_unit_applies(house: House) -> None:
    client = member(house, begun(house))
    data = {"unit_item": "YT-YJJ/YJ-02", "text": "仓库新装了喷淋，想请你们看看。", "wanted": "下周"}
    assert client.post("/my/wishes", data={**data, "unit_item": "YT-SCJG/YJ-02"}).status_code == 422
    answer = client.post("/my/wishes", data=data)
    assert answer.status_code == 303, answer.text[answer.text.find("<main") :]
    assert client.post("/my/wishes", data=data).status_code == 422  # the same is still open
    officer = house.signed_in("inspector")
    page = officer.get("/inspect/heard").text
    wish_id = re.search(r"/inspect/apply\?wish=([^\"]+)", page)[1]  # type: ignore[index]
    form = officer.get(f"/inspect/apply?wish={wish_id}").text
    with house.installation.reading() as session:
        number = session.scalars(select(MatterRow.number)).one()
    assert number and number in form and "仓库新装了喷淋" in form
    assert house.signed_in("inspector2").get(f"/inspect/apply?wish={wish_id}").status_code == 404
    came = house.approved(cause="enterprise_request", clue_no=number, items=("YJ-02",))
    assert "单位已据此申请检查" in client.get("/my/wishes").text
    assert f"/my/visits/{came.id}" in client.get("/my/wishes").text
    assert "喷淋" not in officer.get("/inspect/heard").text


def test_reception_speaks_for_nobody(house: House) -> None:
    from tests.web.space.test_members import invited

    inspection = begun(house)
    guest = invited(house, member(house, inspection))
    assert guest.get(f"/my/visits/{inspection.id}").status_code == 200
    assert guest.post(f"/my/visits/{inspection.id}/statement", data={"text": SAID}).status_code == 422


def test_the_year_counts_visits_bodies_people_and_hours_and_says_what_is_missing(house: House) -> None:
    inspection = begun(house)
    client = member(house, inspection)
    complete(house, inspection)
    with house.installation.database.write() as session:  # a name that a spreadsheet would run
        session.execute(text("UPDATE enterprises SET name = '=1+1'"))
    page = client.get("/my/year").text
    assert [int(float(n)) for n in re.findall(r'<span class="big">([\d.]+)</span>', page)] == [1, 1, 2, 0]
    assert "国家示例监管局" in page  # known here, and not supervised
    table = client.get("/my/year.csv").data.decode("utf-8-sig").splitlines()
    assert inspection.number in table[1] and "'=1+1" in table[1] and "国家示例监管局" in table[-1]
    sheet = read_workbook(client.get("/my/year.xlsx").data)
    rows = list(sheet.rows.values())
    assert rows[1][0] == inspection.number and rows[1][1] == "=1+1" and rows[2][7] == "2"
    assert not sheet.has_formulas
    assert client.get("/my/year?year=1800").status_code == 200 and client.get("/my/year?year=²²²²").status_code == 200


def test_the_own_ratings_are_shown_to_nobody(house: House) -> None:
    from app.services.speaking import speech
    from tests.web.space.cast import code_of

    inspection = begun(house)
    client = member(house, inspection)
    house.perform(speech.rate, speech.Rating(code_of(house, inspection), 1, {}, "很不好"), "r" * 43)
    for page in ("/my/visits", f"/my/visits/{inspection.id}", "/my/year"):
        assert "很不好" not in client.get(page).text


def test_every_page_names_the_duty_phone_and_has_nothing_inline(house: House) -> None:
    client = member(house, begun(house))
    client.set_cookie("elder", "1")
    for path in ("/my/", "/my/enter", "/my/visits", "/my/wishes", "/my/year", "/my/people", "/my/me"):
        browser = house.client() if path in ("/my/", "/my/enter") else client
        for language in ("zh", "en"):
            page = browser.get(f"{path}?lang={language}")
            assert page.status_code == 200 and "99-55550101" in page.text, path
            assert ('class="elder"' in page.text) == (browser is client)
            assert " style=" not in page.text and "<script>" not in page.text and " onclick=" not in page.text


def test_a_matter_changed_past_the_platform_is_named(house: House) -> None:
    inspection = begun(house)
    member(house, inspection).post(f"/my/visits/{inspection.id}/statement", data={"text": SAID})
    assert current(house, inspection).id == inspection.id
    with house.installation.database.write() as session:
        session.execute(text("UPDATE matters SET text = '没有意见'"))
    with house.installation.reading() as session:
        found = [(code, table) for code, table, _, _ in state_discrepancies(session)]
    assert found == [("row_changed", "matters")]
    with house.installation.database.write() as session:
        session.execute(text("DELETE FROM matters"))
        assert session.scalars(select(InspectionRow.id)).first()
    with house.installation.reading() as session:
        assert [code for code, _, _, _ in state_discrepancies(session)] == ["row_removed"]


def test_an_announced_visit_offers_its_times_and_one_is_taken(house: House) -> None:
    client = member(house, begun(house))
    start = house.clock.now + timedelta(days=2)
    offered = tuple(Slot(start + timedelta(days=n), start + timedelta(days=n, hours=2)) for n in range(3))
    waiting = house.applied(window_start=start, window_end=start + timedelta(hours=2))
    other = house.applied(enterprise=OTHER, window_start=start, window_end=start + timedelta(hours=2))
    assert client.get(f"/my/visits/{waiting.id}").status_code == 404
    for inspection in (waiting, other):
        house.perform(announcements.announce, house.people["inspector"], inspection.id, offered)
    assert "请选择时间" in client.get("/my/visits").text
    path = f"/my/visits/{waiting.id}/slot"
    for wrong in ("", "3", "-1", "x"):
        assert client.post(path, data={"slot": wrong}).status_code == 422
    assert client.post(f"/my/visits/{other.id}/slot", data={"slot": "0"}).status_code == 404
    assert client.post(path, data={"slot": "1"}).status_code == 303
    assert current(house, waiting).window_start == offered[1].start
    assert "请选择时间" not in client.get("/my/visits").text
    house.perform(decisions.approve, house.people["head"], waiting.id, override_reason="测试理由")
    assert client.post(path, data={"slot": "2"}).status_code == 422
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []


def test_papers_are_read_once_they_reached_the_enterprise(house: House) -> None:
    from tests.services.test_papers import of, service

    inspection = begun(house)
    client, stranger = member(house, inspection), member(house, begun(house, enterprise=OTHER), "13800000002")
    notice, sheet = of(house, inspection, "notice"), of(house, inspection, "approval_sheet")
    assert client.get(f"/my/papers/{notice.id}").status_code == 404  # signed, and not served
    house.perform(paper_service.serve, house.people["inspector"], notice.id, service(house))
    assert f"/my/papers/{notice.id}" in client.get(f"/my/visits/{inspection.id}").text
    assert inspection.number in client.get(f"/my/papers/{notice.id}").text
    for browser, paper in ((stranger, notice), (client, sheet)):
        assert browser.get(f"/my/papers/{paper.id}").status_code == 404
        assert browser.get(f"/my/papers/{paper.id}.pdf").status_code == 404


def test_a_rectification_is_answered_with_photographs_that_only_the_unit_sees(house: House) -> None:
    from tests.services.test_files_and_jobs import photograph

    inspection = begun(house)
    client, stranger = member(house, inspection), member(house, begun(house, enterprise=OTHER), "13800000002")
    complete(house, inspection)
    path = f"/my/visits/{inspection.id}/rectification"

    def sent(text: str, *pictures: bytes) -> dict:
        return {"rectified": text, "photos": [(io.BytesIO(p), f"{n}.jpg") for n, p in enumerate(pictures)]}

    assert client.post(path, data=sent("")).status_code == 422
    assert stranger.post(path, data=sent("换了")).status_code == 404
    assert client.post(path, data=sent("灭火器已更换。", photograph((200, 100)))).status_code == 303
    page = client.get(f"/my/visits/{inspection.id}").text
    picture = re.search(rf"{path}/[^\"]+", page)[0]  # type: ignore[index]
    assert "灭火器已更换。" in page and client.get(picture).mimetype == "image/jpeg"
    assert stranger.get(picture).status_code == 404
    assert house.client().get(picture).status_code == 302
    broken = client.post(path, data=sent("再补一张。", b"not a picture"))
    assert broken.status_code == 422 and "再补一张。" in broken.text  # the words were recorded
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []
