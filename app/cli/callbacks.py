"""`flask callbacks …`: draws the week's call-backs by hand; the worker does it by itself."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain import callbacks as domain
from app.domain.errors import Refused
from app.installation import Installation
from app.services.supervising import callback_draws
from app.services.transparency import log as log_service
from app.store.unit_of_work import UnitOfWork

callbacks_group = AppGroup("callbacks", help="Call-backs by lot (回访抽查).")


@callbacks_group.command("draw")
@click.option("--week", help="The ISO week that is drawn for, over by now. Default: the one that ended last.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def draw(week: str | None, as_json: bool) -> None:
    """Fix the pools of a week, let the log show the promise, and draw. The same week again changes nothing."""
    installation: Installation = current_app.extensions["jcm"]
    week = week or domain.last_week(installation.clock())
    fixed = installation.perform(_commit, week)
    log_service.advance(installation.perform)
    made = installation.perform(_draw)
    said = {"week": week, "pools": fixed, "callbacks": made}
    click.echo(json.dumps(said) if as_json else f"{week}: {fixed} pools fixed, {made} enterprises to ask.")


def _commit(work: UnitOfWork, week: str) -> int:
    bureaus = callback_draws.bureaus(work)
    if not bureaus:
        raise Refused("no_supervising_unit")
    return sum(callback_draws.commit_week(work, bureau, week) for bureau in bureaus)


def _draw(work: UnitOfWork) -> int:
    return sum(callback_draws.draw_waiting(work, bureau) for bureau in callback_draws.bureaus(work))
