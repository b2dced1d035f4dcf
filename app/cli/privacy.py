"""`flask privacy …`: erase what its time is over, and print the record of personal data."""

import json
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.errors import DomainError
from app.errors import sentence
from app.installation import Installation
from app.operating.privacy import RECORD
from app.services.retention import noted
from app.services.retention.housekeeping import ERASING

privacy_group = AppGroup("privacy", help="Personal data (个人信息).")


@privacy_group.command("erase")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def erase(as_json: bool) -> None:
    """Erase what has no right to stay any more, all of it; the worker does the same by and by."""
    installation: Installation = current_app.extensions["jcm"]
    done: dict[str, int] = {}
    for name, job in ERASING.items():
        done[name] = 0
        while count := installation.perform(job):
            done[name] += count
    click.echo(json.dumps(done) if as_json else "\n".join(f"{count:>6}  {name}" for name, count in done.items()))


@privacy_group.command("erase-matter")
@click.argument("matter")
@click.option("--reason", required=True, help="Why, on record. No names.")
def erase_matter(matter: str, reason: str) -> None:
    """Erase the words of one statement, recusal, wish or self-check (its id, or a wish's number) and of its answer."""
    installation: Installation = current_app.extensions["jcm"]
    try:
        installation.perform(noted.matter_asked_for, matter, reason)
    except DomainError as error:
        raise click.ClickException(sentence(error.code, error.data)) from None
    click.echo("Erased. That it was said, when, and what was decided stay.")


@privacy_group.command("record")
def record() -> None:
    """Print which personal data are kept, whose, why, on which basis and how long, as JSON."""
    click.echo(json.dumps([asdict(kept) for kept in RECORD], ensure_ascii=False, indent=1))
