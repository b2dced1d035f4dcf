"""`flask users …` and `flask tokens …`: who may sign in, and which systems may call."""

import json
import sys
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.actors import ROLES
from app.installation import Installation
from app.services.people import accounts, second_factors, tokens

users_group = AppGroup("users", help="People who sign in.")
tokens_group = AppGroup("tokens", help="API tokens for other systems.")
ROLE = click.Choice(ROLES)


def _installation() -> Installation:
    found: Installation = current_app.extensions["jcm"]
    return found


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    entered: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


@users_group.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--unit", required=True, help="Code of the unit.")
@click.option("--role", type=ROLE, required=True)
@click.option("--certificate", help="Enforcement certificate number, for inspectors.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def users_add(username: str, name: str, unit: str, role: str, certificate: str | None, password_stdin: bool) -> None:
    """Add a person with one role in one unit."""
    _installation().perform(accounts.add_user, username, name, unit, role, _password(password_stdin), certificate)
    click.echo(f"added {username} ({role}, {unit})")


@users_group.command("disable")
@click.argument("username")
def users_disable(username: str) -> None:
    """Close an account and end its sessions; what the person recorded stays."""
    _installation().perform(accounts.set_open, username, False)
    click.echo(f"disabled {username}")


@users_group.command("reset")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def users_reset(username: str, password_stdin: bool) -> None:
    """Set a new password and end all sessions."""
    _installation().perform(accounts.set_password, username, _password(password_stdin))
    click.echo(f"new password for {username}; all sessions ended")


@users_group.command("reset-factor")
@click.argument("username")
def users_reset_factor(username: str) -> None:
    """Take the second factor of somebody who lost it out of use and end all sessions."""
    _installation().perform(second_factors.reset_by_name, username)
    click.echo(f"second factor of {username} taken away; all sessions ended")


@tokens_group.command("issue")
@click.option("--unit", required=True, help="Code of the unit.")
@click.option("--role", type=ROLE, required=True)
@click.option("--name", required=True, help="What the token is for.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day (UTC).")
@click.option(
    "--scope", multiple=True, help="What it may do: read, inspections, inspections:read … Default: all of the role."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tokens_issue(
    unit: str, role: str, name: str, expires: datetime | None, scope: tuple[str, ...], as_json: bool
) -> None:
    """Issue a token. It is shown once, alone on the last line, and stored only as a hash."""
    ends = expires.astimezone() if expires else None
    token = _installation().perform(tokens.issue_token, unit, role, name, ends, " ".join(scope))
    if as_json:
        click.echo(json.dumps({"token": token, "unit": unit, "role": role, "name": name}, ensure_ascii=False))
        return
    click.echo(f"Token for {name} ({role}, {unit}). Keep it: it is not shown again.")
    click.echo(token)


@tokens_group.command("revoke")
@click.argument("name")
def tokens_revoke(name: str) -> None:
    """Revoke every token of that name."""
    count = _installation().perform(tokens.revoke_tokens, name)
    click.echo(f"revoked {count} token(s) named {name}")
