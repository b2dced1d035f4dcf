"""Papers: their state, their numbers, what units set for them.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("drafter", sa.String(26), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer", sa.String(26), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("signer", sa.String(26), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(120), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_papers_unit"),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_papers_enterprise"),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("unit", "kind", "year", "serial", name="uq_papers_unit_kind_year_serial"),
    )
    op.create_index("ix_papers_subject_kind_subject_id", "papers", ["subject_kind", "subject_id"])
    op.create_index("ix_papers_enterprise_served_at", "papers", ["enterprise", "served_at"])
    op.create_index("ix_papers_unit_state", "papers", ["unit", "state"])
    op.create_table(
        "paper_counters",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_paper_counters_unit"),
        sa.PrimaryKeyConstraint("unit", "kind", "year", name="pk_paper_counters"),
    )
    op.create_table(
        "paper_settings",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(30), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_paper_settings_unit"),
        sa.PrimaryKeyConstraint("unit", name="pk_paper_settings"),
        sa.UniqueConstraint("prefix", name="uq_paper_settings_prefix"),
    )


def downgrade() -> None:
    op.drop_table("paper_settings")
    op.drop_table("paper_counters")
    op.drop_table("papers")
