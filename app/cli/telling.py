"""`flask report make`: weekly, monthly and yearly reports, as the page 报告 makes them."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.actors import SYSTEM
from app.domain.telling import EXAMPLES, FORMS, KINDS, asked, last_whole
from app.domain.times import shanghai_day
from app.installation import Installation
from app.telling import making

report_group = AppGroup("report", help="Weekly, monthly and yearly reports.")


@report_group.command("make")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--period", help=f"As in {', '.join(EXAMPLES.values())}; default: the last whole one.")
@click.option("--format", "form", type=click.Choice(FORMS), default="pdf", show_default=True)
@click.option("--region", help="Region; default: this installation's.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write it to a file.")
def report_make(kind: str, period: str | None, form: str, region: str | None, out: Path | None) -> None:
    """Make a report and keep it with the others; who made which is in the log."""
    installation: Installation = current_app.extensions["jcm"]
    now = installation.clock()
    wanted = asked(kind, period or last_whole(kind, shanghai_day(now)), form, shanghai_day(now))
    where = region or installation.config.jurisdiction
    data = making.make(installation.perform, installation.reading, SYSTEM, where, wanted, now)
    if out is not None:
        out.write_bytes(data)
    click.echo(f"{wanted.kind} {wanted.period} {wanted.form}: {len(data)} bytes{f', written to {out}' if out else ''}")
