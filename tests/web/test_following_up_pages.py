"""The pages of the follow-up: the inbox of the bureau, several at once, one flag, the inbox of a unit."""

import io
import re

import pytest
from sqlalchemy import select

from app.store.models import PaperRow
from tests.house import House


def test_a_question_goes_to_the_unit_and_its_answer_comes_back_with_papers(house: House, flagged: list[str]) -> None:
    desk, unit = house.signed_in("supervisor"), house.signed_in("inspector")
    path = f"/supervise/flags/{flagged[0]}"
    assert unit.get(f"/inspect/questions/{flagged[0]}").status_code == 404
    sent = desk.post(path, data={"action": "send", "note": "为什么没有亮码？", "working_days": "3"})
    assert sent.status_code == 303
    inbox = unit.get("/inspect/questions").text
    assert "为什么没有亮码？" in inbox and "未签收" in inbox and flagged[1] not in inbox
    own = f"/inspect/questions/{flagged[0]}"
    assert unit.post(own, data={"action": "sign_for"}).status_code == 303
    empty = unit.post(own, data={"action": "answer", "note": ""})
    assert empty.status_code == 422
    bad = unit.post(own, data={"action": "answer", "note": "写好的话", "file": (io.BytesIO(b"MZ"), "a.exe")})
    assert bad.status_code == 422 and "写好的话" in bad.text and "a.exe" in bad.text
    paper = (io.BytesIO(b"%PDF-1.4 x"), "说明.pdf")
    assert unit.post(own, data={"action": "answer", "note": "网络故障", "file": paper}).status_code == 303
    page = desk.get(path).text
    assert "网络故障" in page and "说明.pdf" in page
    href = page.split(f'href="{path}/files/')[1].split('"')[0]
    kept = desk.get(f"{path}/files/{href}")
    assert kept.data == b"%PDF-1.4 x" and kept.headers["Content-Disposition"].startswith("attachment")
    assert unit.get(f"{own}/files/{href}").status_code == 200
    assert house.signed_in("inspector2").get(f"{own}/files/{href}").status_code == 404
    assert desk.get(f"/supervise/flags/{flagged[1]}/files/{href}").status_code == 404


def test_a_flag_answers_in_the_order_in_which_people_ask(house: House, flagged: list[str]) -> None:
    page = house.signed_in("supervisor").get(f"/supervise/flags/{flagged[0]}").text
    heads = ["发生了什么", "为什么预警", "这家企业的检查", "单位怎么说", "办理经过", "下一步"]
    assert [page.index(f"<h2>{h}") for h in heads] == sorted(page.index(f"<h2>{h}") for h in heads)


def step(page: str, name: str) -> str:
    """The form of one step."""
    return page.split(f'id="step-{name}"')[1].split("</form>")[0]


def test_the_step_that_the_state_asks_for_stands_first_with_only_its_own_fields(
    house: House, flagged: list[str]
) -> None:
    desk, path = house.signed_in("supervisor"), f"/supervise/flags/{flagged[0]}"
    raised = desk.get(path).text
    assert "<h3>开始核查</h3>" in raised and raised.count('class="main"') == 1
    assert 'name="assignee"' in step(raised, "investigate") and 'name="note"' not in step(raised, "investigate")
    assert "5 个工作日" in step(raised, "send") and "单位看得到" in step(raised, "send")
    assert 'name="due"' not in step(raised, "uphold") and 'value="dismiss"' in step(raised, "uphold")
    assert "单位看不到" in step(raised, "set_aside") and "<details><summary>暂缓</summary>" in raised
    wrong = desk.post(path, data={"action": "set_aside", "note": "等材料", "due": "2020-01-01"})
    assert wrong.status_code == 422 and "<details open><summary>暂缓</summary>" in wrong.text
    assert [s for s in ("send", "uphold", "set_aside") if "等材料" in step(wrong.text, s)] == ["set_aside"]
    assert 'role="alert"' in step(wrong.text, "set_aside") and f'action="{path}#step-set_aside"' in wrong.text
    desk.post(path, data={"action": "send", "note": "请说明"})
    assert "现在等单位办理" in desk.get(path).text
    late = desk.post(path, data={"action": "set_aside", "note": "没有这一步了"}).text
    assert "没有这一步了" in step(late, "uphold"), "what was typed comes back even where its form is gone"


def test_the_start_page_says_in_a_sentence_why_the_worst_flags_were_raised(house: House, flagged: list[str]) -> None:
    desk = house.signed_in("supervisor")
    worst = desk.get("/supervise/").text.split("最要紧的预警</h2>")[1].split("</section>")[0]
    assert f"/supervise/flags/{flagged[0]}" in worst and "企业在 24 小时内没有扫到检查码" in worst
    lights = re.findall(r"badge (bad|care|blue)", worst)
    assert lights == sorted(lights, key=["bad", "care", "blue"].index)
    desk.post(f"/supervise/flags/{flagged[0]}", data={"action": "set_aside", "note": "等单位来"})
    later = desk.get("/supervise/").text.split("最要紧的预警</h2>")[1].split("</section>")[0]
    assert flagged[0] not in later and flagged[1] in later


def test_several_at_once_and_what_is_refused_keeps_no_other(house: House, flagged: list[str]) -> None:
    desk = house.signed_in("supervisor")
    desk.post(f"/supervise/flags/{flagged[0]}", data={"action": "uphold", "note": "成立"})
    answer = desk.post("/supervise/flags?open=1", data={"action": "send", "note": "请说明", "flags": flagged})
    assert answer.status_code == 200 and "1 条已办理" in answer.text and "1 条没有办理" in answer.text
    assert desk.post("/supervise/flags", data={"action": "send", "note": "x"}).status_code == 422
    assert desk.post("/supervise/flags", data={"action": "close", "flags": flagged}).status_code == 422
    lost = desk.post("/supervise/flags", data={"action": "send", "note": "留住这句话", "flags": flagged[:1]})
    assert lost.status_code == 422 and "留住这句话" in lost.text


def test_a_page_that_shows_an_older_state_decides_nothing(house: House, flagged: list[str]) -> None:
    desk, path = house.signed_in("supervisor"), f"/supervise/flags/{flagged[0]}"
    revision = desk.get(path).text.split('name="revision" value="')[1].split('"')[0]
    assert desk.post(path, data={"action": "investigate", "revision": revision}).status_code == 303
    late = desk.post(path, data={"action": "uphold", "note": "旧页面", "revision": revision})
    assert late.status_code == 422 and "旧页面" in late.text


def test_three_at_one_queue_take_each_flag_once_and_the_others_are_told(house: House, flagged: list[str]) -> None:
    """The three have the same list open; a step of a list holds only for what the list showed."""
    desks = [house.signed_in(name) for name in ("supervisor", "supervisor2", "supervisor")]
    seen = [re.findall(r'name="seen" value="([^"]+)"', desk.get("/supervise/flags").text) for desk in desks]
    assert seen[0] == seen[1] == seen[2] and {s.split(":")[0] for s in seen[0]} >= set(flagged)
    steps = [{"action": "assign"}, {"action": "send", "note": "请说明"}, {"action": "set_aside", "note": "等一等"}]
    answers = [
        d.post("/supervise/flags", data=s | {"flags": flagged, "seen": seen[0]})
        for d, s in zip(desks, steps, strict=True)
    ]
    assert [a.status_code for a in answers] == [200, 422, 422]
    assert all("就在刚才有人改动了这条记录" in a.text for a in answers[1:])
    assert all(re.search(r"最近一步：supervisor，[^，]+，指定办理人", a.text) for a in answers[1:])
    fresh = re.findall(r'name="seen" value="([^"]+)"', answers[2].text)
    merged = desks[1].post("/supervise/flags", data={"action": "merge", "flags": flagged, "seen": fresh})
    late = desks[2].post("/supervise/flags", data={"action": "merge", "flags": flagged[::-1], "seen": fresh})
    assert (merged.status_code, late.status_code) == (200, 422)
    now = re.findall(r'name="seen" value="([^"]+)"', late.text)
    together = desks[0].post(
        "/supervise/flags", data={"action": "send", "note": "请说明", "flags": flagged, "seen": now}
    )
    assert f"{len(flagged)} 条已办理" in together.text and "没有办理" not in together.text, "a case goes as one"


@pytest.mark.parametrize("query", ["due=overdue", "due=near", "assignee=me", "assignee=nobody", "aside=1", "watched=1",
                                   "case=x", "from=x&to=2026-99-99", "due=%F0%9F%98%80", "beside=1"])  # fmt: skip
def test_every_filter_answers(house: House, flagged: list[str], query: str) -> None:
    assert house.signed_in("supervisor").get(f"/supervise/flags?{query}").status_code == 200


def test_the_navigation_shows_only_pages_that_exist(house: House) -> None:
    desk = house.signed_in("supervisor")
    page = desk.get("/supervise/flags").text
    nav = page.split('<nav class="tabs side"')[1].split("</nav>")[0]
    paths = [part.split('"')[0] for part in nav.split('href="')[1:]]
    assert paths[:2] == ["/supervise/", "/supervise/flags"] and 'href="/supervise/flags" aria-current="page"' in nav
    assert [p for p in dict.fromkeys(paths) if desk.get(p).status_code != 200] == []


def test_a_paper_goes_from_the_flag_to_the_unit_and_is_signed_for(house: House, flagged: list[str]) -> None:
    desk, unit = house.signed_in("supervisor"), house.signed_in("inspector")
    path, own = f"/supervise/flags/{flagged[0]}", f"/inspect/questions/{flagged[0]}"
    desk.post(path, data={"action": "send", "note": "为什么没有亮码？", "working_days": "3"})
    assert f"{path}/papers/new/followup_letter" in desk.get(path).text
    form = f"{path}/papers/new/followup_letter"
    assert "为什么没有亮码？" in desk.get(form).text
    wrong = desk.post(form, data={"matter": "写好的话", "reply_by": "2020-01-01"})
    assert wrong.status_code == 422 and "写好的话" in wrong.text and "期限要在今天以后" in wrong.text
    paper = desk.post(form, data={"matter": "写好的话", "reply_by": "2030-01-01"}).location
    assert "签发后编号" in desk.get(paper).text and "写好的话" in desk.get(f"{paper}/edit").text
    assert desk.post(f"{paper}/edit", data={"matter": "改过的话", "reply_by": "2030-01-01"}).status_code == 303
    assert desk.post(f"{paper}/return", data={"reason": ""}).status_code == 422
    assert paper in desk.get("/supervise/papers").text and "督办函" not in unit.get(own).text
    assert desk.post(f"{paper}/sign").status_code == 303 and "等待单位签收" in desk.get(paper).text
    paper_id = paper.rsplit("/", 1)[1]
    assert "督办函" in unit.get("/inspect/questions").text and f"/papers/{paper_id}" in unit.get(own).text
    assert "改过的话" in unit.get(f"/papers/{paper_id}").text
    assert house.signed_in("inspector2").get(f"/papers/{paper_id}").status_code == 404
    assert house.signed_in("inspector2").post(f"{own}/papers/{paper_id}").status_code == 404
    assert unit.post(f"{own}/papers/{paper_id}").status_code == 303 and "已签收" in unit.get(own).text
    assert unit.post(f"{own}/papers/{paper_id}").status_code == 422
    assert "已签收" in desk.get(path).text and desk.get(f"/papers/{paper_id}/receipt").status_code == 200


def test_the_bureau_sets_its_letters_and_a_visits_paper_is_none_of_them(house: House, flagged: list[str]) -> None:
    desk = house.signed_in("supervisor")
    assert desk.post("/supervise/papers/settings", data={"prefix": ""}).status_code == 422
    desk.post("/supervise/papers/settings", data={"prefix": "云司", "reviewed": "1"})
    assert "云司监意〔2026〕1号" in desk.get("/supervise/papers/settings").text
    form = f"/supervise/flags/{flagged[0]}/papers/new/followup_letter"
    paper = desk.post(form, data={"matter": "请核实", "reply_by": "2030-01-01"}).location
    assert "另一位同事审核" in desk.get(paper).text and desk.post(f"{paper}/sign").status_code == 422
    with house.installation.reading() as session:
        other = "/supervise/papers/" + session.scalars(select(PaperRow.id).where(PaperRow.kind == "notice")).first()
    assert desk.get(other).status_code == desk.post(f"{other}/withdraw", data={"reason": "x"}).status_code == 404
    assert desk.get(f"/supervise/flags/{flagged[0]}/papers/new/notice").status_code == 404
    assert house.signed_in("neighbour").get(paper).status_code == 404
