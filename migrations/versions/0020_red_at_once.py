"""Red flags at once: which subscriptions want them, and which of them were told of which flag.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("subscriptions") as table:
        table.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("subscriptions") as table:
        table.alter_column("urgent", server_default=None)
    op.create_table(
        "red_told",
        sa.Column("subscription", sa.String(26), nullable=False),
        sa.Column("finding", sa.String(26), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subscription", "finding", name="pk_red_told"),
    )
    op.create_index("ix_findings_raised_at", "findings", ["raised_at"])


def downgrade() -> None:
    op.drop_index("ix_findings_raised_at", "findings")
    op.drop_table("red_told")
    with op.batch_alter_table("subscriptions") as table:
        table.drop_column("urgent")
