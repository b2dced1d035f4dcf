"""What people said is erased when its time is over; the log still verifies, and nobody changes what is left."""

import pytest
from sqlalchemy import func, select, update

from app.services.flagging import flag_rebuild
from app.services.retention import spoken
from app.services.retention.housekeeping import ERASING
from app.services.speaking import speech, speech_answers
from app.services.transparency import log, log_audit
from app.store.models import Contact, FactRow, Speech
from tests.house import House, uscc


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
