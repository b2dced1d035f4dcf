"""Who watches the watchers: discipline inspection's looks, sealed leads and their steps.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looks",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_looks_actor"),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
    )
    op.create_index("ix_looks_jurisdiction_at", "looks", ["jurisdiction", "at"])
    op.create_table(
        "leads",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("way", sa.String(12), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.UniqueConstraint("receipt_hash", name="uq_leads_receipt_hash"),
    )
    op.create_index("ix_leads_jurisdiction", "leads", ["jurisdiction", "state"])
    op.create_table(
        "lead_steps",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("lead", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["lead"], ["leads.id"], name="fk_lead_steps_lead"),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_lead_steps_actor"),
        sa.PrimaryKeyConstraint("id", name="pk_lead_steps"),
        sa.UniqueConstraint("lead", "position", name="uq_lead_steps_lead_position"),
    )


def downgrade() -> None:
    for table in ("lead_steps", "leads", "looks"):
        op.drop_table(table)
