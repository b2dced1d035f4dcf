"""Rules over periods: an index by rule, the enterprises that a device arrived at on a day.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_arrivals",
        sa.Column("day_mark", sa.LargeBinary(32), nullable=False),
        sa.Column("enterprise_mark", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day_mark", "enterprise_mark", name="pk_device_arrivals"),
    )
    op.create_index("ix_device_arrivals_expires_at", "device_arrivals", ["expires_at"])
    op.create_index(
        "ix_findings_jurisdiction_rule", "findings", ["jurisdiction", "rule", "standing", "raised_for"]
    )
    with op.batch_alter_table("inspections") as table:
        table.add_column(sa.Column("device_enterprises", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("inspections") as table:
        table.drop_column("device_enterprises")
    op.drop_index("ix_findings_jurisdiction_rule", "findings")
    op.drop_table("device_arrivals")
