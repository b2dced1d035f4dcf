"""The registers that nearly every request reads have a version: a random value that triggers exchange with each change.

Processes keep what they read under it (app/store/reference.py). A counter would not do: the number of a change that was
rolled back comes again.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLES = (
    "regions", "units", "unit_territories", "items", "item_terms", "jurisdiction_settings", "calendar_days", "policies",
    "unit_keys",
)  # fmt: skip
HAPPENS = ("INSERT", "UPDATE", "DELETE")
ANOTHER = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.create_table(
        "register_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_register_version"),
    )
    op.execute(f"INSERT INTO register_version (id, version) VALUES (1, {ANOTHER[dialect]})")
    exchange = f"UPDATE register_version SET version = {ANOTHER[dialect]};"
    if dialect == "sqlite":
        for table in TABLES:
            for what in HAPPENS:
                op.execute(f"CREATE TRIGGER {_name(table, what)} AFTER {what} ON {table} BEGIN {exchange} END")
        return
    op.execute(
        "CREATE FUNCTION exchange_register_version() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {exchange} RETURN NULL; END $$"
    )
    for table in TABLES:
        for what in HAPPENS:
            op.execute(
                f"CREATE TRIGGER {_name(table, what)} AFTER {what} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION exchange_register_version()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for what in HAPPENS:
            op.execute(f"DROP TRIGGER {_name(table, what)}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION exchange_register_version()")
    op.drop_table("register_version")


def _name(table: str, what: str) -> str:
    return f"version_{table}_{what.lower()}"
