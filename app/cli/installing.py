"""`flask init`: keys, database and region of an installation. Repeatable; never overwrites a key."""

import os
import secrets
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import zones
from app.config import Config, load_config
from app.demo.district import DISTRICT
from app.domain.codes.keys import SigningKey
from app.domain.crypto import PROVIDERS
from app.installation import Installation, attached_device, open_installation
from app.queries import health
from app.services import registers, registry
from app.services.planning import plans
from app.store.migrate import current_revision, holds_something, upgrade

ONLY_A_COPY_HELPS = (
    "The database is in use, but its key-encryption key is not here: put back key-encryption.key (or JCM_KEY_ENCRYPTION_KEY) "
    "of this installation, from its backup or its other servers (docs/operations.md, Keys)."
)


@click.command("init")
@click.option("--quiet", is_flag=True, help="Say nothing where everything is there already.")
@click.option("--root/--no-root", default=True, help="Keep the root that signs the key list on this server.")
@with_appcontext
def init(quiet: bool, root: bool) -> None:
    """Create keys (mode 0600), run the migrations, enter the installation's region. Repeatable."""
    config: Config = current_app.extensions["jcm_config"]
    zones.refuse_outside(config.zone)
    done: list[str] = []
    config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not config.key_encryption_key
    if is_new and holds_something(config.database_url):  # no new key would open what stands there
        raise click.ClickException(ONLY_A_COPY_HELPS)
    if not os.environ.get("JCM_SECRET_KEY"):
        done += _create(config.instance / "secret.key", secrets.token_urlsafe(48))
    if is_new:
        done += _create(config.instance / "key-encryption.key", secrets.token_hex(32))
    if root:
        done += _create_root(config)
    config = load_config()
    installation = open_installation(config)
    if config.is_production and current_revision(installation.database.engine):
        _refuse_another_region(installation)
    upgrade(installation.database.engine)
    done += installation.perform(registers.adopt)
    done += installation.perform(plans.adopt)
    if config.is_production or config.jurisdiction != DISTRICT:  # that of the demonstration comes with it
        done += installation.perform(registry.enter_region, config.jurisdiction)
        done += installation.perform(registry.enter_calendar)
    installation.database.dispose()
    for line in done:
        click.echo(line)
    if not quiet:
        click.echo(f"Ready: {config.database_url.split('@')[-1]}, region {config.jurisdiction}, {config.public_url}")


def _refuse_another_region(installation: Installation) -> None:
    """A mistyped JCM_JURISDICTION would begin a second region in the register of another."""
    with installation.reading() as session:
        owner = health.owner(session, installation.config.jurisdiction)
    if owner:
        raise click.ClickException(
            f"This database is that of region {owner}; JCM_JURISDICTION says {installation.config.jurisdiction}."
        )


def _create_root(config: Config) -> list[str]:
    """The root of this kind of cryptography, in the device where one is attached."""
    path = config.instance / "root.key"
    if path.exists():
        return []
    return _create(
        path, SigningKey.made(PROVIDERS[config.cryptography].suite, attached_device(config), "root").to_pem()
    )


def _create(path: Path, text: str) -> list[str]:
    """Writes a secret that only its owner may read, where there is none yet: whole or not at all, whenever it is killed."""
    if path.exists():
        return []
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    beside.rename(path)
    return [f"created {path}"]
