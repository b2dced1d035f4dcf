"""The first tables"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actors",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actors")),
    )
    op.create_table(
        "bad_presentations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("device_group", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("cti", sa.String(length=32), nullable=True),
        sa.Column("inspection", sa.String(length=26), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bad_presentations")),
        sa.UniqueConstraint(
            "device_group", "hour", "verdict", name=op.f("uq_bad_presentations_device_group_hour_verdict")
        ),
    )
    op.create_table(
        "calendar_days",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("day", "version", name=op.f("uq_calendar_days_day_version")),
    )
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_days_day"), ["day"], unique=False)

    op.create_table(
        "device_marks",
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_device_marks")),
    )
    with op.batch_alter_table("device_marks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_marks_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "do_not_disturb",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_do_not_disturb")),
        sa.UniqueConstraint(
            "subject_kind",
            "subject_id",
            "valid_from",
            name=op.f("uq_do_not_disturb_subject_kind_subject_id_valid_from"),
        ),
    )
    op.create_table(
        "facts",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_facts")),
        sa.UniqueConstraint("id", name=op.f("uq_facts_id")),
    )
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.create_index("ix_facts_kind", ["jurisdiction", "kind", "seq"], unique=False)
        batch_op.create_index("ix_facts_subject", ["subject_kind", "subject_id", "seq"], unique=False)

    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_keys_created_at"), ["created_at"], unique=False)

    op.create_table(
        "issue_counters",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_issue_counters")),
    )
    op.create_table(
        "rate_buckets",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_buckets")),
    )
    with op.batch_alter_table("rate_buckets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_buckets_full_at"), ["full_at"], unique=False)

    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["regions.code"], name=op.f("fk_regions_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regions_parent"), ["parent"], unique=False)

    op.create_table(
        "rule_clocks",
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", name=op.f("pk_rule_clocks")),
    )
    op.create_table(
        "signed_documents",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_signed_documents")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("actor", sa.String(length=26), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_api_tokens_actor")),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search", sa.String(length=200), nullable=False),
        sa.Column("initials", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("no_uscc_reason", sa.String(length=200), nullable=True),
        sa.Column("first_known_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_enterprises_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("uscc", name=op.f("uq_enterprises_uscc")),
    )
    with op.batch_alter_table("enterprises", schema=None) as batch_op:
        batch_op.create_index("ix_enterprises_initials", ["initials"], unique=False)
        batch_op.create_index("ix_enterprises_region", ["region"], unique=False)
        batch_op.create_index("ix_enterprises_search", ["search"], unique=False)

    op.create_table(
        "jurisdiction_settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_jurisdiction_settings_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jurisdiction_settings")),
        sa.UniqueConstraint("region", "key", "valid_from", name=op.f("uq_jurisdiction_settings_region_key_valid_from")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_login_sessions_actor")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_login_sessions")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_sessions_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_sessions_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "policies",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("confirmed_by", sa.String(length=26), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_policies_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint("region", "version", name=op.f("uq_policies_region_version")),
    )
    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.create_index("ix_policies_region_valid_from", ["region", "valid_from"], unique=False)

    op.create_table(
        "units",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("supervised", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["units.code"], name=op.f("fk_units_parent")),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_units_region")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_units")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_region"), ["region"], unique=False)

    op.create_table(
        "users",
        sa.Column("actor", sa.String(length=26), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_users_actor")),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "enterprise_records",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("enterprise", sa.String(length=26), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("industry", sa.String(length=8), nullable=True),
        sa.Column("risk", sa.String(length=10), nullable=True),
        sa.Column("credit", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name=op.f("fk_enterprise_records_enterprise")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_records")),
    )
    with op.batch_alter_table("enterprise_records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_records_enterprise"), ["enterprise"], unique=False)

    op.create_table(
        "inspections",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("enterprise_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lead_unit", sa.String(length=64), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_by", sa.String(length=26), nullable=False),
        sa.Column("applicant", sa.String(length=26), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("plan_code", sa.String(length=64), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("clue_no", sa.String(length=100), nullable=True),
        sa.Column("clue_key", sa.String(length=100), nullable=True),
        sa.Column("clue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recheck_of", sa.String(length=26), nullable=True),
        sa.Column("place_kind", sa.String(length=16), nullable=False),
        sa.Column("place_address", sa.String(length=400), nullable=True),
        sa.Column("place_region", sa.String(length=64), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("surprise", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exception", sa.String(length=20), nullable=True),
        sa.Column("exception_reason", sa.Text(), nullable=True),
        sa.Column("low_yield_reason", sa.Text(), nullable=True),
        sa.Column("external_system", sa.String(length=100), nullable=True),
        sa.Column("external_number", sa.String(length=100), nullable=True),
        sa.Column("external_qr", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("code_cti", sa.String(length=32), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_arrive_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("self_scanned", sa.Boolean(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_carried_out_reason", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visit_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visit_day", sa.Date(), nullable=True),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_inspections_enterprise_id")),
        sa.ForeignKeyConstraint(["lead_unit"], ["units.code"], name=op.f("fk_inspections_lead_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("jurisdiction", "number", name=op.f("uq_inspections_jurisdiction_number")),
    )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index("ix_inspections_clue_key", ["jurisdiction", "clue_key"], unique=False)
        batch_op.create_index("ix_inspections_due_at", ["due_at"], unique=False)
        batch_op.create_index("ix_inspections_enterprise_visit_start", ["enterprise_id", "visit_start"], unique=False)
        batch_op.create_index("ix_inspections_jurisdiction_visit_day", ["jurisdiction", "visit_day"], unique=False)
        batch_op.create_index(
            "ix_inspections_jurisdiction_window_start", ["jurisdiction", "window_start"], unique=False
        )
        batch_op.create_index("ix_inspections_lead_unit_window_start", ["lead_unit", "window_start"], unique=False)
        batch_op.create_index("ix_inspections_state_window_end", ["state", "window_end"], unique=False)

    op.create_table(
        "items",
        sa.Column("no", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_items_unit")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_items")),
        sa.UniqueConstraint("code", name=op.f("uq_items_code")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_unit"), ["unit"], unique=False)

    op.create_table(
        "officers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_officers_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("certificate_no", name=op.f("uq_officers_certificate_no")),
    )
    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officers_unit"), ["unit"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_plans_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("jurisdiction", "code", name=op.f("uq_plans_jurisdiction_code")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_unit"), ["unit"], unique=False)

    op.create_table(
        "role_assignments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("actor", sa.String(length=26), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["actor"], ["actors.id"], name=op.f("fk_role_assignments_actor")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_role_assignments_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignments")),
    )
    with op.batch_alter_table("role_assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_assignments_actor"), ["actor"], unique=False)

    op.create_table(
        "unit_keys",
        sa.Column("kid", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("use", sa.String(length=8), nullable=False),
        sa.Column("suite", sa.String(length=16), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_unit_keys_unit")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_unit_keys")),
    )
    with op.batch_alter_table("unit_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_keys_unit"), ["unit"], unique=False)

    op.create_table(
        "unit_territories",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_unit_territories_region")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_unit_territories_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_territories")),
    )
    with op.batch_alter_table("unit_territories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_territories_unit"), ["unit"], unique=False)

    op.create_table(
        "certificate_suspensions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_no"], ["officers.certificate_no"], name=op.f("fk_certificate_suspensions_certificate_no")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_suspensions")),
    )
    with op.batch_alter_table("certificate_suspensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_suspensions_certificate_no"), ["certificate_no"], unique=False)

    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_no"], ["officers.certificate_no"], name=op.f("fk_certificates_certificate_no")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("certificate_no", "valid_from", name=op.f("uq_certificates_certificate_no_valid_from")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_certificate_no"), ["certificate_no"], unique=False)

    op.create_table(
        "challenges",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("inspection", sa.String(length=26), nullable=False),
        sa.Column("digits", sa.String(length=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name=op.f("fk_challenges_inspection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
    )
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_challenges_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_challenges_inspection"), ["inspection"], unique=False)

    op.create_table(
        "codes",
        sa.Column("cti", sa.String(length=32), nullable=False),
        sa.Column("inspection", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=16), nullable=False),
        sa.Column("short_code", sa.String(length=12), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name=op.f("fk_codes_inspection")),
        sa.ForeignKeyConstraint(["kid"], ["unit_keys.kid"], name=op.f("fk_codes_kid")),
        sa.PrimaryKeyConstraint("cti", name=op.f("pk_codes")),
        sa.UniqueConstraint("inspection", "version", name=op.f("uq_codes_inspection_version")),
        sa.UniqueConstraint("short_code", name=op.f("uq_codes_short_code")),
    )
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.create_index("ix_codes_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=6), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("inspection_id", sa.String(length=26), nullable=True),
        sa.Column("enterprise_id", sa.String(length=26), nullable=True),
        sa.Column("raised_for", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignee", sa.String(length=26), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_findings_enterprise_id")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_findings_inspection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint(
            "rule",
            "subject_kind",
            "subject_id",
            "unit",
            "officer",
            "period",
            name=op.f("uq_findings_rule_subject_kind_subject_id_unit_officer_period"),
        ),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index("ix_findings_enterprise", ["enterprise_id"], unique=False)
        batch_op.create_index("ix_findings_inspection", ["inspection_id"], unique=False)
        batch_op.create_index("ix_findings_jurisdiction_raised_for", ["jurisdiction", "raised_for"], unique=False)
        batch_op.create_index("ix_findings_jurisdiction_state", ["jurisdiction", "state", "severity"], unique=False)
        batch_op.create_index("ix_findings_subject", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index("ix_findings_unit_rule", ["unit", "rule"], unique=False)

    op.create_table(
        "inspection_items",
        sa.Column("inspection", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name=op.f("fk_inspection_items_inspection")),
        sa.ForeignKeyConstraint(["item"], ["items.code"], name=op.f("fk_inspection_items_item")),
        sa.PrimaryKeyConstraint("inspection", "position", name=op.f("pk_inspection_items")),
    )
    with op.batch_alter_table("inspection_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_items_item"), ["item"], unique=False)

    op.create_table(
        "inspection_officers",
        sa.Column("inspection", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name=op.f("fk_inspection_officers_inspection")),
        sa.PrimaryKeyConstraint("inspection", "position", name=op.f("pk_inspection_officers")),
    )
    with op.batch_alter_table("inspection_officers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_officers_certificate_no"), ["certificate_no"], unique=False)

    op.create_table(
        "inspection_units",
        sa.Column("inspection", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name=op.f("fk_inspection_units_inspection")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_inspection_units_unit")),
        sa.PrimaryKeyConstraint("inspection", "position", name=op.f("pk_inspection_units")),
    )
    with op.batch_alter_table("inspection_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_units_unit"), ["unit"], unique=False)

    op.create_table(
        "item_terms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("yearly_cap", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.code"], name=op.f("fk_item_terms_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_terms")),
    )
    with op.batch_alter_table("item_terms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_terms_item"), ["item"], unique=False)

    op.create_table(
        "plan_key_enterprises",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=26), nullable=False),
        sa.Column("enterprise", sa.String(length=26), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name=op.f("fk_plan_key_enterprises_enterprise")),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_plan_key_enterprises_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_key_enterprises")),
        sa.UniqueConstraint("plan", "enterprise", name=op.f("uq_plan_key_enterprises_plan_enterprise")),
    )
    with op.batch_alter_table("plan_key_enterprises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_key_enterprises_enterprise"), ["enterprise"], unique=False)

    op.create_table(
        "plan_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("plan", sa.String(length=26), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("objects", sa.String(length=200), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("way", sa.String(length=40), nullable=True),
        sa.Column("frequency", sa.String(length=100), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("joint_role", sa.String(length=10), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.code"], name=op.f("fk_plan_rows_item")),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_plan_rows_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_rows")),
    )
    with op.batch_alter_table("plan_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_rows_plan"), ["plan"], unique=False)

    op.create_table(
        "speech",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("inspection", sa.String(length=26), nullable=True),
        sa.Column("enterprise", sa.String(length=26), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("known", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=True),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.id"], name=op.f("fk_speech_enterprise")),
        sa.ForeignKeyConstraint(["inspection"], ["inspections.id"], name=op.f("fk_speech_inspection")),
        sa.ForeignKeyConstraint(["unit"], ["units.code"], name=op.f("fk_speech_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_speech_receipt_hash")),
    )
    with op.batch_alter_table("speech", schema=None) as batch_op:
        batch_op.create_index("ix_speech_enterprise_visited_on", ["enterprise", "visited_on"], unique=False)
        batch_op.create_index("ix_speech_inspection", ["inspection"], unique=False)
        batch_op.create_index("ix_speech_kind_week", ["jurisdiction", "kind", "week"], unique=False)

    op.create_table(
        "speech_contacts",
        sa.Column("speech", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["speech"], ["speech.id"], name=op.f("fk_speech_contacts_speech")),
        sa.PrimaryKeyConstraint("speech", name=op.f("pk_speech_contacts")),
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    op.drop_table("speech_contacts")
    with op.batch_alter_table("speech", schema=None) as batch_op:
        batch_op.drop_index("ix_speech_kind_week")
        batch_op.drop_index("ix_speech_inspection")
        batch_op.drop_index("ix_speech_enterprise_visited_on")

    op.drop_table("speech")
    with op.batch_alter_table("plan_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_rows_plan"))

    op.drop_table("plan_rows")
    with op.batch_alter_table("plan_key_enterprises", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_key_enterprises_enterprise"))

    op.drop_table("plan_key_enterprises")
    with op.batch_alter_table("item_terms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_terms_item"))

    op.drop_table("item_terms")
    with op.batch_alter_table("inspection_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_units_unit"))

    op.drop_table("inspection_units")
    with op.batch_alter_table("inspection_officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_officers_certificate_no"))

    op.drop_table("inspection_officers")
    with op.batch_alter_table("inspection_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_items_item"))

    op.drop_table("inspection_items")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index("ix_findings_unit_rule")
        batch_op.drop_index("ix_findings_subject")
        batch_op.drop_index("ix_findings_jurisdiction_state")
        batch_op.drop_index("ix_findings_jurisdiction_raised_for")
        batch_op.drop_index("ix_findings_inspection")
        batch_op.drop_index("ix_findings_enterprise")

    op.drop_table("findings")
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.drop_index("ix_codes_expires_at")

    op.drop_table("codes")
    with op.batch_alter_table("challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_challenges_inspection"))
        batch_op.drop_index(batch_op.f("ix_challenges_expires_at"))

    op.drop_table("challenges")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_certificate_no"))

    op.drop_table("certificates")
    with op.batch_alter_table("certificate_suspensions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_suspensions_certificate_no"))

    op.drop_table("certificate_suspensions")
    with op.batch_alter_table("unit_territories", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_territories_unit"))

    op.drop_table("unit_territories")
    with op.batch_alter_table("unit_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_keys_unit"))

    op.drop_table("unit_keys")
    with op.batch_alter_table("role_assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_assignments_actor"))

    op.drop_table("role_assignments")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_unit"))

    op.drop_table("plans")
    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officers_unit"))

    op.drop_table("officers")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_unit"))

    op.drop_table("items")
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_index("ix_inspections_state_window_end")
        batch_op.drop_index("ix_inspections_lead_unit_window_start")
        batch_op.drop_index("ix_inspections_jurisdiction_window_start")
        batch_op.drop_index("ix_inspections_jurisdiction_visit_day")
        batch_op.drop_index("ix_inspections_enterprise_visit_start")
        batch_op.drop_index("ix_inspections_due_at")
        batch_op.drop_index("ix_inspections_clue_key")

    op.drop_table("inspections")
    with op.batch_alter_table("enterprise_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_records_enterprise"))

    op.drop_table("enterprise_records")
    op.drop_table("users")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_region"))

    op.drop_table("units")
    with op.batch_alter_table("policies", schema=None) as batch_op:
        batch_op.drop_index("ix_policies_region_valid_from")

    op.drop_table("policies")
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_sessions_expires_at"))
        batch_op.drop_index(batch_op.f("ix_login_sessions_actor"))

    op.drop_table("login_sessions")
    op.drop_table("jurisdiction_settings")
    with op.batch_alter_table("enterprises", schema=None) as batch_op:
        batch_op.drop_index("ix_enterprises_search")
        batch_op.drop_index("ix_enterprises_region")
        batch_op.drop_index("ix_enterprises_initials")

    op.drop_table("enterprises")
    op.drop_table("api_tokens")
    op.drop_table("signed_documents")
    op.drop_table("rule_clocks")
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_regions_parent"))

    op.drop_table("regions")
    with op.batch_alter_table("rate_buckets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_buckets_full_at"))

    op.drop_table("rate_buckets")
    op.drop_table("issue_counters")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_created_at"))

    op.drop_table("idempotency_keys")
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.drop_index("ix_facts_subject")
        batch_op.drop_index("ix_facts_kind")

    op.drop_table("facts")
    op.drop_table("do_not_disturb")
    with op.batch_alter_table("device_marks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_marks_expires_at"))

    op.drop_table("device_marks")
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_days_day"))

    op.drop_table("calendar_days")
    op.drop_table("bad_presentations")
    op.drop_table("actors")
    # ### end Alembic commands ###
