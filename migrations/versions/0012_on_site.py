"""On site and afterwards: amendments, contacts, headcount; check points, drafts, photographs, places, rectifications.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDED = ("headcount", "assisting", "contact_kind", "pending_amendment", "amendments")


def upgrade() -> None:
    op.add_column("inspections", sa.Column("amendments", sa.Integer(), server_default="0", nullable=False))
    op.add_column("inspections", sa.Column("pending_amendment", sa.Integer(), nullable=True))
    op.add_column("inspections", sa.Column("contact_kind", sa.String(16), nullable=True))
    op.add_column("inspections", sa.Column("assisting", sa.Integer(), nullable=True))
    op.add_column("inspections", sa.Column("headcount", sa.Integer(), nullable=True))
    _points_and_places()
    _on_site()
    op.create_table(
        "rectifications",
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("enterprise_id", sa.String(26), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_rectifications_inspection"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_rectifications_unit"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_rectifications_enterprise_id"),
        sa.PrimaryKeyConstraint("inspection", name="pk_rectifications"),
    )
    op.create_index("ix_rectifications_unit", "rectifications", ["unit", "state", "due_on"])
    op.create_index("ix_rectifications_enterprise_id", "rectifications", ["enterprise_id"])


def _points_and_places() -> None:
    op.create_table(
        "item_points",
        sa.Column("id", Sequence, autoincrement=True, nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("point", sa.String(300), nullable=False),
        sa.Column("standard", sa.String(500), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.code"], name="fk_item_points_item"),
        sa.PrimaryKeyConstraint("id", name="pk_item_points"),
    )
    op.create_index("ix_item_points_item", "item_points", ["item", "valid_from"])
    op.create_table(
        "region_places",
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("lat", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name="fk_region_places_region"),
        sa.PrimaryKeyConstraint("region", name="pk_region_places"),
    )


def _on_site() -> None:
    op.create_table(
        "visit_drafts",
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(26), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_visit_drafts_inspection"),
        sa.PrimaryKeyConstraint("inspection", "item", name="pk_visit_drafts"),
    )
    op.create_table(
        "visit_photos",
        sa.Column("file", sa.String(26), nullable=False),
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("recorded", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["files.id"], name="fk_visit_photos_file"),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_visit_photos_inspection"),
        sa.PrimaryKeyConstraint("file", name="pk_visit_photos"),
    )
    op.create_index("ix_visit_photos_inspection", "visit_photos", ["inspection"])
    op.create_table(
        "code_places",
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("lat", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_code_places_inspection"),
        sa.PrimaryKeyConstraint("inspection", name="pk_code_places"),
    )
    op.create_index("ix_code_places_recorded_at", "code_places", ["recorded_at"])


def downgrade() -> None:
    for table in ("rectifications", "code_places", "visit_photos", "visit_drafts", "region_places", "item_points"):
        op.drop_table(table)
    for column in ADDED:
        op.drop_column("inspections", column)
