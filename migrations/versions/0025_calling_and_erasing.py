"""Telephone numbers of enterprises, apart and sealed; call-backs given to observers; observations that can be erased.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprise_phones",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["enterprises.id"], name="fk_enterprise_phones_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_phones"),
    )
    op.create_index("ix_enterprise_phones_kept_at", "enterprise_phones", ["kept_at"])
    op.add_column("callbacks", sa.Column("assigned_to", sa.String(26), nullable=True))
    op.create_index("ix_callbacks_assigned_to", "callbacks", ["assigned_to"])
    op.add_column("observations", sa.Column("salt", sa.LargeBinary(16), nullable=True))


def downgrade() -> None:
    op.drop_column("observations", "salt")
    op.drop_index("ix_callbacks_assigned_to", "callbacks")
    op.drop_column("callbacks", "assigned_to")
    op.drop_table("enterprise_phones")
