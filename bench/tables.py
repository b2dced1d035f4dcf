"""Whole tables in and out: visits imported with all rules, a hundred thousand rows as a workbook."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.domain.actors import SYSTEM
from app.services.imports.inspections import import_inspections
from app.services.imports.rows import Row
from app.store.models import InspectionItem, InspectionOfficer, InspectionRow, InspectionUnit
from app.store.models.base import table_of
from bench.district import VISITS_OF_ENTERPRISE, uscc_of
from bench.house import opened
from bench.measure import Ratio
from bench.served import Place
from tests.house import MONDAY, House

IMPORTED, ROUNDS = 2_000, 3
MOST_TIMES, MOST_MIB = 1.5, 64
ROOT = Path(__file__).resolve().parents[1]


def run(large: Place, kind: str) -> Iterator[Ratio]:
    with opened(large.url, large.instance) as house:
        yield _import(kind, house, large.size)
    yield from _export(kind, large)


def _import(kind: str, house: House, size: int) -> Ratio:
    """Seconds of the fastest of some imports over those of inserting the rows that they left, into the same tables."""
    house.clock.now = MONDAY
    pairs = []
    for turn in range(ROUNDS):
        rows = [_row(turn, n, size) for n in range(IMPORTED)]
        begin = time.perf_counter()
        outcome = house.perform(import_inspections, rows, lambda _: None, SYSTEM)
        spent = time.perf_counter() - begin
        assert outcome.stored == IMPORTED and not outcome.errors, outcome.problems[:3]
        pairs.append((spent, _plain(house, turn)))
    a, b = (min(seconds) for seconds in zip(*pairs, strict=True))
    name = f"{kind}: {IMPORTED:,} visits imported, {size:,} visits"
    return Ratio(name, "plain bulk insert of the same rows", "≤ 25", a / b, a, b, a / b <= 25)


def _row(turn: int, n: int, size: int) -> Row:
    day = MONDAY - timedelta(days=1 + n % 400, hours=n % 3)
    unit = n % 30
    fields = {
        "number": f"IMP-{turn}-{n}", "uscc": uscc_of((turn * IMPORTED + n * 7) % (size // VISITS_OF_ENTERPRISE)),
        "enterprise_name": f"云汀示例{n}号店", "unit": f"YT-B{unit:02d}", "kind": "planned", "started_at": day.isoformat(),
        "items": f"YT-B{unit:02d}-0", "officers": f"98{unit:03d}000;98{unit:03d}001", "outcome": "no_problem",
    }  # fmt: skip
    return Row(n + 2, fields)


def _plain(house: House, turn: int) -> float:
    """Seconds to insert what an import left in the tables of visits, under other names."""
    own = table_of(InspectionRow)
    with house.installation.reading() as session:
        found = session.execute(select(own).where(own.c.number.startswith(f"IMP-{turn}-"))).mappings().all()
        ids = [row["id"] for row in found]
        copied = {own: [dict(row) | {"id": _other(row["id"]), "number": f"P{row['number']}"} for row in found]}
        for model in (InspectionUnit, InspectionItem, InspectionOfficer):
            beside: Any = table_of(model)
            rows = session.execute(select(beside).where(beside.c.inspection.in_(ids))).mappings()
            copied[beside] = [dict(row) | {"inspection": _other(row["inspection"])} for row in rows]

    def store(work: Any) -> None:
        for table, rows in copied.items():
            work.session.execute(insert(table), rows)

    begin = time.perf_counter()
    house.perform(store)
    return time.perf_counter() - begin


def _other(own_id: str) -> str:
    return f"P{own_id[1:]}"


def _export(kind: str, place: Place) -> Iterator[Ratio]:
    """In a process of its own, so that its memory is its own."""
    asked = [sys.executable, "-m", "bench.workbooks", place.url, str(place.instance)]
    said = json.loads(subprocess.run(asked, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    a, b, mib = said["seconds"], said["alone"], said["mib"]
    name, alone = f"{kind}: {said['rows']:,} rows as XLSX", "XlsxWriter alone, the same cells"
    yield Ratio(name, alone, f"≤ {MOST_TIMES}", a / b, a, b, a / b <= MOST_TIMES)
    yield Ratio(f"{name}, MiB above idle", "before it began", f"≤ {MOST_MIB}", mib, mib, 0, mib <= MOST_MIB)
