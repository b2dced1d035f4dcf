"""`flask export …`: CSV, XLSX or JSON lines, streamed, safe to open in a spreadsheet."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import click
import xlsxwriter
from flask import current_app
from flask.cli import AppGroup

from app.domain.times import shanghai_day
from app.installation import Installation
from app.queries import exports

export_group = AppGroup("export", help="Take lists out as CSV, XLSX or JSON lines.")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _options(command: Any) -> Any:
    for option in (
        click.option("--excel", is_flag=True, help="CSV for Excel: with BOM, and formulas made harmless."),
        click.option(
            "--out", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of standard output."
        ),
        click.option("--format", "form", type=click.Choice(["csv", "xlsx", "jsonl"]), default="csv", show_default=True),
    ):
        command = option(command)
    return command


@export_group.command("flags")
@_options
def flags(form: str, out: Path | None, excel: bool) -> None:
    """All flags: rule, severity, inspection_number, uscc, unit, raised_for, state."""
    with _reading() as session:
        _write(exports.FLAG_COLUMNS, exports.flags(session), form, out, excel)


@export_group.command("inspections")
@_options
def inspections(form: str, out: Path | None, excel: bool) -> None:
    """All inspections."""
    with _reading() as session:
        _write(exports.INSPECTION_COLUMNS, exports.inspections(session), form, out, excel)


@export_group.command("ratings")
@_options
def ratings(form: str, out: Path | None, excel: bool) -> None:
    """Ratings by unit and closed quarter, from at least ten enterprises, in half points."""
    installation: Installation = current_app.extensions["jcm"]
    today = shanghai_day(installation.clock())
    quarter = f"{today.year}-Q{(today.month + 2) // 3}"
    with _reading() as session:
        _write(exports.RATING_COLUMNS, exports.ratings(session, quarter), form, out, excel)


def _reading() -> Any:
    installation: Installation = current_app.extensions["jcm"]
    return installation.reading()


def _write(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], form: str, out: Path | None, excel: bool) -> None:
    if form == "xlsx":
        _xlsx(columns, rows, out)
        return
    if out is None:
        _text(columns, rows, form, sys.stdout, excel)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        _text(columns, rows, form, file, excel)


def _text(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], form: str, file: IO[str], excel: bool) -> None:
    if form == "jsonl":
        for row in rows:
            file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
        return
    if excel:
        file.write("\ufeff")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row] if excel else row)


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _xlsx(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], out: Path | None) -> None:
    if out is None:
        raise click.ClickException("A workbook needs a file: --out FILE.xlsx")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
