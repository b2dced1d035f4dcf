"""Figures summed by day, and marks of the days whose sums no longer hold.

The marks are made by triggers, so that no way of changing a row can forget them. On PostgreSQL they fire once a statement; no
mark is unique, so that no transaction waits for another's.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# table → (the columns whose change matters ("" = all), the days of some rows `r`)
OF_VISIT = "SELECT i.jurisdiction, i.visit_day FROM inspections i WHERE i.visit_day IS NOT NULL AND i.id = r.inspection"
OF_ENTERPRISE = """
SELECT i.jurisdiction, i.visit_day FROM inspections i WHERE i.visit_day IS NOT NULL AND i.enterprise_id = r.id
UNION SELECT f.jurisdiction, f.raised_for FROM findings f WHERE f.enterprise_id = r.id"""
OF_UNIT = """
SELECT i.jurisdiction, i.visit_day FROM inspections i JOIN inspection_units u ON u.inspection = i.id
WHERE i.visit_day IS NOT NULL AND u.unit = r.code"""
OF_FACT = """
SELECT f.jurisdiction, f.raised_for FROM findings f WHERE r.subject_kind = 'finding' AND f.id = r.subject_id"""
DAYS = {
    "inspections": (
        "",
        "SELECT r.jurisdiction, r.visit_day WHERE r.visit_day IS NOT NULL",
        ("INSERT", "UPDATE", "DELETE"),
    ),
    "findings": ("", "SELECT r.jurisdiction, r.raised_for", ("INSERT", "UPDATE", "DELETE")),
    "inspection_units": ("", OF_VISIT, ("INSERT", "UPDATE", "DELETE")),
    "inspection_items": ("", OF_VISIT, ("INSERT", "UPDATE", "DELETE")),
    "speech": ("", OF_VISIT, ("INSERT", "UPDATE", "DELETE")),
    "facts": ("", OF_FACT, ("INSERT",)),  # whether a flag was upheld and corrected stands in its facts
    "enterprises": ("region", OF_ENTERPRISE, ("UPDATE",)),
    "units": ("supervised", OF_UNIT, ("UPDATE",)),
}


def upgrade() -> None:
    _tables()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, (column, days, happens) in DAYS.items():
        for what in happens:
            (_on_sqlite if sqlite else _on_postgres)(table, what, column, days)
    # After the triggers, which wait for whoever writes just now: a visit is seen here, or marks its day itself.
    op.execute("INSERT INTO figure_marks (jurisdiction, day) " + EVERY_DAY)


def _tables() -> None:
    op.create_table(
        "day_figures",
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("grain", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("shape", sa.String(16), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("enterprises", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", "day", "grain", "key", name="pk_day_figures"),
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "figure_marks",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_figure_marks"),
    )
    op.create_index("ix_figure_marks_day", "figure_marks", ["jurisdiction", "day"])
    op.create_index("ix_speech_kind_state", "speech", ["jurisdiction", "kind", "state"])
    op.create_index("ix_findings_where_from", "findings", ["jurisdiction", "state", "unit", "rule", "enterprise_id"])


EVERY_DAY = """
SELECT jurisdiction, visit_day FROM inspections WHERE visit_day IS NOT NULL
UNION SELECT jurisdiction, raised_for FROM findings"""


def downgrade() -> None:
    for table, (_, _, happens) in DAYS.items():
        for what in happens:
            name = f"mark_{table}_{what.lower()}"
            if op.get_bind().dialect.name == "sqlite":
                op.execute(f"DROP TRIGGER {name}")
            else:
                op.execute(f"DROP TRIGGER {name} ON {table}")
                op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_findings_where_from", "findings")
    op.drop_index("ix_speech_kind_state", "speech")
    op.drop_table("figure_marks")
    op.drop_table("day_figures")


def _on_sqlite(table: str, what: str, column: str, days: str) -> None:
    """A row at a time, and a mark only where there is none: one writer at a time, so nobody waits."""
    sides = {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}[what]
    when = f"WHEN old.{column} IS NOT new.{column}" if column else ""
    marks = "".join(
        f"""INSERT INTO figure_marks (jurisdiction, day)
            SELECT d.jurisdiction, d.day FROM ({_named(days.replace("r.", f"{side}."))}) d
            WHERE NOT EXISTS (SELECT 1 FROM figure_marks m WHERE m.jurisdiction = d.jurisdiction AND m.day = d.day);
        """
        for side in sides
    )
    op.execute(f"CREATE TRIGGER mark_{table}_{what.lower()} AFTER {what} ON {table} {when} BEGIN {marks} END")


def _named(days: str) -> str:
    """The days under the names `jurisdiction` and `day`."""
    return f"SELECT NULL AS jurisdiction, NULL AS day WHERE 0 UNION {days.strip()}"


def _on_postgres(table: str, what: str, column: str, days: str) -> None:
    """Once a statement, over all its rows."""
    name = f"mark_{table}_{what.lower()}"
    sides = {"INSERT": ("was_new",), "UPDATE": ("was_old", "was_new"), "DELETE": ("was_old",)}[what]
    key = {"enterprises": "id", "units": "code"}.get(table, "id")
    changed = ""
    if column:
        changed = (
            f"WHERE EXISTS (SELECT 1 FROM was_old o WHERE o.{key} = r.{key} AND o.{column} IS DISTINCT FROM r.{column})"
        )
    marks = "".join(
        f"""INSERT INTO figure_marks (jurisdiction, day)
            SELECT DISTINCT d.jurisdiction, d.day FROM {side} r
            CROSS JOIN LATERAL ({days.strip()}) AS d (jurisdiction, day) {changed};
        """
        for side in (sides[-1:] if column else sides)
    )
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {marks} RETURN NULL; END $$")
    tables = " ".join(f"{'NEW' if side == 'was_new' else 'OLD'} TABLE AS {side}" for side in sides)
    op.execute(
        f"CREATE TRIGGER {name} AFTER {what} ON {table} REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
