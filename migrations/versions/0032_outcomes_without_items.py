"""What became of a visit that was brought in without items: the outcome of the whole visit.

Visits imported before keep none: their facts do not say it.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inspections", sa.Column("outcome_told", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("inspections", "outcome_told")
