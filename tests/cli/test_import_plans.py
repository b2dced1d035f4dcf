"""Plans from the tables of offices: whatever is meant is read, what is not clear is told by row, and nothing twice."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.domain.plans import DRAFT, PUBLISHED
from app.services.planning import plans
from app.store import plans as plan_store
from app.store.models import FactRow
from tests.house import House, uscc
from tests.plans import collected_workbook, office_workbook


@pytest.fixture
def run(house: House, tmp_path: Path):  # type: ignore[no-untyped-def]
    runner = house.app.test_cli_runner()

    def imported(data: bytes | str, name: str = "plan.csv", *options: str):  # type: ignore[no-untyped-def]
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return runner.invoke(args=["import", "plans", str(path), *options])

    return imported


def plan_of(house: House, code: str):  # type: ignore[no-untyped-def]
    with house.installation.reading() as session:
        return plan_store.by_code(session, "990101", code)


def facts(house: House) -> int:
    with house.installation.reading() as session:
        return len(list(session.scalars(select(FactRow.id).where(FactRow.subject_kind == "plan"))))


def test_a_real_offices_workbook_is_read_as_it_is_meant(house: House, run) -> None:  # type: ignore[no-untyped-def]
    answer = run(office_workbook(), "云汀应急.xlsx")
    assert answer.exit_code == 0, answer.output
    plan = plan_of(house, "YT-YJJ-JH-2026")
    assert (plan.unit, plan.kind, plan.state, plan.title) == (
        "YT-YJJ", "yearly", DRAFT, "云汀区应急管理局 2026年度行政检查计划",
    )  # fmt: skip
    first, second, third = plan.lines
    assert (first.item, first.wanted, first.cap, first.basis) == ("YJ-01", 32, 2, "《安全生产法》第六十五条")
    assert (first.starts_on, first.ends_on) == (date(2026, 3, 1), date(2026, 5, 31))
    assert (second.item, second.share, second.starts_on, second.ends_on) == (
        "YJ-01", 500, date(2026, 3, 1), date(2026, 3, 1),
    )  # fmt: skip
    assert second.timing == "2026-03-01"  # no 46082, which is how the spreadsheet keeps the day
    assert (second.joint_role, second.partners) == ("lead", "市场监管局")
    assert (third.item, third.wanted, third.cap, third.joint_role) == ("YJ-02", 12, 2, "partner")
    assert (third.starts_on, third.ends_on) == (date(2026, 4, 1), date(2026, 6, 30))


def test_a_table_of_several_units_becomes_a_plan_each(house: House, run) -> None:  # type: ignore[no-untyped-def]
    answer = run(collected_workbook(), "汇总.xlsx")
    assert answer.exit_code == 0, answer.output
    emergency, market = plan_of(house, "YT-YJJ-JH-2026"), plan_of(house, "YT-SCJG-JH-2026")
    first, second = emergency.lines
    assert (first.item, first.share, first.joint_role) == ("YJ-01", 500, "lead")
    assert (second.wanted, second.joint_role, second.partners) == (12, "partner", "区消防救援局")
    assert (second.starts_on, second.ends_on) == (date(2026, 4, 1), date(2026, 9, 30))
    assert (market.lines[0].item, market.lines[0].share, market.lines[0].ends_on) == ("SJ-01", 1000, date(2026, 6, 30))
    assert (emergency.state, emergency.approved_on, emergency.filed_on) == (
        "filed",
        date(2025, 12, 20),
        date(2025, 12, 28),
    )
    assert "3 unchanged" in run(collected_workbook(), "汇总.xlsx").output


def test_the_same_file_again_changes_nothing(house: House, run) -> None:  # type: ignore[no-untyped-def]
    run(office_workbook(), "a.xlsx")
    before = facts(house)
    answer = run(office_workbook(), "b.xlsx")
    assert "stored 0, 3 unchanged, 0 bad" in answer.output
    assert facts(house) == before


def test_a_dry_run_stores_nothing(house: House, run) -> None:  # type: ignore[no-untyped-def]
    assert "would store 3" in run(office_workbook(), "a.xlsx", "--dry-run").output
    assert plan_of(house, "YT-YJJ-JH-2026") is None


def test_one_bad_row_keeps_all_out_and_is_named(house: House, run) -> None:  # type: ignore[no-untyped-def]
    table = "计划编码,单位,检查事项,重点企业\nP-9,YT-YJJ,YJ-01,\n,,没有的事项,\n,,YJ-02,91990101T000000XXX\n"
    answer = run(table)
    assert answer.exit_code == 1
    assert "row 3: item: " in answer.output and "row 4: keys: " in answer.output
    assert plan_of(house, "P-9") is None
    assert run(table, "plan.csv", "--skip-bad").exit_code == 0
    assert [line.item for line in plan_of(house, "P-9").lines] == ["YJ-01"]


def test_gb18030_with_cells_merged_in_the_spreadsheet_and_dates(house: House, run) -> None:  # type: ignore[no-untyped-def]
    house.applied()
    table = (
        "计划编码,单位,计划类别,计划名称,检查事项,时间安排,批准日期,备案日期,公布日期,重点企业\n"
        f"ZX-1,应急管理局（云汀区）,专项,春季专项,YJ-01,2026年3月,2026/2/1,2026年2月5日,2026.2.9,{uscc(1)}\n"
        ",,,,YJ-02,4月底前,,,,\n"
    )
    table = table.replace("应急管理局（云汀区）", "云汀区应急管理局")
    assert run(table.encode("gb18030")).exit_code == 0
    plan = plan_of(house, "ZX-1")
    assert (plan.kind, plan.state, plan.imported) == ("special", PUBLISHED, True)
    assert (plan.approved_on, plan.filed_on, plan.published_on) == (
        date(2026, 2, 1), date(2026, 2, 5), date(2026, 2, 9),
    )  # fmt: skip
    assert len(plan.lines) == 2 and len(plan.keys) == 1


def test_an_unreadable_time_is_the_whole_plan_and_said_so(house: House, run) -> None:  # type: ignore[no-untyped-def]
    answer = run("code,unit,item,timing\nP-2,YT-YJJ,YJ-01,适时开展\n")
    assert answer.exit_code == 0 and "(warning)" in answer.output
    assert plan_of(house, "P-2").lines[0].starts_on is None


def test_a_plan_that_was_approved_is_not_changed_by_a_file(house: House, run) -> None:  # type: ignore[no-untyped-def]
    run("code,unit,item,timing\nP-3,YT-YJJ,YJ-01,全年\n")
    plan = plan_of(house, "P-3")
    house.perform(plans.submit, house.people["inspector"], plan.id)
    house.perform(plans.approve, house.people["head"], plan.id)
    answer = run("code,unit,item,timing\nP-3,YT-YJJ,YJ-02,全年\n")
    assert answer.exit_code == 1 and "row 2: code: " in answer.output
    assert plan_of(house, "P-3").lines[0].item == "YJ-01"


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04 no workbook", "没有,表头\n1,2\n".encode(), b'"a'])
def test_what_is_no_plan_is_refused_with_a_sentence(run, data: bytes) -> None:  # type: ignore[no-untyped-def]
    answer = run(data, "plan.xlsx")
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output and answer.output.startswith("Error: plan.xlsx")


def test_log_verify_knows_plans(house: House, run) -> None:  # type: ignore[no-untyped-def]
    run(office_workbook(), "a.xlsx")
    with house.installation.database.write() as session:
        session.execute(text("UPDATE plan_rows SET wanted = 1 WHERE position = 1"))
    from app.services.auditing.plan_audit import plan_discrepancies

    with house.installation.reading() as session:
        assert [(code, table) for code, table, _, _ in plan_discrepancies(session)] == [("row_changed", "plans")]
