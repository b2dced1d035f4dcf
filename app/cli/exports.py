"""`flask export …`: CSV, XLSX or JSON lines, streamed, safe to open in a spreadsheet."""

import os
import pwd
import sys
from collections.abc import Callable, Iterator, Sequence
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
from app.services import exports as service
from app.services.imports.kinds import KINDS
from app.services.supervising.exporting import BOM, csv_text, json_lines, write_xlsx
from app.services.visiting import enterprise_codes as codes
from app.store.database import Session

Rows = Iterator[tuple[Any, ...]]
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
    """All flags: rule, severity, inspection_number, uscc, unit, raised_for, state. Nothing of officers."""

    def rows(session: Session) -> Rows:
        return (row[: len(exports.FLAG_COLUMNS)] for row in exports.flags(session))

    _export("flags", exports.FLAG_COLUMNS, rows, form, out, excel, exports.flags_count)


@export_group.command("inspections")
@_options
def inspections(form: str, out: Path | None, excel: bool) -> None:
    """All inspections."""
    _export("inspections", exports.INSPECTION_COLUMNS, exports.inspections, form, out, excel, exports.inspections_count)


@export_group.command("enterprise-codes")
@_options
@click.option("--make", is_flag=True, help="First make a code for every enterprise that has none.")
def enterprise_codes(form: str, out: Path | None, excel: bool, make: bool) -> None:
    """The permanent codes (企业码): uscc, enterprise_name, code, url."""
    installation: Installation = current_app.extensions["jcm"]
    if make:
        made = codes.make_all(installation.perform, SYSTEM, {}, lambda done, total: None)["made"]
        click.echo(f"{made} codes made", err=True)
    url = installation.config.public_url
    columns = exports.ENTERPRISE_CODE_COLUMNS
    _export("enterprise-codes", columns, lambda session: exports.enterprise_codes(session, url), form, out, excel)


@export_group.command("ratings")
@_options
def ratings(form: str, out: Path | None, excel: bool) -> None:
    """Closed figures as units see them: unit, quarter, rating in half points; nothing else, whoever runs it."""
    _export("ratings", RATING_COLUMNS, satisfaction.exported, form, out, excel)


def _declare(kind: str) -> None:
    @export_group.command(kind, help=f"The register of {kind}, in the columns in which it is imported.")
    @_options
    def command(form: str, out: Path | None, excel: bool) -> None:
        installation: Installation = current_app.extensions["jcm"]
        columns = [c.name for c in KINDS[kind].columns]
        today = shanghai_day(installation.clock())
        _export(kind, columns, lambda session: EXPORTS[kind](session, None, today), form, out, excel)
        with installation.browsing() as session:
            left_out = without_uscc(session, None) if kind == "enterprises" else 0
        if left_out:
            click.echo(f"{left_out} enterprises without a USCC are not in it.", err=True)


for _kind in EXPORTS:
    _declare(_kind)


def _export(
    what: str, columns: Sequence[str], rows: Callable[[Any], Rows], form: str, out: Path | None, excel: bool,
    count_of: Callable[[Any], int] | None = None,
) -> None:  # fmt: skip
    """Writes one list; that it was taken out, and by which account of this machine, is on record before its first byte.

    `count_of` says how many rows there are; without it they are few and counted."""
    if form == "xlsx" and out is None:
        raise click.ClickException("A workbook needs a file: --out FILE.xlsx")
    installation: Installation = current_app.extensions["jcm"]
    with installation.browsing() as session:
        count = count_of(session) if count_of else sum(1 for _ in rows(session))
    installation.perform(service.record, SYSTEM, what, form, {}, count, _operator())
    with installation.browsing() as session:
        _write(columns, rows(session), form, out, excel)


def _operator() -> str:
    """The account of the operating system; its number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _write(columns: Sequence[str], rows: Rows, form: str, out: Path | None, excel: bool) -> None:
    if form == "xlsx":
        write_xlsx(columns, rows, str(out))
        return
    if out is None:
        _text(columns, rows, form, sys.stdout, excel)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        _text(columns, rows, form, file, excel)


def _text(columns: Sequence[str], rows: Rows, form: str, file: IO[str], excel: bool) -> None:
    if form == "jsonl":
        file.writelines(json_lines(columns, rows))
        return
    if excel:
        file.write(BOM)
    file.writelines(csv_text(columns, rows, harmless=excel))
