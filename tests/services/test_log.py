"""The log: what enters when, what is signed, what witnesses and proofs say."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, func, or_, select, text
from sqlalchemy.exc import OperationalError

from app.domain.errors import Invalid, Refused
from app.domain.facts import leaf_data
from app.domain.transparency import (
    LOG_SUITES,
    Checkpoint,
    Note,
    ProofError,
    ProofFile,
    open_checkpoint,
    parse_verifier,
    root,
    suite_of,
)
from app.services.speaking import speech
from app.services.transparency import log, log_audit, log_proofs, log_witnesses
from app.services.visiting import scans
from app.store import inspections as inspection_store
from app.store.models import FactRow, Log, LogDummy, LogEntry, LogHead, LogQueued, Speech
from tests.house import House, open_house


def advance(house: House) -> int:
    return log.advance(house.perform)


def audit(house: House) -> list[str]:
    with house.installation.reading() as session:
        return [d.text for d in log_audit.audit(session)]


def leaves(house: House) -> list[bytes]:
    with house.installation.reading() as session:
        return list(session.scalars(select(LogEntry.leaf).order_by(LogEntry.position)))


def witness_of(house: House, name: str = "sfj.test/witness"):
    with house.installation.reading() as session:
        suite = suite_of(parse_verifier(session.get_one(Log, 1).verifier))
    signer = suite.signer(name, suite.generate(house.installation.random), True)
    house.perform(log_witnesses.trust, house.people["admin"], str(signer.key))
    return signer


def cosign(house: House, signer) -> None:
    with house.installation.reading() as session:
        note = Note.parse(log_witnesses.checkpoint(session))
    signed = Note(note.text, ()).signed_by(signer, int(house.clock.now.timestamp()))
    house.perform(log_witnesses.accept, bytes(signed))


def test_every_fact_enters_once_and_the_tree_is_the_tree_of_rfc_6962(house: House) -> None:
    house.completed()
    entered = advance(house)
    with house.installation.reading() as session:
        facts = set(session.scalars(select(FactRow.leaf)))
        head = session.scalars(select(LogHead)).one()
        key = parse_verifier(session.get_one(Log, 1).verifier)
        opened = open_checkpoint(log_witnesses.checkpoint(session), key.name, [key])
        assert session.scalar(select(func.count()).select_from(LogQueued)) == 0
    entries = leaves(house)
    assert set(entries) == facts and len(entries) == entered == head.size
    assert opened.checkpoint == Checkpoint("localhost/log", entered, root(entries))
    assert advance(house) == 0 and audit(house) == []


def test_a_log_under_state_cryptography(database_url: str, tmp_path) -> None:
    house = open_house(database_url, tmp_path / "instance", JCM_LOG_SUITE="SM2-SM3")
    inspection = house.approved()
    advance(house)
    with house.installation.reading() as session:
        key = parse_verifier(session.get_one(Log, 1).verifier)
        opened = open_checkpoint(log_witnesses.checkpoint(session), key.name, [key])
    sm3 = LOG_SUITES["SM2-SM3"].hash
    assert opened.checkpoint.root == root(leaves(house), sm3)
    signer = witness_of(house)
    advance(house)
    cosign(house, signer)
    assert audit(house) == []
    with house.installation.reading() as session:
        inspection = inspection_store.get(session, inspection.id)
        proof = ProofFile.parse(log_proofs.proof_file(session, inspection))
    salt, record = proof.extra[:16], proof.extra[16:]
    proven = proof.verify(leaf_data(salt, record), key.name, [key], [signer.key], sm3)
    assert proven.witnessed_at is not None and inspection.number in record.decode()
    with pytest.raises(ProofError):
        proof.verify(leaf_data(salt, record), key.name, [key], [signer.key])  # with the other kind's hash
    with house.installation.database.engine.begin() as connection:
        connection.execute(text("UPDATE facts SET body = replace(body, 'complaint', 'tip') WHERE kind LIKE '%applied'"))
    assert any("is not what was recorded" in said for said in audit(house))
    house.installation.database.dispose()


def test_two_sequencers_at_once_give_every_leaf_one_place(house: House) -> None:
    for _ in range(5):
        house.approved()
    with ThreadPoolExecutor(4) as pool:
        entered = sum(pool.map(lambda _: advance(house), range(8)))
    with house.installation.reading() as session:
        assert entered == session.scalar(select(func.count()).select_from(FactRow))
    assert audit(house) == []


@pytest.mark.parametrize("use_case", (log.sequence, log.sign))
def test_a_sequencer_reads_the_clock_behind_the_lock(house: House, use_case: Any) -> None:
    """While one waits for the log another signs, a moment later: the first must not think that time ran back."""
    house.approved()
    held = []

    def clock() -> datetime:
        held.append(not _log_is_free(house))
        return house.clock.now

    replace(house.installation, clock=clock).perform(use_case)
    assert held == [True]


def _log_is_free(house: House) -> bool:
    try:
        with create_engine(house.installation.config.database_url, poolclass=NullPool).connect() as other:
            if other.dialect.name == "postgresql":
                key = int.from_bytes(hashlib.blake2b(b"log", digest_size=8).digest(), "big", signed=True)
                return bool(other.scalar(select(func.pg_try_advisory_xact_lock(key))))
            other.exec_driver_sql("PRAGMA busy_timeout=0")
            other.exec_driver_sql("BEGIN IMMEDIATE")
            return True
    except OperationalError:
        return False


def test_a_clock_set_back_stops_the_signing_and_says_so(house: House) -> None:
    house.approved()
    advance(house)
    house.clock.move(minutes=-5)
    house.approved()
    with pytest.raises(Refused) as refused:
        advance(house)
    assert refused.value.code == "clock_ran_back"
    page = house.signed_in("supervisor").get("/supervise/").text
    assert "登记簿暂停签名" in page
    house.clock.move(minutes=10)
    assert advance(house) > 0 and audit(house) == []


def test_the_head_is_signed_only_after_the_leaves_are_stored(house: House) -> None:
    house.approved()
    house.perform(log.sequence)
    with house.installation.reading() as session:
        assert session.scalars(select(LogHead.note)).one() is None
        assert log_witnesses.checkpoint(session) is None
    house.perform(log.sign)
    house.approved()
    house.perform(log.sequence)  # killed here: the next round signs what is there
    house.approved()
    advance(house)
    assert audit(house) == []


def test_what_enterprises_say_enters_once_a_day_shuffled_among_dummies(house: House) -> None:
    inspection = house.approved()
    advance(house)
    before = len(leaves(house))
    for n in range(3):
        house.perform(speech.rate, speech.Rating(inspection.code.short_code, 1, {"gifts": True}), f"device {n}")
    advance(house)
    assert len(leaves(house)) == before, "a rating, or the flag it raised, entered at once"
    house.clock.move(days=1)
    advance(house)
    with house.installation.reading() as session:
        said = set(session.scalars(select(Speech.leaf)))
        followed = or_(
            FactRow.kind.like("finding.%"), FactRow.kind.like("lead.%")
        )  # the flag, and a lead on gifts each
        flagged = set(session.scalars(select(FactRow.leaf).where(followed)))
        dummies = set(session.scalars(select(LogDummy.leaf)))
    batch = leaves(house)[before : before + 64]
    assert said <= set(batch) and flagged <= set(batch)
    assert len(flagged) == 4 and len(dummies) == 64 - len(said) - len(flagged) and dummies <= set(batch)
    assert [leaf for leaf in batch if leaf not in dummies] != batch[: 64 - len(dummies)], "not shuffled"
    assert audit(house) == []


def test_a_silent_day_looks_like_any_other(house: House) -> None:
    house.approved()
    advance(house)
    before = len(leaves(house))
    house.clock.move(days=1)
    advance(house)
    assert len(leaves(house)) == before + 64


def test_a_witness_dates_the_registration_before_the_visit(house: House) -> None:
    start = house.clock.now + timedelta(hours=2)
    inspection = house.approved(window_start=start, window_end=start + timedelta(hours=2))
    with house.installation.reading() as session:
        assert log_proofs.registration(session, inspection).position is None
        assert log_proofs.proof_file(session, inspection) is None
    advance(house)
    with house.installation.reading() as session:
        assert log_proofs.registration(session, inspection).before_visit is None
        assert log_proofs.proof_file(session, inspection)
    signer = witness_of(house)
    house.clock.move(minutes=10)
    cosign(house, signer)
    house.clock.move(hours=8)
    cosign(house, signer)  # later looks change nothing
    with house.installation.reading() as session:
        said = log_proofs.registration(session, inspection)
        file = ProofFile.parse(log_proofs.proof_file(session, inspection))
        key = parse_verifier(session.get_one(Log, 1).verifier)
    assert said.before_visit is True and said.witness == "sfj.test/witness"
    proven = file.verify(leaf_data(file.extra[:16], file.extra[16:]), key.name, [key], [signer.key])
    assert proven.witnessed_at == said.witnessed_at == start - timedelta(hours=1, minutes=50)
    assert inspection.code.cti.encode() in file.extra and inspection.code.short_code.encode() not in file.extra
    assert audit(house) == []


def test_a_code_made_afterwards_cannot_be_shown_as_made_before(house: House) -> None:
    inspection = house.approved(started_at=house.clock.now - timedelta(hours=3))
    advance(house)
    signer = witness_of(house)
    house.clock.move(minutes=1)
    cosign(house, signer)
    with house.installation.reading() as session:
        assert log_proofs.registration(session, inspection).before_visit is False


@pytest.mark.parametrize("wrong", ["stranger", "other text", "no note", "far future", "before the tree"])
def test_only_a_known_witness_under_our_own_checkpoint_counts(house: House, wrong: str) -> None:
    house.approved()
    advance(house)
    signer = witness_of(house)
    with house.installation.reading() as session:
        text = Note.parse(log_witnesses.checkpoint(session)).text
    at = int(house.clock.now.timestamp())
    suite = LOG_SUITES["Ed25519"]
    if wrong == "stranger":
        signer = suite.signer("stranger", suite.generate(house.installation.random), True)
    if wrong == "other text":
        text = text.replace("localhost/log\n", "localhost/log\n1")
    at += {"far future": 3600, "before the tree": -3600}.get(wrong, 0)
    data = b"no note" if wrong == "no note" else bytes(Note(text, ()).signed_by(signer, at))
    with pytest.raises((Invalid, Refused)):
        house.perform(log_witnesses.accept, data)
    with house.installation.reading() as session:
        assert all(w.last_at is None for w in log_witnesses.states(session))


def test_heads_that_nobody_witnessed_are_forgotten_and_the_tree_stays_whole(house: House) -> None:
    signer = None
    for n in range(6):
        house.approved()
        advance(house)
        signer = signer or witness_of(house)
        if n == 2:
            cosign(house, signer)
        house.clock.move(hours=20)
    house.perform(log.prune)
    with house.installation.reading() as session:
        assert 1 < session.scalar(select(func.count()).select_from(LogHead)) < 6
    assert audit(house) == []


def test_a_scan_and_a_flag_action_are_leaves_too(house: House) -> None:
    house.completed()
    inspection = house.approved()
    house.perform(scans.record_scan, inspection.code.short_code, "arrive", "a phone")
    advance(house)
    with house.installation.reading() as session:
        for kind in ("inspection.arrived", "code.issued", "inspection.approved", "finding.raised"):
            leaf = session.scalars(select(FactRow.leaf).where(FactRow.kind == kind)).first()
            assert leaf in set(leaves(house)), kind
        assert inspection_store.get(session, inspection.id).state == "in_progress"
