"""Figures by day also by officer, with a digest of the visited enterprises, in the order in which they are read.

Sums follow from rows: the table is made anew and every day is marked, so that the worker sums all days again, the latest first.
An officer who is named or taken off marks the day of the visit, too. Flags that name an officer are found by the officer.

Revision ID: 0035
Revises: 0034
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

EVERY_DAY = """
INSERT INTO figure_marks (jurisdiction, day)
SELECT jurisdiction, visit_day FROM inspections WHERE visit_day IS NOT NULL
UNION SELECT jurisdiction, raised_for FROM findings"""
NAMED = sa.text("officer <> ''")
HAPPENS = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}


def upgrade() -> None:
    digest = sa.Column("digest", sa.LargeBinary(16), nullable=False, server_default=sa.text("''"))
    _anew(("jurisdiction", "grain", "day", "key"), digest)
    for what, sides in HAPPENS.items():
        (_on_sqlite if op.get_bind().dialect.name == "sqlite" else _on_postgres)(what, sides)
    op.create_index(
        "ix_findings_officer", "findings", ["officer", "raised_for"], postgresql_where=NAMED, sqlite_where=NAMED
    )
    op.execute(EVERY_DAY)


def downgrade() -> None:
    op.drop_index("ix_findings_officer", "findings")
    for what in HAPPENS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER mark_inspection_officers_{what}")
        else:
            op.execute(f"DROP TRIGGER mark_inspection_officers_{what} ON inspection_officers")
            op.execute(f"DROP FUNCTION mark_inspection_officers_{what}()")
    _anew(("jurisdiction", "day", "grain", "key"))
    op.execute(EVERY_DAY)


def _anew(key: Sequence[str], *more: sa.Column[bytes]) -> None:
    """The table of sums, empty. What the public zone may do with it is kept."""
    op.execute("DELETE FROM day_figures")
    with op.batch_alter_table("day_figures", recreate="always" if _is_sqlite() else "never") as table:
        table.drop_constraint("pk_day_figures", type_="primary")
        for column in more:
            table.add_column(column)
        if not more:
            table.drop_column("digest")
        table.create_primary_key("pk_day_figures", list(key))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


DAY = "SELECT i.jurisdiction, i.visit_day FROM inspections i WHERE i.visit_day IS NOT NULL AND i.id = {side}.inspection"


def _on_sqlite(what: str, sides: Sequence[str]) -> None:
    """A row at a time, and a mark only where there is none (as in 0024)."""
    marks = "".join(
        f"""INSERT INTO figure_marks (jurisdiction, day)
            SELECT d.jurisdiction, d.visit_day FROM ({DAY.format(side=side)}) d
            WHERE NOT EXISTS (SELECT 1 FROM figure_marks m WHERE m.jurisdiction = d.jurisdiction AND m.day = d.visit_day);
        """
        for side in sides
    )
    op.execute(
        f"CREATE TRIGGER mark_inspection_officers_{what} AFTER {what} ON inspection_officers BEGIN {marks} END"
    )


def _on_postgres(what: str, sides: Sequence[str]) -> None:
    """Once a statement, over all its rows (as in 0024)."""
    name = f"mark_inspection_officers_{what}"
    marks = "".join(
        f"""INSERT INTO figure_marks (jurisdiction, day)
            SELECT DISTINCT d.jurisdiction, d.visit_day FROM was_{side} r CROSS JOIN LATERAL ({DAY.format(side="r")}) d;
        """
        for side in sides
    )
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {marks} RETURN NULL; END $$")
    tables = " ".join(f"{side.upper()} TABLE AS was_{side}" for side in sides)
    op.execute(
        f"CREATE TRIGGER {name} AFTER {what} ON inspection_officers REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
