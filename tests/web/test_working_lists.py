"""The lists that supervision works on leave as files like their pages: on record, and never telling who spoke or when."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.inspections import CONTACT
from app.domain.times import iso_week, shanghai_day
from app.services.flagging import flags
from app.services.speaking import speech
from app.services.supervising import observers, unit_questions
from app.services.supervising.observers import Said
from app.store.models import FactRow, FindingRow, LogQueued, Look
from tests.house import House
from tests.services.callback_week import drawn, enterprises
from tests.services.test_discipline import SECRET
from tests.services.test_reconciliation import receive
from tests.services.test_supervision_papers import signed, step

CONTACT_OF_SPEAKER = "13900000000"
LISTS = ("contacts", "case-records", "questions", "callbacks", "reports", "observations", "papers")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def speak(house: House, **more: Any) -> str:
    day = shanghai_day(house.clock.now) - timedelta(days=1)
    said = speech.Report("云汀示例一食品有限公司", day, "两个人来查账", contact=CONTACT_OF_SPEAKER, **more)
    return str(house.perform(speech.report, said))


def worked(house: House) -> None:
    """One of each: a contact, a record, a question, call-backs, a report, an observation, a paper."""
    house.completed()
    house.applied(kind=CONTACT, contact_kind="call", cause=None, clue_no=None, items=(), reason="送政策上门")
    enterprises(house, 2)
    drawn(house)
    house.clock.move(days=28)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        flag = session.scalars(select(FindingRow.id).where(FindingRow.rule == "code.not_shown")).one()
    step(house, flag, "send")
    signed(house, flag, "followup_letter")
    receive(house, {"number": "A-1"}, {"kind": "投诉", "number": "T-2"})
    house.perform(unit_questions.send, house.people["supervisor"], "YT-YJJ", "请说明如何先亮码再检查。", None, None)
    speak(house)
    said = Said("opinion", "企业觉得问得太细", unit="YT-YJJ", enterprise_name="云汀示例一食品有限公司")
    house.perform(observers.observe, house.people["observer"], said)


def taken_out(house: House) -> list[dict[str, Any]]:
    """What stands on record of exports, with whether each fact waits for the daily batch."""
    with house.installation.reading() as session:
        rows = session.execute(
            select(FactRow, LogQueued.held)
            .outerjoin(LogQueued, LogQueued.leaf == FactRow.leaf)
            .where(FactRow.kind == "export.made")
            .order_by(FactRow.seq)
        )
        return [json.loads(f.body) | {"by": f.recorded_by, "held": held} for f, held in rows]


def test_each_list_leaves_as_a_file_and_stands_on_record(house: House) -> None:
    worked(house)
    client = house.signed_in("supervisor")
    for number, what in enumerate(LISTS):
        lines = client.get(f"/supervise/export/{what}.jsonl").text.splitlines()
        rows = [json.loads(line) for line in lines]
        assert rows, what
        table = client.get(f"/supervise/export/{what}.csv").get_data().decode("utf-8-sig")
        assert len(table.splitlines()) == len(rows) + 1, what
        made = taken_out(house)[2 * number]
        of_speech = what in ("callbacks", "reports", "observations")
        assert made["what"] == what and made["by"] == house.people["supervisor"].id and made["held"] is of_speech
        assert made.get("rows") == (None if of_speech else len(rows)), "numbers would tell when somebody spoke"
        if of_speech:
            assert {r["internal"] for r in rows} == {"yes"}
            week = iso_week(house.clock.now)
            assert what == "callbacks" or (
                rows[0]["week"] == week and house.clock.now.date().isoformat() not in lines[0]
            )
        everything = "\n".join(lines)
        assert CONTACT_OF_SPEAKER not in everything and house.people["observer"].name not in everything
    assert {r["internal"] for r in map(json.loads, client.get("/supervise/export/case-records.jsonl").text.splitlines())} == {
        "yes", "no",
    }  # fmt: skip


@ONE
def test_a_neighbour_gets_nothing_and_a_unit_no_list(house: House) -> None:
    worked(house)
    neighbour, unit = house.signed_in("neighbour"), house.signed_in("head")
    for what in LISTS:
        assert neighbour.get(f"/supervise/export/{what}.jsonl").text == "", what
        assert unit.get(f"/supervise/export/{what}.jsonl").status_code == 403
    for what in ("plans", "reviews"):
        assert neighbour.get(f"/supervise/export/{what}.csv").status_code == 200
    assert neighbour.get("/supervise/export/case-files.jsonl").status_code == 404


@ONE
def test_what_discipline_inspection_takes_out_is_a_look_of_its_own_alone(house: House) -> None:
    house.completed()
    speak(house, concerns=("gifts",), concern_note=SECRET, unit_code="YT-YJJ")
    client = house.signed_in("discipline")
    (lead,) = [json.loads(line) for line in client.get("/discipline/export/leads.jsonl").text.splitlines()]
    assert lead["concern_note"] == SECRET and CONTACT_OF_SPEAKER not in json.dumps(lead)
    assert "收受礼物、礼金" in client.get("/discipline/export/leads.csv").get_data().decode()
    for what in ("inspections", "flags", "units", "figures", "enterprises", "ratings", "reports", "reviews"):
        assert client.get(f"/supervise/export/{what}.jsonl").status_code == 200, what
    for what in ("callbacks", "questions", "papers", "national"):
        assert client.get(f"/supervise/export/{what}.jsonl").status_code == 404, what
    assert taken_out(house) == []
    pages = [json.loads(line)["page"] for line in client.get("/discipline/export/looks.jsonl").text.splitlines()]
    assert "/discipline/export/leads.jsonl" in pages and "/supervise/export/flags.jsonl" in pages
    with house.installation.reading() as session:
        assert session.scalars(select(Look)).first() is not None
    for who in ("supervisor", "admin", "head"):
        answer = house.signed_in(who).get("/discipline/export/leads.jsonl")
        assert answer.status_code == 403 and SECRET not in answer.text


@ONE
def test_a_command_stands_on_record_too_with_the_account_that_ran_it(house: House, tmp_path: Any) -> None:
    house.completed()
    runner = house.app.test_cli_runner()
    for what in ("inspections", "flags", "ratings", "officers"):
        assert runner.invoke(args=["export", what, "--out", str(tmp_path / what)]).exit_code == 0, what
    made = taken_out(house)
    assert [m["what"] for m in made] == ["inspections", "flags", "ratings", "officers"]
    assert all(m["operator"] and m["by"] == "system" for m in made)
    assert made[0]["rows"] == 1 and made[3]["rows"] == (tmp_path / "officers").read_text().count("\n") - 1
    assert house.signed_in("admin").get("/admin/tables/officers/export.csv").status_code == 200
    assert house.signed_in("admin").get("/admin/tables/points/export.csv").status_code == 404, "no register to take out"
    assert taken_out(house)[-1]["by"] == house.people["admin"].id and taken_out(house)[-1]["what"] == "officers"


@ONE
def test_two_exports_around_a_bad_rating_differ_in_nothing_a_unit_may_be_given(house: House) -> None:
    """What is not marked as internal, taken out before and after: no row more, none less, nothing else in it."""
    visit = house.completed()
    house.clock.move(hours=30)
    house.perform(flags.sweep)
    client = house.signed_in("supervisor")
    wanted = ("inspections", "flags", "units", "figures", "enterprises", "ratings", *LISTS)

    def open_rows() -> dict[str, list[dict[str, Any]]]:
        lines = {w: client.get(f"/supervise/export/{w}.jsonl").text.splitlines() for w in wanted}
        return {w: [r for r in map(json.loads, found) if r.get("internal") != "yes"] for w, found in lines.items()}

    before = open_rows()
    assert visit.code
    house.perform(speech.rate, speech.Rating(visit.code.short_code, 1, {"no_certificate": True}), "a phone")
    after = open_rows()
    assert before["units"] == [] and before["enterprises"] and before["figures"] and before["flags"]
    assert after == before
