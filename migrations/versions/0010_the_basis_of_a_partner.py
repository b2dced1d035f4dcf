"""A unit that joins a visit names the basis of its own items: its plan, or what triggered them.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inspection_invitations", sa.Column("plan_code", sa.String(64), nullable=True))
    op.add_column("inspection_invitations", sa.Column("cause", sa.String(20), nullable=True))
    op.create_index("ix_inspection_invitations_plan_code", "inspection_invitations", ["plan_code"])


def downgrade() -> None:
    op.drop_index("ix_inspection_invitations_plan_code", "inspection_invitations")
    op.drop_column("inspection_invitations", "cause")
    op.drop_column("inspection_invitations", "plan_code")
