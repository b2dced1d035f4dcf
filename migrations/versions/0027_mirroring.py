"""Beside another system: visits registered there, how far it was read, what could not be taken.

The column is added without making the table anew on SQLite: its triggers (0024) stay.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inspections", sa.Column("mirrored", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "mirrored_visits",
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("system", sa.String(100), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("their_id", sa.String(100), nullable=True),
        sa.Column("qr_digest", sa.LargeBinary(32), nullable=True),
        sa.Column("told", sa.String(64), nullable=True),
        sa.Column("told_state", sa.String(16), nullable=True),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("differs", sa.String(16), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_problem", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_mirrored_visits_inspection"),
        sa.PrimaryKeyConstraint("inspection", name="pk_mirrored_visits"),
        sa.UniqueConstraint("system", "number", name="uq_mirrored_visits_system_number"),
    )
    op.create_index("ix_mirrored_visits_qr_digest", "mirrored_visits", ["qr_digest"])
    op.create_index("ix_mirrored_visits_returned_at", "mirrored_visits", ["returned_at", "told_state"])
    # Those applied for here with the number of another system; of two that name the same one, the first.
    op.execute(
        "INSERT INTO mirrored_visits (inspection, system, number, learned_at) "
        "SELECT min(id), external_system, external_number, min(applied_at) FROM inspections "
        "WHERE external_system IS NOT NULL AND external_number IS NOT NULL GROUP BY external_system, external_number"
    )
    op.create_table(
        "connectors",
        sa.Column("system", sa.String(100), nullable=False),
        sa.Column("cursor", sa.String(200), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("caught_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registers_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", sa.String(10), nullable=True),
        sa.Column("problem", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("system", name="pk_connectors"),
    )
    op.create_table(
        "connector_refusals",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("system", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connector_refusals"),
        sa.UniqueConstraint("system", "kind", "number", name="uq_connector_refusals_system_kind_number"),
    )


def downgrade() -> None:
    op.drop_table("connector_refusals")
    op.drop_table("connectors")
    op.drop_table("mirrored_visits")
    op.drop_column("inspections", "mirrored")
