"""Runs the migrations in `migrations/`, from the application rather than from an ini file."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the schema to `revision`. Does nothing where it is there already."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def serves(engine: Engine) -> bool:
    """Whether this program may serve the schema: the newest it knows, or a newer one, which keeps what older programs use
    (docs/operations.md, upgrade): servers are exchanged one by one after the migration."""
    revision = current_revision(engine)
    return revision == head_revision() or (revision is not None and not knows(revision))


def current_revision(engine: Engine) -> str | None:
    """The migration that the schema is at; None in an empty database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head_revision() -> str | None:
    """The newest migration that this program was started with: a newer version unpacked beside it is not its own."""
    return ScriptDirectory.from_config(_config()).get_current_head()


@cache
def knows(revision: str) -> bool:
    """Whether a schema of `revision` can be brought up to date by this program."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:  # a revision of a newer program
        return False
