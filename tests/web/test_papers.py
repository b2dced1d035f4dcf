"""The pages of papers: a draft to a signature on the phone, what is typed stays, others' papers do not exist."""

import base64
from typing import Any

import pytest

from app.services.paperwork import paper_service, papers, visit_papers
from app.services.visiting import enterprise_codes
from app.typesetting import engine
from tests.house import House
from tests.services.test_papers import TYPED, drafted, of, service, signature

SERVED = {
    "name": "张三",
    "role": "店长",
    "how": "in_person",
    "at": "2026-03-02T09:00",
    "signed_by": "typed",
    "typed": "张三",
}


def test_a_paper_goes_from_the_draft_to_the_signature(house: House) -> None:
    inspection = house.completed("problem_found")
    client, head = house.signed_in("inspector"), house.signed_in("head")
    base = f"/inspect/{inspection.id}/papers"
    assert "责令改正通知书" in client.get(base).text
    assert "《安全生产法》第六十五条" in client.get(f"{base}/new/correction").text
    answer = client.post(f"{base}/new/correction", data=TYPED["correction"])
    paper = answer.location
    assert answer.status_code == 303
    assert "草稿" in client.get(f"/papers/{paper.rsplit('/', 1)[1]}").text
    assert head.post(f"{paper}/sign").status_code == 303
    page = client.get(paper).text
    assert "云汀区应急管理局责改〔2026〕1号" in page
    drawn = "data:image/png;base64," + base64.b64encode(signature().data).decode()
    hand = SERVED | {"signed_by": "hand", "signature": drawn, "typed": "", "at": "2026-03-02T10:00"}
    assert client.post(f"{paper}/serve", data=hand).status_code == 303
    assert "已送达" in client.get(paper).text
    receipt = client.get(f"/papers/{paper.rsplit('/', 1)[1]}/receipt").text
    assert "直接送达" in receipt and "data:image/svg+xml" in receipt


def test_the_supervisor_of_the_region_reaches_the_papers_from_the_visit_and_no_other(house: House) -> None:
    inspection = house.approved()
    notice = of(house, inspection, "notice")
    page = house.signed_in("supervisor").get(f"/supervise/inspections/{inspection.id}").text
    assert f'href="/papers/{notice.id}"' in page and str(notice.number) in page
    read = house.signed_in("supervisor").get(f"/papers/{notice.id}")
    assert read.status_code == 200 and f'href="/supervise/inspections/{inspection.id}"' in read.text  # the way back
    assert (
        f'href="/inspect/{inspection.id}/papers/{notice.id}"'
        in house.signed_in("head").get(f"/papers/{notice.id}").text
    )
    neighbour = house.signed_in("neighbour")
    assert neighbour.get(f"/supervise/inspections/{inspection.id}").status_code == 404
    assert neighbour.get(f"/papers/{notice.id}").status_code == 404


def test_every_wrong_field_gets_its_sentence_and_nothing_is_lost(house: House) -> None:
    inspection = house.completed("problem_found")
    client = house.signed_in("inspector")
    answer = client.post(
        f"/inspect/{inspection.id}/papers/new/correction", data={"problems": "我写的问题", "deadline": "2020-01-01"}
    )
    assert answer.status_code == 422
    for said in ("我写的问题", "期限要在今天以后", "请填写这一项"):
        assert said in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"typed": ""}, "请在框内手写签名"),
        ({"signed_by": "hand", "signature": "data:image/png;base64,%%%", "typed": ""}, "没有读出手写的签名"),
        ({"signed_by": "hand", "signature": "data:image/png;base64,AAAA", "typed": ""}, "signature"),
        ({"name": ""}, "请填写这一项"),
        ({"at": "yesterday"}, "格式不对"),
        ({"at": "2026-03-01T09:00"}, "送达时间不能早于签发时间"),
        ({"how": "by_pigeon"}, "by_pigeon"),
        ({"go": "refused", "witness": ""}, "拒签的理由"),
    ],
)
def test_a_service_that_cannot_be_recorded_is_told_why(house: House, changes: dict[str, str], said: str) -> None:
    inspection = house.approved()
    paper = of(house, inspection, "notice")
    client = house.signed_in("inspector")
    answer = client.post(f"/inspect/{inspection.id}/papers/{paper.id}/serve", data=SERVED | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert "店长" in answer.text
    assert of(house, inspection, "notice").state == "signed"


def test_a_refusal_is_recorded_with_its_witness(house: House) -> None:
    inspection = house.approved()
    paper = of(house, inspection, "notice")
    client = house.signed_in("inspector")
    data = SERVED | {"go": "refused", "refused_reason": "要等老板", "witness": "李四（物业）"}
    assert client.post(f"/inspect/{inspection.id}/papers/{paper.id}/serve", data=data).status_code == 303
    assert "拒签，已留置送达" in client.get(f"/inspect/{inspection.id}/papers").text
    assert "拒签（要等老板）" in client.get(f"/papers/{paper.id}/receipt").text


def test_the_notice_is_a_pdf_here_and_in_the_api_with_the_same_bytes(house: House) -> None:
    inspection = house.approved()
    client = house.signed_in("inspector")
    page = client.get(f"/inspect/{inspection.id}/notice.pdf")
    api = house.client().get(f"/api/v1/inspections/{inspection.id}/notice.pdf", headers=house.bearer("inspector"))
    assert page.status_code == api.status_code == 200
    assert api.content_type == "application/pdf"
    assert api.data == page.data and api.data.startswith(b"%PDF-")


def test_the_api_lists_papers_and_gives_each(house: House) -> None:
    inspection = house.approved()
    client = house.client()
    for who in ("inspector", "supervisor"):
        answer = client.get(f"/api/v1/inspections/{inspection.id}/papers", headers=house.bearer(who))
        assert [p["kind"] for p in answer.json["items"]] == ["approval_sheet", "notice"]
        for paper in answer.json["items"]:
            pdf = client.get(paper["pdf_url"].removeprefix("http://localhost"), headers=house.bearer(who))
            assert pdf.data.startswith(b"%PDF-")


def test_papers_of_other_units_do_not_exist(house: House) -> None:
    inspection = house.completed("problem_found")
    paper = of(house, inspection, "notice")
    other, api = house.signed_in("head2"), house.client()
    paths = [
        f"/papers/{paper.id}", f"/papers/{paper.id}.pdf", f"/papers/{paper.id}/receipt", f"/inspect/{inspection.id}/papers",
        f"/inspect/{inspection.id}/papers/{paper.id}", f"/inspect/{inspection.id}/papers/{paper.id}/serve",
        f"/inspect/{inspection.id}/notice.pdf", f"/inspect/{inspection.id}/papers/new/record",
    ]  # fmt: skip
    for path in paths:
        assert other.get(path).status_code == 404, path
    for step in ("sign", "review", "withdraw", "return", "serve", "edit"):
        answer = other.post(f"/inspect/{inspection.id}/papers/{paper.id}/{step}", data={"reason": "x", **SERVED})
        assert answer.status_code == 404, step
    for path in (
        f"/inspections/{inspection.id}/papers",
        f"/inspections/{inspection.id}/notice.pdf",
        f"/papers/{paper.id}/pdf",
    ):
        assert api.get("/api/v1" + path, headers=house.bearer("head2")).status_code == 404, path


def test_nothing_is_under_an_address_that_does_not_belong_together(house: House) -> None:
    one, other = house.approved(), house.approved()
    paper = of(house, one, "notice")
    client = house.signed_in("inspector")
    for path in (f"{paper.id}", f"{paper.id}/serve", "new/notice", "new/nothing", f"{paper.id}/edit"):
        assert client.get(f"/inspect/{other.id}/papers/{path}").status_code == 404, path
    assert client.post(f"/inspect/{one.id}/papers/{paper.id}/explode").status_code == 404


def test_without_fonts_the_print_view_is_offered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "can_set", lambda: False)
    inspection = house.approved()
    client = house.signed_in("inspector")
    page = client.get(f"/inspect/{inspection.id}/notice")
    assert "没有安装文书用的中文字体" in page.text and "打开 PDF" not in page.text
    assert client.get(f"/inspect/{inspection.id}/notice.pdf").status_code == 409


def test_the_head_finds_what_waits_and_sets_the_numbers(house: House) -> None:
    paper = drafted(house)
    head = house.signed_in("head")
    assert paper.id in head.get("/inspect/papers").text
    assert head.post("/inspect/papers/settings", data={"prefix": ""}).status_code == 422
    assert head.post("/inspect/papers/settings", data={"prefix": "云应急", "reviewed": "1"}).status_code == 303
    assert "云应急检告〔2026〕1号" in head.get("/inspect/papers/settings").text
    assert house.signed_in("inspector").get("/inspect/papers/settings").status_code == 403


def test_the_print_view_says_what_the_pdf_says(house: House) -> None:
    inspection = house.completed("problem_found")
    for kind, typed in TYPED.items():
        made: Any = house.perform(visit_papers.start, house.people["inspector"], inspection.id, kind, typed)
        house.perform(papers.send_back, house.people["head"], made.id, "看一下")
        page = house.signed_in("supervisor").get(f"/papers/{made.id}").text
        for block in made.content["blocks"]:
            for said in [
                block.get("text", ""),
                *block.get("points", []),
                *(cell for line in (block.get("lines", []) if block["block"] == "table" else []) for cell in line),
            ]:
                assert all(line in page for line in str(said).split("\n")), said


def test_behind_the_code_the_enterprise_reads_what_reached_it_and_nothing_else(house: House) -> None:
    inspection = house.approved()
    notice, sheet = of(house, inspection, "notice"), of(house, inspection, "approval_sheet")
    client = house.client()
    token = client.get(f"/api/v1/inspections/{inspection.id}", headers=house.bearer("inspector")).json["code"]["token"]
    assert "送达您单位的文书" not in client.get(f"/q/{token}").text
    assert client.get(f"/q/{token}/papers/{notice.id}").status_code == 404
    house.perform(paper_service.serve, house.people["inspector"], notice.id, service(house))
    client.post(f"/q/{token}/arrive")
    assert "送达您单位的文书" in client.get(f"/q/{token}").text
    assert "行政检查通知书" in client.get(f"/q/{token}/papers/").text
    assert client.get(f"/q/{token}/papers/{notice.id}.pdf").data.startswith(b"%PDF-")
    assert "五个严禁" in client.get(f"/q/{token}/papers/{notice.id}").text
    found = house.perform(visit_papers.start, house.people["inspector"], inspection.id, "record", TYPED["record"])
    house.perform(papers.sign_off, house.people["inspector"], found.id)
    house.perform(paper_service.serve, house.people["inspector"], found.id, service(house))
    page = client.get(f"/q/{token}/papers/").text
    assert "现场检查笔录" not in page and "只在企业空间里查看" in page
    assert client.get(f"/q/{token}/papers/{found.id}").status_code == 404
    other = house.approved()
    short = inspection.code.short_code if inspection.code else ""
    assert client.get(f"/q/{token}/papers/{sheet.id}").status_code == 404
    assert client.get(f"/q/{token}/papers/{of(house, other, 'notice').id}").status_code == 404
    for presented in (short, token[:-1] + str((int(token[-1]) + 1) % 10), "x"):
        assert client.get(f"/q/{presented}/papers/{notice.id}").status_code == 404, presented


def test_the_sheets_to_hang_up_are_pdfs(house: House) -> None:
    assert house.client().get("/notice.pdf").data.startswith(b"%PDF-")
    inspection = house.approved()
    path = f"/papers/enterprises/{inspection.enterprise_id}.pdf"
    officer = house.signed_in("inspector")
    assert officer.get(path).status_code == 404  # no code yet
    house.perform(enterprise_codes.issue, house.people["supervisor"], inspection.enterprise_id)
    assert officer.get(path).data.startswith(b"%PDF-")
    assert house.client().get(path).status_code == 302
