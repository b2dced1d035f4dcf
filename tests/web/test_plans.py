"""The pages of plans: the whole way of one plan through three persons, import, drawing by lot, what the public sees."""

import io
import json
import re

import pytest
from sqlalchemy import func, select

from app.domain.facts import leaf_data
from app.domain.transparency import ProofFile, VerifierKey
from app.services import conflicts, jobs
from app.services.auditing import plan_audit
from app.services.imports import plan_uploads
from app.services.job_handlers import HANDLERS
from app.services.planning import lots
from app.services.transparency import log
from app.store.models import FileRow, InspectionRow, Lot, Plan
from tests.house import House, uscc
from tests.plans import filed, office_workbook

HEAD = {
    "code": "P-1", "title": "2026 年度行政检查计划", "kind": "yearly", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
}  # fmt: skip
BAD_ROWS = ("检查事项,时间安排\n" + "没有的事项,全年\n" * 3).encode("gb18030")


def moved_to(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_plan_from_the_first_line_to_the_public_page(house: House) -> None:
    inspector, head, supervisor = (house.signed_in(name) for name in ("inspector", "head", "supervisor"))
    row_page = moved_to(inspector.post("/inspect/plans/new", data=HEAD))
    plan = row_page.rsplit("/rows/", 1)[0]
    row = {
        "item": "YJ-01",
        "objects": "危化品企业 3 家",
        "wanted": "３",
        "timing": "3-5月",
        "go": "more",
        "revision": "1",
    }
    assert inspector.get(row_page).status_code == 200
    assert moved_to(inspector.post(row_page, data=row)).endswith("/rows/2")
    assert moved_to(inspector.post(f"{plan}/submit")) == plan
    assert "批准这个计划" in head.get(plan).text and "批准这个计划" not in inspector.get(plan).text
    assert inspector.post(f"{plan}/approve").status_code == 422
    moved_to(head.post(f"{plan}/approve"))
    supervised = plan.replace("/inspect/", "/supervise/")
    assert "等待备案或公布（1）" in supervisor.get("/supervise/plans/").text
    assert house.client().get("/plans/" + plan.rsplit("/", 1)[1]).status_code == 404
    moved_to(supervisor.post(f"{supervised}/file"))
    moved_to(supervisor.post(f"{supervised}/publish"))
    public = house.client().get("/plans?unit=YT-YJJ&year=2026&item=YJ-01").text
    assert "2026 年度行政检查计划" in public
    assert "危化品企业 3 家" in house.client().get("/plans/" + plan.rsplit("/", 1)[1]).text
    apply = re.search(r"/inspect/apply\?[^\"]+", inspector.get(plan).text)
    assert apply and 'value="P-1"' in inspector.get(apply.group().replace("&amp;", "&")).text


def test_wrong_fields_get_a_sentence_and_nothing_typed_is_lost(house: House) -> None:
    client = house.signed_in("inspector")
    answer = client.post("/inspect/plans/new", data=HEAD | {"ends_on": "2025-01-01", "note": "留着我"})
    assert answer.status_code == 422
    assert "不能早于开始日期" in answer.text and "留着我" in answer.text
    row_page = moved_to(client.post("/inspect/plans/new", data=HEAD))
    typed = {"item": "YJ-01", "timing": "随缘", "wanted": "很多", "content": "留着我", "revision": "1"}
    answer = client.post(row_page, data=typed)
    assert answer.status_code == 422
    assert "没有读懂" in answer.text and "没有读出数量" in answer.text and "留着我" in answer.text
    assert "已经有人用了" in client.post("/inspect/plans/new", data=HEAD).text


@pytest.mark.parametrize("path", ["", "/edit", "/rows/1", "/keys", "/visits", "/rows/1/draw"])
def test_another_units_draft_does_not_exist(house: House, path: str) -> None:
    row_page = moved_to(house.signed_in("inspector").post("/inspect/plans/new", data=HEAD))
    plan = row_page.rsplit("/rows/", 1)[0]
    assert house.signed_in("head2").get(plan + path).status_code == 404


def test_a_published_plan_shows_others_no_visits_and_no_key_enterprises(house: House) -> None:
    house.applied()
    plan = filed(house)
    inspector, other = house.signed_in("inspector"), house.signed_in("inspector2")
    moved_to(house.signed_in("head").post(f"/inspect/plans/{plan.id}/publish"))
    values = {"keys": uscc(1), "reason": "重大危险源"}
    moved_to(house.signed_in("head").post(f"/inspect/plans/{plan.id}/keys", data=values))
    assert uscc(1) in inspector.get(f"/inspect/plans/{plan.id}").text
    answer = other.get(f"/inspect/plans/{plan.id}")
    assert answer.status_code == 200 and uscc(1) not in answer.text and "重点企业" not in answer.text
    assert other.get(f"/inspect/plans/{plan.id}/visits").status_code == 404
    assert other.get(f"/inspect/plans/{plan.id}/rows/1/draw").status_code == 404
    assert uscc(1) not in house.client().get(f"/plans/{plan.id}").text


def test_an_uploaded_workbook_is_checked_then_drafted(house: House) -> None:
    client = house.signed_in("inspector")

    def send(go: str, data: bytes = office_workbook()):  # type: ignore[no-untyped-def]
        return client.post("/inspect/plans/import", data={"go": go, "file": (io.BytesIO(data), "计划.xlsx")})

    assert "会存入 3 行" in send("check").text
    assert "没有符合条件的计划" in client.get("/inspect/plans/").text
    assert "已存为草稿：3 行" in send("store").text
    assert "另有 3 行原来就有" in send("store").text
    bad = send("store", "检查事项,时间安排\n没有的事项,全年\n".encode("gb18030"))
    assert "什么都没有保存" in bad.text and "没有的事项" in bad.text
    assert send("store", b"%PDF").status_code == 422
    other = house.signed_in("inspector2").post(
        "/inspect/plans/import", data={"go": "store", "file": (io.BytesIO(office_workbook()), "x.xlsx")}
    )
    assert "只能导入本单位的计划" in other.text


def test_a_long_file_is_looked_at_and_stored_in_the_background(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_uploads, "AT_ONCE", 2)
    client, other = house.signed_in("inspector"), house.signed_in("inspector2")

    def sent(go: str, data: bytes) -> str:
        answer = client.post("/inspect/plans/import", data={"go": go, "file": (io.BytesIO(data), "计划.xlsx")})
        jobs.run_waiting(house.perform, HANDLERS)
        assert "/jobs/" in moved_to(answer)
        return re.search(r'href="(/inspect/plans/import[^"]+)"', client.get(answer.location).text)[1]  # type: ignore[index]

    bad = client.get(sent("store", BAD_ROWS)).text
    assert "什么都没有保存" in bad and "没有的事项" in bad and "按核对的内容" not in bad
    checked = sent("check", office_workbook())
    page = client.get(checked).text
    assert "会存入 3 行" in page and "没有符合条件的计划" in client.get("/inspect/plans/").text
    store = re.search(r'action="(/inspect/plans/import/[^"]+/store)"', page)[1]  # type: ignore[index]
    assert (other.get(checked).status_code, other.post(store).status_code) == (404, 404)
    assert moved_to(client.post(store)) == (job := moved_to(client.post(store)))  # pressed twice is one job
    jobs.run_waiting(house.perform, HANDLERS)
    assert "已存为草稿：3 行" in client.get(job).text
    with house.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(FileRow).where(FileRow.erased_at.is_(None))) == 1


def test_a_plan_leaves_as_the_table_that_an_import_reads(house: House) -> None:
    client, other = house.signed_in("inspector"), house.signed_in("inspector2")
    client.post("/inspect/plans/import", data={"go": "store", "file": (io.BytesIO(office_workbook()), "x.xlsx")})
    with house.installation.reading() as session:
        plan = session.scalars(select(Plan)).one().id
    house.applied()  # the enterprise is known from here on
    moved_to(client.post(f"/inspect/plans/{plan}/keys", data={"keys": uscc(1)}))
    assert "rows.xlsx" in client.get(f"/inspect/plans/{plan}").text
    for form in ("csv", "xlsx"):
        taken = client.get(f"/inspect/plans/{plan}/rows.{form}").data
        back = client.post("/inspect/plans/import", data={"go": "store", "file": (io.BytesIO(taken), f"x.{form}")}).text
        assert (
            "已存为草稿：0 行，另有 3 行原来就有" in back and "提醒" not in back
        )  # nothing is another, no key is gone
    assert uscc(1) in client.get(f"/inspect/plans/{plan}/keys.csv").text
    assert other.get(f"/inspect/plans/{plan}/keys.csv").status_code == 404


def test_a_drawing_is_promised_before_it_is_drawn_and_everybody_can_repeat_it(house: House, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for number in range(1, 7):
        ref = house.application().enterprise
        house.applied(enterprise=type(ref)(uscc=uscc(number), name=f"云汀示例{number}公司"))
    plan = filed(house)
    client = house.signed_in("inspector")
    house.perform(conflicts.declare, house.people["inspector"], "99010001", uscc(1), "亲属任职")
    form = f"/inspect/plans/{plan.id}/rows/2/draw"
    assert client.get(form).status_code == 200
    looked = client.post(form, data={"go": "look", "each": "2"}).text
    assert "6 家中抽 3 家" in looked and "执法证不在有效期内" in looked and "执法证处于暂停状态" in looked
    where = moved_to(client.post(form, data={"go": "commit", "each": "2"}))
    lot_id = where.rsplit("/", 1)[1]
    assert "几秒钟" in client.post(f"{where}/draw", data={}).text  # not in the log yet
    log.advance(house.perform)
    before = house.client().get(f"/lots/{lot_id}")
    assert "抽取时公布" in before.text and house.client().get(f"/lots/{lot_id}.json").json["seed"] is None
    proof = ProofFile.parse(house.client().get(f"/lots/{lot_id}.tlog-proof").data)
    promised = house.client().get(f"/lots/{lot_id}.json").json
    verifier = VerifierKey.parse(house.client().get("/log/keys").text.split()[0])
    proof.verify(leaf_data(proof.extra[:16], proof.extra[16:]), verifier.name, [verifier])
    record = json.loads(proof.extra[16:])
    assert proof.index == promised["log_positions"]["promised"] and record["subject"] == ["lot", lot_id]
    assert record["body"] == {name: promised[name] for name in ("commitment", "pool_hash")}
    assert record["recorded_by"] == "system"  # nor who was left out: all of this record is given away
    moved_to(client.post(f"{where}/draw", data={"word": "桂花"}))
    log.advance(house.perform)
    assert client.post(f"{where}/draw", data={}).status_code == 422  # once
    shown = client.get(where).text
    assert shown.count("/inspect/apply?plan=P-1&item=YJ-02") == 3
    rows = client.get(f"{where}.csv").get_data(as_text=True).splitlines()
    assert len(rows) == 4 and rows[1].endswith(",,,,P-1") and "99010002" in rows[1]
    assert house.signed_in("inspector2").get(f"{where}.csv").status_code == 404
    public = house.client().get(f"/lots/{lot_id}").text
    assert "重做一遍，结果相同" in public and "云汀示例" not in public and "99010001" not in public
    file = tmp_path / "lot.json"
    file.write_bytes(house.client().get(f"/lots/{lot_id}.json").data)
    runner = house.app.test_cli_runner()
    for which in (str(file), lot_id):
        assert runner.invoke(args=["lots", "verify", which]).exit_code == 0
    said = json.loads(file.read_text())
    said["word"] = "别的"
    file.write_text(json.dumps(said))
    assert "another result" in runner.invoke(args=["lots", "verify", str(file)]).output
    with house.installation.database.write() as session:
        session.get_one(Lot, lot_id).result = json.dumps(said["result"][:-1])
    assert "核对不上" in house.client().get(f"/lots/{lot_id}").text


def test_a_drawing_given_up_is_drawn_again_once_with_a_new_promise_and_its_pairs_go_into_a_batch(house: House) -> None:
    for number in range(1, 4):
        ref = house.application().enterprise
        house.applied(enterprise=type(ref)(uscc=uscc(number), name=f"云汀示例{number}公司"))
    plan = filed(house)
    client = house.signed_in("inspector")
    first = moved_to(client.post(f"/inspect/plans/{plan.id}/rows/2/draw", data={"go": "commit", "each": "2"}))
    assert client.post(f"{first}/again", data={"again": "重抽"}).status_code == 422  # not given up
    moved_to(client.post(f"{first}/abandon", data={"reason": "抽取时没有人在场"}))
    assert client.post(f"{first}/again", data={"again": " "}).status_code == 422
    second = moved_to(client.post(f"{first}/again", data={"again": "已请监督员到场"}))
    assert client.post(f"{first}/again", data={"again": "再来一次"}).status_code == 422  # once
    assert house.signed_in("inspector2").post(f"{first}/again", data={"again": "x"}).status_code == 404
    assert "几秒钟" in client.post(f"{second}/draw", data={}).text  # the new seed is not in the log yet
    log.advance(house.perform)
    moved_to(client.post(f"{second}/draw", data={"word": "桂花"}))
    log.advance(house.perform)
    ids = [path.rsplit("/", 1)[1] for path in (first, second)]
    with house.installation.reading() as session:
        before, after = (session.get_one(Lot, i) for i in ids)
        assert before.pool == after.pool and before.commitment != after.commitment
        assert list(plan_audit.plan_discrepancies(session)) == []
    public = [house.client().get(f"/lots/{i}").text for i in ids]
    assert ids[1] in public[0] and ids[0] in public[1] and "已请监督员到场" in public[1]

    table = client.get(f"{second}.csv").data  # as downloaded, without an edit
    common = {"start": "2026-03-03T09:00", "end": "2026-03-03T17:00", "plan_code": ""}
    sent = client.post("/inspect/batch", data=common | {"file": (io.BytesIO(table), "lot.csv")})
    jobs.run_waiting(house.perform, HANDLERS)
    page = re.search(r"/inspect/batch/\w+", client.get(sent.location).text).group()
    assert "行有问题" not in client.get(page).text
    client.post(page, data={"go": "all"})
    jobs.run_waiting(house.perform, HANDLERS)
    with house.installation.reading() as session:
        made = list(session.scalars(select(InspectionRow).where(InspectionRow.plan_code == "P-1")))
        drawn = {subject for subject, _ in lots.pairs(session.get_one(Lot, ids[1]))}
    assert {row.enterprise_id for row in made} == drawn and len(made) == len(drawn) > 0


def test_who_was_drawn_or_had_the_cap_or_is_protected_is_left_out(house: House) -> None:
    from app.store.models import DoNotDisturb

    visited = house.completed(kind="planned", cause=None, clue_no=None, plan_code="P-1").enterprise_id
    house.completed(kind="planned", cause=None, clue_no=None, plan_code="P-1")
    ref = house.application().enterprise
    protected = house.applied(enterprise=type(ref)(uscc=uscc(2), name="云汀示例二公司")).enterprise_id

    def protect(work) -> None:  # type: ignore[no-untyped-def]
        work.session.add(
            DoNotDisturb(subject_kind="enterprise", subject_id=protected, valid_from=work.now.date(), valid_until=None)
        )

    house.perform(protect)
    plan = filed(house)
    client = house.signed_in("inspector")
    page = client.post(f"/inspect/plans/{plan.id}/rows/1/draw", data={"go": "look", "each": "2"}).text
    assert "今年的计划检查已到上限" in page and "在无感监管对象清单上" in page and visited not in page
    refused = client.post(f"/inspect/plans/{plan.id}/rows/1/draw", data={"go": "commit", "each": "2"})
    assert refused.status_code == 422 and "没有可以抽取的企业" in refused.text
    unknown = client.post(f"/inspect/plans/{plan.id}/rows/1/draw", data={"go": "commit", "list": uscc(99), "each": "2"})
    assert "登记库里没有" in unknown.text


def test_everybody_reads_the_items_that_may_be_inspected(house: House) -> None:
    page = house.client().get("/items").text
    assert "《安全生产法》第六十五条" in page and "每年最多 2 次" in page and "未公布的检查事项" not in page
    assert "YJ-02" not in house.client().get("/items?q=食品").text
    assert "没有符合条件的事项" in house.client().get("/items?unit=NONE").text


def test_the_api_gives_own_plans_and_published_ones(house: House) -> None:
    from app.api.v1 import answers_plans

    plan = filed(house)
    client = house.client()
    own = client.get("/api/v1/plans", headers=house.bearer("inspector"))
    answers_plans.PlanList.model_validate_json(own.data)
    assert [p["code"] for p in own.json["items"]] == ["P-1"]
    assert client.get("/api/v1/plans", headers=house.bearer("inspector2")).json["items"] == []
    assert client.get("/api/v1/plans/P-1", headers=house.bearer("inspector2")).status_code == 404
    moved_to(house.signed_in("head").post(f"/inspect/plans/{plan.id}/publish"))
    one = client.get("/api/v1/plans/P-1", headers=house.bearer("inspector2"))
    answers_plans.Plan.model_validate_json(one.data)
    assert one.json["published_on"] == "2026-03-02" and one.json["rows"][1]["share_percent"] == "50"
    assert client.get("/api/v1/plans?year=x", headers=house.bearer("inspector")).status_code == 422


def test_endless_numbers_in_addresses_are_no_such_page(house: House) -> None:
    client, plan = house.signed_in("head"), filed(house)
    assert client.post(f"/inspect/plans/conflicts/{10**30}/end").status_code == 404
    assert client.get(f"/inspect/plans/{plan.id}/rows/{10**30}/draw").status_code == 404
    assert client.post(f"/inspect/plans/{plan.id}/rows/{10**30}/draw", data={"go": "look"}).status_code in (404, 422)
