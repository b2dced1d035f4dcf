"""Who watches the watchers: sealed leads that only discipline inspection reads, and its own log of looks."""

import json
from datetime import date

import pytest
from sqlalchemy import select, text

from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.leads import COMPLAINT, REPORT
from app.queries import supervision, watching
from app.services.auditing.state_audit import state_discrepancies
from app.services.keeping import people
from app.services.people import accounts
from app.services.speaking import speech
from app.services.supervising import leads
from app.services.transparency.log_audit import HELD_KINDS
from app.services.trust.codes import drawn
from app.store.models import FactRow, Lead, Look, Speech
from tests.house import PASSWORD, House

SECRET = "他们说给两条烟就不写问题"
OTHERS = ("supervisor", "city", "admin", "inspector", "head", "neighbour", "observer")


def report(house: House, **said: object) -> str:
    plain = {"enterprise_name": "云汀示例一食品有限公司", "visited_on": date(2026, 3, 1), "what": "来看了一圈。"}
    return house.perform(speech.report, speech.Report(**(plain | said)))


def leads_of(house: House, who: str = "discipline") -> list[watching.ShownLead]:
    with house.installation.reading() as session:
        return watching.leads(session, house.people[who], house.installation.vault, "")


def test_money_in_a_report_opens_a_sealed_lead_and_the_report_does_not_tell(house: House) -> None:
    report(house, unit_code="YT-YJJ", concerns=("gifts",), concern_note=SECRET, contact="13800000000")
    (lead,) = leads_of(house)
    assert (lead.row.way, lead.said["concerns"], lead.said["concern_note"]) == (REPORT, ["gifts"], SECRET)
    with house.installation.reading() as session:
        (seen,) = supervision.reports(session, house.people["supervisor"], None)
        kept = session.scalars(select(Speech.body)).one()
        facts = " ".join(session.scalars(select(FactRow.body)))
    assert SECRET not in repr(seen) + str(kept) + facts
    assert SECRET.encode() not in lead.row.sealed


@pytest.mark.parametrize("what", ["要我们送两张购物卡", "说必须用他们指定的中介"])
def test_words_alone_open_a_lead_too(house: House, what: str) -> None:
    report(house, what=what)
    assert [lead.said["what"] for lead in leads_of(house)] == [what]


def test_what_is_about_no_money_opens_none(house: House) -> None:
    report(house, what="没有出示检查码，拍了照片。")
    assert leads_of(house) == []


def test_a_rating_that_says_yes_to_gifts_opens_a_lead(house: House) -> None:
    inspection = house.approved()
    with house.installation.reading() as session:
        url = drawn(session, inspection, "http://localhost").url
    house.perform(speech.rate, speech.Rating(url, 1, {"gifts": True, "quota": True}, "要了一箱酒"), "a phone")
    (lead,) = leads_of(house)
    assert (lead.said["concerns"], lead.number, lead.unit) == (["gifts"], inspection.number, "云汀区应急管理局")


@pytest.mark.parametrize("named", [{"unit_code": "YT-SFJ"}, {"unit_text": "区司法局的人"}])
def test_a_complaint_about_the_bureau_bypasses_it_and_is_answered_by_discipline(
    house: House, named: dict[str, str]
) -> None:
    receipt = report(house, what="监督人员压下了我们的反映。", **named)
    with house.installation.reading() as session:
        assert session.scalar(select(Speech.id)) is None
        assert supervision.reports(session, house.people["supervisor"], None) == []
        assert speech.receipt(session, receipt).state == "received"
    (lead,) = leads_of(house)
    assert lead.row.way == COMPLAINT
    who = house.people["discipline"]
    house.perform(leads.take_up, who, lead.row.id, "约谈")
    with pytest.raises(Invalid, match="note_needed"):
        house.perform(leads.close, who, lead.row.id, "属实", "")
    house.perform(leads.close, who, lead.row.id, "属实", "已经处理，谢谢您。")
    with house.installation.reading() as session:
        assert speech.receipt(session, receipt) == speech.Receipt("report", "answered", "已经处理，谢谢您。")
        assert list(state_discrepancies(session)) == []


def test_a_lead_has_its_small_life_and_no_step_comes_twice(house: House) -> None:
    report(house, concerns=("gifts",))
    (lead,) = leads_of(house)
    who = house.people["discipline"]
    with pytest.raises(Refused, match="lead_decided"):
        house.perform(leads.note, who, lead.row.id, "太早")
    house.perform(leads.take_up, who, lead.row.id, "调取监控")
    house.perform(leads.note, who, lead.row.id, "没有发现")
    house.perform(leads.close, who, lead.row.id, "不属实")
    with pytest.raises(Refused, match="lead_decided"):
        house.perform(leads.take_up, who, lead.row.id, "再来")
    with house.installation.reading() as session:
        shown = watching.lead(session, who, house.installation.vault, lead.row.id)
        stored = json.dumps([f.body for f in session.scalars(select(FactRow).where(FactRow.subject_kind == "lead"))])
    assert [s.note for s in shown.steps] == ["调取监控", "没有发现", "不属实"]
    assert "调取监控" not in stored
    assert {"lead", "look"} <= set(HELD_KINDS)


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_can_see_the_lead_or_the_looks(house: House, who: str) -> None:
    report(house, concerns=("gifts",), concern_note=SECRET)
    (lead,) = leads_of(house)
    actor, vault = house.people[who], house.installation.vault
    with house.installation.reading() as session:
        for ask in (
            lambda: watching.leads(session, actor, vault, ""),
            lambda: watching.lead(session, actor, vault, lead.row.id),
            lambda: watching.looks(session, actor, vault, None, 50),
            lambda: watching.counts(session, actor),
        ):
            with pytest.raises(Forbidden):
                ask()
    with pytest.raises(Forbidden):
        house.perform(leads.take_up, actor, lead.row.id, "想看看")


def test_another_districts_lead_is_not_there(house: House) -> None:
    report(house, unit_code="GB-YJJ", concerns=("gifts",))
    assert leads_of(house) == []
    with house.installation.reading() as session:
        other = session.scalars(select(Lead.id)).one()
        with pytest.raises(NotFound):
            watching.lead(session, house.people["discipline"], house.installation.vault, other)


def test_the_administrator_opens_closes_and_resets_no_account_of_discipline(house: House) -> None:
    admin, theirs = house.people["admin"], house.people["discipline"].id
    with pytest.raises(Invalid, match="unknown_role"):
        house.perform(people.add_person, admin, "mine", "我", "YT-JW", "discipline", None)
    with pytest.raises(Invalid, match="unknown_role"):
        supervisor = house.people["supervisor"].id
        house.perform(people.assign, admin, supervisor, "YT-JW", "discipline", date(2026, 3, 2), None)
    for use_case in (people.reset_password, people.disable, people.enable):
        with pytest.raises(Refused, match="discipline_account"):
            house.perform(use_case, admin, theirs)
    with pytest.raises(Invalid, match="discipline_unit"):
        house.perform(accounts.add_user, "x", "x", "YT-SFJ", "discipline", PASSWORD)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE leads SET state = 'closed'",
        "UPDATE leads SET sealed = looks.sealed FROM looks",
        "UPDATE leads SET answer = '没有这回事'",
        "DELETE FROM lead_steps",
        "UPDATE looks SET sealed = leads.sealed FROM leads",
        "DELETE FROM looks",
    ],
)
def test_what_was_sealed_cannot_be_changed_unnoticed(house: House, change: str) -> None:
    report(house, concerns=("gifts",))
    (lead,) = leads_of(house)
    house.perform(leads.take_up, house.people["discipline"], lead.row.id, "看过")
    house.signed_in("discipline").get("/discipline/")
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []
    with house.installation.unit_of_work() as work:
        work.session.execute(text(change))
    with house.installation.reading() as session:
        assert list(state_discrepancies(session))


def test_every_page_view_is_recorded_and_only_discipline_reads_of_it(house: House) -> None:
    inspection = house.completed()
    client = house.signed_in("discipline")
    for path in (
        "/discipline/",
        f"/supervise/inspections/{inspection.id}",
        "/supervise/flags?q=示例",
        "/discipline/looks",
    ):
        assert client.get(path).status_code == 200, path
    with house.installation.reading() as session:
        seen, _ = watching.looks(session, house.people["discipline"], house.installation.vault, None, 50)
        stored = b" ".join(session.scalars(select(Look.sealed)))
    paths = {path for _, _, path in seen}
    assert {"/discipline/", f"/supervise/inspections/{inspection.id}", "/discipline/looks"} < paths and len(paths) == 4
    assert inspection.id.encode() not in stored
