"""What the database lets the public zone do: SQL for a role of its own on PostgreSQL, made from the tables as they are.

A table that nobody thought of is closed. tests/operating/test_zones.py plays the public pages under such a role.
"""

import re
from collections.abc import Iterator

from app.store.models import Base

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
# What the public zone must never see: accounts and what signs them in, leads, reports' contacts, drafts, files of cases.
READS_COLUMNS = {  # only these columns: the keys themselves are sealed, and not for this zone to carry away
    "unit_keys": ("kid", "unit", "use", "suite", "jwk", "not_before", "not_after", "revoked_at", "revoked_reason"),
    "logs": ("id", "origin", "suite", "verifier", "created_at", "batched_on"),
}
TABLES: dict[str, tuple[str, ...]] = {}
ROLE = re.compile(r"[a-z][a-z0-9_]{0,62}")


def statements(role: str) -> Iterator[str]:
    """SQL that gives `role` what the public zone needs and nothing else. Raises ValueError for what is no plain role name."""
    if not ROLE.fullmatch(role):
        raise ValueError("a role is a small letter, then letters, digits and underscores")
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};"
    yield f"GRANT USAGE ON SCHEMA public TO {role};"
    yield f"GRANT SELECT ON alembic_version TO {role};"
    for table, columns in READS_COLUMNS.items():
        yield f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {role};"
    for table, verbs in sorted(TABLES.items()):
        yield f"GRANT {', '.join(verbs)} ON {table} TO {role};"
        if ADD in verbs:
            yield from (f"GRANT USAGE ON SEQUENCE {name} TO {role};" for name in _sequences(table))


def _sequences(table: str) -> list[str]:
    """The sequence behind a column that counts its rows, as PostgreSQL names it."""
    key = Base.metadata.tables[table].primary_key.columns
    return [f"{table}_{c.name}_seq" for c in key if c.autoincrement is True]
