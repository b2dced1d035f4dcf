"""A database that is full, away or busy, a clock that jumps, a key that is damaged: a sentence, nothing half done, and
work goes on by itself afterwards."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, event, func, select, text

from app.cli.doctor import doctor
from app.config import ConfigError, load_config
from app.domain.errors import Refused
from app.services.transparency import log, log_audit
from app.store import database
from app.store.models import FactRow, InspectionRow
from app.store.trouble import cannot_work_now
from app.store.vault import Vault
from tests.api.test_one_visit import body, post
from tests.house import House

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def facts(house: House) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(FactRow)) or 0


def apply(house: House, key: str = "one") -> Any:
    return post(house, "/inspections", body(house), "inspector", **{"Idempotency-Key": key})


def unavailable(answer: Any) -> bool:
    """503 with a sentence and when to try again."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0 and "Traceback" not in answer.text
    return answer.json is None or (answer.json["code"], bool(answer.json["detail"])) == ("unavailable", True)


@SQLITE
def test_a_full_disk_is_told_and_stores_nothing_and_the_same_call_succeeds_once_there_is_room(house: House) -> None:
    house.bearer("inspector")
    engine = house.installation.database.engine
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    def fill(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", fill)
    engine.dispose()
    keys = (f"key {n}" for n in range(30))
    answered = {key: apply(house, key) for key in keys}  # the last pages are filled, then there is no room
    stored = [key for key, answer in answered.items() if answer.status_code == 201]
    refused = [key for key in answered if key not in stored]
    assert refused and all(unavailable(answered[key]) for key in refused)
    with house.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(InspectionRow)) == len(stored)
        kinds = list(session.scalars(select(FactRow.kind).where(FactRow.subject_kind == "inspection")))
        assert kinds == ["inspection.applied"] * len(stored)
    event.remove(engine, "connect", fill)
    engine.dispose()
    again = apply(house, refused[0])
    assert again.status_code == 201 and again.json["id"] not in {answered[key].json["id"] for key in stored}
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []


def test_an_exhausted_pool_is_told_and_recovers(house: House) -> None:
    house.bearer("inspector")
    engine = house.installation.database.engine
    engine.pool._timeout = 0.01  # type: ignore[attr-defined]
    held = [engine.connect() for _ in range(engine.pool.size() + engine.pool._max_overflow)]  # type: ignore[attr-defined]
    assert unavailable(apply(house))
    page = house.client().get("/policy")
    assert unavailable(page) and "平台暂时不可用" in page.text and "没有保存" not in page.text
    posted = house.client().post("/report", data={"what": "x"})
    assert unavailable(posted) and "可能没有保存" in posted.text
    assert house.client().get("/healthz").status_code == 200
    for connection in held:
        connection.close()
    assert apply(house).status_code == 201


@POSTGRESQL
def test_a_connection_that_is_cut_in_the_middle_is_told_and_the_next_call_has_a_new_one(house: House) -> None:
    house.bearer("inspector")
    engine, cut = house.installation.database.engine, []

    def cut_once(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO facts") and not cut:
            cut.append(connection.connection.driver_connection.info.backend_pid)
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": cut[0]})

    event.listen(engine, "before_cursor_execute", cut_once)
    before = facts(house)
    assert unavailable(apply(house)) and cut and facts(house) == before
    assert apply(house).status_code == 201


@POSTGRESQL
def test_a_connection_that_lay_idle_is_asked_before_it_is_used(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FRESH_SECONDS", 0)  # idle from the moment it was given back
    house.bearer("inspector")
    engine = house.installation.database.engine
    with engine.connect() as connection:
        lost = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
    other = create_engine(engine.url)
    with other.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": lost})
    other.dispose()
    assert apply(house).status_code == 201


@POSTGRESQL
def test_a_lock_that_nobody_gives_back_keeps_no_request_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten transaction of an administrator, a public machine that somebody took over: who waits is told to come again."""
    visit = house.applied()
    house.bearer("head")
    monkeypatch.setitem(database.SESSION, "lock_timeout", 50)
    house.installation.database.engine.dispose()
    holding = create_engine(house.installation.config.database_url)
    with holding.begin() as connection:
        connection.execute(text("SELECT 1 FROM inspections FOR UPDATE"))
        assert unavailable(post(house, f"/inspections/{visit.id}/approve", {}, "head"))
    assert post(house, f"/inspections/{visit.id}/approve", {"override_reason": "试验"}, "head").status_code == 200
    holding.dispose()


@POSTGRESQL
def test_a_primary_that_became_a_standby_is_left_and_no_connection_to_it_is_used_again(house: House) -> None:
    """What a standby answers to who writes there: the pool forgets all its connections, new ones find the new primary."""
    house.bearer("inspector")
    engine, made = house.installation.database.engine, []
    event.listen(engine, "connect", lambda *_: made.append(1))
    with engine.connect() as connection:
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        connection.commit()
    assert unavailable(apply(house))
    assert apply(house).status_code == 201 and made


@SQLITE
def test_keys_that_this_server_cannot_open_stop_the_signing_and_nothing_else(house: House) -> None:
    house.approved()  # its unit has a key now
    waiting = house.applied()
    own = house.installation.vault
    object.__setattr__(house.installation, "vault", Vault(b"\x22" * 32, house.installation.random))
    assert unavailable(post(house, f"/inspections/{waiting.id}/approve", {"override_reason": "x"}, "head"))
    assert apply(house).status_code == 201
    object.__setattr__(house.installation, "vault", own)
    approved = post(house, f"/inspections/{waiting.id}/approve", {"override_reason": "x"}, "head")
    assert approved.json["state"] == "approved"


def test_our_own_mistakes_are_no_trouble_of_the_database(house: House) -> None:
    for wrong in ("SELECT nothing FROM nowhere", "SELECT 1 +"):
        with house.installation.reading() as session, pytest.raises(Exception) as mistake:
            session.execute(text(wrong))
        assert not cannot_work_now(mistake.value)


@SQLITE
@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_jumps_ten_minutes_and_comes_back_keeps_nobody_from_working(house: House, minutes: int) -> None:
    """While it is behind its last signature the log waits; nothing is lost, nothing gets a place twice, and no limit locks out."""
    house.completed()
    log.advance(house.perform)
    for jump in (minutes, -minutes):
        house.clock.move(minutes=jump)
        assert apply(house, str(jump)).status_code == 201
        visit = house.approved()
        assert post(house, "/verify", {"code": visit.code.short_code if visit.code else ""}).json["verdict"] == "valid"
        if jump < 0:
            with pytest.raises(Refused) as refused:
                log.advance(house.perform)
            assert refused.value.code == "clock_ran_back"
        else:
            log.advance(house.perform)
    house.clock.move(minutes=11)
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []


DAMAGED = {"cut off": b"", "overwritten": b"\x00\xff\x13" * 30, "half": b"5f" * 9}


def _doctor(env: dict[str, str]) -> list[dict[str, str]]:
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("JCM_")}
    answer = CliRunner().invoke(doctor, ["--json"], env=unset | env)
    assert (answer.exit_code == 1 and answer.exception is None) or isinstance(answer.exception, SystemExit)
    return list(json.loads(answer.output)["findings"])


@pytest.mark.parametrize("how", DAMAGED)
@pytest.mark.parametrize("name", ["secret.key", "key-encryption.key", "root.key"])
def test_a_damaged_key_file_is_named_with_what_to_do(tmp_path: Path, name: str, how: str) -> None:
    env = {"JCM_ENV": "test", "JCM_INSTANCE": str(tmp_path)}
    for other, content in (("secret.key", b"s" * 40), ("key-encryption.key", b"1" * 64)):
        (tmp_path / other).write_bytes(content)
        (tmp_path / other).chmod(0o600)
    (tmp_path / name).write_bytes(DAMAGED[how])
    (tmp_path / name).chmod(0o600)
    if name != "root.key":
        with pytest.raises(ConfigError, match=f"{name} is damaged: put the copy from the backup"):
            load_config(env)
    found = {f["code"]: f for f in _doctor(env)}
    told = found["root_damaged" if name == "root.key" else "settings_wrong"]
    assert told["level"] == "fault" and f"{name} is damaged" in told["zh"] and f"{name} is damaged" in told["en"]


@SQLITE
def test_a_damaged_root_key_stops_only_what_it_signs(house: House) -> None:
    (house.installation.config.instance / "root.key").write_bytes(DAMAGED["overwritten"])
    made = apply(house).json["id"]
    assert unavailable(post(house, f"/inspections/{made}/approve", {"override_reason": "x"}, "head"))  # its first key
    house.installation.config.instance.joinpath("root.key").unlink()
    approved = post(house, f"/inspections/{made}/approve", {"override_reason": "x"}, "head")
    assert approved.status_code == 200 and approved.json["code"]
