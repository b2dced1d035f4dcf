"""Drafts, templates, batches, deputies; offline applications and advance notices on the inspection.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application_templates",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(26), nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["actors.id"], name="fk_application_templates_made_by"),
        sa.ForeignKeyConstraint(["owner"], ["actors.id"], name="fk_application_templates_owner"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_application_templates_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_application_templates"),
    )
    op.create_index("ix_application_templates_unit", "application_templates", ["unit"], unique=False)
    op.create_table(
        "batches",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("mode", sa.String(4), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(26), nullable=True),
        sa.Column("made_by", sa.String(26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["actors.id"], name="fk_batches_made_by"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_batches_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_unit", "batches", ["unit", "made_at"], unique=False)
    op.create_table(
        "deputies",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("head", sa.String(26), nullable=False),
        sa.Column("deputy", sa.String(26), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("named_by", sa.String(26), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deputy"], ["actors.id"], name="fk_deputies_deputy"),
        sa.ForeignKeyConstraint(["head"], ["actors.id"], name="fk_deputies_head"),
        sa.ForeignKeyConstraint(["named_by"], ["actors.id"], name="fk_deputies_named_by"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_deputies_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_deputies"),
    )
    op.create_index("ix_deputies_deputy", "deputies", ["deputy", "valid_from"], unique=False)
    op.create_index("ix_deputies_unit", "deputies", ["unit"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("client_key", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.String(26), nullable=False),
        sa.Column("saved_by", sa.String(26), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=True),
        sa.ForeignKeyConstraint(["begun_by"], ["actors.id"], name="fk_drafts_begun_by"),
        sa.ForeignKeyConstraint(["saved_by"], ["actors.id"], name="fk_drafts_saved_by"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_drafts_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.UniqueConstraint("unit", "client_key", name="uq_drafts_unit_client_key"),
    )
    op.create_index("ix_drafts_unit_state", "drafts", ["unit", "state", "saved_at"], unique=False)
    op.create_table(
        "application_keys",
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_application_keys_inspection"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_application_keys_unit"),
        sa.PrimaryKeyConstraint("unit", "key", name="pk_application_keys"),
    )
    op.create_table(
        "batch_rows",
        sa.Column("batch", sa.String(26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name="fk_batch_rows_batch"),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_batch_rows_inspection"),
        sa.PrimaryKeyConstraint("batch", "number", name="pk_batch_rows"),
    )
    op.create_index("ix_batch_rows_inspection", "batch_rows", ["inspection"], unique=False)
    op.add_column("inspections", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspections", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspections", sa.Column("slots", sa.Text(), nullable=True))
    op.add_column("inspections", sa.Column("slot_chosen", sa.Integer(), nullable=True))
    op.add_column("inspections", sa.Column("slot_chosen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspections", sa.Column("decided_for", sa.String(26), nullable=True))


def downgrade() -> None:
    op.drop_column("inspections", "decided_for")
    op.drop_column("inspections", "slot_chosen_at")
    op.drop_column("inspections", "slot_chosen")
    op.drop_column("inspections", "slots")
    op.drop_column("inspections", "announced_at")
    op.drop_column("inspections", "begun_at")
    op.drop_index("ix_batch_rows_inspection", table_name="batch_rows")
    op.drop_table("batch_rows")
    op.drop_table("application_keys")
    op.drop_index("ix_drafts_unit_state", table_name="drafts")
    op.drop_table("drafts")
    op.drop_index("ix_deputies_unit", table_name="deputies")
    op.drop_index("ix_deputies_deputy", table_name="deputies")
    op.drop_table("deputies")
    op.drop_index("ix_batches_unit", table_name="batches")
    op.drop_table("batches")
    op.drop_index("ix_application_templates_unit", table_name="application_templates")
    op.drop_table("application_templates")
