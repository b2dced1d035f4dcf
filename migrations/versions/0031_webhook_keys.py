"""A webhook has a key of its own: its number, and since when (the one before is good for a while longer).

Subscriptions from before keep 0: the one key of the installation, until their owner takes a key of their own.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("key_no", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("key_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.drop_column("key_since")
        table.drop_column("key_no")
