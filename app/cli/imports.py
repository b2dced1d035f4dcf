"""`flask import …`: all or nothing, errors by row, the same file again changes nothing."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from app.domain.actors import SYSTEM
from app.domain.errors import DomainError
from app.errors import sentence
from app.installation import Installation
from app.services.imports import plans
from app.services.imports.kinds import KINDS
from app.services.imports.plans import PLANS
from app.services.imports.rows import Outcome, RowProblem
from app.services.imports.running import run
from app.services.imports.sheets import Sheet
from app.services.imports.tables import Table, read_table

import_group = AppGroup("import", help="Bring in registers and visits from CSV or XLSX (UTF-8 or GB18030).")
ALL_KINDS = {**KINDS, PLANS.name: PLANS}


def _run(kind: str, file: Path, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
    progressbar: Any = click.progressbar
    installation: Installation = current_app.extensions["jcm"]
    with force_locale("en"):
        try:
            table: Any = _read(kind, file.read_bytes())
            _tell_of(table)
            rows = table if kind == PLANS.name else table.rows
            with progressbar(length=len(table.rows), label=f"{kind}: {len(table.rows)} rows", file=sys.stderr) as bar:
                outcome, kept = run(
                    ALL_KINDS[kind],
                    installation.perform,
                    rows,
                    bar.update,
                    SYSTEM,
                    dry_run=dry_run,
                    skip_bad=skip_bad,
                )
        except DomainError as error:
            raise click.ClickException(f"{file.name}: {sentence(error.code, error.data)}") from None
        _tell(kind, file, outcome, kept, dry_run, as_json)
    if outcome.errors and not skip_bad:
        raise SystemExit(1)


def _read(kind: str, data: bytes) -> Table | Sheet:
    return plans.read(data) if kind == PLANS.name else read_table(data, KINDS[kind].columns)


def _tell_of(table: Table | Sheet) -> None:
    if table.unused:
        click.echo(f"Columns that are not used: {', '.join(table.unused)}", err=True)
    if table.other_sheets:
        click.echo(f"Only the first sheet is read, not: {', '.join(table.other_sheets)}", err=True)


def _tell(kind: str, file: Path, outcome: Outcome, kept: bool, dry_run: bool, as_json: bool) -> None:
    for problem in outcome.problems:
        click.echo(f"row {problem.row}: {problem.field}: {_say(problem)}{' (warning)' * problem.warning}", err=True)
    errors = outcome.errors
    if errors and not dry_run:
        _write_errors(file, errors)
    stored = outcome.stored if kept else 0
    if as_json:
        said = {"stored": stored, "unchanged": outcome.unchanged, "bad": len(errors), "dry_run": dry_run}
        click.echo(json.dumps(said))
    elif dry_run:
        click.echo(
            f"{kind}: would store {outcome.stored} ({outcome.added} new), {outcome.unchanged} unchanged, "
            f"{len(errors)} bad. Nothing stored."
        )
    else:
        click.echo(f"{kind}: stored {stored}, {outcome.unchanged} unchanged, {len(errors)} bad.")


def _say(problem: RowProblem) -> str:
    return sentence(problem.reason, dict(problem.data))


def _write_errors(file: Path, errors: list[RowProblem]) -> None:
    """Beside the file, where this user may write there; they were printed as well."""
    try:
        with Path(f"{file}.errors.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["row", "field", "reason"])
            writer.writerows([p.row, p.field, _say(p)] for p in errors)
    except OSError as error:
        click.echo(f"{error.filename} could not be written: {error.strerror}.", err=True)


def _declare(kind: str) -> None:
    @import_group.command(kind, help=ALL_KINDS[kind].help)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
    @click.option("--skip-bad", is_flag=True, help="Store the good rows.")
    @click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
    def command(file: Path, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
        _run(kind, file, dry_run, skip_bad, as_json)


for _kind in ALL_KINDS:
    _declare(_kind)
