"""`flask zones …`: what the public zone gets from the inside (docs/operations.md, Two zones)."""

import os
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app import zones
from app.installation import Installation
from app.operating import zone_grants
from app.services import zone_sealing

QUICKLY = ("SET LOCAL lock_timeout = '5s';", "SET LOCAL client_min_messages = warning;")  # rather not at all

zones_group = AppGroup("zones", help="Two zones: pages on the internet, the rest inside (docs/operations.md).")


@zones_group.command("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def key(file: Path) -> None:
    """Write the public zone's key to FILE (mode 0600): carry it to `instance/public-zone.key` of the public machine."""
    installation: Installation = current_app.extensions["jcm"]
    zones.refuse_outside(installation.config.zone)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{file} exists; nothing was written.") from None
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(zones.public_key_of(installation.config.key_encryption_key).hex() + "\n")
    click.echo(f"wrote {file}")


@zones_group.command("grants")
@click.argument("role")
def grants(role: str) -> None:
    """Print the SQL that gives the database role ROLE what the public zone needs; run it after every upgrade.

    One transaction: no request meets half of it.
    """
    try:
        click.echo("\n".join(("BEGIN;", *QUICKLY, *zone_grants.statements(role), "COMMIT;")))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@zones_group.command("prepare")
@with_appcontext
def prepare() -> None:
    """Seal anew, with the public zone's key, what enterprises read on their own pages; once, with JCM_ZONE=inside."""
    installation: Installation = current_app.extensions["jcm"]
    if installation.config.zone != zones.INSIDE:
        raise click.ClickException("this is done with JCM_ZONE=inside.")
    count, last = 0, ""
    for step in zone_sealing.STEPS:
        last = ""
        while True:
            done, last = installation.perform(step, last)
            count += done
            if not last:
                break
    click.echo(f"sealed {count} anew")
