"""Invitations to joint visits, both sides' arrivals, compared addresses, the permanent codes of enterprises.

Revision ID: 0004
Revises: 0003
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 5000
_DIVISIONS = re.compile(r"^(?:[^省市区县路街镇乡\d]{2,8}(?:省|自治区))?(?:[^省市区县路街镇乡\d]{2,8}市)?(?:[^省市区县路街镇乡\d]{1,8}[区县])?")


def upgrade() -> None:
    op.create_table(
        "inspection_invitations",
        sa.Column("inspection", sa.String(26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("officers", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.String(26), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name="fk_inspection_invitations_inspection"),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name="fk_inspection_invitations_unit"),
        sa.PrimaryKeyConstraint("inspection", "position", name="pk_inspection_invitations"),
    )
    op.create_index("ix_inspection_invitations_unit_state", "inspection_invitations", ["unit", "state"])
    op.create_table(
        "enterprise_codes",
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("enterprise", sa.String(26), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name="fk_enterprise_codes_enterprise"),
        sa.PrimaryKeyConstraint("code", name="pk_enterprise_codes"),
    )
    op.create_index("ix_enterprise_codes_enterprise", "enterprise_codes", ["enterprise"])
    for name in ("enterprise_arrived_at", "officer_arrived_at", "officer_scanned_at"):
        op.add_column("inspections", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspections", sa.Column("place_key", sa.String(100), nullable=True))
    op.add_column("enterprises", sa.Column("address_key", sa.String(100), nullable=True))
    op.execute("UPDATE inspections SET enterprise_arrived_at = first_arrive_at")  # there was no other side before
    _fill("inspections", "place_address", "place_key")
    _fill("enterprises", "address", "address_key")
    op.create_index("ix_inspections_place_key", "inspections", ["place_key"])
    op.create_index("ix_enterprises_address_key", "enterprises", ["address_key"])


def downgrade() -> None:
    op.drop_index("ix_enterprises_address_key", "enterprises")
    op.drop_index("ix_inspections_place_key", "inspections")
    op.drop_column("enterprises", "address_key")
    for name in ("place_key", "officer_scanned_at", "officer_arrived_at", "enterprise_arrived_at"):
        op.drop_column("inspections", name)
    op.drop_table("enterprise_codes")
    op.drop_table("inspection_invitations")


def _fill(table: str, source: str, target: str) -> None:
    """The compared form of every address that is there, in portions."""
    connection = op.get_bind()
    rows = sa.table(table, sa.column("id"), sa.column(source), sa.column(target))
    write = sa.update(rows).where(rows.c.id == sa.bindparam("row")).values({target: sa.bindparam("key")})
    after = ""
    while True:
        query = sa.select(rows.c.id, rows.c[source]).where(rows.c.id > after, rows.c[source].is_not(None))
        found = connection.execute(query.order_by(rows.c.id).limit(AT_ONCE)).all()
        if not found:
            return
        after = found[-1][0]
        keys = [{"row": row, "key": _key(text)} for row, text in found]
        connection.execute(write, [k for k in keys if k["key"]] or [{"row": "", "key": None}])


def _key(text: str) -> str | None:
    folded = unicodedata.normalize("NFKC", text or "").lower()
    bare = "".join(c for c in folded if c.isalnum())
    key = _DIVISIONS.sub("", bare)
    return key[:100] if len(key) >= 4 and any(c.isdigit() for c in key) else None
