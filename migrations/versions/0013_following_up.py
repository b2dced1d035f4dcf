"""Following up: cases, signing, objections and reminders of flags; questions to units; a supervisor's own desk.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FINDINGS = (
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("case_id", sa.String(26), nullable=True),
    sa.Column("object_until", sa.Date(), nullable=True),
    sa.Column("aside_until", sa.Date(), nullable=True),
    sa.Column("reminded", sa.String(20), nullable=True),
)
INDEXES = (
    ("ix_findings_jurisdiction_due_on", ["jurisdiction", "due_on"]),
    ("ix_findings_unit_sent_at", ["unit", "sent_at"]),
    ("ix_findings_case_id", ["case_id"]),
)


def upgrade() -> None:
    for column in FINDINGS:
        op.add_column("findings", column)
    for name, columns in INDEXES:
        op.create_index(name, "findings", columns)
    op.create_table(
        "unit_questions",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.String(26), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.String(20), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_unit_questions_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_unit_questions"),
    )
    op.create_index("ix_unit_questions_unit", "unit_questions", ["unit", "state"])
    op.create_index("ix_unit_questions_jurisdiction", "unit_questions", ["jurisdiction", "state"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_saved_views_actor"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("actor", "name", name="uq_saved_views_actor_name"),
    )
    op.create_table(
        "watches",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_watches_actor"),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        sa.UniqueConstraint("actor", "kind", "subject", name="uq_watches_actor_kind_subject"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_subscriptions_actor"),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("actor", "channel", name="uq_subscriptions_actor_channel"),
    )


def downgrade() -> None:
    for table in ("subscriptions", "watches", "saved_views", "unit_questions"):
        op.drop_table(table)
    for name, _ in INDEXES:
        op.drop_index(name, "findings")
    with op.batch_alter_table("findings") as batch:
        for column in FINDINGS:
            batch.drop_column(column.name)
