"""Runs the migrations in `migrations/`, from the application rather than from an ini file."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url

from app.store.database import Database

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the schema to `revision`. Does nothing where it is there already, or further than this program knows: one of
    several servers that still runs the older version begins anew over the newer schema, too."""
    if (here := current_revision(engine)) and not knows(here):
        return
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


def holds_something(url: str) -> bool:
    """Whether a database was ever migrated. Creates nothing. Raises DBAPIError where it does not answer: nobody knows then."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
        return False
    database = Database(url)
    try:
        return current_revision(database.engine) is not None
    finally:
        database.dispose()


@cache
def known() -> tuple[str, ...]:
    """The migrations that this program was started with, newest first: asked for at the start, since a newer version that is
    unpacked over this one later brings more, and is not this one."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def head_revision() -> str:
    """The newest migration that this program knows."""
    return known()[0]


def knows(revision: str) -> bool:
    """Whether a schema of `revision` can be brought up to date by this program."""
    return revision in known()
