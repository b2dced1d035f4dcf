"""A backup is the whole installation at one instant; a restore brings it back elsewhere, says what is lost, and is audited."""

import base64
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.clock import system_clock
from app.config import Config
from app.domain.transparency import parse_verifier
from app.installation import open_installation
from app.operating.backup import databases, locks, making, restoring, sealing
from app.operating.backup.locks import BackupError, Identity, Passphrase, Recipient
from app.operating.backup.sealing import Opening, Sealing
from app.services.transparency import log
from app.store.models import FactRow
from tests.house import House, house_config

SECRET = Passphrase("correct horse battery")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter


@pytest.fixture(autouse=True)
def quick_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "SCRYPT_N", 2**10)


def _make(house: House, file: Path, programs: Path, *locks: Any) -> making.Manifest:
    config = house.installation.config
    return making.make(config, file, locks or (SECRET,), system_clock(), programs=programs)


def _facts(config: Config) -> int:
    installation = open_installation(config)
    with installation.reading() as session:
        count = session.scalar(select(func.count()).select_from(FactRow)) or 0
    installation.database.dispose()
    return int(count)


def test_what_was_backed_up_stands_elsewhere_and_its_log_verifies(
    house: House, elsewhere: Config, tmp_path: Path, programs: Path
) -> None:
    house.completed()
    log.advance(house.perform)
    manifest = _make(house, tmp_path / "b", programs)
    house.applied()  # afterwards: not in the backup
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    assert restoring.check(tmp_path / "b", SECRET) == manifest
    before = _facts(house.installation.config)

    done = restoring.restore(elsewhere, tmp_path / "b", SECRET, programs=programs)

    assert (done.discrepancies, done.lost) == ([], 0)
    for name in ("secret.key", "key-encryption.key", "root.key"):
        assert stat.S_IMODE((elsewhere.instance / name).stat().st_mode) == 0o600
    found = house_config(elsewhere.database_url, elsewhere.instance, JCM_SECRET_KEY="", JCM_KEY_ENCRYPTION_KEY="")
    assert found.key_encryption_key == house.installation.config.key_encryption_key
    assert found.secret_key == house.installation.config.secret_key.strip()
    assert _facts(found) == before - 1 + 1  # less the application made afterwards, and the restore itself
    with pytest.raises(BackupError, match="empty installation only"):
        restoring.restore(elsewhere, tmp_path / "b", SECRET, programs=programs)


@ONE
def test_a_restore_that_would_lose_what_somebody_saw_says_so_and_does_nothing(
    house: House, elsewhere: Config, tmp_path: Path, programs: Path
) -> None:
    house.completed()
    log.advance(house.perform)
    manifest = _make(house, tmp_path / "b", programs)
    house.applied()
    log.advance(house.perform)
    later = _make(house, tmp_path / "later", programs)
    seen = {"log_key": later.log.verifier, "seen": {"size": later.log.size, "root": later.log.root, "at": 0}}
    (tmp_path / "witness.json").write_text(json.dumps(seen))
    (tmp_path / "checkpoint").write_text(later.log.checkpoint)

    for witness in ("witness.json", "checkpoint"):
        with pytest.raises(BackupError, match=f"{later.log.size - manifest.log.size} entries would be lost"):
            restoring.restore(elsewhere, tmp_path / "b", SECRET, seen=[tmp_path / witness], programs=programs)
    assert databases.is_empty(elsewhere.database_url) and not (elsewhere.instance / "secret.key").exists()

    done = restoring.restore(
        elsewhere, tmp_path / "b", SECRET, seen=[tmp_path / "witness.json"], accept_loss=True, programs=programs
    )
    assert (done.lost, done.discrepancies) == (later.log.size - manifest.log.size, [])


@ONE
def test_a_tree_that_another_history_had_is_told(
    house: House, elsewhere: Config, tmp_path: Path, programs: Path
) -> None:
    house.completed()
    log.advance(house.perform)
    manifest = _make(house, tmp_path / "b", programs)
    other = {"log_key": manifest.log.verifier, "size": 1, "root": base64.b64encode(b"\x05" * 32).decode()}
    (tmp_path / "seen.json").write_text(json.dumps(other))
    done = restoring.restore(elsewhere, tmp_path / "b", SECRET, seen=[tmp_path / "seen.json"])
    assert [d.code for d in done.discrepancies] == ["other_tree"]


@ONE
def test_a_database_that_was_changed_before_the_backup_is_told_after_the_restore(
    house: House, elsewhere: Config, tmp_path: Path, programs: Path
) -> None:
    house.completed()
    log.advance(house.perform)
    with house.installation.database.write() as session:
        row = session.scalars(select(FactRow).where(FactRow.kind == "inspection.completed")).one()
        row.body = row.body.replace("no_problem", "problem")
    _make(house, tmp_path / "b", programs)
    assert "fact_changed" in {d.code for d in restoring.restore(elsewhere, tmp_path / "b", SECRET).discrepancies}


@ONE
def test_other_places_are_refused_before_anything_is_written(
    house: House, elsewhere: Config, tmp_path: Path, programs: Path
) -> None:
    house.completed()
    _make(house, tmp_path / "b", programs)
    with pytest.raises(BackupError, match="of sqlite"):
        postgres = house_config("postgresql://nobody@127.0.0.1:1/x", tmp_path / "new")
        restoring.restore(postgres, tmp_path / "b", SECRET)
    with pytest.raises(BackupError, match="key-encryption key"):
        restoring.restore(house_config(elsewhere.database_url, tmp_path / "new", JCM_KEY_ENCRYPTION_KEY="22" * 32),
                          tmp_path / "b", SECRET)  # fmt: skip
    elsewhere.instance.mkdir(exist_ok=True)
    (elsewhere.instance / "root.key").write_text("another")
    with pytest.raises(BackupError, match=r"root\.key is there already"):
        restoring.restore(elsewhere, tmp_path / "b", SECRET)
    with pytest.raises(BackupError, match="never overwrites"):
        _make(house, tmp_path / "b", programs)
    assert databases.is_empty(elsewhere.database_url)


@ONE
def test_a_server_makes_backups_that_it_cannot_read(house: House, tmp_path: Path, programs: Path) -> None:
    identity = Identity.generate()
    manifest = _make(house, tmp_path / "b", programs, Recipient.parse(str(identity.recipient())))
    assert restoring.check(tmp_path / "b", Identity.parse(str(identity))) == manifest
    assert parse_verifier(manifest.log.verifier) if manifest.log.verifier else True
    for key in (Identity.generate(), SECRET):
        with pytest.raises(BackupError, match="cannot be opened"):
            restoring.check(tmp_path / "b", key)


def _sealed(data: bytes) -> bytes:
    out = io.BytesIO()
    stream = Sealing(out, [SECRET])
    stream.write(data)
    stream.finish()
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 1, sealing.CHUNK - 1, sealing.CHUNK, sealing.CHUNK + 1, 3 * sealing.CHUNK])
def test_a_sealed_stream_opens_to_what_was_sealed(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    assert Opening(io.BytesIO(_sealed(data[:size])), SECRET).read() == data[:size]


def test_a_stream_that_was_changed_shortened_or_reordered_does_not_open() -> None:
    whole = _sealed(b"x" * (2 * sealing.CHUNK + 10))
    begin, step = whole.index(b"\n", len(sealing.MAGIC)) + 1, sealing.CHUNK + sealing.TAG
    first, second, rest = whole[begin : begin + step], whole[begin + step : begin + 2 * step], whole[begin + 2 * step :]
    head = whole[:begin]
    wrong = (
        head + first + second, head + first, head, head + second + first + rest, head + first + rest, whole + b"x",
        head.replace(b'"n": 1024', b'"n": 2048') + whole[begin:], whole[:-1], head + bytes([whole[begin] ^ 1]) + whole[begin + 1 :],
    )  # fmt: skip
    for bad in wrong:
        with pytest.raises(BackupError):
            Opening(io.BytesIO(bad), SECRET).read()
    for strange in (b"", b"PK\3\4", sealing.MAGIC, sealing.MAGIC + b'{"locks": [{"kind": "scrypt"}]}\n'):
        with pytest.raises(BackupError):
            Opening(io.BytesIO(strange), SECRET)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BackupError, match="12 characters"):
        Sealing(io.BytesIO(), [Passphrase("short")])
