"""Nothing that happens to one visit reads a whole table: what would cost more with every year is found by its plan."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from app.domain.figures import Period
from app.domain.times import shanghai_day
from app.queries import flags, inspections
from app.services.imports.case_records import import_case_records
from app.services.imports.rows import Row
from app.store import day_figures
from bench.district import fill, uscc_of
from tests.house import House

UNIT = "YT-B00"  # makes more visits than any other
GROWING = {
    "inspections", "inspection_units", "inspection_officers", "inspection_items", "codes", "facts", "findings", "speech",
    "enterprises", "case_records", "log_entries",
}  # fmt: skip


# SQLite only: its plans say plainly what is read from end to end.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def plans(house: House, *wrong: str) -> Iterator[set[str]]:
    """Of every query run meanwhile: which growing table it would read from end to end, or the steps that have such a word."""
    asked: dict[str, Any] = {}
    scanned: set[str] = set()

    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        if not many:
            asked.setdefault(statement, parameters)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield scanned
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with house.installation.database.engine.connect() as connection:
        for statement, parameters in asked.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                for *_, detail in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                    words = detail.split()
                    if any(w in detail for w in wrong) if wrong else words[0] == "SCAN" and words[1] in GROWING:
                        scanned.add(f"{detail}: {statement[:300]}")


@pytest.fixture
def grown(house: House) -> House:
    fill(house.installation.database, 3000)
    return house


def test_a_new_visit_reads_no_table_from_end_to_end(grown: House) -> None:
    with plans(grown) as scanned:
        grown.completed()  # raises and settles flags too
        grown.completed(kind="planned", cause=None)
    assert not scanned, "\n".join(scanned)


def test_records_are_matched_by_their_keys_alone(grown: House) -> None:
    fields = {"kind": "检查记录", "source": "办案系统", "number": "C-1", "unit": "YT-YJJ", "day": "2026-01-05"}
    rows = [
        Row(2, fields | {"uscc": uscc_of(1)}),
        Row(3, fields | {"number": "C-2", "enterprise_name": "云汀示例2号店"}),
    ]
    with plans(grown) as scanned:
        assert grown.perform(import_case_records, rows, lambda _: None).added == 2
        assert grown.perform(import_case_records, rows, lambda _: None).unchanged == 2
    assert not scanned, "\n".join(scanned)


def test_the_generated_history_is_what_the_tables_of_a_district_would_hold(grown: House) -> None:
    with grown.installation.reading() as session:
        count = session.connection().execute(
            text(
                "SELECT count(*), sum(counts), sum(visit_day IS NULL), count(DISTINCT number), max(visit_day) FROM inspections"
            )
        )
        rows, counted, dayless, numbers, last = count.one()
    assert rows == numbers == 3000
    assert dayless == rows - counted
    assert last < "2026-03-02"


def test_pages_of_every_day_read_no_table_from_end_to_end(grown: House) -> None:
    inspector, supervisor = grown.signed_in("inspector"), grown.signed_in("supervisor")
    with plans(grown) as scanned:
        for path in ("/inspect/", "/inspect/apply", "/inspect/batch", "/inspect/contact", "/inspect/contacts"):
            assert inspector.get(path).status_code == 200
        for path in ("/supervise/contacts", "/supervise/national", "/supervise/flags", f"/supervise/units/{UNIT}"):
            assert supervisor.get(path).status_code == 200
    assert not {plan for plan in scanned if "ix_inspections_contacts" not in plan}, "\n".join(scanned)


def test_a_page_of_a_list_is_read_and_not_the_whole_list_sorted(house: House) -> None:
    fill(house.installation.database, 10_000)  # a thousand flags: fewer are sorted as quickly
    house.installation.database.learn_sizes()
    supervisor, old = house.people["supervisor"], {"from": "2023-06-01", "to": "2023-06-30"}
    day, moment = Period(date(2023, 6, 1), date(2023, 6, 30)), datetime(2023, 6, 1, tzinfo=UTC)
    with house.installation.reading() as session:
        with plans(house, "ORDER BY") as steps:
            assert len(flags.listed(session, supervisor, {}, None, 20)[0]) == 20
            assert len(inspections.listed(session, supervisor, None, 20)[0]) == 20
        assert not steps, "\n".join(steps)
        # by number, all that came later than a month long ago would be passed over
        by_number = ("ORDER BY", "SCAN findings USING INDEX sqlite", "SCAN inspections USING INDEX sqlite", "(id<?)")
        with plans(house, *by_number) as steps:
            cursor = flags.listed(session, supervisor, old, None, 20)[1]
            assert flags.listed(session, supervisor, old, cursor, 20)[0]
            for narrowed in ({"days": day}, {"days": day, "count": "problems", "hour": "9"}, {"from": moment}):
                cursor = inspections.listed(session, supervisor, None, 9, **narrowed)[1]
                assert inspections.listed(session, supervisor, cursor, 9, **narrowed)[0]
            inspections.listed(session, supervisor, None, 20, late="1")
            flags.listed(session, supervisor, {"assignee": "me"}, None, 20)
            flags.listed(session, supervisor, {"aside_on": date(2026, 3, 2)}, None, 20)
        assert not steps, "\n".join(steps)


def test_the_towns_of_a_few_visits_are_looked_up_and_not_joined(house: House) -> None:
    """PostgreSQL expects as many visits of today as of other days: for sixty it read half a million enterprises twice a page."""
    house.completed()
    with plans(house, "") as steps, house.installation.reading() as session:
        assert day_figures.counted(session, ["990101"], [shanghai_day(house.clock.now)])
    assert any("(SELECT enterprises.region" in step for step in steps)
    assert not any("JOIN enterprises" in step for step in steps)
