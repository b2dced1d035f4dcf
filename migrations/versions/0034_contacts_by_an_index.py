"""Contacts are found without reading the visits, and statistics follow tables that grow.

PostgreSQL looks at a table anew when a tenth of it has changed: of five million visits, those of a month. A new unit, or the days
since, do not exist for the planner until then. The settings take a lock that neither readers nor writers wait for; the index
reads the table once (its rows are few) and lets writers wait for as long.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

GROWING = (
    "inspections", "inspection_units", "inspection_officers", "inspection_items", "codes", "papers", "facts",
    "findings", "speech", "log_entries",
)  # fmt: skip
SETTINGS = ("autovacuum_analyze_scale_factor = 0.01", "autovacuum_vacuum_insert_scale_factor = 0.05")


def upgrade() -> None:
    of_contacts = sa.text("kind = 'contact'")
    op.create_index(
        "ix_inspections_contacts", "inspections", ["id"], postgresql_where=of_contacts, sqlite_where=of_contacts
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in GROWING:
            op.execute(f"ALTER TABLE {table} SET ({', '.join(SETTINGS)})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in GROWING:
            op.execute(f"ALTER TABLE {table} RESET ({', '.join(s.split()[0] for s in SETTINGS)})")
    op.drop_index("ix_inspections_contacts", "inspections")
