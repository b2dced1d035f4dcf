"""Its own program: 100,000 visits as a workbook, read and written as the supervisor's export does; prints seconds and memory."""

import json
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from app.queries import exports
from app.services.supervising.exporting import write_xlsx
from bench.house import opened
from tests.house import House

ROWS = 100_000


def main() -> None:
    url, instance = sys.argv[1], Path(sys.argv[2])
    with opened(url, instance) as house, tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "book.xlsx")
        _exported(house, path, 1000)  # what every export loads
        idle = _kib("VmRSS")
        begin = time.process_time()
        _exported(house, path, ROWS)
        seconds = time.process_time() - begin
        mib = (_kib("VmHWM") - idle) / 1024
        with house.installation.browsing() as session:
            cells = list(islice(exports.inspections(session), ROWS))
        begin = time.process_time()
        _alone(cells, path)
        alone = time.process_time() - begin
    print(json.dumps({"rows": len(cells), "seconds": seconds, "alone": alone, "mib": mib}))


def _exported(house: House, path: str, rows: int) -> None:
    with house.installation.browsing() as session:
        write_xlsx(exports.INSPECTION_COLUMNS, islice(exports.inspections(session), rows), path)


def _alone(cells: list[tuple[Any, ...]], path: str) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)


def _kib(name: str) -> int:
    """A figure of this process from the kernel."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))


if __name__ == "__main__":
    main()
