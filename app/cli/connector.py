"""`flask connector …`: one round by hand, how it stands, and who issues codes."""

import json
from dataclasses import asdict
from datetime import date

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from app.domain.actors import SYSTEM
from app.domain.mirroring import MODES, Issuing
from app.domain.times import rfc3339, shanghai_day
from app.errors import sentence
from app.installation import Installation
from app.queries import connectors as queries
from app.services.connector import issuing
from app.services.connector.from_settings import source_of
from app.services.connector.running import run as run_round

connector_group = AppGroup(
    "connector", help="Visits and registers of another system, and results back (docs/operations.md)."
)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@connector_group.command("run")
@click.option("--registers", is_flag=True, help="Units, items, officers and plans too, even if they are not due.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@with_appcontext
def run(registers: bool, as_json: bool) -> None:
    """One round now: take what is new, give back what was recorded here."""
    installation: Installation = current_app.extensions["jcm"]
    settings = installation.config.connector
    source = source_of(settings)
    if source is None:
        raise click.ClickException("no connector is set: JCM_CONNECTOR_SYSTEM and JCM_CONNECTOR_URL.")
    done = run_round(
        installation.perform, source, settings.system, everything=registers, own_name=installation.config.public_url
    )
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        for name, counts in (("registers", done.registers), ("visits", done.visits)):
            click.echo(f"{name}: {counts.taken} taken, {counts.unchanged} unchanged, {counts.refused} refused")
        click.echo(f"results: {done.returned} given back, {done.not_returned} not; figures: {done.figures}")
    if done.problem:
        raise click.ClickException(f"the round broke off: {done.problem}")


@connector_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@with_appcontext
def status(as_json: bool) -> None:
    """Who issues codes, how far the other system was read, what could not be taken or given back."""
    installation: Installation = current_app.extensions["jcm"]
    config, now = installation.config, installation.clock()
    with installation.reading() as session, force_locale("en"):
        found = queries.status(session, config.connector.system, config.jurisdiction, now)
        refused = [f"{r.kind} {r.number}: {r.field}: {sentence(r.code, json.loads(r.data))}" for r in found.refusals]
    said = {
        "issuing": found.issuing.mode,
        "system": config.connector.system or None,
        "lag_seconds": found.lag_seconds,
        "tried_at": _time(found.tried_at),
        "caught_up_at": _time(found.caught_up_at),
        "problem": found.problem,
        "mirrored": found.mirrored,
        "refused": refused,
        "to_return": found.to_return,
        "differing": [row.number for row in found.differing],
    }
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    for name, value in said.items():
        if isinstance(value, list):
            click.echo(f"{name}: {len(value)}")
            for one in value[:20]:
                click.echo(f"  {one}")
        else:
            click.echo(f"{name}: {'—' if value is None else value}")


@connector_group.command("issuing")
@click.argument("mode", type=click.Choice(MODES))
@click.option("--system", default="", help="The other system, as people call it.")
@click.option("--entry", default="", help="Where codes are applied for there.")
@click.option("--from", "first", type=DAY, help="From which day on; today where nothing is said.")
@with_appcontext
def issuing_command(mode: str, system: str, entry: str, first: date | None) -> None:
    """Set who issues codes in this jurisdiction: own, mirror (another system) or both."""
    installation: Installation = current_app.extensions["jcm"]
    here = installation.config.jurisdiction
    day = shanghai_day(installation.clock()) if first is None else date(first.year, first.month, first.day)
    changed = installation.perform(issuing.set_issuing, SYSTEM, here, Issuing(mode, system, entry), day)
    click.echo(f"{here}: {mode} from {day.isoformat()}" if changed else f"{here}: {mode} already")


def _time(value: object) -> str | None:
    return rfc3339(value) if value else None  # type: ignore[arg-type]
