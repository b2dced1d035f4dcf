"""What rules read cannot be changed past the platform: every row follows from a fact, and `log verify` names what does not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM
from app.services import registers
from app.services.applying import deputies
from app.services.auditing.register_audit import register_discrepancies
from app.services.imports import enterprises, items, officers, reference
from app.services.imports.rows import Row
from app.services.people import second_factors, two_persons
from app.services.registry import enter_calendar
from app.services.transparency import log, log_audit, log_witnesses
from app.services.visiting import enterprise_codes
from app.store.models import (
    Base,
    DoNotDisturb,
    Enterprise,
    FactRow,
    ItemPoint,
    ItemTerm,
    LogQueued,
    NationalCode,
    OfficerConflict,
    OfficeSubject,
    Passkey,
    Policy,
    RegionPlace,
)
from tests.house import House, uscc

ELSEWHERE = {  # tables that are no registers, and why
    "facts": "they are the facts",
    "speech": "has leaves of its own",
    **dict.fromkeys(
        ("logs", "log_queue", "log_entries", "log_tiles", "log_heads", "log_cosignatures", "log_dummies"), "the log"
    ),
    **dict.fromkeys(
        (
            "inspections",
            "inspection_units",
            "inspection_officers",
            "inspection_items",
            "inspection_invitations",
            "codes",
            "findings",
            "papers",
            "plans",
            "plan_rows",
            "plan_key_enterprises",
            "lots",
            "rectifications",
        ),
        "folded from facts",
    ),
    "actors": "their roles, accounts and tokens are registers",
    "login_sessions": "passing",
    "register_version": "passing: which registers a process keeps in memory",
    "red_told": "passing: what was told already",
    "recovery_codes": "keyed marks, which nobody makes without the installation's key",
    **dict.fromkeys(
        (
            "speech_contacts",
            "device_arrivals",
            "device_marks",
            "challenges",
            "idempotency_keys",
            "rate_buckets",
            "issue_counters",
            "paper_counters",
            "rule_clocks",
            "visit_drafts",
            "visit_photos",
        ),
        "passing, or forgotten on purpose",
    ),
    "signed_documents": "signed",
    "files": "facts name them with their hash",
    "jobs": "passing",
    **dict.fromkeys(("day_figures", "figure_marks"), "they follow from rows, and are held against them"),
    **dict.fromkeys(("case_records", "unit_questions"), "facts of their own"),
    **dict.fromkeys(("saved_views", "watches", "subscriptions"), "a supervisor's own conveniences"),
    "drafts": "their beginning and end are facts, held against the rows",
    **dict.fromkeys(("application_templates", "application_keys", "batches", "batch_rows"), "working papers"),
    **dict.fromkeys(("space_members", "matters"), "folded from facts"),
    **dict.fromkeys(("space_persons", "space_sessions", "space_codes", "outbox"), "forgotten on purpose, or passing"),
    **dict.fromkeys(("callbacks", "callback_draws"), "folded from facts"),
    **dict.fromkeys(
        ("flag_reviews", "campaigns", "case_files", "observations", "recusals", "accompanyings"), "folded from facts"
    ),
    **dict.fromkeys(("looks", "leads", "lead_steps"), "facts have the hash of what is sealed"),
    "code_places": "a fact has the hash of each; erased after a year",
    "own_choices": "a person's own conveniences",
    "mirrored_visits": "finds an inspection that follows from facts",
    **dict.fromkeys(("connectors", "connector_refusals"), "how far another system was read: passing"),
    "enterprise_phones": "facts have the hash of what is sealed",
    "account_notices": "told, and forgotten on purpose",
    "sign_in_failures": "counted, one fact when the hour is over",
    "bad_presentations": "what strangers tried; no rule on a unit rests on one alone",
}
SUSPENDED = {"suspended_from": "2026-01-01"}
CASES = [  # what somebody does by SQL, the table that must be named, how
    ("UPDATE regions SET parent = NULL WHERE code = '990101'", "regions", "row_changed"),
    ("UPDATE units SET supervised = NOT supervised WHERE code = 'BU-01'", "units", "row_changed"),
    ("UPDATE units SET role = 'supervisor' WHERE code = 'YT-YJJ'", "units", "row_changed"),
    ("UPDATE unit_territories SET region = '990100' WHERE unit = 'YT-T05'", "unit_territories", "row_changed"),
    ("DELETE FROM unit_territories WHERE unit = 'YT-T05'", "unit_territories", "row_removed"),
    ("UPDATE items SET unit = 'YT-SCJG' WHERE code = 'YJ-01'", "items", "row_changed"),
    ("UPDATE item_terms SET yearly_cap = 99 WHERE item = 'YJ-01'", "item_terms", "row_changed"),
    ("UPDATE item_terms SET published = true WHERE item = 'YJ-99'", "item_terms", "row_changed"),
    (
        "INSERT INTO item_terms (item, published, yearly_cap, valid_from) VALUES ('YJ-99', true, 9, '2026-01-01')",
        "item_terms",
        "row_added",
    ),
    ("UPDATE item_points SET point = '别的'", "item_points", "row_changed"),
    ("UPDATE region_places SET lat = 0", "region_places", "row_changed"),
    ("UPDATE jurisdiction_settings SET value = '000' WHERE key = 'duty_phone'", "jurisdiction_settings", "row_changed"),
    ("DELETE FROM calendar_days WHERE day = '2026-10-01'", "calendar_days", "row_removed"),
    ("UPDATE calendar_days SET working = NOT working WHERE day = '2026-10-01'", "calendar_days", "row_changed"),
    (
        "INSERT INTO paper_settings (unit, prefix, reviewed, recorded_at) "
        "VALUES ('YT-YJJ', '云应急', false, '2026-01-01 00:00:00')",
        "paper_settings",
        "row_added",
    ),
    ("UPDATE policies SET settings = '{}'", "policies", "row_changed"),
    ("UPDATE policies SET valid_from = '2020-01-01'", "policies", "row_changed"),
    ("UPDATE officers SET unit = 'YT-SCJG' WHERE certificate_no = '99010001'", "officers", "row_changed"),
    ("UPDATE certificates SET valid_until = NULL WHERE certificate_no = '99010003'", "certificates", "row_changed"),
    ("DELETE FROM certificate_suspensions", "certificate_suspensions", "row_removed"),
    ("DELETE FROM officer_conflicts", "officer_conflicts", "row_removed"),
    ("UPDATE do_not_disturb SET valid_until = '2026-02-01'", "do_not_disturb", "row_changed"),
    ("DELETE FROM do_not_disturb", "do_not_disturb", "row_removed"),
    ("UPDATE enterprises SET region = '990101001'", "enterprises", "row_changed"),
    ("UPDATE enterprise_codes SET replaced_at = issued_at", "enterprise_codes", "row_changed"),
    ("UPDATE enterprise_records SET risk = 'low'", "enterprise_records", "row_changed"),
    ("UPDATE role_assignments SET role = 'head' WHERE role = 'inspector'", "role_assignments", "row_changed"),
    ("UPDATE deputies SET valid_until = '2027-01-01'", "deputies", "row_changed"),
    ("UPDATE unit_keys SET not_after = '2099-01-01 00:00:00+00'", "unit_keys", "row_changed"),
    ("UPDATE log_witnesses SET name = 'another'", "log_witnesses", "row_changed"),
    ("UPDATE users SET password_hash = 'another' WHERE username = 'head'", "users", "row_changed"),
    ("UPDATE users SET disabled_at = NULL, username = 'x' WHERE username = 'head'", "users", "row_changed"),
    (
        "UPDATE api_tokens SET expires_at = NULL, revoked_at = NULL, created_at = '2020-01-01'",
        "api_tokens",
        "row_changed",
    ),
    ("UPDATE national_codes SET catalogue_code = 'x'", "national_codes", "row_changed"),
    ("UPDATE api_tokens SET scopes = 'inspections'", "api_tokens", "row_changed"),
    ("UPDATE passkeys SET public_key = credential", "passkeys", "row_changed"),
    ("DELETE FROM office_subjects", "office_subjects", "row_removed"),
    ("UPDATE proposals SET decided_by = proposed_by, confirmed = true", "proposals", "row_changed"),
    ("DELETE FROM second_factors", "second_factors", "row_removed"),
]


def audit(session: Session) -> list[tuple[str, str]]:
    session.expire_all()
    return [(d.table, d.code) for d in log_audit.audit(session)]


@pytest.fixture
def full(house: House) -> Iterator[House]:
    """A district with at least one row in every register, sequenced."""
    inspection = house.approved()
    house.perform(enter_calendar)
    house.perform(lambda work: _fill(work, inspection.enterprise_id))
    house.perform(lambda work: _ways_in(work, house.people["head"].id))
    today, head = house.clock.now.date(), house.people["head"]
    house.perform(deputies.name, head, house.people["inspector"].id, today, today)
    house.perform(enterprise_codes.issue, house.people["supervisor"], inspection.enterprise_id)
    witness = "sfj.example.gov.cn/witness+f64f1d17+BDOoxqyPOwkc0KUY8iP/V/1W/y6GZF0188RrDbQDC5MX"
    house.perform(log_witnesses.trust, house.people["admin"], witness)
    house.token("inspector")
    house.perform(two_persons.propose, house.people["admin"], "account", "new", {"unit": "YT-YJJ"})
    house.perform(second_factors.begin, house.people["supervisor"])
    log.advance(house.perform)
    yield house


def _fill(work, enterprise: str) -> None:
    today = work.now.date()
    rows: list[Base] = [
        OfficerConflict(
            certificate_no="99010001", enterprise=enterprise, reason="亲属任职", valid_from=today, declared_by="x"
        ),
        ItemPoint(item="YJ-01", no=1, point="安全出口是否畅通", valid_from=today),
        NationalCode(item="YJ-01", catalogue_code="01021000001", implementation_code="11310000MB2F30430C2"),
        RegionPlace(region="990101005", lat=3137, lon=12124),
        DoNotDisturb(subject_kind="enterprise", subject_id=enterprise, valid_from=today),
        Policy(
            id=work.new_id(), region="990101", version=1, valid_from=today, settings='{"cap":2}', proposed_by="x",
            recorded_at=work.now,
        ),
    ]  # fmt: skip
    work.session.add_all(rows)
    work.session.flush()
    registers.record(work, SYSTEM, "990101", rows)


def _ways_in(work, actor: str) -> None:
    key = Passkey(
        id=work.new_id(), actor=actor, credential=b"c", public_key=b"k", sign_count=0, name="电脑", created_at=work.now
    )  # fmt: skip
    rows = [key, OfficeSubject(actor=actor, mark=work.random(32), linked_at=work.now)]
    work.session.add_all(rows)
    work.session.flush()
    registers.record(work, SYSTEM, "990101", rows)


def test_each_register_changed_by_sql_is_named(full: House) -> None:
    with full.installation.database.engine.connect() as connection:
        session = Session(bind=connection)
        assert audit(session) == []
        connection.rollback()
        for sql, table, code in CASES:
            connection.execute(text(sql))
            session.expire_all()
            assert (table, code) in {(d[1], d[0]) for d in register_discrepancies(session)}, sql
            connection.rollback()
        assert audit(session) == []
    assert {table for _, table, _ in CASES} == {model.__tablename__ for model in registers.REGISTERS}


def test_every_table_is_a_register_or_it_is_said_why_not() -> None:
    tables = set(Base.metadata.tables)
    known = {model.__tablename__ for model in registers.REGISTERS}
    assert tables == known | set(ELSEWHERE) and not known & set(ELSEWHERE)
    assert all(len(registers.subject_kind(model)) <= 20 for model in registers.REGISTERS)


def test_what_was_there_before_facts_is_adopted_once_and_never_again(house: House) -> None:
    def forget(work) -> None:
        work.session.execute(
            text("DELETE FROM log_queue WHERE leaf IN (SELECT leaf FROM facts WHERE kind LIKE 'register.%')")
        )
        work.session.execute(text("DELETE FROM facts WHERE kind LIKE 'register.%'"))

    house.perform(forget)  # an installation of an older release
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert {code for _, code in audit(session)} == {"register_not_begun"}
    assert any("item_terms" in line for line in house.perform(registers.adopt))
    with house.installation.reading() as session:
        assert audit(session) == []
    with house.installation.database.engine.begin() as connection:
        sql = "INSERT INTO item_terms (item, published, yearly_cap, valid_from) VALUES ('YJ-99', true, 9, '2026-01-01')"
        connection.execute(text(sql))
    assert house.perform(registers.adopt) == []
    with house.installation.reading() as session:
        assert ("item_terms", "row_added") in audit(session)


def test_a_row_that_was_removed_and_stands_there_again_is_named(house: House) -> None:
    def remove(work) -> None:
        row = work.session.scalar(select(ItemTerm).where(ItemTerm.item == "YJ-01"))
        registers.removed(work, SYSTEM, "990101", [row])

    log.advance(house.perform)
    house.perform(remove)
    with house.installation.reading() as session:
        assert audit(session) == [("item_terms", "row_added")]


def test_a_cell_that_cannot_be_read_is_named_and_ends_nothing(full: House) -> None:
    if full.installation.database.engine.dialect.name != "sqlite":
        return  # PostgreSQL keeps the type of a column
    with full.installation.database.engine.begin() as connection:
        connection.execute(text("UPDATE item_terms SET valid_from = 'never' WHERE item = 'YJ-01'"))
    with full.installation.reading() as session:
        assert audit(session) == [("item_terms", "row_changed")]


def test_imports_record_each_row_once_and_the_same_file_again_nothing(house: House) -> None:
    files = (
        (reference.import_regions, [{"code": "990101009", "name": "新街道"}]),
        (reference.import_units, [{"code": "YT-NEW", "name": "新单位", "region": "990101"}]),
        (items.import_items, [{"code": "NEW-01", "unit": "YT-NEW", "name": "新事项", "yearly_cap": "2"}]),
        (
            officers.import_officers,
            [{"certificate_no": "990901", "name": "新一", "unit": "YT-NEW", "valid_until": "2030-01-01"} | SUSPENDED],
        ),
        (enterprises.import_enterprises, [{"uscc": uscc(n), "name": f"新企业{n}"} for n in range(900, 903)]),
    )  # fmt: skip

    def run() -> int:
        for use_case, rows in files:
            outcome = house.perform(use_case, [Row(n, r) for n, r in enumerate(rows, 2)], lambda n: None)
            assert not outcome.problems
        log.advance(house.perform)
        with house.installation.reading() as session:
            assert audit(session) == []
            return len(session.scalars(select(FactRow.id).where(FactRow.kind == "register.changed")).all())

    first = run()
    assert run() == first
    house.perform(
        items.import_items,
        [Row(2, {"code": "NEW-01", "unit": "YT-NEW", "name": "改名", "yearly_cap": "3"})],
        lambda n: None,
    )
    assert run() == first + 2 + 2  # the item and its new term, and back again
    with house.installation.reading() as session:
        row = session.scalars(select(Enterprise).where(Enterprise.uscc == uscc(900))).one()
        fact = session.scalars(select(FactRow).where(FactRow.subject_id == row.id)).one()
        assert "新企业900" in fact.body and fact.jurisdiction == "990101"
        assert session.scalar(select(LogQueued.seq)) is None


def test_private_keys_are_in_no_fact(house: House) -> None:
    house.approved()
    with house.installation.reading() as session:
        body = session.scalars(select(FactRow.body).where(FactRow.subject_kind == "unit_keys")).first()
    assert body and '"private"' not in body and '"jwk"' in body


def test_a_table_that_is_no_register_is_refused(house: House) -> None:
    with house.installation.unit_of_work() as work, pytest.raises(KeyError, match="REGISTERS"):
        registers.record(work, SYSTEM, "990101", [FactRow()])
