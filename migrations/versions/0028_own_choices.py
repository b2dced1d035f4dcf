"""What somebody chose for the own pages: how far a first-use tour went, which columns a list shows.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_choices",
        sa.Column("owner", sa.String(26), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_own_choices"),
    )


def downgrade() -> None:
    op.drop_table("own_choices")
