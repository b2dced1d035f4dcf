"""`flask export …`: CSV, XLSX or JSON lines, streamed, safe to open in a spreadsheet."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.actors import SYSTEM
from app.domain.times import shanghai_day
from app.installation import Installation
from app.queries import exports, satisfaction
from app.queries.register_exports import EXPORTS, without_uscc
from app.services import enterprise_codes as codes
from app.services.exporting import BOM, csv_text, json_lines, write_xlsx
from app.services.imports.kinds import KINDS

RATING_COLUMNS = ("unit", "quarter", "rating")
export_group = AppGroup("export", help="Take lists out as CSV, XLSX or JSON lines.")


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


@export_group.command("enterprise-codes")
@_options
@click.option("--make", is_flag=True, help="First make a code for every enterprise that has none.")
def enterprise_codes(form: str, out: Path | None, excel: bool, make: bool) -> None:
    """The permanent codes (企业码): uscc, enterprise_name, code, url."""
    installation: Installation = current_app.extensions["jcm"]
    if make:
        made = codes.make_all(installation.perform, SYSTEM, {}, lambda done, total: None)["made"]
        click.echo(f"{made} codes made", err=True)
    with _reading() as session:
        rows = exports.enterprise_codes(session, installation.config.public_url)
        _write(exports.ENTERPRISE_CODE_COLUMNS, rows, form, out, excel)


@export_group.command("ratings")
@_options
def ratings(form: str, out: Path | None, excel: bool) -> None:
    """Closed figures as units see them: unit, quarter, rating in half points; nothing else, whoever runs it."""
    with _reading() as session:
        _write(RATING_COLUMNS, satisfaction.exported(session), form, out, excel)


def _declare(kind: str) -> None:
    @export_group.command(kind, help=f"The register of {kind}, in the columns in which it is imported.")
    @_options
    def command(form: str, out: Path | None, excel: bool) -> None:
        installation: Installation = current_app.extensions["jcm"]
        columns = [c.name for c in KINDS[kind].columns]
        with _reading() as session:
            _write(columns, EXPORTS[kind](session, None, shanghai_day(installation.clock())), form, out, excel)
            left_out = without_uscc(session, None) if kind == "enterprises" else 0
        if left_out:
            click.echo(f"{left_out} enterprises without a USCC are not in it.", err=True)


for _kind in EXPORTS:
    _declare(_kind)


def _reading() -> Any:
    installation: Installation = current_app.extensions["jcm"]
    return installation.browsing()


def _write(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], form: str, out: Path | None, excel: bool) -> None:
    if form == "xlsx":
        if out is None:
            raise click.ClickException("A workbook needs a file: --out FILE.xlsx")
        write_xlsx(columns, rows, str(out))
        return
    if out is None:
        _text(columns, rows, form, sys.stdout, excel)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        _text(columns, rows, form, file, excel)


def _text(columns: Sequence[str], rows: Iterator[tuple[Any, ...]], form: str, file: IO[str], excel: bool) -> None:
    if form == "jsonl":
        file.writelines(json_lines(columns, rows))
        return
    if excel:
        file.write(BOM)
    file.writelines(csv_text(columns, rows, harmless=excel))
