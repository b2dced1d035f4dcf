"""The migrations make exactly the tables of the models, forward and back, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app.store.database import Database
from app.store.migrate import current_revision, downgrade, head_revision, upgrade
from app.store.models import Base


def test_the_migrated_schema_is_the_schema_of_the_models(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    database.dispose()


def test_the_triggers_of_figures_are_there_after_the_last_migration(database_url: str) -> None:
    """`batch_alter_table` of a later migration would drop them on SQLite without a word (decisions/0024)."""
    database = Database(database_url)
    listing = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not database.is_sqlite:
        listing = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with database.engine.connect() as connection:
        found = set(connection.scalars(text(listing)))
    database.dispose()
    changed = ("inspections", "inspection_units", "inspection_items", "inspection_officers", "findings", "speech")
    wanted = {f"mark_{table}_{what}" for table in changed for what in ("insert", "update", "delete")}
    assert wanted | {"mark_facts_insert", "mark_enterprises_update", "mark_units_update"} <= found


def test_down_to_nothing_and_up_again(database_url: str) -> None:
    database = Database(database_url)
    assert current_revision(database.engine) == head_revision() is not None
    downgrade(database.engine, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade(database.engine)
    assert current_revision(database.engine) == head_revision()
    database.dispose()
