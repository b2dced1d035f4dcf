"""Tables that leave the house: CSV, XLSX or JSON lines, written as they come, harmless when a spreadsheet opens them."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import xlsxwriter

from app.services.imports.tables import FORMULA_STARTS

AT_ONCE = 500
BOM = "\ufeff"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, harmless: bool) -> Iterator[str]:
    """Pieces of CSV. `harmless`: what a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # RFC 4180: CR LF ends a line, so that either of them inside a cell puts it in quotes
    writer.writerow(columns)
    for count, row in enumerate(rows, start=1):
        writer.writerow([_harmless(cell) for cell in row] if harmless else row)
        if count % AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def json_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"


def write_xlsx(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], path: str | IO[bytes], notes: Sequence[str] = ()
) -> None:
    """A workbook with one sheet, row by row to disk (or into a buffer); texts stay texts. `notes` stand above the header."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(columns) - 1, 18, text)
        for number, note in enumerate(notes):
            sheet.write_string(number, 0, note)
        sheet.freeze_panes(len(notes) + 1, 0)
        sheet.write_row(len(notes), 0, columns)
        for number, row in enumerate(rows, start=len(notes) + 1):
            sheet.write_row(number, 0, row)


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
