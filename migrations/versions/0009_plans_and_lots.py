"""Plans folded from facts, with the whole row of a plan; conflicts of interest; drawing by lot.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

def plan_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("state", sa.String(10), nullable=False, server_default="draft"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("authors", sa.Text(), nullable=False, server_default=""),
        sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(400), nullable=True),
        sa.Column("reason", sa.String(400), nullable=True),
    )


def row_columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("wanted", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("timing", sa.String(100), nullable=True),
        sa.Column("office", sa.String(100), nullable=True),
        sa.Column("partners", sa.String(200), nullable=True),
    )


def upgrade() -> None:
    for column in plan_columns():
        op.add_column("plans", column)
    for column in row_columns():
        op.add_column("plan_rows", column)
    op.execute(
        "UPDATE plans SET imported = true, state = CASE"
        " WHEN filed_on IS NOT NULL AND published_on IS NOT NULL THEN 'published'"
        " WHEN filed_on IS NOT NULL THEN 'filed'"
        " WHEN approved_on IS NOT NULL OR published_on IS NOT NULL THEN 'approved' ELSE 'draft' END"
    )
    op.execute(
        "UPDATE plan_rows SET position ="
        " (SELECT count(*) FROM plan_rows AS other WHERE other.plan = plan_rows.plan AND other.id <= plan_rows.id)"
    )
    op.create_index("ix_plans_state", "plans", ["jurisdiction", "state"])
    op.create_index("uq_plan_rows_plan_position", "plan_rows", ["plan", "position"], unique=True)
    op.create_index("ix_plan_rows_item", "plan_rows", ["item"])
    op.create_index("ix_inspections_plan_code", "inspections", ["jurisdiction", "plan_code"])
    op.create_table(
        "officer_conflicts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("certificate_no", sa.String(40), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("declared_by", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_no"], ["officers.certificate_no"], name="fk_officer_conflicts_certificate_no"
        ),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_officer_conflicts_enterprise"),
        sa.PrimaryKeyConstraint("id", name="pk_officer_conflicts"),
        sa.UniqueConstraint(
            "certificate_no", "enterprise", "valid_from", name="uq_officer_conflicts_certificate_no_enterprise_valid_from"
        ),
    )
    op.create_index("ix_officer_conflicts_certificate_no", "officer_conflicts", ["certificate_no"])
    op.create_index("ix_officer_conflicts_enterprise", "officer_conflicts", ["enterprise"])
    _lots()


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("plan", sa.String(26), nullable=True),
        sa.Column("plan_row", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("pool_hash", sa.String(64), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.String(64), nullable=True),
        sa.Column("word", sa.String(100), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(400), nullable=True),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name="fk_lots_plan"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_lots_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_lots"),
    )
    op.create_index("ix_lots_plan", "lots", ["plan", "plan_row"])
    op.create_index("ix_lots_unit", "lots", ["unit", "committed_at"])


def downgrade() -> None:
    op.drop_table("lots")
    op.drop_table("officer_conflicts")
    op.drop_index("ix_inspections_plan_code", "inspections")
    op.drop_index("ix_plan_rows_item", "plan_rows")
    op.drop_index("uq_plan_rows_plan_position", "plan_rows")
    op.drop_index("ix_plans_state", "plans")
    for column in reversed(row_columns()):
        op.drop_column("plan_rows", column.name)
    for column in reversed(plan_columns()):
        op.drop_column("plans", column.name)
