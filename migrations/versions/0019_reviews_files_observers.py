"""Dismissed flags reviewed by another person, file review, observers.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _kept(table: str, *columns: sa.Column, **references: str) -> None:  # type: ignore[type-arg]
    """A table of services/kept.py; `references` are {column: table.column}."""
    op.create_table(
        table,
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(26), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
        *[
            sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
            for column, target in references.items()
        ],
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _id(name: str, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(26), nullable=nullable)


def _text(name: str, nullable: bool = True) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.Text(), nullable=nullable)


def _line(name: str, length: int, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length), nullable=nullable)


def upgrade() -> None:
    _kept(
        "flag_reviews", _id("finding"), _id("lot"), _id("dismisser"), _id("reviewer"), _text("note"),
        finding="findings.id", lot="lots.id",
    )  # fmt: skip
    op.create_index("ix_flag_reviews_jurisdiction", "flag_reviews", ["jurisdiction", "state"])
    _kept(
        "campaigns", _line("title", 100), _line("way", 5), _line("first", 10), _line("last", 10),
        sa.Column("wanted", sa.Integer(), nullable=False), _text("sheet", False), _id("lot", True), lot="lots.id",
    )  # fmt: skip
    op.create_index("ix_campaigns_jurisdiction", "campaigns", ["jurisdiction"])
    _kept(
        "case_files", _id("campaign"), _id("inspection"), _id("reviewer_a"), _id("reviewer_b"), _text("scores_a"),
        _text("scores_b"), _text("settled"), sa.Column("score", sa.Integer(), nullable=True), _text("faults"),
        campaign="campaigns.id", inspection="inspections.id",
    )  # fmt: skip
    op.create_index("uq_case_files_campaign_inspection", "case_files", ["campaign", "inspection"], unique=True)
    op.create_index("ix_case_files_inspection", "case_files", ["inspection"])
    _kept(
        "observations", _line("kind", 12), _line("unit", 64, True), _line("item", 64, True), _id("inspection", True),
        _line("enterprise_name", 200, True), _text("text", False), _text("answer"), _line("outcome", 12, True),
        unit="units.code", inspection="inspections.id",
    )  # fmt: skip
    op.create_index("ix_observations_jurisdiction", "observations", ["jurisdiction", "state"])
    _kept("recusals", _id("enterprise"), _line("reason", 200), enterprise="enterprises.id")
    _kept(
        "accompanyings", _id("inspection"), _id("observer"), _text("note"),
        inspection="inspections.id", observer="actors.id",
    )  # fmt: skip
    op.create_index("uq_accompanyings_inspection_observer", "accompanyings", ["inspection", "observer"], unique=True)
    op.create_index("ix_accompanyings_observer", "accompanyings", ["observer"])


def downgrade() -> None:
    for table in ("accompanyings", "recusals", "observations", "case_files", "campaigns", "flag_reviews"):
        op.drop_table(table)
