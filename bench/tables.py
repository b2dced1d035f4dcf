"""Whole tables in and out: visits imported with all rules, a hundred thousand rows as a workbook."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.domain.actors import SYSTEM
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Row
from app.services.imports.running import run as run_import
from app.store.models import InspectionItem, InspectionOfficer, InspectionRow, InspectionUnit
from app.store.models.base import table_of
from bench.district import VISITS_OF_ENTERPRISE, uscc_of
from bench.house import opened
from bench.measure import Ratio, worked
from bench.served import Place
from tests.house import MONDAY, House, uscc

IMPORTED = (10_000, 100_000)
VISITS_OF_IMPORTED, DAYS = 3, 1095  # what offices keep of past years: some 67,000 visits of 23,000 enterprises in three
MOST_TIMES, MOST_MIB = 1.5, 64
ROOT = Path(__file__).resolve().parents[1]


def run(large: Place, kind: str) -> Iterator[Ratio]:
    with opened(large.url, large.instance) as house:
        for turn, count in enumerate(n for n in IMPORTED if n <= large.size):
            yield _import(kind, house, turn, count, large.size)
    yield from _export(kind, large)


def _import(kind: str, house: House, turn: int, count: int, size: int) -> Ratio:
    """Processor time of an import, the database's own too, over that of inserting the rows that it left, into the same tables."""
    house.clock.now = MONDAY
    rows = [_row(turn, n, count, size) for n in range(count)]
    begin = worked(house)
    outcome, _ = run_import(KINDS["inspections"], house.perform, rows, lambda _: None, SYSTEM)
    spent = worked(house) - begin
    assert outcome.stored == count and not outcome.errors, outcome.problems[:3]
    plain = _plain(house, turn)
    name = f"{kind}: {count:,} visits imported, {size:,} visits"
    return Ratio(name, "plain bulk insert of the same rows", "≤ 25", spent / plain, spent, plain, spent / plain <= 25)


def _row(turn: int, n: int, count: int, size: int) -> Row:
    """One of three visits of an enterprise in three years; every other enterprise is known."""
    enterprise = n * 7919 % (count // VISITS_OF_IMPORTED)
    known = enterprise // 2 % (size // VISITS_OF_ENTERPRISE)
    day = MONDAY - timedelta(days=1 + n * 104_729 % DAYS, hours=n % 3)
    unit, triggered = n % 30, n % 5 < 2
    fields = {
        "number": f"IMP-{turn}-{n}", "unit": f"YT-B{unit:02d}", "items": f"YT-B{unit:02d}-0",
        "uscc": uscc_of(known) if enterprise % 2 else uscc(4_000_000 + turn * 100_000 + enterprise),
        "enterprise_name": f"云汀示例{n}号店", "kind": "triggered" if triggered else "planned", "started_at": day.isoformat(),
        "cause": "complaint" if triggered else "", "clue_no": f"L-{turn}-{n}" if triggered else "",
        "officers": f"98{unit:03d}000;98{unit:03d}001", "outcome": "problem_found" if n % 10 < 3 else "no_problem",
    }  # fmt: skip
    return Row(n + 2, fields)


def _plain(house: House, turn: int) -> float:
    """Processor time of inserting what an import left in the tables of visits, under other names."""
    own = table_of(InspectionRow)
    with house.installation.reading() as session:
        of_import = own.c.number.startswith(f"IMP-{turn}-")
        copied = {own: [_copy(row, "id", "number") for row in session.execute(select(own).where(of_import)).mappings()]}
        for model in (InspectionUnit, InspectionItem, InspectionOfficer):
            beside: Any = table_of(model)
            rows = session.execute(
                select(beside).join(own, own.c.id == beside.c.inspection).where(of_import)
            ).mappings()
            copied[beside] = [_copy(row, "inspection") for row in rows]

    def store(work: Any) -> None:
        for table, rows in copied.items():
            work.session.execute(insert(table), rows)

    begin = worked(house)
    house.perform(store)
    return worked(house) - begin


def _copy(row: Any, *names: str) -> dict[str, Any]:
    """A row under another id, and another number where it has one."""
    return dict(row) | {name: f"P{row[name][name != 'number' :]}" for name in names}


def _export(kind: str, place: Place) -> Iterator[Ratio]:
    """In a process of its own, so that its memory is its own."""
    asked = [sys.executable, "-m", "bench.workbooks", place.url, str(place.instance)]
    said = json.loads(subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    a, b, mib = said["seconds"], said["alone"], said["mib"]
    name, alone = f"{kind}: {said['rows']:,} rows as XLSX", "XlsxWriter alone, the same cells"
    yield Ratio(name, alone, f"≤ {MOST_TIMES}", a / b, a, b, a / b <= MOST_TIMES)
    yield Ratio(f"{name}, MiB above idle", "before it began", f"≤ {MOST_MIB}", mib, mib, 0, mib <= MOST_MIB)
