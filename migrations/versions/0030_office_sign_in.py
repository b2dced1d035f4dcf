"""The office's sign-in of staff; failed sign-ins by the hour; notices about the own account.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("login_sessions") as table:
        table.add_column(sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "office_subjects",
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", name="pk_office_subjects"),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_office_subjects_actor"),
        sa.UniqueConstraint("mark", name="uq_office_subjects_mark"),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "hour", name="pk_sign_in_failures"),
    )
    op.create_table(
        "account_notices",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account_notices"),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_account_notices_actor"),
    )
    op.create_index("ix_account_notices_actor", "account_notices", ["actor"])
    op.create_index("ix_account_notices_at", "account_notices", ["at"])


def downgrade() -> None:
    op.drop_table("account_notices")
    op.drop_table("sign_in_failures")
    op.drop_table("office_subjects")
    with op.batch_alter_table("login_sessions") as table:
        table.drop_column("trusted")
