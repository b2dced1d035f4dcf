"""The key of a flag tells jurisdictions apart: a unit that visits in two of them is judged in each.

SQLite cannot change a constraint, so the table is made anew from its own text, with its indexes and triggers. Meanwhile
the reviews that refer to it wait in a temporary table: dropping the old one would delete what they refer to.
Going back fails where a unit is flagged in two jurisdictions for one quarter.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KEY = ["rule", "subject_kind", "subject_id", "unit", "officer", "period"]
OLD = "uq_findings_rule_subject_kind_subject_id_unit_officer_period", KEY
NEW = "uq_findings_key", [*KEY, "jurisdiction"]


def upgrade() -> None:
    _exchange(OLD, NEW)


def downgrade() -> None:
    _exchange(NEW, OLD)


def _exchange(old: tuple[str, list[str]], new: tuple[str, list[str]]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _made_anew(_unique(*old), _unique(*new))
    else:
        op.drop_constraint(old[0], "findings", type_="unique")
        op.create_unique_constraint(new[0], "findings", new[1])


def _unique(name: str, columns: list[str]) -> str:
    return f"CONSTRAINT {name} UNIQUE ({', '.join(columns)})"


def _made_anew(old: str, new: str) -> None:
    bind = op.get_bind()
    listing = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = 'findings' AND type = :type AND sql IS NOT NULL")
    (table,) = bind.scalars(listing, {"type": "table"})
    before, after = table.replace("findings", "findings_anew", 1).split(old)  # the constraint stands in it once
    beside = [sql for kind in ("index", "trigger") for sql in bind.scalars(listing, {"type": kind})]
    op.execute("CREATE TEMPORARY TABLE waiting AS SELECT * FROM flag_reviews")
    op.execute("DELETE FROM flag_reviews")
    bind.exec_driver_sql(before + new + after)
    op.execute("INSERT INTO findings_anew SELECT * FROM findings")
    op.execute("DROP TABLE findings")
    op.execute("PRAGMA legacy_alter_table = ON")  # triggers of other tables name `findings`, which is not there just now
    op.execute("ALTER TABLE findings_anew RENAME TO findings")
    op.execute("PRAGMA legacy_alter_table = OFF")
    for sql in beside:
        bind.exec_driver_sql(sql)
    op.execute("INSERT INTO flag_reviews SELECT * FROM waiting")
    op.execute("DROP TABLE waiting")
