"""The enterprise's space: its persons, what it lays before units, and messages that leave the house.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "space_persons",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_mark", sa.LargeBinary(32), nullable=True),
        sa.Column("city_mark", sa.LargeBinary(32), nullable=True),
        sa.Column("return_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_space_persons"),
        sa.UniqueConstraint("return_hash", name="uq_space_persons_return_hash"),
        sa.UniqueConstraint("contact_mark", name="uq_space_persons_contact_mark"),
        sa.UniqueConstraint("city_mark", name="uq_space_persons_city_mark"),
    )
    op.create_table(
        "space_members",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person", sa.String(26), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.Column("via", sa.String(10), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=True),
        sa.Column("handed_by", sa.String(26), nullable=True),
        sa.Column("invited_by", sa.String(26), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(26), nullable=True),
        sa.Column("removed_reason", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["space_persons.id"], name="fk_space_members_person"),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_space_members_enterprise"),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_space_members_inspection"),
        sa.PrimaryKeyConstraint("id", name="pk_space_members"),
    )
    op.create_index("ix_space_members_enterprise", "space_members", ["enterprise"])
    op.create_index("uq_space_members_standing", "space_members", ["person", "enterprise"], unique=True, sqlite_where=sa.text("removed_at IS NULL"), postgresql_where=sa.text("removed_at IS NULL"))
    op.create_table(
        "space_sessions",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person", sa.String(26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["space_persons.id"], name="fk_space_sessions_person"),
        sa.PrimaryKeyConstraint("hash", name="pk_space_sessions"),
        sa.UniqueConstraint("id", name="uq_space_sessions_id"),
    )
    op.create_index("ix_space_sessions_expires_at", "space_sessions", ["expires_at"])
    op.create_index("ix_space_sessions_person", "space_sessions", ["person"])
    op.create_table(
        "space_codes",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("contact_mark", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=True),
        sa.Column("inspection", sa.String(26), nullable=True),
        sa.Column("person", sa.String(26), nullable=True),
        sa.Column("role", sa.String(10), nullable=True),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.Column("code_mark", sa.LargeBinary(32), nullable=True),
        sa.Column("proves_contact", sa.Boolean(), nullable=False),
        sa.Column("device_mark", sa.LargeBinary(32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_by", sa.String(26), nullable=True),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_space_codes_enterprise"),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_space_codes_inspection"),
        sa.ForeignKeyConstraint(["person"], ["space_persons.id"], name="fk_space_codes_person"),
        sa.PrimaryKeyConstraint("id", name="pk_space_codes"),
    )
    op.create_index("ix_space_codes_contact_mark", "space_codes", ["contact_mark"])
    op.create_index("ix_space_codes_expires_at", "space_codes", ["expires_at"])
    op.create_index("ix_space_codes_inspection", "space_codes", ["inspection"])
    op.create_table(
        "matters",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=True),
        sa.Column("unit", sa.String(64), nullable=True),
        sa.Column("item", sa.String(64), nullable=True),
        sa.Column("officer", sa.String(40), nullable=True),
        sa.Column("number", sa.String(64), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("wanted", sa.String(100), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(26), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(26), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_matters_enterprise"),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_matters_inspection"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_matters_unit"),
        sa.ForeignKeyConstraint(["item"], ["items.code"], name="fk_matters_item"),
        sa.PrimaryKeyConstraint("id", name="pk_matters"),
    )
    op.create_index("ix_matters_enterprise", "matters", ["enterprise", "kind"])
    op.create_index("ix_matters_inspection", "matters", ["inspection"])
    op.create_index("ix_matters_unit", "matters", ["unit", "state"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "next_at"])


def downgrade() -> None:
    for table in ("outbox", "matters", "space_codes", "space_sessions", "space_members", "space_persons"):
        op.drop_table(table)
