"""Questions that name nobody, reminders, and the own desk of a supervisor."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.questions import check_text
from app.domain.supervision import FlagAction
from app.domain.uploads import Upload
from app.outside import Outside
from app.queries import flags as flag_queries
from app.queries import followup
from app.services import addresses
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flags
from app.services.sending import outbox, senders
from app.services.speaking import speech
from app.services.supervising import desk, flag_actions, reminders, unit_questions
from app.store.models import FactRow, FindingRow, OutboxRow, UnitQuestion
from tests.house import House, uscc

FAIR = "请说明本单位如何保证执法人员先亮码再检查。参照国办发〔2024〕54号。"


def ask(house: House, text: str = FAIR, flag: str | None = None) -> UnitQuestion:
    return house.perform(unit_questions.send, house.people["supervisor"], "YT-YJJ", text, None, flag)


@pytest.mark.parametrize(
    "text",
    [
        "3月2日的检查是怎么回事", "2026-03-02 谁去了", "2026年3月的检查", "三月二日去了哪里",
        "2号谁去检查了", "上周五谁去了", "昨天谁去了",
        "14:30 谁在场", "9点半谁在场", f"{uscc(1)} 这家", "检查 2026030200001 是谁批的", "云汀示例一食品有限公司的检查", " ",
    ],
)  # fmt: skip
def test_a_question_names_no_visit_day_or_enterprise(house: House, text: str) -> None:
    house.applied()  # makes the enterprise known
    with pytest.raises(Invalid):
        ask(house, text)


@pytest.mark.parametrize(
    "text", [FAIR, "请说明 3 点意见的落实情况", "按第12号令的要求，两人以上持证执法是如何落实的？"]
)
def test_citing_a_law_is_no_naming(text: str) -> None:
    assert check_text(text) == text


def test_a_question_from_a_report_tells_the_unit_nothing_of_it(house: House) -> None:
    told = speech.Report("云汀示例一食品有限公司", house.clock.now.date(), "没看到码", uscc=uscc(1), unit_code="YT-YJJ")
    house.perform(speech.report, told)
    with house.installation.reading() as session:
        flag = session.scalar(select(FindingRow.id).where(FindingRow.rule == "unregistered.report"))
    row = ask(house, flag=flag)
    with house.installation.reading() as session:
        question = session.scalars(select(FactRow).where(FactRow.subject_kind == "question")).one()
        assert flag not in question.body and "report" not in question.body and uscc(1) not in question.body
        assert [s.action for s in followup.steps(session, flag)][-1] == "asked"
        seen = flag_queries.listed(session, house.people["inspector"], {}, None, 50)[0]
        assert seen == []
        assert list(state_discrepancies(session)) == []
    page = house.signed_in("inspector").get(f"/inspect/asked/{row.id}").text
    assert "54号" in page and flag not in page and "示例一" not in page


def test_a_question_is_signed_for_answered_with_papers_and_closed_by_the_bureau_only(house: House) -> None:
    row, inspector = ask(house), house.people["inspector"]
    with pytest.raises(NotFound):
        house.perform(unit_questions.sign_for, house.people["inspector2"], row.id)
    house.perform(unit_questions.sign_for, inspector, row.id)
    with pytest.raises(Refused, match="already_signed_for"):
        house.perform(unit_questions.sign_for, inspector, row.id)
    house.perform(unit_questions.answer, inspector, row.id, "已落实", (Upload("a.pdf", b"%PDF-1.4"),))
    with pytest.raises(Refused, match="question_decided"):
        house.perform(unit_questions.answer, inspector, row.id, "再答", ())
    with pytest.raises(Forbidden):
        house.perform(unit_questions.close, inspector, row.id, "好")
    house.perform(unit_questions.close, house.people["supervisor"], row.id, "清楚了")
    with house.installation.reading() as session:
        assert session.get_one(UnitQuestion, row.id).state == "closed"
        assert list(state_discrepancies(session)) == []


def test_a_deadline_is_reminded_of_once_near_and_once_over(house: House) -> None:
    house.completed()
    house.clock.move(days=2)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        flag = session.scalar(select(FindingRow.id).where(FindingRow.rule == "code.not_shown"))
    house.perform(flag_actions.act, house.people["supervisor"], flag, FlagAction("send", "请说明", working_days=1))
    assert house.perform(reminders.remind) == 0, "near at once, but the unit was told just now"
    action = FlagAction("extend", "延长", working_days=5)
    due = house.perform(flag_actions.act, house.people["supervisor"], flag, action).due_on
    row = ask(house)
    assert house.perform(reminders.remind) == 0
    house.clock.move(days=(due - house.clock.now.date()).days - 1)
    assert house.perform(reminders.remind) == 2 and house.perform(reminders.remind) == 0
    house.clock.move(days=2)
    assert house.perform(reminders.remind) == 2 and house.perform(reminders.remind) == 0
    with house.installation.reading() as session:
        assert [s.action for s in followup.steps(session, flag, for_unit=True)].count("reminded") == 2
        assert session.get_one(UnitQuestion, row.id).reminded
        assert list(state_discrepancies(session)) == []


def test_new_flags_on_what_is_watched_are_marked_for_that_person_only(house: House) -> None:
    mine, other = house.people["supervisor"], house.people["city"]
    for _ in range(2):
        house.perform(desk.watch, mine, "unit", "YT-YJJ")
    house.completed()
    house.clock.move(days=2)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        ids = list(session.scalars(select(FindingRow.id)))
        assert ids and flag_queries.watched_among(session, mine, ids) == set(ids)
        assert flag_queries.watched_among(session, other, ids) == set()


def test_one_digest_a_day_with_numbers_and_no_names(house: House) -> None:
    mine = house.people["supervisor"]
    house.perform(desk.subscribe, mine, "mail", "a@example.cn")
    house.perform(desk.subscribe, mine, "webhook", "https://hook.example.cn/x")
    assert house.perform(desk.digests) == 2 and house.perform(desk.digests) == 0  # 9 o'clock
    house.clock.move(hours=22)  # seven in the morning
    assert house.perform(desk.digests) == 0
    house.clock.move(hours=2)
    assert house.perform(desk.digests) == 2
    with house.installation.unit_of_work() as work:
        queued = work.session.scalars(select(OutboxRow).where(OutboxRow.channel == outbox.WEBHOOK)).first()
        told: dict[str, Any] = json.loads(work.vault.open(queued.sealed, f"outbox:{queued.id}"))
    assert set(json.loads(told["text"])) == {
        "type",
        "new",
        "new_red",
        "overdue",
        "mine",
        "questions_answered",
        "day",
        "url",
    }


def test_who_subscribes_tries_it_out_and_sees_how_it_went(house: House) -> None:
    client = house.signed_in("supervisor")

    def change(**data: str) -> str:
        return client.post("/supervise/desk", data={"channel": "webhook"} | data, follow_redirects=True).text

    assert "请先保存地址" in change(go="try")
    mistyped = change(go="subscribe", to="http://hook.example.cn/x")
    assert 'href="#to-webhook"' in mistyped and 'value="http://hook.example.cn/x"' in mistyped
    secret = re.search("whsec_[^<]+", change(go="subscribe", to="https://hook.example.cn/x"))
    assert secret and secret[0] in change(
        go="subscribe", to="https://hook.example.cn/x"
    )  # saved again, nothing changes
    assert "正在发送" in change(go="try")

    def refuse(message: outbox.Message) -> None:
        raise OSError("HTTP 500")

    outbox.deliver(house.perform, {"webhook": refuse})
    assert "HTTP 500" in client.get("/supervise/desk").text
    house.clock.move(minutes=1)
    bodies: list[Any] = []
    outbox.deliver(house.perform, {"webhook": lambda m: bodies.append(json.loads(m.text)["type"])})
    page = client.get("/supervise/desk").text
    assert bodies == ["test"] and "对方已收下" in page and "HTTP 500" not in page
    change(go="try")
    change(go="subscribe", to="https://other.example.cn/x")
    outbox.deliver(house.perform, {"webhook": lambda m: bodies.append(m.to)})
    assert bodies == ["test"]  # what waited for the old address goes nowhere


@pytest.mark.parametrize(
    "to",
    ["http://a.example.cn", "https://10.0.0.1/", "https://localhost/", "https://x.internal/", "https://u:p@a.cn/", "https://[::1]/"],
)  # fmt: skip
def test_a_webhook_reaches_nothing_inside(house: House, to: str) -> None:
    with pytest.raises(DomainError, match="digest_webhook"):
        house.perform(desk.subscribe, house.people["supervisor"], "webhook", to)


def test_every_page_answers_and_what_was_typed_stays(house: House) -> None:
    client = house.signed_in("supervisor")
    row = ask(house)
    month = (date.today() + timedelta(days=0)).strftime("%Y-%m")
    for path in ("questions", f"questions/{row.id}", "calendar", f"calendar?month={month}", "calendar?month=x", "desk"):
        assert client.get(f"/supervise/{path}").status_code == 200, path
    bad = client.post("/supervise/questions", data={"unit": "YT-YJJ", "text": "3月2日谁去的"})
    assert bad.status_code == 422 and "3月2日谁去的" in bad.text
    assert (
        client.post("/supervise/desk", data={"go": "save", "name": "红", "query": "severity=red&x=1"}).status_code
        == 303
    )
    assert "severity=red" in client.get("/supervise/flags").text
    assert client.post("/supervise/desk", data={"go": "save", "name": ""}).status_code == 422
    assert "司法局的提问" in house.signed_in("head").get("/inspect/questions").text


def test_what_is_put_away_from_the_own_desk_is_taken_back_with_one_button(house: House) -> None:
    client = house.signed_in("supervisor")

    def change(**data: str) -> str:
        return client.post("/supervise/desk", data=data, follow_redirects=True).text

    def of(page: str, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', page)
        assert found, name
        return found[1].replace("&amp;", "&")

    for put_away, taken_back, said, names in (
        ("forget", {"go": "save", "name": "红色", "query": "severity=red&open=1"}, "红色", ("name", "query")),
        ("unwatch", {"go": "watch", "kind": "unit", "subject": "YT-YJJ"}, "云汀区应急管理局", ("kind", "subject")),
    ):
        page = change(**taken_back)
        assert said in page
        gone = change(go=put_away, id=of(page, "id"))
        assert "撤销" in gone
        back = change(go=taken_back["go"], **{name: of(gone, name) for name in names})
        assert said in back and "撤销" not in back
        assert "撤销" not in change(go=put_away, id="nothing")
        change(go=put_away, id=of(back, "id"))


def test_red_flags_are_told_at_once_to_who_wants_it_and_once_only(house: House) -> None:
    mine, elsewhere = house.people["supervisor"], house.people["neighbour"]
    for who in (mine, elsewhere):
        for channel, to in (("mail", "a@example.cn"), ("webhook", "https://hook.example.cn/x")):
            house.perform(desk.subscribe, who, channel, to)
        house.perform(desk.set_urgent, who, "webhook", True)
    house.clock.move(minutes=1)
    assert house.perform(desk.urgent) == 0
    house.completed(officers=("99010001",))
    house.clock.move(days=2)
    house.perform(flags.sweep)
    with house.installation.unit_of_work() as work:
        for row in work.session.scalars(select(FindingRow)):
            row.severity = "red"
        count = len(work.session.scalars(select(FindingRow)).all())
    assert count and house.perform(desk.urgent) == 1 and house.perform(desk.urgent) == 0
    with house.installation.unit_of_work() as work:
        queued = work.session.scalars(select(OutboxRow).where(OutboxRow.topic == "urgent")).one()
        told = json.loads(json.loads(work.vault.open(queued.sealed, f"outbox:{queued.id}"))["text"])
    assert (queued.channel, told["red"], set(told)) == (
        "webhook",
        1,
        {"type", "red", "at", "url"},
    )  # one is older than a day
    house.perform(desk.subscribe, mine, "webhook", "https://other.example.cn/x")  # a new address keeps the choice
    assert house.perform(desk.urgent) == 0
    house.perform(desk.set_urgent, mine, "webhook", False)
    house.clock.move(days=9)
    assert house.perform(desk.urgent) == 0


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "127.0.0.1", "169.254.169.254", "192.0.0.192", "::1", "fd00::1", "fec0::1", "::ffff:192.168.1.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:a00:1::", "::7f00:1", "::ffff:0:127.0.0.1",
    ],
)  # fmt: skip
def test_a_webhook_never_leads_into_the_network_when_it_is_set_nor_when_it_is_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answered with a public address yesterday may answer with an inner one today."""

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        return [(2, 1, 6, "", ("203.0.114.1", port)), (2, 1, 6, "", (address, port))]

    with pytest.raises(Invalid) as refused:
        addresses.check_webhook("https://hook.example.cn/x", resolve)
    assert refused.value.code == "webhook_inside"
    monkeypatch.setattr("socket.getaddrinfo", resolve)
    post = senders.from_config(Outside("", "", "", ""))[outbox.WEBHOOK]
    with pytest.raises(OSError, match="public internet"):
        post(outbox.Message("1", "webhook", "https://hook.example.cn/x", "", "{}"))
    with pytest.raises(ValueError, match="https only"):
        post(outbox.Message("1", "webhook", "http://hook.example.cn/x", "", "{}"))
