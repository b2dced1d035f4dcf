"""Records of the units' own systems are found by the inspection that explains them: each new visit asks.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_case_records_inspection", "case_records", ["inspection_id"])


def downgrade() -> None:
    op.drop_index("ix_case_records_inspection", "case_records")
