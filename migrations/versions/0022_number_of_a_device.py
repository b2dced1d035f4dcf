"""A comparison number remembers, under a key of its code, for which device it was made: a phone has one at a time.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("challenges") as table:
        table.add_column(sa.Column("mark", sa.LargeBinary(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("challenges") as table:
        table.drop_column("mark")
