"""State cryptography (密评, GB/T 39786): a whole visit, its log and its backup with SM2, SM3 and SM4; keys in a device."""

import json
import multiprocessing
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import system_clock
from app.config import ConfigError
from app.domain.codes.device import MAGIC, DeviceError
from app.domain.codes.keys import PublicKey, SigningKey
from app.domain.codes.lists import verify_key_list
from app.domain.crypto import INTERNATIONAL, STATE
from app.domain.errors import Invalid, Refused
from app.domain.facts import leaf_data
from app.installation import open_installation
from app.operating import doctor
from app.operating.backup import locks, making, restoring
from app.operating.backup.locks import BackupError, Identity, Passphrase, Recipient
from app.services.applying import decisions
from app.services.people import second_factors
from app.services.speaking import speech
from app.services.transparency import log, log_audit
from app.services.trust import roots, unit_keys, verification
from app.store import documents
from app.store.models import CodeRow, Contact, FactRow, Log, UnitKey
from app.store.signature_device import SocketDevice
from app.store.unit_of_work import canonical_of
from app.store.vault import Vault, VaultError, sealed_by
from tests.house import House, house_config, open_house, uscc
from tools import signature_device


def _state_house(url: str, instance: Path, seed: int = 8, **env: str) -> House:
    house = open_house(url, instance, seed)
    config = house_config(url, instance, JCM_CRYPTOGRAPHY="state", **env)
    house.installation.database.dispose()
    house.installation = open_installation(config, house.clock, random.Random(seed).randbytes)
    root = SigningKey.made(STATE.suite, house.installation.device, "root")
    (instance / "root.key").write_text(root.to_pem())
    return house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    opened = _state_house(database_url, tmp_path / "instance")
    yield opened
    opened.installation.database.dispose()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Path]:
    """The stand-in as a process of its own; forked, because loading Python anew takes seconds."""
    path = tmp_path / "device.sock"
    listening = signature_device.server(path, signature_device.Keys(tmp_path / "keys.json"))
    process = multiprocessing.get_context("fork").Process(target=listening.serve_forever, daemon=True)
    process.start()
    listening.server_close()
    yield path
    process.kill()
    process.join()


def _audit(house: House) -> list[Any]:
    with house.installation.reading() as session:
        return list(log_audit.audit(session))


ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter


@ONE
def test_a_visit_its_log_and_its_backup_know_no_other_cryptography(
    house: House,
    elsewhere: Any,
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locks, "ROUNDS", 100)
    inspection = house.completed()
    said = speech.Report(
        "云汀示例一食品有限公司", house.clock().date(), "没看到码", uscc=uscc(1), contact="13800000000"
    )
    house.perform(speech.report, said)
    log.advance(house.perform)
    assert _audit(house) == []
    with house.installation.reading() as session:
        assert set(session.scalars(select(UnitKey.suite))) == {"SM2-SM3"}
        begun = session.get_one(Log, 1)
        assert begun.suite == "SM2-SM3"
        kept = [begun.private, *session.scalars(select(UnitKey.private)), *session.scalars(select(Contact.sealed))]
        assert {sealed_by(bytes(sealed)) for sealed in kept} == {STATE}
        fact = session.scalars(select(FactRow).order_by(FactRow.seq.desc()).limit(1)).one()
        assert fact.leaf == leaf_data(fact.salt, canonical_of(fact), STATE)
        keys, root = documents.published(session, unit_keys.KEYS), documents.published(session, roots.ROOT)
        verify_key_list(keys, PublicKey.from_jwk("SM2-SM3", root["jwk"]), house.clock())
        assert verification.look(session, inspection.code.short_code, house.clock()).verdict == "completed"
    identity = Identity.generate(STATE)
    config = house.installation.config
    both = (Passphrase("correct horse battery"), Recipient.parse(str(identity.recipient())))
    manifest = making.make(config, tmp_path / "b", both, system_clock(), programs=programs)
    header = json.loads((tmp_path / "b").read_bytes().split(b"\n", 2)[1])
    assert header["cipher"] == "SM4-GCM" and [lock["kind"] for lock in header["locks"]] == ["pbkdf2-sm3", "sm2"]
    assert restoring.check(tmp_path / "b", both[0]) == manifest
    done = restoring.restore(elsewhere, tmp_path / "b", Identity.parse(str(identity)), programs=programs)
    assert (done.discrepancies, done.lost) == ([], 0)


@ONE
def test_what_was_sealed_before_the_change_stays_readable(house: House) -> None:
    ours = house.installation.vault
    before = Vault(ours.key, ours.random, INTERNATIONAL)
    oldest = bytes(12) + INTERNATIONAL.encrypt(ours.key, bytes(12), b"secret", b"x")  # of when there was no choice
    unlucky = b"\xf5jv\x02" + bytes(8)  # a nonce that looks like a head
    unlucky += INTERNATIONAL.encrypt(ours.key, unlucky, b"secret", b"x")
    for sealed in (oldest, unlucky, before.seal(b"secret", "x"), ours.seal(b"secret", "x")):
        assert ours.open(sealed, "x") == before.open(sealed, "x") == b"secret"
        with pytest.raises(VaultError):
            ours.open(sealed, "y")
        with pytest.raises(VaultError):
            ours.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "x")
    assert ours.mark("p", "v") != before.mark("p", "v") and before.mark("p", "v") in ours.marks("p", "v")


@ONE
def test_a_recovery_code_of_before_the_change_still_works_once(database_url: str, tmp_path: Path) -> None:
    before = open_house(database_url, tmp_path / "instance")
    shown = before.perform(second_factors.new_codes, before.people["head"].id)
    after = _state_house(database_url, tmp_path / "instance")
    assert after.perform(second_factors._use_recovery, after.people["head"].id, shown[0])
    assert not after.perform(second_factors._use_recovery, after.people["head"].id, shown[0])


@ONE
def test_units_with_a_key_of_before_sign_with_sm2_from_now_on(database_url: str, tmp_path: Path) -> None:
    before = open_house(database_url, tmp_path / "instance")
    old = before.approved()
    after = _state_house(database_url, tmp_path / "instance")
    (tmp_path / "instance" / "root.key").write_text(  # the old root until it is succeeded
        SigningKey.generate(random=random.Random(1).randbytes).to_pem()
    )
    new = after.approved()
    assert after.perform(unit_keys.signing_key, "YT-YJJ").suite is STATE.suite
    assert [f.code for f in doctor.examine(after.installation.config, after.installation) if "state" in f.code] == [
        "root_not_state"
    ]
    for inspection in (old, new):
        with after.installation.reading() as session:
            code = session.scalars(select(CodeRow).where(CodeRow.inspection == inspection.id)).one()
            assert verification.look(session, code.short_code, after.clock()).verdict == "valid"
    with pytest.raises(Invalid):
        after.perform(unit_keys.rotate, after.people["admin"], "YT-YJJ", "ES256")


@ONE
def test_with_a_device_the_program_has_no_private_key(
    database_url: str, tmp_path: Path, device: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = _state_house(database_url, tmp_path / "instance", JCM_SIGNATURE_DEVICE=str(device))
    waiting = house.applied()
    house.completed()
    log.advance(house.perform)
    assert _audit(house) == []
    assert "device" in {f.code for f in doctor.examine(house.installation.config, house.installation)}
    with house.installation.reading() as session:
        opened = [(row.private, f"unit-key:{row.kid}") for row in session.scalars(select(UnitKey))]
        begun = session.get_one(Log, 1)
        opened.append((begun.private, f"log:{begun.origin}"))
    assert len(opened) == 2 and all(house.installation.vault.open(s, p).startswith(MAGIC) for s, p in opened)
    assert b"JCM-DEVICE" in bytes(house.installation.root_key().to_der())  # type: ignore[union-attr]

    with house.installation.reading() as session:
        before = session.scalar(select(func.count()).select_from(FactRow))
    monkeypatch.setattr(SocketDevice, "sign", lambda self, name, message: bytes(63) + b"\1")  # another key's signature
    with pytest.raises(Refused) as refused:
        house.perform(decisions.approve, house.people["head"], waiting.id, override_reason="测试理由")
    assert refused.value.code == "signature_device_failed"
    with house.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(FactRow)) == before


@ONE
def test_a_device_that_is_silent_or_refuses_is_named_and_nothing_is_signed(house: House, tmp_path: Path) -> None:
    silent = SocketDevice(tmp_path / "nobody")
    with pytest.raises(DeviceError):
        silent.status()
    with pytest.raises(Refused) as refused:
        SigningKey.made(STATE.suite, silent, "root")
    assert refused.value.code == "signature_device_failed"
    held = MAGIC + bytes(64) + b"1"
    with pytest.raises(Refused):
        SigningKey.from_der("SM2-SM3", held, None)


@ONE
def test_under_state_cryptography_other_keys_and_recipients_are_refused(house: House, tmp_path: Path) -> None:
    foreign = Identity.generate().recipient()
    with pytest.raises(BackupError, match="SM2 key"):
        making.make(house.installation.config, tmp_path / "b", [foreign], system_clock())
    assert not (tmp_path / "b").exists()
    for wrong in ({"JCM_SIGNATURE_DEVICE": "/run/x"}, {"JCM_CRYPTOGRAPHY": "state", "JCM_LOG_SUITE": "Ed25519"}):
        with pytest.raises(ConfigError):
            house_config("sqlite:///x", tmp_path, **wrong)
    assert Identity.generate(STATE).unlock({"kind": "sm2", "sealed": "AAAA"}) is None


def test_the_hash_is_the_one_of_the_standard() -> None:
    """GB/T 32905-2016, annex A.1."""
    assert STATE.hash(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
