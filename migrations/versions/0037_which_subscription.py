"""Which subscription a message belongs to: its keys are those of the moment of sending, and its owner sees how it went.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("subscription", sa.String(26), nullable=True))
    op.create_index("ix_outbox_subscription", "outbox", ["subscription", "id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_subscription", "outbox")
    op.drop_column("outbox", "subscription")
