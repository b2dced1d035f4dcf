"""How the national platform calls an item (互联网+监管, 检查行为).

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "national_codes",
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("catalogue_code", sa.String(14), nullable=False),
        sa.Column("implementation_code", sa.String(50), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.code"], name="fk_national_codes_item"),
        sa.PrimaryKeyConstraint("item", name="pk_national_codes"),
    )


def downgrade() -> None:
    op.drop_table("national_codes")
