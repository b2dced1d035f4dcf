"""The commands: `flask --app wsgi …`. Each calls the same services as the pages and the API.

A command ends with 0, or with one line of reason and another status: never with a traceback for what a user got wrong.
"""

import functools
import warnings
from typing import Any

import click
from flask import Flask

from app.cli.access import tokens_group, users_group
from app.cli.backup import backup_group
from app.cli.callbacks import callbacks_group
from app.cli.connector import connector_group
from app.cli.demo import demo_group
from app.cli.doctor import doctor
from app.cli.exports import export_group
from app.cli.imports import import_group
from app.cli.installing import init
from app.cli.log import log_group
from app.cli.lots import lots_group
from app.cli.privacy import privacy_group
from app.cli.registers import codes_group, flags_group, keys_group
from app.cli.serve import serve
from app.cli.telling import report_group
from app.cli.worker import worker
from app.cli.zones import zones_group
from app.config import ConfigError
from app.domain.errors import DomainError
from app.errors import sentence
from app.store.trouble import cannot_work_now, in_a_line

# `python -m app.cli.doctor` works without `flask`; that all commands were imported before it is no news for its reader.
warnings.filterwarnings("ignore", message="'app.cli.* found in sys.modules", category=RuntimeWarning)

COMMANDS: tuple[click.Command, ...] = (
    init, serve, worker, doctor, demo_group, users_group, tokens_group, import_group, export_group, flags_group, codes_group,
    keys_group, log_group, lots_group, report_group, callbacks_group, backup_group, privacy_group,
    connector_group, zones_group,
)  # fmt: skip


def register_cli(app: Flask) -> None:
    for command in COMMANDS:
        _explain(command)
        app.cli.add_command(command)


def _explain(command: click.Command) -> None:
    """Turns what the domain refuses into one line, for a command and all below it."""
    for inner in getattr(command, "commands", {}).values():
        _explain(inner)
    if command.callback is None or hasattr(command.callback, "explains"):
        return
    plain = command.callback

    @functools.wraps(plain)
    def explained(*args: Any, **kwargs: Any) -> Any:
        try:
            return plain(*args, **kwargs)
        except Exception as error:
            reason = _reason(error)
            if reason is None:
                raise
            raise click.ClickException(reason) from None

    explained.explains = True  # type: ignore[attr-defined]
    command.callback = explained


def _reason(error: Exception) -> str | None:
    """What to tell instead of a trace; None where the mistake is ours."""
    if isinstance(error, DomainError):
        return f"{error.code}: {sentence(error.code, error.data)}"
    if isinstance(error, ConfigError):
        return str(error)
    if isinstance(error, KeyError) and error.args == ("jcm",):
        return "This installation has no keys yet: run 'flask --app wsgi init' first."
    if isinstance(error, OSError) and error.filename is not None:  # a file that the user named
        return f"{error.filename}: {error.strerror}."
    return f"The database cannot work now: {in_a_line(error)}" if cannot_work_now(error) else None
