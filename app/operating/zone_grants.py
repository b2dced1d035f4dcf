"""What the database lets the public zone do: SQL for a role of its own on PostgreSQL, made from the tables as they are.

A table that nobody thought of is closed. tests/operating/test_zones.py plays the public pages under such a role.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Integer

from app.store.models import Base

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
# What the public zone must never see: accounts and what signs them in, leads, reports' contacts, drafts, files of cases.
READS_COLUMNS = {  # only these columns: the keys themselves are sealed, and not for this zone to carry away
    "unit_keys": ("kid", "unit", "use", "suite", "jwk", "not_before", "not_after", "revoked_at", "revoked_reason"),
    "logs": ("id", "origin", "suite", "verifier", "created_at", "batched_on"),
}
READS = (  # the register's public part, what rules read, and what enterprises see of their own visits
    "actors calendar_days callback_draws callbacks case_records certificate_suspensions certificates codes day_figures deputies "
    "do_not_disturb enterprise_codes inspection_invitations inspection_items inspection_officers inspection_units item_points "
    "item_terms items jurisdiction_settings log_cosignatures log_entries log_heads log_tiles log_witnesses lots mirrored_visits "
    "national_codes officer_conflicts officers paper_settings papers plan_key_enterprises plan_rows plans policies region_places "
    "regions register_version role_assignments signed_documents unit_territories units visit_photos"
)
ADDS = "leads speech_contacts outbox"  # and does not read
CHANGES: dict[str, tuple[str, ...]] = {
    "facts": (READ, ADD),
    "log_queue": (READ, ADD),
    "figure_marks": (READ, ADD),
    "speech": (READ, ADD),
    "files": (READ, ADD),
    "enterprises": (READ, ADD),
    "enterprise_records": (READ, ADD),
    "bad_presentations": (READ, ADD),
    "device_marks": (READ, ADD),
    "device_arrivals": (READ, ADD),
    "idempotency_keys": (READ, ADD),
    "challenges": (READ, ADD, REMOVE),
    "space_codes": (READ, ADD, CHANGE, REMOVE),
    **dict.fromkeys(
        ("space_members", "space_persons", "space_sessions", "matters", "own_choices"), (READ, ADD, CHANGE)
    ),
    **dict.fromkeys(("findings", "rate_buckets", "issue_counters", "log_cosignatures"), (READ, ADD, CHANGE)),
    **dict.fromkeys(("inspections", "rectifications", "case_records"), (READ, CHANGE)),
    "rule_clocks": (READ, ADD),
}
TABLES = dict.fromkeys(READS.split(), (READ,)) | dict.fromkeys(ADDS.split(), (ADD,)) | CHANGES
# A row that must stay as it is until the end of a transaction is locked, and PostgreSQL asks for UPDATE on a column for that.
LOCKS = {"plans": "id", "rule_clocks": "jurisdiction"}
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
    for table, column in LOCKS.items():
        yield f"GRANT UPDATE ({column}) ON {table} TO {role};"
    for table, verbs in sorted(TABLES.items()):
        yield f"GRANT {', '.join(verbs)} ON {table} TO {role};"
        if ADD in verbs:
            yield from (f"GRANT USAGE ON SEQUENCE {name} TO {role};" for name in _sequences(table))


def _counts(column: Any) -> bool:
    return isinstance(column.type, Integer | BigInteger) and bool(column.autoincrement) and not column.foreign_keys


def _sequences(table: str) -> list[str]:
    """The sequence behind a column that counts its rows, as PostgreSQL names it."""
    key = Base.metadata.tables[table].primary_key.columns
    return [f"{table}_{column.name}_seq" for column in key if len(key) == 1 and _counts(column)]
