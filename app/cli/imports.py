"""`flask import …`: all or nothing, errors by row, the same file again changes nothing."""

import csv
import functools
import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.tables import read_table
from app.domain.actors import SYSTEM
from app.installation import Installation
from app.services.imports import reference
from app.services.imports.inspections import COLUMNS, import_inspections
from app.services.imports.rows import Outcome, RowProblem

import_group = AppGroup("import", help="Bring in registers and visits from CSV or XLSX (UTF-8 or GB18030).")
KINDS: dict[str, Any] = {
    "regions": (reference.import_regions, ("code", "name"), "Towns and other regions: code, name[, parent, level]."),
    "units": (reference.import_units, ("code", "name", "region"), "Units: code, name, level, region, role[, parent]."),
    "items": (
        reference.import_items,
        ("code", "unit", "name"),
        "Items: code, unit, name, basis, yearly_cap, published.",
    ),
    "officers": (
        reference.import_officers,
        ("certificate_no", "name", "unit"),
        "Officers: certificate_no, name, unit, valid_from, valid_until[, suspended_from, suspended_until].",
    ),
    "enterprises": (reference.import_enterprises, ("uscc", "name"), "Enterprises: uscc, name[, region, address, …]."),
    "inspections": (
        functools.partial(import_inspections, actor=SYSTEM),
        COLUMNS,
        "Visits registered elsewhere: number, uscc, enterprise_name, unit, kind, …, started_at, ended_at, outcome.",
    ),
}


class _Undo(Exception):
    """Rolls an import back; carries what it found."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("rolled back")
        self.outcome = outcome


def _run(kind: str, file: Path, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
    use_case: Any = KINDS[kind][0]
    progressbar: Any = click.progressbar
    needed = KINDS[kind][1]
    rows = read_table(file, needed)
    installation: Installation = current_app.extensions["jcm"]
    with progressbar(length=len(rows), label=f"{kind}: {len(rows)} rows", file=sys.stderr) as bar:

        def attempt(work: Any) -> Outcome:
            outcome: Outcome = use_case(work, rows, bar.update)
            bad = any(not p.warning for p in outcome.problems)
            if dry_run or (bad and not skip_bad):
                raise _Undo(outcome)
            return outcome

        try:
            outcome, kept = installation.perform(attempt), True
        except _Undo as undone:
            outcome, kept = undone.outcome, False
    _tell(kind, file, outcome, kept, dry_run, as_json)
    if any(not p.warning for p in outcome.problems) and not skip_bad:
        raise SystemExit(1)


def _tell(kind: str, file: Path, outcome: Outcome, kept: bool, dry_run: bool, as_json: bool) -> None:
    for problem in outcome.problems:
        click.echo(str(problem) + (" (warning)" if problem.warning else ""), err=True)
    errors = [p for p in outcome.problems if not p.warning]
    if errors and not dry_run:
        _write_errors(file, errors)
    stored = outcome.stored if kept else 0
    if as_json:
        said = {"stored": stored, "unchanged": outcome.unchanged, "bad": len(errors), "dry_run": dry_run}
        click.echo(json.dumps(said))
    elif dry_run:
        click.echo(
            f"{kind}: would store {outcome.stored}, {outcome.unchanged} unchanged, {len(errors)} bad. Nothing stored."
        )
    else:
        click.echo(f"{kind}: stored {stored}, {outcome.unchanged} unchanged, {len(errors)} bad.")


def _write_errors(file: Path, errors: list[RowProblem]) -> None:
    with Path(f"{file}.errors.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "field", "reason"])
        writer.writerows([p.row, p.field, p.reason] for p in errors)


def _declare(kind: str) -> None:
    @import_group.command(kind, help=KINDS[kind][2])
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Check everything, store nothing.")
    @click.option("--skip-bad", is_flag=True, help="Store the good rows.")
    @click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
    def command(file: Path, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
        _run(kind, file, dry_run, skip_bad, as_json)


for _kind in KINDS:
    _declare(_kind)
