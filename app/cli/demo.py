"""`flask demo load`: the demonstration district, for JCM_ENV=demo and test only."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from app.demo import load as demo
from app.demo import plans
from app.installation import Installation
from app.services.people.passwords import MIN_PASSWORD
from app.services.transparency import log

demo_group = AppGroup("demo", help="The invented district 云汀区, for trying things out.")


@demo_group.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing where the demonstration is loaded already.")
@click.option("--set-passwords-from-stdin", is_flag=True, help="Read a password and give it to the four accounts.")
@click.option("--registers-only", is_flag=True, help="No visits: for a district beside another system.")
def load(if_empty: bool, set_passwords_from_stdin: bool, registers_only: bool) -> None:
    """Load the demonstration: units, items, enterprises, and a quarter of visits up to today."""
    installation: Installation = current_app.extensions["jcm"]
    if installation.config.is_production:
        raise click.ClickException("The demonstration is for JCM_ENV=demo or test only.")
    password = sys.stdin.readline().strip() if set_passwords_from_stdin else ""
    password = password or installation.config.demo_password or ""
    if len(password) < MIN_PASSWORD:
        raise click.ClickException(
            f"Give the accounts a password of at least {MIN_PASSWORD} characters: JCM_DEMO_PASSWORD=…"
        )
    if registers_only and installation.perform(demo.is_empty):
        installation.perform(demo.load_registers, password)
    elif installation.perform(demo.is_empty):
        click.echo("Loading the demonstration district 云汀区 …", err=True)
        installation.perform(demo.load, password)
        log.advance(installation.perform)  # what was promised stands in the log before anything is drawn
        installation.perform(plans.draw_lots)
    elif not if_empty:
        raise click.ClickException("This database is not empty. Choose another: JCM_DATABASE_URL=sqlite:///….sqlite3")
    elif set_passwords_from_stdin and installation.perform(demo.has_accounts):
        installation.perform(demo.set_passwords, password)
    click.echo(" ".join(name for name, *_ in demo.ACCOUNTS))
