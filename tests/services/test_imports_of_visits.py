"""Visits of past years: told whole what is wrong, stored in pieces, flagged as if each had been registered in its turn."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.actors import SYSTEM
from app.domain.facts import canonical_json
from app.domain.flags.repeats import LONGEST_WINDOW
from app.domain.times import SHANGHAI, rfc3339
from app.services.auditing.register_audit import register_discrepancies
from app.services.day_figures import day_figure_discrepancies
from app.services.flagging import flag_rebuild
from app.services.imports import inspections as inspection_imports
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Bad, Outcome, Row, moment
from app.services.imports.running import run
from app.store import day_figures as sums
from app.store import flag_facts
from app.store import inspections as inspection_store
from app.store.models import DayFigures, Enterprise, FigureMark, FindingRow, InspectionRow, Officer, Policy
from tests.faults.dying import done_until
from tests.house import MONDAY, House, uscc

ROWS = 40


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection_imports, "AT_ONCE", 7)


def history(seed: int = 1, count: int = ROWS, **changes: str) -> list[Row]:
    """Visits of five enterprises over half a year, in no order: repeats, joint ones, shared clues, new officers."""
    source, rows = random.Random(seed), []
    for n in range(count):
        start = MONDAY.astimezone(SHANGHAI) - timedelta(days=source.randint(1, 180), hours=source.randint(0, 3))
        triggered, unit = source.random() < 0.4, source.choice(("YT-YJJ", "YT-YJJ", "YT-SCJG"))
        fields = {
            "number": f"H-{seed}-{n}", "uscc": uscc(700 + source.randint(0, 4)), "enterprise_name": "云汀示例店", "unit": unit,
            "kind": "triggered" if triggered else "planned", "cause": "complaint" if triggered else "",
            "clue_no": f"C-{source.randint(0, 9)}" if triggered else "", "started_at": start.isoformat(),
            "joint_units": "YT-SCJG" if source.random() < 0.2 else "", "officers": f"99010001;H{source.randint(0, 2)}",
            "outcome": source.choice(("no_problem", "no_problem", "problem_found")), "items": "YJ-01",
        }  # fmt: skip
        rows.append(Row(n + 2, fields | changes))
    return rows


def bring(house: House, rows: list[Row], **how: Any) -> tuple[Outcome, bool]:
    return run(KINDS["inspections"], house.perform, rows, lambda n: None, SYSTEM, **how)


def count(house: House, what: Any, *where: Any) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def standing(house: House) -> set[tuple[str, ...]]:
    """Every standing flag, by the numbers of the visits instead of their ids."""
    columns = (FindingRow.rule, FindingRow.unit, FindingRow.officer, FindingRow.period, InspectionRow.number)
    query = select(*columns).join(InspectionRow, InspectionRow.id == FindingRow.inspection_id)
    with house.installation.reading() as session:
        return {tuple(row) for row in session.execute(query.where(FindingRow.standing))}


def test_pieces_leave_what_a_rebuild_finds_and_what_one_transaction_leaves(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(house, history()[::2])
    told, summed, sum_again = list[int](), list[Any](), sums.store
    monkeypatch.setattr(sums, "store", lambda session, j, days: (summed.extend(days), sum_again(session, j, days)))
    outcome, kept = run(KINDS["inspections"], house.perform, history()[1::2], told.append, SYSTEM)
    assert (outcome.stored, outcome.unchanged, outcome.errors, kept, sum(told)) == (ROWS // 2, 0, [], True, ROWS // 2)
    assert house.perform(flag_rebuild.rebuild) == 0
    assert {rule for rule, *_ in standing(house)} >= {"repeat.60d", "repeat.60d.region", "clue.reused", "several_heads"}
    assert count(house, FigureMark) == 0 and count(house, DayFigures) > 0  # summed by the import itself
    assert len(summed) == len(set(summed)) > ROWS / 2, "a piece flags what lies ahead, and each day is summed once"
    with house.installation.reading() as session:
        assert list(day_figure_discrepancies(session)) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_whole_file_and_one_visit_after_the_other_raise_the_same_flags(house: House) -> None:
    """The same visits of other enterprises and with other clues, in the order of the file."""
    bring(house, history())
    in_pieces = {(rule, *rest, number.split("-")[2]) for rule, *rest, number in standing(house)}
    for row in history():
        fields = dict(row.fields)
        fields["uscc"] = uscc(800 + int(fields["uscc"][9:16]) % 100)
        fields |= {"number": f"O-1-{row.number - 2}", "clue_no": fields["clue_no"] and f"{fields['clue_no']}-O"}
        assert bring(house, [Row(row.number, fields)])[0].stored == 1
    assert house.perform(flag_rebuild.rebuild) == 0
    one_by_one = {(rule, *rest, n.split("-")[2]) for rule, *rest, n in standing(house) if n.startswith("O-")}
    assert {f for f in one_by_one if f[0] != "repeat.60d.region"} == {
        f for f in in_pieces if f[0] != "repeat.60d.region"
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_visit_brought_late_flags_one_a_longest_window_ahead_and_reads_no_further(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = {"version": 1, "valid_from": date(2020, 1, 1), "proposed_by": "a", "confirmed_by": "b"}
    said = canonical_json({"repeat.60d": {"days": LONGEST_WINDOW.days}})
    house.perform(lambda w: w.session.add(Policy(id="P", region="990101", settings=said, recorded_at=w.now, **policy)))
    read, load = set[str](), flag_facts.visits_of_enterprises

    def visits_of(*args: Any) -> Any:
        found = load(*args)
        read.update(visit.number for visits in found.values() for visit in visits)
        return found

    late = datetime(2024, 5, 6, 2, tzinfo=UTC)
    days = {"late": late, "ahead": late + LONGEST_WINDOW, "beyond": late + LONGEST_WINDOW + timedelta(days=1)}
    rows = [
        history(count=1, kind="planned", cause="", clue_no="", uscc=uscc(701 if name == "beyond" else 700), number=name,
                started_at=day.isoformat())[0]
        for name, day in days.items()
    ]  # fmt: skip
    bring(house, rows[1:])
    assert standing(house) == set()
    again = Row(9, {**rows[0].fields, "number": "late too", "uscc": uscc(701)})
    monkeypatch.setattr(flag_facts, "visits_of_enterprises", visits_of)
    bring(house, [rows[0], again])
    assert {(rule, number) for rule, *_, number in standing(house)} == {("repeat.60d", "ahead")}
    assert read == {"late", "late too", "ahead"}
    assert house.perform(flag_rebuild.rebuild) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_file_again_changes_nothing_and_another_visit_of_a_number_is_told(house: House) -> None:
    rows = history()
    bring(house, rows[:20])
    again, _ = bring(house, rows)
    assert (again.stored, again.unchanged, count(house, InspectionRow)) == (ROWS - 20, 20, ROWS)
    other, kept = bring(house, history(kind="planned", cause="", clue_no=""), skip_bad=True)
    assert {(p.field, p.reason) for p in other.errors} == {("number", "row_visit_differs")} and kept
    assert (len(other.errors) + other.unchanged, other.stored) == (ROWS, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_corrected_row_is_not_passed_over_as_if_it_said_the_same(house: House) -> None:
    one = history(count=1, outcome="no_problem")[0]
    bare = Row(3, {**one.fields, "number": "H-bare", "items": ""})  # its outcome is that of the visit
    bring(house, [one, bare])
    corrections = {
        "outcome": "problem_found", "items": "YJ-02", "officers": "99010002", "cause": "recheck", "clue_no": "other",
        "ended_at": "2026-03-01",
    }  # fmt: skip
    for name, value in corrections.items():
        for row in (one, bare):
            outcome, _ = bring(house, [Row(row.number, row.fields | {name: value})])
            assert [(p.field, p.reason) for p in outcome.errors] == [(name, "row_visit_differs")]
    assert bring(house, [one, bare])[0].unchanged == 2
    twice, kept = bring(
        house, [one, Row(9, {**bare.fields, "number": "H-new"}), Row(10, {**bare.fields, "number": "H-new"})]
    )
    assert (twice.stored, twice.errors, [p.row for p in twice.problems], kept) == (1, [], [10], True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_bad_row_is_told_and_none_of_the_others_is_stored(house: House) -> None:
    rows = history()
    bad = {3: {"unit": "NO"}, 30: {"started_at": "gestern"}, 39: {"number": "H-1-0"}}
    bad |= {10: {"started_at": "2027-06-01"}, 11: {"ended_at": "2027-06-01"}}  # what has not happened is no visit
    mixed = [Row(r.number, {**r.fields, **bad.get(n, {})}) for n, r in enumerate(rows)]
    outcome, kept = bring(house, mixed)
    assert not kept and [(p.row, p.field) for p in outcome.errors] == [
        (5, "unit"), (12, "started_at"), (13, "ended_at"), (32, "started_at"), (41, "number"),
    ]  # fmt: skip
    assert count(house, InspectionRow) == count(house, Enterprise, Enterprise.uscc == uscc(700)) == 0
    outcome, kept = bring(house, mixed, skip_bad=True)
    assert kept and count(house, InspectionRow) == outcome.stored == ROWS - 5


def test_killed_in_the_middle_it_goes_on_where_it_ended(house: House, database_url: str, tmp_path: Path) -> None:
    rows, before, left = history(count=30), -1, []
    for statement in (45, 90, 130):
        house.installation.database.dispose()  # the child must not end our connections
        assert not done_until(database_url, tmp_path / "instance", statement, lambda there: bring(there, rows))
        assert house.perform(flag_rebuild.rebuild) == 0  # what stands is right after each piece
        left.append(count(house, InspectionRow))
        assert left[-1] >= before and left[-1] % 7 == 0
        before = left[-1]
    assert 0 < before < 30
    outcome, _ = bring(house, rows)
    assert (outcome.stored, outcome.unchanged) == (30 - before, before)
    assert count(house, InspectionRow) == 30 and count(house, Officer, Officer.certificate_no.like("H%")) == 3
    assert count(house, Enterprise, Enterprise.name == "云汀示例店") == 5
    assert house.perform(flag_rebuild.rebuild) == 0
    with house.installation.reading() as session:
        assert list(register_discrepancies(session)) == []


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-01", "2026-02-28T16:00:00Z"), ("2026/3/1", "2026-02-28T16:00:00Z"), ("20260301", "2026-02-28T16:00:00Z"),
        ("2026-3-1 9:30", "2026-03-01T01:30:00Z"), ("2026年3月1日 9时30分", "2026-03-01T01:30:00Z"),
        ("2026年3月1日9:05:07", "2026-03-01T01:05:07Z"), ("46082.395833333", "2026-03-01T01:30:00Z"),
        ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"), ("２０２６／３／１", "2026-02-28T16:00:00Z"),
        ("3/1/2026", None), ("2026-03-01 24:00", None), ("2026-02-29", None), ("1.5", None), ("46082", "2026-02-28T16:00:00Z"),
    ],
)  # fmt: skip
def test_a_time_is_read_as_offices_write_it_and_what_is_unclear_is_told(text: str, utc: str | None) -> None:
    try:
        found = rfc3339(moment(Row(2, {"at": text}), "at"))
    except Bad as bad:
        found = None
        assert bad.reason == "cell_moment"
    assert found == utc


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_may_speak_the_words_of_the_field(house: House) -> None:
    said = {"kind": "触发式检查", "cause": "投诉举报", "outcome": "发现问题", "officers": "H1,H2，H3", "items": "YJ-01"}
    row = history(count=1, **said, started_at="2026年1月5日 10时00分", ended_at="2026/1/5")[0]
    outcome, _ = bring(house, [row])
    assert outcome.errors == []
    with house.installation.reading() as session:
        (found,) = inspection_store.select_where(session, select(InspectionRow))
    assert (found.kind, found.cause, found.outcome) == ("triggered", "complaint", "problem_found")
    assert [o.certificate_no for o in found.officers] == ["H1", "H2", "H3"]
    assert found.ended_at == found.started_at, "the day of the end says nothing of how long it lasted"
