"""A report said aloud: kept like what is written, heard by who may read it and by nobody else."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.services.retention import noted, spoken
from app.services.transparency import log, log_audit
from app.store.models import FileRow, Lead, Speech
from tests.house import House
from tests.unit.test_sounds import MADE, SECRET, SOUND

SAID = {"enterprise_name": "云汀示例一食品有限公司", "visited_on": "2026-03-02"}


def send(house: House, kind: str = "audio/webm", **said: str) -> str:
    """Sends a report with a recording; its receipt."""
    voice = {"voice": (io.BytesIO(MADE[kind]), "张三的手机.webm")}
    answer = house.client().post("/report", data=SAID | voice | {"go": "send"} | said)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_report_can_be_said_and_is_heard_by_the_bureau_alone(house: House) -> None:
    send(house)
    with house.installation.reading() as session:
        row, kept = session.scalars(select(Speech)).one(), session.scalars(select(FileRow)).one()
    assert json.loads(row.body or "")["voice"] == {"file": kept.id, "sha256": kept.sha256.hex()}
    monday = house.clock() - timedelta(days=house.clock().astimezone().weekday())
    assert kept.name == "" and kept.recorded_by == "system" and kept.recorded_at < monday  # the week, like the report
    desk = house.signed_in("supervisor")
    assert "有录音" in desk.get("/supervise/reports").text
    path = f"/supervise/reports/{row.id}/voice"
    assert f'src="{path}"' in desk.get(path.removesuffix("/voice")).text
    heard = desk.get(path)
    assert heard.content_type == "audio/webm" and heard.data.count(SOUND) == 2 and SECRET not in heard.data
    assert desk.get(path, headers={"Range": "bytes=0-3"}).data == heard.data[:4]
    for who in ("inspector", "head", "admin", "observer"):
        assert house.signed_in(who).get(path).status_code in (403, 404), who
    assert house.client().get(path).status_code == 302
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert [d for d in log_audit.audit(session) if d.table == "files"] == []
    with house.installation.database.engine.begin() as connection:
        connection.execute(update(FileRow).values(sha256=bytes(32)))
    with house.installation.reading() as session:
        assert "files" in [d.table for d in log_audit.audit(session)]  # another recording is told


def test_what_cannot_be_heard_is_refused_with_a_sentence_and_what_was_written_stays(house: House) -> None:
    client = house.client()
    bad = client.post("/report", data=SAID | {"go": "send", "what": "看了仓库", "voice": (io.BytesIO(b"MZ"), "a.exe")})
    assert bad.status_code == 422 and "看了仓库" in bad.text and "a.exe" in bad.text
    nothing = client.post("/report", data=SAID | {"go": "send"})
    assert nothing.status_code == 422 and "或者录一段话" in nothing.text
    wrong = client.post("/report", data=SAID | {"go": "when", "uscc": "91110000600037341M"})
    assert wrong.status_code == 422 and 'id="uscc-error"' in wrong.text  # told where it is typed, not at the end


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_complaint_about_the_bureau_is_heard_by_discipline_inspection_alone_and_forgotten_in_time(
    house: House,
) -> None:
    send(house, "audio/mp4", unit_code="YT-SFJ")
    send(house, "audio/ogg", gifts="1")
    with house.installation.reading() as session:
        assert len(list(session.scalars(select(Speech)))) == 1  # the other is a lead and nothing else
        leads = list(session.scalars(select(Lead.id)))
    discipline = house.signed_in("discipline")
    kinds = {discipline.get(f"/discipline/leads/{lead}/voice").content_type for lead in leads}
    assert kinds == {"audio/mp4", "audio/ogg"}
    assert {house.signed_in("supervisor").get(f"/discipline/leads/{lead}/voice").status_code for lead in leads} <= {
        403,
        404,
    }
    for lead in leads:
        discipline.post(f"/discipline/leads/{lead}", data={"go": "close", "note": "查过", "answer": "查过了"})
    house.clock.move(days=6 * 366)
    house.perform(spoken.words)
    house.perform(noted.leads)
    with house.installation.reading() as session:
        assert all(row.sealed is None for row in session.scalars(select(FileRow)))
