"""Call-backs by lot: the draws of each week, and the enterprises that are asked.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callback_draws",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("pool", sa.String(10), nullable=False),
        sa.Column("lot", sa.String(26), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name="fk_callback_draws_lot"),
        sa.PrimaryKeyConstraint("id", name="pk_callback_draws"),
        sa.UniqueConstraint("jurisdiction", "week", "pool", name="uq_callback_draws_jurisdiction_week_pool"),
        sa.UniqueConstraint("lot", name="uq_callback_draws_lot"),
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("draw", sa.String(26), nullable=False),
        sa.Column("pool", sa.String(10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(26), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("came", sa.String(8), nullable=True),
        sa.Column("code", sa.String(8), nullable=True),
        sa.Column("went", sa.String(8), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("unit", sa.String(64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw"], ["callback_draws.id"], name="fk_callbacks_draw"),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_callbacks_enterprise"),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_callbacks_inspection"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_callbacks_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.UniqueConstraint("draw", "mark", name="uq_callbacks_draw_mark"),
    )
    op.create_index("ix_callbacks_jurisdiction_state", "callbacks", ["jurisdiction", "state"])
    op.create_index("ix_callbacks_enterprise_drawn_at", "callbacks", ["enterprise", "drawn_at"])


def downgrade() -> None:
    op.drop_table("callbacks")
    op.drop_table("callback_draws")
