"""What the database lets the public zone do: SQL for a role of its own on PostgreSQL, made from the tables as they are.

A table that nobody thought of is closed, and so is a kind of fact: who holds the public machine writes nothing in the name of
staff. Columns that change are named one by one, which also keeps whole tables from being locked. tests/operating/test_zones.py
plays the public pages under such a role.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Integer

from app.store.models import Base

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
# What the public zone must never see: accounts and what signs them in, leads, reports' contacts, drafts, files of cases.
READS_COLUMNS = {  # only these columns: the keys are sealed, and not for this zone to carry away; figures count call-backs
    "callbacks": "id draw pool state came code",
    "unit_keys": "kid unit use suite jwk not_before not_after revoked_at revoked_reason",
    "logs": "id origin suite verifier created_at batched_on",
}
READS = (  # the register's public part, what rules read, and what enterprises see of their own visits
    "actors calendar_days callback_draws case_records certificate_suspensions certificates codes day_figures do_not_disturb "
    "enterprise_codes inspection_invitations inspection_items inspection_officers inspection_units item_terms items "
    "jurisdiction_settings log_cosignatures log_entries log_heads log_tiles log_witnesses lots mirrored_visits officers papers "
    "plan_key_enterprises plan_rows plans policies regions register_version signed_documents unit_territories units"
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
    "space_codes": (READ, ADD, REMOVE),
    **dict.fromkeys(("space_members", "space_persons", "space_sessions", "matters", "own_choices"), (READ, ADD)),
    **dict.fromkeys(("findings", "rate_buckets", "issue_counters", "log_cosignatures"), (READ, ADD)),
    **dict.fromkeys(("inspections", "rectifications", "case_records"), (READ,)),
    "rule_clocks": (READ, ADD),
}
COLUMNS = {  # that the public zone may change, one at least where a row must stay as it is until the end of a transaction
    "case_records": "state reason enterprise_id inspection_id",
    "findings": "severity raised_for evidence state standing revision changed_at",
    "inspections": "revision state first_seen_at first_arrive_at enterprise_arrived_at self_scanned device_enterprises "
    "slot_chosen slot_chosen_at window_start window_end visit_start visit_day counts due_at",
    "issue_counters": "value",
    "log_cosignatures": "line last_at",
    "matters": "state sha256 sealed made_by made_at",
    "own_choices": "value",
    "rate_buckets": "full_at",
    "plans": "id",
    "rectifications": "state answered_at rounds",
    "rule_clocks": "jurisdiction",
    "space_codes": "code_mark tries used_at",
    "space_members": "removed_at removed_by removed_reason",
    "space_persons": "sealed contact_mark city_mark return_hash erased_at",
    "space_sessions": "last_seen_at ended_at",
}
TABLES = dict.fromkeys(READS.split(), (READ,)) | dict.fromkeys(ADDS.split(), (ADD,)) | CHANGES
FACTS_ADDED = (  # what enterprises do, and what follows from it
    "inspection.seen inspection.arrived inspection.slot_chosen code.presented finding.raised finding.revised finding.withdrawn "
    "lead.opened member.added member.removed contact.erased statement.made recusal.requested wish.made selfcheck.recorded "
    "selfcheck.shared rectification.answered"
)
FACTS_READ = "code finding inspection lot matter paper plan rectification"  # what they are about: no accounts, say
OF_REGISTERS = "enterprises enterprise_records"  # an enterprise that was not known enters with what is said of it
ROLE = re.compile(r"[a-z][a-z0-9_]{0,62}")


def _among(column: str, values: str) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values.split())})"


ROWS = {  # of a table, by condition
    "facts": {
        READ: _among("subject_kind", FACTS_READ),
        ADD: f"{_among('kind', FACTS_ADDED)} OR kind = 'register.changed' AND {_among('subject_kind', OF_REGISTERS)}",
    },
    "issue_counters": {"ALL": "left(scope, 5) = 'QYSQ-'"},  # of wishes; that of visits is the units' own
}


def statements(role: str) -> Iterator[str]:
    """SQL that gives `role` what the public zone needs and nothing else. Raises ValueError for what is no plain role name."""
    if not ROLE.fullmatch(role):
        raise ValueError("a role is a small letter, then letters, digits and underscores")
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};"
    yield f"GRANT USAGE ON SCHEMA public TO {role};"
    yield f"GRANT SELECT ON alembic_version TO {role};"
    for table, names in READS_COLUMNS.items():
        yield f"GRANT SELECT ({', '.join(names.split())}) ON {table} TO {role};"
    for table, names in COLUMNS.items():
        yield f"GRANT UPDATE ({', '.join(names.split())}) ON {table} TO {role};"
    for table, verbs in sorted(TABLES.items()):
        yield f"GRANT {', '.join(verbs)} ON {table} TO {role};"
        if ADD in verbs:
            yield from (f"GRANT USAGE ON SEQUENCE {name} TO {role};" for name in _sequences(table))
    yield from _rows()


def _rows() -> Iterator[str]:
    """Which rows. The owner of the tables passes these by; they name no role, so that a backup goes back where there is none."""
    for table, which in ROWS.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        for verb, condition in which.items():
            name = f"public_zone_{verb.lower()}"
            yield f"DROP POLICY IF EXISTS {name} ON {table};"
            clause = "WITH CHECK" if verb == ADD else "USING"
            yield f"CREATE POLICY {name} ON {table} FOR {verb} {clause} ({condition});"


def _counts(column: Any) -> bool:
    return isinstance(column.type, Integer | BigInteger) and bool(column.autoincrement) and not column.foreign_keys


def _sequences(table: str) -> list[str]:
    """The sequence behind a column that counts its rows, as PostgreSQL names it."""
    key = Base.metadata.tables[table].primary_key.columns
    return [f"{table}_{column.name}_seq" for column in key if len(key) == 1 and _counts(column)]
