"""Large imports of enterprises: others go on meanwhile, all of it is there at once or none, nobody is overwritten."""

from typing import Any

import pytest
from sqlalchemy import select, text

from app.domain.actors import SYSTEM
from app.services import registers
from app.services.auditing.register_audit import register_discrepancies
from app.services.imports import enterprises as enterprise_imports
from app.services.imports import inspections as inspection_imports
from app.services.imports.rows import Row
from app.store.models import Enterprise
from tests.house import House, uscc
from tests.services.test_register_imports import bring, facts, table


def many(count: int) -> list[list[str]]:
    return [["uscc", "name", "region", "risk"], *([uscc(n), f"示例{n}店", "白鹭镇", "低"] for n in range(1, count + 1))]


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import of enterprises goes the way of the large ones."""
    monkeypatch.setattr(enterprise_imports, "STAGED_FROM", 0)


def test_a_large_import_keeps_nobody_waiting_and_is_there_all_at_once(house: House, staged: None) -> None:
    house.perform(registers.adopt)
    seen: list[int] = []

    def perform(use_case: Any, *args: Any) -> Any:
        return house.perform(use_case, *args)

    real_add = enterprise_imports.add

    def add(work: Any, *args: Any) -> None:
        real_add(work, *args)
        house.applied()  # somebody else writes while the rows are made ready; nothing of them is to be seen yet
        with house.installation.reading() as session:
            seen.append(len(session.scalars(select(Enterprise.id)).all()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enterprise_imports, "add", add)
        rows = table("enterprises", many(30)).rows[5:]
        outcome, kept = enterprise_imports.bring(perform, rows, lambda n: None, SYSTEM, lambda _: True)
    assert (kept, outcome.added, seen) == (True, 25, [1])
    assert bring(house, "enterprises", many(30)).stored == 5  # one of them was entered by the application: graded now
    assert bring(house, "enterprises", many(30)).stored == 0
    changed = [[c.replace("示例7店", "改名店").replace("低", "高") for c in line] for line in many(30)]
    assert bring(house, "enterprises", changed).stored == 30
    with house.installation.reading() as session:
        assert list(register_discrepancies(session)) == []
        assert session.scalars(select(Enterprise).where(Enterprise.uscc == uscc(7))).one().name == "改名店"


def test_a_large_import_that_fails_leaves_nothing_behind(house: House, staged: None) -> None:
    before = facts(house)

    def change(*_: Any) -> None:
        raise RuntimeError("the power went out")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enterprise_imports, "change", change)
        with pytest.raises(RuntimeError):
            bring(house, "enterprises", many(3))
    assert facts(house) == before
    assert bring(house, "enterprises", many(3)).added == 3


def test_the_same_enterprise_entered_during_a_large_import_is_compared_anew(house: House, staged: None) -> None:
    real_add, calls = enterprise_imports.add, []

    def add(work: Any, *args: Any) -> None:
        real_add(work, *args)
        if not calls:
            calls.append(1)
            house.applied()  # enters uscc(1) under another name

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enterprise_imports, "add", add)
        outcome = bring(house, "enterprises", many(3))
    assert (outcome.stored, outcome.added) == (3, 2)
    with house.installation.reading() as session:
        names = session.scalars(select(Enterprise.name).where(Enterprise.uscc == uscc(1))).all()
    assert names == ["示例1店"]


def visits(count: int) -> list[Row]:
    fields = {"unit": "YT-YJJ", "kind": "triggered", "cause": "complaint", "started_at": "2026-02-27T10:00:00+08:00"}
    own = [
        {"number": f"L-{n}", "uscc": uscc(n), "enterprise_name": f"示例{n}店", "clue_no": f"C{n // 2}"}
        for n in range(count)
    ]
    return [Row(n + 2, fields | one) for n, one in enumerate(own)]


def advisory_locks(work: Any) -> int:
    return work.session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) or 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_import_of_visits_takes_no_more_locks_for_more_enterprises(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL keeps the locks of all transactions in one table of fixed size: a lock each ends an import of 10,000."""
    monkeypatch.setattr(inspection_imports, "AT_ONCE", 100)
    seen: list[int] = []

    def brought(work: Any, rows: list[Row]) -> Any:
        outcome = inspection_imports.import_inspections(work, rows, lambda n: None, SYSTEM)
        seen.append(advisory_locks(work))
        return outcome

    assert house.perform(brought, visits(400)).stored == 400
    again = house.perform(brought, visits(400))
    assert (again.stored, again.unchanged) == (0, 400)
    assert 0 < seen[0] <= 64 + 256 + 10 < 400 + 200
