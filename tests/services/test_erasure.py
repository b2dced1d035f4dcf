"""What people said is erased when its time is over; the log still verifies, and nobody changes what is left."""

import pytest
from sqlalchemy import func, select, text, update

from app.services.flagging import flag_rebuild
from app.services.retention import noted, spoken
from app.services.retention.housekeeping import ERASING
from app.services.speaking import speech, speech_answers
from app.services.transparency import log, log_audit
from app.services.visiting import matters
from app.store.models import Contact, FactRow, MatterRow, Speech
from tests.house import House, uscc
from tests.web.space.cast import begun, member


def _audit(house: House) -> list[str]:
    log.advance(house.perform)
    with house.installation.reading() as session:
        return [found.code for found in log_audit.audit(session)]


def _erase_all(house: House) -> int:
    return sum(house.perform(job) for job in ERASING.values())


def test_contacts_go_after_half_a_year_and_words_after_three(house: House) -> None:
    told = speech.Report(
        "云汀示例一食品有限公司",
        house.clock().date(),
        "张某没有亮码",
        uscc=uscc(1),
        people="张某",
        contact="13800000001",
    )
    receipt = house.perform(speech.report, told)
    inspection = house.approved()
    house.clock.move(hours=1)
    house.perform(speech.rate, speech.Rating(inspection.code.short_code, 2, {"gifts": True}, "要了一箱酒"), "a phone")
    supervisor = house.people["supervisor"]
    house.clock.move(days=170)
    _erase_all(house)
    with house.installation.reading() as session:
        report = session.scalars(select(Speech.id).where(Speech.kind == "report")).one()
        assert session.get(Contact, report) is not None
    assert house.perform(speech_answers.open_contact, supervisor, report, "回访") == "13800000001"
    house.perform(speech_answers.answer, supervisor, report, "已核实")

    house.clock.move(days=20)
    assert _erase_all(house) > 0
    assert house.perform(speech_answers.open_contact, supervisor, report, "回访") is None
    with house.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 0
        kinds = list(session.scalars(select(FactRow.kind).where(FactRow.subject_id == report)))
        assert kinds == ["report.contact_opened", "report.answered", "report.contact_erased", "report.contact_opened"]
        assert "没有亮码" in (session.get_one(Speech, report).body or "")

    house.perform(flag_rebuild.rebuild)
    house.clock.move(days=3 * 365)
    _erase_all(house)
    with house.installation.reading() as session:
        rows = list(session.scalars(select(Speech)))
        assert len(rows) == 2 and all(r.erased_at and r.salt is None and r.answer is None for r in rows)
        assert not any(word in (r.body or "") for r in rows for word in ("张某", "没有亮码", "一箱酒"))
        assert {r.rating for r in rows} == {2, None}
    assert _audit(house) == []
    assert house.perform(flag_rebuild.rebuild) == 0, "what rules rest on stays"
    with house.installation.reading() as session:
        assert speech.receipt(session, receipt).answer is None
    pages = house.signed_in("supervisor")
    assert [pages.get(f"/supervise/reports{at}").status_code for at in ("", f"/{report}")] == [200, 200]
    assert house.perform(spoken.words) == 0, "nothing twice"

    house.perform(lambda work: work.session.execute(update(Speech).values(body='{"answers":{},"rating":5}')))
    assert "speech_changed" in _audit(house)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_says_how_much_and_a_second_run_says_nought(house: House) -> None:
    house.perform(speech.report, speech.Report("某店", house.clock().date(), "没看到码", contact="13800000001"))
    house.clock.move(days=200)
    runner = house.app.test_cli_runner()
    first, second = (runner.invoke(args=["privacy", "erase"]).output for _ in range(2))
    assert "     1  contacts of who reported" in first and "     0  contacts of who reported" in second
    assert "who reports" in runner.invoke(args=["privacy", "record"]).output


def test_what_was_laid_before_a_unit_goes_when_its_time_is_over_or_on_demand(house: House) -> None:
    """Facts hold hashes of the words, salted: what stood there can be erased, and nothing put in its place."""
    inspection = begun(house)
    client, page = member(house, inspection), f"/my/visits/{inspection.id}"
    for words in ("检查人员李某态度恶劣", "另一份陈述"):
        assert client.post(f"{page}/statement", data={"text": words}).status_code == 303
    wish = {"unit_item": "YT-YJJ/YJ-01", "text": "请来看看新喷淋", "wanted": "下周三"}
    assert client.post("/my/wishes", data=wish).status_code == 303
    with house.installation.reading() as session:
        first, second, wished = session.scalars(select(MatterRow).order_by(MatterRow.id))
    house.perform(matters.answer_statement, house.people["inspector"], first.id, "李某已作检讨")
    told = house.app.test_cli_runner().invoke(args=["privacy", "erase-matter", first.id, "--reason", "本人要求"])
    assert told.exit_code == 0, told.output
    assert _audit(house) == []
    assert "已经删除" in client.get(page).text and "李某" not in client.get(page).text
    with house.installation.reading() as session:
        bodies = "".join(session.scalars(select(FactRow.body)))
    assert not any(word in bodies for word in ("李某", "另一份", "新喷淋", "下周三"))
    house.clock.move(days=10 * 365 + 1)
    assert house.perform(noted.matters) == 2 and house.perform(noted.matters) == 0
    assert _audit(house) == []
    with house.installation.reading() as session:
        rows = list(session.scalars(select(MatterRow)))
    assert not any(r.text or r.answer or r.wanted or r.salt or r.sealed for r in rows)
    assert {r.number for r in rows} == {None, wished.number} and first.state == "open"
    for column, value in (("text", "'别的话'"), ("answer", "'没有说过'")):
        house.perform(lambda work, c=column, v=value: work.session.execute(text(f"UPDATE matters SET {c} = {v}")))
        assert "row_changed" in _audit(house), column
    assert second.id in {r.id for r in rows}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_statement_from_before_keeps_what_its_fact_holds_and_verifies(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fact holds the words as they were; the answer given today does not."""
    inspection = begun(house)
    client = member(house, inspection)
    monkeypatch.setattr("app.domain.matters.WORDS", ())
    client.post(f"/my/visits/{inspection.id}/statement", data={"text": "从前的话"})
    monkeypatch.undo()
    with house.installation.reading() as session:
        row = session.scalars(select(MatterRow)).one()
        assert row.salt is None and "从前的话" in "".join(session.scalars(select(FactRow.body)))
    house.perform(matters.answer_statement, house.people["inspector"], row.id, "今天的答复")
    assert _audit(house) == []
    house.perform(noted.matter_asked_for, row.id, "本人要求")
    assert _audit(house) == []
    with house.installation.reading() as session:
        assert "今天的答复" not in "".join(session.scalars(select(FactRow.body)))
        assert session.get_one(MatterRow, row.id).text is None
