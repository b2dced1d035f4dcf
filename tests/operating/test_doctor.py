"""The doctor: nothing to say about a healthy house but what is well, and a plain sentence for each thing that is not."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text, update

from app.cli.doctor import doctor
from app.cli.installing import init
from app.operating.doctor import examine
from app.operating.findings import FAULT, OK, WARNING, Finding
from app.services.retention import housekeeping
from app.services.sending import outbox
from app.services.transparency import log
from app.services.trust import unit_keys
from app.store.migrate import current_revision, upgrade
from app.store.models import SignedDocument
from app.store.vault import Vault
from tests.house import House

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter


def _found(house: House) -> dict[str, Finding]:
    return {f.code: f for f in examine(house.installation.config, house.installation)}


def _faults(house: House) -> set[str]:
    return {code for code, f in _found(house).items() if f.level == FAULT}


@pytest.fixture
def healthy(house: House) -> House:
    """A house where a code was issued and the worker has just been round."""
    house.completed()
    os.chmod(house.installation.config.instance, 0o700)
    os.chmod(house.installation.config.instance / "root.key", 0o600)
    _round(house)
    return house


def _round(house: House) -> None:
    house.perform(housekeeping.sweep)
    house.perform(unit_keys.renew_lists)
    log.advance(house.perform)


def test_a_healthy_house_has_no_fault(healthy: House) -> None:
    found = _found(healthy)
    apart = {
        "clock_skewed",
        "clock_ran_back",
        "database_forgets",
    }  # the house lives in March 2026; a test database may be lost
    assert _faults(healthy) - apart == set()
    assert {"settings", "database", "keys_open", "key_list", "log", "sweeps", "disk"} <= {
        code for code, f in found.items() if f.level == OK
    }


@ONE
def test_a_worker_that_stopped_is_told_once_and_not_by_all_that_it_left_undone(healthy: House) -> None:
    healthy.perform(outbox.enqueue, outbox.SMS, "13800000000", "words", topic="test")
    healthy.applied()
    healthy.clock.move(minutes=20)
    undone = {"log_late", "outbox_stuck", "jobs_stuck"}
    assert "worker_late" in _faults(healthy) and not undone & _faults(healthy)
    healthy.perform(housekeeping.sweep)  # it is back, and yet neither signs nor sends
    assert {"log_late", "outbox_stuck"} <= _faults(healthy) and "worker_late" not in _faults(healthy)
    healthy.clock.move(days=31)
    assert {"key_list_over"} <= _faults(healthy)


@ONE
def test_a_key_list_that_somebody_changed_is_told(healthy: House) -> None:
    with healthy.installation.database.write() as session:
        row = (
            session.query(SignedDocument).filter_by(name=unit_keys.KEYS).order_by(SignedDocument.version.desc()).first()
        )
        assert row is not None
        document = json.loads(row.body)
        document["keys"][0]["unit_name"] = "别的单位"
        session.execute(
            update(SignedDocument)
            .where(SignedDocument.name == unit_keys.KEYS, SignedDocument.version == row.version)
            .values(body=json.dumps(document))
        )
    assert "key_list_untrusted" in _faults(healthy)


@ONE
def test_another_key_is_told(healthy: House) -> None:
    object.__setattr__(healthy.installation, "vault", Vault(b"\x22" * 32, healthy.installation.random))
    assert "keys_sealed" in _faults(healthy)


@ONE
def test_a_clock_set_back_is_told(healthy: House) -> None:
    healthy.clock.move(minutes=-1)
    assert "clock_ran_back" in _faults(healthy)


@ONE
def test_a_secret_that_others_can_read_is_told(healthy: House) -> None:
    os.chmod(healthy.installation.config.instance / "root.key", 0o640)
    finding = _found(healthy)["secret_open"]
    assert finding.level == FAULT and "chmod 600" in finding.zh and "chmod 600" in finding.en


@ONE
def test_an_installation_that_lacks_everything_says_what_to_do_first(house: House) -> None:
    config = replace(house.installation.config, secret_key="")
    assert [f.code for f in examine(config, None)][-1] == "no_keys"


@ONE
def test_keys_that_are_gone_are_never_made_anew_over_what_they_sealed(house: House) -> None:
    """A new key-encryption key would open nothing: the doctor does not send anybody to `init`, and `init` makes none."""
    config = replace(house.installation.config, key_encryption_key=b"")
    assert [f.code for f in examine(config, None)][-1] == "keys_lost"
    house.app.extensions["jcm_config"] = config
    house.app.extensions.pop("jcm")
    answer = house.app.test_cli_runner().invoke(init, [], env={"JCM_KEY_ENCRYPTION_KEY": ""})
    assert answer.exit_code == 1 and "put back key-encryption.key" in answer.output
    assert not (config.instance / "key-encryption.key").exists()


def test_an_older_program_serves_and_begins_over_a_newer_schema(house: House) -> None:
    """Servers are exchanged one by one: who is exchanged last may have to start once more before."""
    engine = house.installation.database.engine
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert _found(house)["schema_newer"].level == WARNING and "keys_open" in _found(house)
    upgrade(engine)
    assert current_revision(engine) == "9999"


@pytest.mark.parametrize(
    "url", ["https://jcm.example.gov.cn /x", "https://a@b.cn", "jcm.example.gov.cn", "https://x.cn/q"]
)
def test_an_address_of_codes_is_a_host_and_nothing_behind_it(tmp_path: Path, url: str) -> None:
    """What stands in it is printed into every code."""
    assert (
        "JCM_PUBLIC_URL must be"
        in _typed({"JCM_ENV": "test", "JCM_INSTANCE": str(tmp_path), "JCM_PUBLIC_URL": url}).output
    )


def _typed(env: dict[str, str], *arguments: str) -> Any:
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("JCM_")}
    return CliRunner().invoke(doctor, arguments, env=unset | env)


def test_settings_that_stop_the_start_are_named(tmp_path: Path) -> None:
    answer = _typed({"JCM_INSTANCE": str(tmp_path)})
    assert answer.exit_code == 1
    assert "JCM_JURISDICTION" in answer.output and "配置有误" in answer.output


def test_an_empty_database_and_a_silent_one_are_two_things(tmp_path: Path) -> None:
    env = {
        "JCM_ENV": "test",
        "JCM_INSTANCE": str(tmp_path),
        "JCM_SECRET_KEY": "s" * 40,
        "JCM_KEY_ENCRYPTION_KEY": "1" * 64,
    }
    said = json.loads(_typed(env, "--json").output)
    assert (said["faults"], said["findings"][-1]["code"]) == (1, "database_empty")
    silent = _typed(env | {"JCM_DATABASE_URL": "postgresql://jcm:SECRET@127.0.0.1:1/none"}, "--json")
    assert json.loads(silent.output)["findings"][-1]["code"] == "database_silent"
    assert "SECRET" not in silent.output and silent.exit_code == 1
