"""Signing in: second factors, recovery codes, what a session owes and where it came from, when a password was changed.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_second_factors_actor"),
        sa.PrimaryKeyConstraint("actor", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("actor", sa.String(26), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name="fk_recovery_codes_actor"),
        sa.PrimaryKeyConstraint("mark", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_actor", "recovery_codes", ["actor"])
    with op.batch_alter_table("login_sessions") as table:
        table.add_column(sa.Column("needs_code", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("place", sa.String(40), nullable=False, server_default=""))
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("password_given", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("users") as table:
        table.drop_column("password_given")
        table.drop_column("password_changed_at")
    with op.batch_alter_table("login_sessions") as table:
        table.drop_column("place")
        table.drop_column("needs_code")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
