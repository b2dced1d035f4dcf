"""A list of a period is read in the order of its days: an index of day and number finds each page at once, however long ago and
however far down the list. What was entered late, whose
flag it is and what is set aside are found without reading the rest.

An index is made while readers read; who writes to its table waits: of five million visits fifty seconds beside ten others.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BEGUN = sa.text("visit_day IS NOT NULL")
LATE = sa.text("(begun_at IS NOT NULL OR exception IS NOT NULL OR (started_at < applied_at AND imported = false))")
ASIDE = sa.text("aside_until IS NOT NULL")
SOMEBODYS = sa.text("assignee IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_inspections_visit_day", "inspections", ["visit_day", "id"], postgresql_where=BEGUN, sqlite_where=BEGUN
    )
    op.create_index("ix_inspections_window_start", "inspections", ["window_start", "id"])
    op.drop_index("ix_inspections_jurisdiction_window_start", "inspections")
    op.create_index("ix_inspections_late", "inspections", ["id"], postgresql_where=LATE, sqlite_where=LATE)
    op.create_index("ix_findings_raised_for", "findings", ["raised_for", "id"])
    op.create_index(
        "ix_findings_assignee", "findings", ["assignee", "id"], postgresql_where=SOMEBODYS, sqlite_where=SOMEBODYS
    )
    op.create_index("ix_findings_aside", "findings", ["id"], postgresql_where=ASIDE, sqlite_where=ASIDE)


def downgrade() -> None:
    op.drop_index("ix_findings_aside", "findings")
    op.drop_index("ix_findings_assignee", "findings")
    op.drop_index("ix_findings_raised_for", "findings")
    op.drop_index("ix_inspections_late", "inspections")
    op.create_index("ix_inspections_jurisdiction_window_start", "inspections", ["jurisdiction", "window_start"])
    op.drop_index("ix_inspections_window_start", "inspections")
    op.drop_index("ix_inspections_visit_day", "inspections")
