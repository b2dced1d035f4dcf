"""Reconciliation as a rulebook: what never touched the platform is found, what is not certain accuses nobody."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from app.domain.errors import Invalid, NotFound, Refused
from app.domain.times import shanghai_day
from app.services.applying import decisions
from app.services.flagging import flag_rebuild
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Row
from app.services.imports.running import run
from app.services.supervising import case_records
from app.services.supervising.case_records import Choice
from app.services.transparency import log, log_audit
from app.services.visiting import visits
from app.store.models import CaseRecord, FactRow, FindingRow
from tests.house import House, uscc
from tests.services.test_register_imports import bring, said

HEADER = ["kind", "source", "number", "uscc", "enterprise_name", "address", "unit", "day", "officers"]


def line(house: House, **changes: Any) -> list[str]:
    plain = {
        "kind": "案件", "source": "执法办案系统", "number": "A-1", "uscc": uscc(1), "unit": "YT-YJJ",
        "day": shanghai_day(house.clock.now).isoformat(),
    }  # fmt: skip
    row = plain | changes
    return [str(row.get(name, "")) for name in HEADER]


def receive(house: House, *changes: dict[str, Any]) -> Any:
    return bring(house, "case-records", [HEADER, *(line(house, **c) for c in changes)])


def records(house: House) -> dict[str, CaseRecord]:
    with house.installation.reading() as session:
        return {r.number: r for r in session.scalars(select(CaseRecord))}


def one(house: House) -> tuple[str, str]:
    (row,) = records(house).values()
    return row.state, row.reason


def flagged(house: House) -> list[tuple[str, str]]:
    with house.installation.reading() as session:
        where = (FindingRow.rule == "unregistered.record", FindingRow.standing)
        return sorted((f.unit, f.severity) for f in session.scalars(select(FindingRow).where(*where)))


def agrees(house: House) -> None:
    """Promise 3, and `log verify` finds nothing."""
    assert house.perform(flag_rebuild.rebuild) == 0
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert [d.text for d in log_audit.audit(session) if "case" in d.text] == []


def known_enterprise(house: House) -> None:
    """An enterprise that the registry knows and nobody visited for a year."""
    bring(house, "enterprises", [["uscc", "name", "address"], [uscc(1), "云汀示例一食品有限公司", "示例路 1 号"]])


@pytest.mark.parametrize(
    ("kind", "flags"),
    [
        ("案件", [("YT-YJJ", "yellow")]),
        ("处罚决定", [("YT-YJJ", "yellow")]),
        ("检查记录", [("YT-YJJ", "red")]),
        ("投诉", []),
        ("企业自报", []),
    ],
)
def test_a_record_without_an_inspection_is_flagged_but_complaints_accuse_nobody(house, kind, flags) -> None:
    known_enterprise(house)
    receive(house, {"kind": kind})
    assert one(house) == ("unmatched", "no_inspection")
    assert flagged(house) == flags
    agrees(house)


def test_a_record_is_matched_to_the_one_inspection_within_three_days(house: House) -> None:
    inspection = house.completed()
    house.clock.move(days=10)
    day = shanghai_day(inspection.window_start)
    receive(house, {"day": str(day + timedelta(days=3))}, {"number": "A-2", "day": str(day + timedelta(days=4))})
    found = records(house)
    assert (found["A-1"].state, found["A-1"].inspection_id) == ("matched", inspection.id)
    assert found["A-2"].state == "unmatched"
    assert len(flagged(house)) == 1
    agrees(house)


def test_another_units_inspection_explains_nothing(house: House) -> None:
    house.completed()
    receive(house, {"unit": "YT-SCJG"})
    assert one(house) == ("unmatched", "no_inspection")
    assert flagged(house) == [("YT-SCJG", "yellow")]


def test_an_inspection_entered_late_withdraws_the_flag_and_its_cancelling_or_refusal_brings_it_back(
    house: House,
) -> None:
    known_enterprise(house)
    receive(house, {})
    assert len(flagged(house)) == 1
    late = house.applied()
    assert (one(house), flagged(house)) == (("matched", "certain"), [])
    agrees(house)
    house.perform(visits.cancel, house.people["inspector"], late.id, "填错了", on_advice=False)
    assert one(house) == ("unmatched", "no_inspection")
    assert len(flagged(house)) == 1
    agrees(house)
    refused = house.applied()
    assert one(house)[0] == "matched"
    house.perform(decisions.reject, house.people["head"], refused.id, "理由")
    assert (one(house)[0], len(flagged(house))) == ("unmatched", 1)
    agrees(house)


def test_an_imported_inspection_withdraws_the_flag(house: House) -> None:
    known_enterprise(house)
    receive(house, {})
    header = ["number", "uscc", "enterprise_name", "unit", "kind", "started_at"]
    bring(house, "inspections", [header, ["V-1", uscc(1), "某", "YT-YJJ", "planned", str(house.clock.now.date())]])
    assert (one(house)[0], flagged(house)) == ("matched", [])
    agrees(house)


def test_what_is_not_known_raises_no_flag(house: House) -> None:
    receive(
        house,
        {"number": "1", "uscc": uscc(77)},
        {"number": "2", "uscc": "", "enterprise_name": "谁也不知道的店"},
        {"number": "3", "unit": "不知道的单位"},
    )
    assert {n: (r.state, r.reason) for n, r in records(house).items()} == dict.fromkeys(
        "123", ("doubtful", "not_in_registry")
    )
    assert flagged(house) == []
    known_enterprise(house)  # now the third one's enterprise is known, its unit is not
    assert records(house)["3"].reason == "unit_unknown"
    assert flagged(house) == []
    agrees(house)


def test_an_enterprise_that_becomes_known_is_followed(house: House) -> None:
    receive(house, {"uscc": "", "enterprise_name": "云汀示例一（食品）有限公司"})
    assert one(house) == ("doubtful", "not_in_registry")
    bring(house, "enterprises", [["uscc", "name"], [uscc(1), "云汀示例一(食品)有限公司"]])
    assert one(house) == ("unmatched", "no_inspection")
    assert len(flagged(house)) == 1
    agrees(house)
    bring(house, "enterprises", [["uscc", "name"], [uscc(1), "换了名字的公司"]])
    assert (one(house), flagged(house)) == (("doubtful", "not_in_registry"), [])
    agrees(house)


def test_two_enterprises_of_one_name_are_told_apart_by_the_address_only(house: House) -> None:
    lines = [["uscc", "name", "address"], [uscc(1), "同名店", "示例路 1 号"], [uscc(2), "同名店", "示例路 2 号"]]
    bring(house, "enterprises", lines)
    same = {"uscc": "", "enterprise_name": "同名店"}
    receive(house, same | {"number": "1"}, same | {"number": "2", "address": "云汀区示例路2号"})
    found = records(house)
    assert (found["1"].state, found["1"].reason) == ("doubtful", "several_enterprises")
    assert found["2"].state == "unmatched"
    bring(house, "enterprises", [["uscc", "name", "address"], [uscc(3), "单名店", "别的路 9 号"]])
    receive(house, {"number": "3", "uscc": "", "enterprise_name": "单名店", "address": "示例路 5 号"})
    assert records(house)["3"].reason == "other_address"
    agrees(house)


def test_of_several_inspections_the_officer_decides_else_a_person(house: House) -> None:
    first = house.approved(officers=("99010001", "99010002"))
    second = house.approved(officers=("99010001", "99010004"))
    receive(house, {"number": "1"}, {"number": "2", "officers": "99010004"})
    found = records(house)
    assert (found["1"].state, found["1"].reason) == ("doubtful", "several_inspections")
    assert (found["2"].inspection_id, found["2"].reason) == (second.id, "officer")
    decide(house, found["1"].id, inspection=first.id)
    assert records(house)["1"].inspection_id == first.id
    assert flagged(house) == []
    agrees(house)


def decide(house: House, record_id: str, who: str = "supervisor", **changes: Any) -> None:
    answer = {"verdict": "this", "reason": "核对了案卷", "seen": 0} | changes
    house.perform(case_records.decide, house.people[who], record_id, Choice(**answer))


def test_none_of_these_raises_the_flag_until_another_inspection_is_entered(house: House) -> None:
    rejected = [house.approved().id for _ in range(2)]
    receive(house, {})
    (row,) = records(house).values()
    decide(house, row.id, verdict="none", rejected=tuple(rejected))
    assert one(house) == ("unmatched", "no_inspection")
    assert len(flagged(house)) == 1
    agrees(house)
    house.applied()
    assert (one(house)[0], flagged(house)) == ("matched", [])
    agrees(house)


def test_a_person_names_the_enterprise_that_the_registry_calls_otherwise(house: House) -> None:
    known_enterprise(house)
    receive(house, {"uscc": "", "enterprise_name": "示例一食品"})
    (row,) = records(house).values()
    decide(house, row.id, verdict="none", uscc=uscc(1))
    assert one(house) == ("unmatched", "no_inspection")
    assert len(flagged(house)) == 1
    agrees(house)


def test_of_two_decisions_at_once_one_wins_and_each_needs_a_reason(house: House) -> None:
    inspection = house.approved()
    receive(house, {"unit": "YT-SCJG"})
    (row,) = records(house).values()
    with pytest.raises(Invalid, match="reason_missing"):
        decide(house, row.id, number=inspection.number, reason=" ")
    with pytest.raises(Invalid, match="case_no_such_inspection"):
        decide(house, row.id, number="没有这个编号")
    decide(house, row.id, number=inspection.number)
    assert (one(house), flagged(house)) == (("matched", "decided"), [])
    with pytest.raises(Refused, match="case_decided"):
        decide(house, row.id, verdict="none")
    agrees(house)


def test_a_neighbour_does_not_see_the_record(house: House) -> None:
    receive(house, {})
    (row,) = records(house).values()
    with pytest.raises(NotFound):
        decide(house, row.id, who="neighbour", verdict="none")


def test_the_same_file_again_changes_nothing_and_another_text_is_a_correction(house: House) -> None:
    known_enterprise(house)
    assert receive(house, {}, {"number": "A-2"}).added == 2
    before = facts(house)
    again = receive(house, {}, {"number": "A-2"})
    assert (again.stored, again.unchanged, facts(house)) == (0, 2, before)
    corrected = receive(house, {"unit": "YT-SCJG"})
    assert (corrected.stored, corrected.added) == (1, 0)
    assert flagged(house) == [("YT-SCJG", "yellow"), ("YT-YJJ", "yellow")]
    agrees(house)


def facts(house: House) -> int:
    with house.installation.reading() as session:
        return len(session.scalars(select(FactRow.id)).all())


def test_a_bad_row_is_told_and_nothing_is_half_done(house: House) -> None:
    outcome = receive(
        house, {}, {"number": ""}, {"kind": "别的"}, {"number": "9", "day": "2026-03-09"},
        {"number": "8", "uscc": "", "enterprise_name": ""}, {"number": "A-1", "unit": "YT-SCJG"},
    )  # fmt: skip
    assert said(outcome) == [
        (3, "number", "cell_empty"), (4, "kind", "cell_choice"), (5, "day", "cell_day_ahead"),
        (6, "enterprise_name", "cell_empty"), (7, "number", "row_contradicts"),
    ]  # fmt: skip
    assert records(house) == {}
    row = Row(2, dict(zip(HEADER, line(house), strict=True)))
    assert run(KINDS["case-records"], house.perform, [row], lambda n: None, house.people["supervisor"], dry_run=True)
    assert records(house) == {}


def test_a_record_changed_behind_the_platforms_back_is_named(house: House) -> None:
    receive(house, {}, {"number": "A-2"})
    (gone, other) = (r.id for r in records(house).values())
    with house.installation.database.write() as session:
        session.execute(update(CaseRecord).where(CaseRecord.id == other).values(unit="YT-SCJG"))
        session.execute(delete(CaseRecord).where(CaseRecord.id == gone))
    log.advance(house.perform)
    with house.installation.reading() as session:
        found = [(d.code, d.row) for d in log_audit.audit(session) if d.table == "case_records"]
    assert sorted(found) == sorted([("row_removed", gone), ("row_changed", other)])
