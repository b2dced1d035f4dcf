"""Somebody with the database changes it by SQL. `log verify` names what was changed, removed, added or re-dated."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from app.domain.supervision import FlagAction
from app.services.speaking import speech, speech_answers
from app.services.supervising import flag_actions
from app.services.transparency import log, log_audit
from app.services.visiting import scans
from app.store.models import FactRow
from app.store.models.base import table_of
from tests.house import House

CASES = [  # what was done, the SQL, the table that must be named
    ("a fact's body", "UPDATE facts SET body = replace(body, 'no_problem', 'problem_found') WHERE kind LIKE '%completed'", "facts"),
    ("a fact re-dated", "UPDATE facts SET recorded_at = '2026-03-01 00:00:00+00' WHERE kind = 'inspection.approved'", "facts"),
    ("a fact's author", "UPDATE facts SET recorded_by = 'somebody' WHERE kind = 'inspection.approved'", "facts"),
    ("a fact removed", "DELETE FROM facts WHERE kind = 'inspection.arrived'", "log_entries"),
    ("an inspection's state", "UPDATE inspections SET state = 'cancelled'", "inspections"),
    ("a window", "UPDATE inspections SET window_start = '2026-03-01 00:00:00+00'", "inspections"),
    ("an outcome", "UPDATE inspection_items SET outcome = 'problem_found'", "inspections"),
    ("an officer", "UPDATE inspection_officers SET certificate_no = '99010003' WHERE position = 0", "inspections"),
    ("a unit", "UPDATE inspection_units SET unit = 'YT-SCJG'", "inspections"),
    ("a code's time", "UPDATE codes SET issued_at = '2026-03-01 00:00:00+00'", "codes"),
    ("a code's token", "UPDATE codes SET token = (SELECT salt FROM facts LIMIT 1)", "codes"),
    ("a flag's state", "UPDATE findings SET state = 'dismissed'", "findings"),
    ("a flag's severity", "UPDATE findings SET severity = 'blue' WHERE severity <> 'blue'", "findings"),
    ("a rating", "UPDATE speech SET body = replace(body, '1', '5') WHERE kind = 'rating'", "speech"),
    ("a rating's number", "UPDATE speech SET rating = 5 WHERE kind = 'rating'", "speech"),
    ("a rating removed", "DELETE FROM speech WHERE kind = 'rating'", "log_entries"),
    ("a rating emptied", "UPDATE speech SET body = NULL, salt = NULL WHERE kind = 'rating'", "speech"),
    ("an answer", "UPDATE speech SET answer = 'nothing' WHERE kind = 'report'", "speech"),
    ("an entry", "DELETE FROM log_entries WHERE position = 3", "log_entries"),
    ("the last entries", "DELETE FROM log_entries WHERE position > 3", "log_heads"),
    ("two entries swapped", None, "log_heads"),
    ("a tile", "UPDATE log_tiles SET nodes = substr(nodes, 1, 32) WHERE level = 0", "log_tiles"),
    ("a root", "UPDATE log_heads SET root = (SELECT leaf FROM log_entries WHERE position = 0)", "log_heads"),
    ("a signature", "UPDATE log_heads SET note = replace(note, 'localhost', 'remotehost')", "log_heads"),
    ("a dummy", "UPDATE log_dummies SET salt = (SELECT salt FROM facts ORDER BY seq LIMIT 1)", "log_dummies"),
]  # fmt: skip


@pytest.fixture
def lived(house: House) -> House:
    """A visit with everything that can happen to it, a day later."""
    inspection = house.approved()
    house.perform(scans.record_scan, inspection.code.short_code, "arrive", "a phone")
    house.completed()
    report = speech.Report(
        enterprise_name="云汀示例一食品有限公司", visited_on=house.clock.now.date(), what="没有出示检查码"
    )
    house.perform(speech.rate, speech.Rating(inspection.code.short_code, 1), "a phone")
    house.perform(speech.report, report)
    with house.installation.reading() as session:
        report_id = session.execute(text("SELECT id FROM speech WHERE kind = 'report'")).scalar_one()
        flag = session.execute(text("SELECT id FROM findings WHERE severity <> 'blue' LIMIT 1")).scalar_one()
    house.perform(speech_answers.answer, house.people["supervisor"], report_id, "已核实")
    house.perform(flag_actions.act, house.people["supervisor"], flag, FlagAction("investigate", "核查"))
    log.advance(house.perform)
    house.clock.move(days=1)
    log.advance(house.perform)
    return house


def audit(house: House) -> list[log_audit.Discrepancy]:
    with house.installation.reading() as session:
        return list(log_audit.audit(session))


@pytest.mark.parametrize(("what", "sql", "table"), CASES, ids=[case[0] for case in CASES])
def test_tampering_is_named(lived: House, what: str, sql: str | None, table: str) -> None:
    assert audit(lived) == []
    with lived.installation.database.engine.begin() as connection:
        if sql is None:
            one, other = connection.execute(
                text("SELECT leaf FROM log_entries WHERE position IN (1, 2) ORDER BY position")
            ).scalars()
            swap = text("UPDATE log_entries SET leaf = :leaf WHERE position = :at")
            connection.execute(swap, {"leaf": b"x" * 32, "at": 1})
            connection.execute(swap, {"leaf": one, "at": 2})
            connection.execute(swap, {"leaf": other, "at": 1})
        else:
            connection.execute(text(sql))
    assert table in {d.table for d in audit(lived)}, [d.text for d in audit(lived)]


def test_a_fact_slipped_in_later_with_an_earlier_date_is_named(lived: House) -> None:
    """The operator's own way: a proper fact through the front door, with the clock turned back only for it."""
    log.advance(lived.perform)
    now = lived.clock.now
    lived.clock.now = now - timedelta(hours=5)
    lived.approved()
    lived.clock.now = now + timedelta(minutes=1)
    log.advance(lived.perform)
    assert {"fact_redated"} == {d.code for d in audit(lived)}


def test_a_removed_inspection_is_named_even_with_all_its_facts(lived: House) -> None:
    with lived.installation.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM facts WHERE subject_kind = 'finding'"))
        connection.execute(text("DELETE FROM findings"))
    found = audit(lived)
    assert {"record_removed"} == {d.code for d in found} and len(found) >= 2


SUBJECTS = (
    "accompanying", "callback", "callback_draw", "campaign", "case_record", "casefile", "draft", "lead", "look", "lot",
    "matter", "member", "observation", "paper", "plan", "question", "recusal", "rectification", "report", "review",
)  # fmt: skip
NONSENSE = ("{}", "[]", "7", "null", '"rule"', '{"state": 7, "subject": 7, "step": [], "photos": [7]}', "{", "")


def test_facts_that_say_nonsense_are_named_and_never_end_the_verification(lived: House) -> None:
    """Every body there is, and one of each other kind of subject; and rows whose times are none."""
    with lived.installation.database.engine.begin() as connection:
        one = dict(connection.execute(select(table_of(FactRow)).limit(1)).mappings().one())
        for n, subject in enumerate(SUBJECTS):
            for step in ("made", "drawn", "placed"):
                name = f"{n}{step}"
                own = {"id": name, "seq": None, "leaf": name.encode().ljust(32), "subject_id": f"S{n}"}
                row = one | own | {"kind": f"{subject}.{step}", "subject_kind": subject}
                del row["seq"]
                connection.execute(insert(table_of(FactRow)), row)
        facts = set(connection.execute(text("SELECT id FROM facts")).scalars())
        flags = set(connection.execute(text("SELECT id FROM findings")).scalars())
        assert flags
    for body in NONSENSE:
        with lived.installation.database.engine.begin() as connection:
            connection.execute(text("UPDATE facts SET body = :body"), {"body": body})
        found = audit(lived)
        assert "unreadable" not in {d.code for d in found}, (body, [d.text for d in found if d.code == "unreadable"])
        assert facts <= {d.row for d in found if d.table == "facts"}, body
        assert flags <= {d.row for d in found if d.table == "findings"}, body
        assert {"inspections", "codes"} <= {d.table for d in found}, body


def test_a_row_that_cannot_be_read_does_not_hide_the_others(lived: House) -> None:
    if not lived.installation.database.is_sqlite:
        return  # a column of PostgreSQL holds what its type says
    with lived.installation.database.engine.begin() as connection:
        connection.execute(text("UPDATE findings SET due_on = 'never'"))
        connection.execute(text("UPDATE codes SET issued_at = '2026-03-01 00:00:00+00'"))
    assert {"unreadable", "row_changed"} <= {d.code for d in audit(lived)}
