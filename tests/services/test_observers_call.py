"""Call-backs given to observers, the number they are called at, and what is erased when its time is over."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.callbacks import Answer
from app.domain.errors import Invalid, NotFound, Refused
from app.queries import callbacks as queries
from app.queries import watching
from app.services.auditing.state_audit import state_discrepancies
from app.services.retention import noted
from app.services.supervising import callbacks, leads, observers, phones
from app.services.transparency import log, log_audit
from app.store.models import Callback, EnterprisePhone, FactRow, Lead, LeadStep, Observation
from tests.house import House, uscc
from tests.services.callback_week import drawn, enterprises, rows
from tests.services.test_register_imports import bring

PHONE = "021-12345678"
ERASE = (noted.leads, noted.observations, noted.callbacks, phones.erase_old)
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAID = "消防说要买他们指定的灭火器"


def sound(house: House) -> None:
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []


def everything(house: House) -> str:
    """All that facts say, as one text."""
    with house.installation.reading() as session:
        return "\n".join(session.scalars(select(FactRow.body)))


def with_phone(house: House) -> list[str]:
    """Two enterprises drawn, the first of which has a number."""
    enterprises(house, 2)
    outcome = bring(house, "enterprise-phones", [["信用代码", "联系电话"], [uscc(50), PHONE]])
    assert (outcome.stored, outcome.added) == (1, 1)
    assert bring(house, "enterprise-phones", [["uscc", "phone"], [uscc(50), PHONE]]).stored == 0
    ids = drawn(house)
    of = {c.id: c.enterprise for c in rows(house, Callback)}
    return sorted(ids, key=lambda one: of[one])


def test_an_observer_asks_what_was_given_and_sees_no_more_than_that_takes(house: House) -> None:
    one, other = with_phone(house)
    boss, who = house.people["supervisor"], house.people["observer"]
    client = house.signed_in("observer")
    assert client.get(f"/observe/callbacks/{one}").status_code == 404
    with pytest.raises(NotFound):
        house.perform(callbacks.answer, who, one, Answer("telephone", "no"))
    desk = house.signed_in("supervisor")
    assert desk.post(f"/supervise/callbacks/{one}/give", data={"observer": who.id}).status_code == 303
    assert f"交给社会监督员{who.name}" in desk.get("/supervise/callbacks").text
    with pytest.raises(Refused, match="callback_assigned"):
        house.perform(callbacks.claim, boss, one)
    page = client.get(f"/observe/callbacks/{one}").text
    assert "云汀示例50号店" in client.get("/observe/callbacks").text and "云汀路 50 号" in page
    assert uscc(50) not in page and "没有检查记录的企业" not in page and PHONE not in page
    assert client.get(f"/observe/callbacks/{other}").status_code == 404
    assert client.post(f"/observe/callbacks/{one}/phone", data={"reason": " "}).status_code == 422
    assert PHONE in client.post(f"/observe/callbacks/{one}/phone", data={"reason": "回访"}).text
    answer = {"way": "telephone", "came": "yes", "code": "no", "went": "badly", "visited_on": "2026-03-04"}
    assert client.post(f"/observe/callbacks/{one}/answer", data=answer).status_code == 303
    assert client.get(f"/observe/callbacks/{one}").status_code == 404, "an ended one is nobody's to read again"
    assert who.name in desk.get(f"/supervise/callbacks/{one}").text
    assert PHONE not in everything(house) and "badly" not in everything(house) and "回访" in everything(house)
    sound(house)


@ONE
def test_who_does_business_there_does_not_ask_there(house: House) -> None:
    one, other = with_phone(house)
    boss, who = house.people["supervisor"], house.people["observer"]
    with house.installation.reading() as session:
        there = {c.id: c.enterprise for c in session.scalars(select(Callback))}
    house.perform(observers.recuse, who, there[one], "亲戚在那里工作")
    with pytest.raises(Refused, match="observer_recused"):
        house.perform(observers.give_callback, boss, one, who.id)
    with pytest.raises(Invalid, match="no_such_observer"):
        house.perform(observers.give_callback, boss, one, house.people["head"].id)
    house.perform(observers.give_callback, boss, other, who.id)
    house.perform(observers.recuse, who, there[other], "刚签了合同")
    with house.installation.reading() as session:
        assert queries.given(session, who) == []
    sound(house)


def test_what_was_said_is_erased_when_its_time_is_over_and_the_log_stays_whole(house: House) -> None:
    one, _ = with_phone(house)
    boss, who, watch = house.people["supervisor"], house.people["observer"], house.people["discipline"]
    house.perform(callbacks.claim, boss, one)
    house.perform(callbacks.answer, boss, one, Answer("telephone", "yes", "yes", "fair", date(2026, 3, 4), None, SAID))
    said = observers.Said("opinion", SAID, unit="YT-YJJ", enterprise_name="云汀示例50号店")
    made: Any = house.perform(observers.observe, who, said)
    house.perform(observers.answer, boss, made.id, "已核实", "explained")
    lead = house.perform(leads.open_lead, "990101", "report", {"what": SAID})
    house.perform(leads.close, watch, lead, "查清了，没有问题")
    assert SAID not in everything(house), "facts know hashes only"
    sound(house)
    assert not any(house.perform(erase) for erase in ERASE)
    assert rows(house, Observation)[0].text == SAID, "nothing before its time"
    log.advance(house.perform)
    house.clock.move(days=5 * 365 + 1)
    assert [house.perform(erase) for erase in ERASE] == [1, 1, 1, 1]
    assert [house.perform(erase) for erase in ERASE] == [0, 0, 0, 0]
    (note,) = [c.note for c in rows(house, Callback) if c.id == one]
    assert note is None and rows(house, EnterprisePhone) == []
    gone = rows(house, Observation)[0]
    assert (gone.text, gone.answer, gone.enterprise_name, gone.salt) == ("", None, None, None)
    assert {row.sealed for model in (Lead, LeadStep) for row in rows(house, model)} == {b""}
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert watching.lead(session, watch, house.installation.vault, lead).said == {}
        assert [d.text for d in log_audit.audit(session) if d.table != "enterprises"] == []  # made past the register
    sound(house)
    for path in ("/supervise/observers", f"/supervise/callbacks/{one}"):
        assert house.signed_in("supervisor").get(path).status_code == 200
    assert "已按保存期限删除" in house.signed_in("observer").get("/observe/").text
    assert "已按保存期限删除" in house.signed_in("discipline").get(f"/discipline/leads/{lead}").text


@ONE
@pytest.mark.parametrize("how", ["changed", "gone", "added"])
def test_a_number_that_was_exchanged_is_found(house: House, how: str) -> None:
    with_phone(house)
    with house.installation.unit_of_work() as work:
        row = work.session.scalars(select(EnterprisePhone)).one()
        if how == "changed":
            row.sealed = b"x"
        elif how == "gone":
            work.session.delete(row)
        else:
            other = next(c.enterprise for c in work.session.scalars(select(Callback)) if c.enterprise != row.id)
            work.session.add(EnterprisePhone(id=other, sealed=b"x", mark=b"y" * 32, kept_at=work.now))
    with house.installation.reading() as session:
        assert {table for _, table, _, _ in state_discrepancies(session)} == {"enterprise_phones"}
