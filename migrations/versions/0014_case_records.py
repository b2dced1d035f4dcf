"""Records of the units' own systems, and where each stands in the reconciliation.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_records",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("uscc", sa.String(18), nullable=True),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("name_key", sa.String(200), nullable=True),
        sa.Column("address", sa.String(400), nullable=True),
        sa.Column("address_key", sa.String(100), nullable=True),
        sa.Column("unit", sa.String(64), nullable=True),
        sa.Column("unit_text", sa.String(100), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("officers", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_inspection", sa.String(26), nullable=True),
        sa.Column("decided_enterprise", sa.String(26), nullable=True),
        sa.Column("rejected", sa.Text(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("enterprise_id", sa.String(26), nullable=True),
        sa.Column("inspection_id", sa.String(26), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_case_records_unit"),
        sa.ForeignKeyConstraint(["decided_inspection"], ["inspections.id"], name="fk_case_records_decided_inspection"),
        sa.ForeignKeyConstraint(["decided_enterprise"], ["enterprises.id"], name="fk_case_records_decided_enterprise"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_case_records_enterprise_id"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_case_records_inspection_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_records"),
        sa.UniqueConstraint("jurisdiction", "kind", "source", "number", name="uq_case_records_jurisdiction_kind_source_number"),
    )
    op.create_index("ix_case_records_jurisdiction_state", "case_records", ["jurisdiction", "state", "kind"])
    op.create_index("ix_case_records_enterprise_day", "case_records", ["enterprise_id", "day"])
    op.create_index("ix_case_records_uscc", "case_records", ["uscc"])
    op.create_index("ix_case_records_name_key", "case_records", ["name_key"])
    op.create_index("ix_case_records_decided_inspection", "case_records", ["decided_inspection"])
    op.create_index("ix_case_records_unit_day", "case_records", ["unit", "day"])


def downgrade() -> None:
    op.drop_table("case_records")
