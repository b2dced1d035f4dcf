"""Facts about what an enterprise laid before a unit hold salted hashes of its words: the salt, so that they can be erased.

Facts from before keep the words that they hold: a fact is never changed.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("matters") as table:
        table.add_column(sa.Column("salt", sa.LargeBinary(16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("matters") as table:
        table.drop_column("salt")
