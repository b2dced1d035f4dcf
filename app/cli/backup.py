"""`flask backup …`: the whole installation in one sealed file, and back onto an empty one."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.clock import system_clock
from app.config import Config
from app.domain.crypto import PROVIDERS
from app.operating.backup import making, restoring
from app.operating.backup.locks import BackupError, Identity, Key, Lock, Passphrase, Recipient
from app.operating.backup.making import Manifest

backup_group = AppGroup("backup", help="Backup and restore (备份与恢复).")
file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file whose first line is it.",
)
key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of `backup new-key`.",
)
programs_option = click.option(
    "--pg-bin",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of pg_dump and pg_restore.",
)


def _config() -> Config:
    found: Config = current_app.extensions["jcm_config"]
    return found


@backup_group.command("new-key")
@file_argument
def new_key(file: Path) -> None:
    """Make a key pair for backups; keep FILE off the server, give --recipient the line that is printed."""
    identity = Identity.generate(PROVIDERS[_config().cryptography])
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(f"{identity}\n")
    click.echo(identity.recipient())


@backup_group.command("make")
@file_argument
@click.option("--recipient", "recipients", multiple=True, help="Who can read it: the public half of a key; repeatable.")
@passphrase_option
@click.option("--root/--no-root", default=True, help="Take root.key along where it is on this server.")
@programs_option
def make(
    file: Path, recipients: tuple[str, ...], passphrase_file: Path | None, root: bool, pg_bin: Path | None
) -> None:
    """Write database, keys and the state of the log to one sealed FILE. Everybody works on meanwhile."""
    try:
        locks: list[Lock] = [Recipient.parse(text) for text in recipients]
        if passphrase_file or not locks:
            locks.append(_passphrase(passphrase_file, new=True))
        manifest = making.make(_config(), file, locks, system_clock(), with_root=root, programs=pg_bin)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file}: {_said(manifest)}")


@backup_group.command("check")
@file_argument
@key_option
@passphrase_option
@click.option("--json", "as_json", is_flag=True, help="Print the manifest.")
def check(file: Path, key_file: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Read all of a backup and compare every hash; stores nothing."""
    try:
        manifest = restoring.check(file, _key(key_file, passphrase_file))
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(asdict(manifest), ensure_ascii=False) if as_json else f"whole: {_said(manifest)}")


@backup_group.command("restore")
@file_argument
@key_option
@passphrase_option
@click.option(
    "--seen", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What somebody saw of the log: a witness's state, a checkpoint; repeatable.",
)  # fmt: skip
@click.option("--accept-loss", is_flag=True, help="Restore even where entries of the log are lost.")
@programs_option
def restore(
    file: Path,
    key_file: Path | None,
    passphrase_file: Path | None,
    seen: tuple[Path, ...],
    accept_loss: bool,
    pg_bin: Path | None,
) -> None:
    """Restore a backup onto an empty installation, keys included, and audit its log."""
    try:
        key = _key(key_file, passphrase_file)
        done = restoring.restore(_config(), file, key, seen=seen, accept_loss=accept_loss, programs=pg_bin)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"restored: {_said(done.manifest)}")
    if done.lost:
        click.echo(
            f"{done.lost} entries that somebody had seen are lost; the register says so (installation.restored)."
        )
    for discrepancy in done.discrepancies:
        click.echo(f"{discrepancy.code}: {discrepancy.text}", err=True)
    if done.discrepancies:
        raise click.ClickException(
            f"{len(done.discrepancies)} discrepancies: do not serve this before they are explained."
        )
    click.echo("The log was verified. Look at `doctor`, then start.")


def _said(manifest: Manifest) -> str:
    size = sum(size for _, size, _ in manifest.files)
    return f"{manifest.database} of {manifest.made_at}, {size} bytes, {manifest.log.size} entries of the log"


def _key(key_file: Path | None, passphrase_file: Path | None) -> Key:
    return Identity.parse(key_file.read_text(encoding="ascii")) if key_file else _passphrase(passphrase_file)


def _passphrase(file: Path | None, new: bool = False) -> Passphrase:
    if file is None:
        return Passphrase(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new))
    lines = file.read_text(encoding="utf-8").splitlines()
    return Passphrase(lines[0] if lines else "")
