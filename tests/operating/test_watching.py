"""What watchers see: a request id everywhere, figures by route, log lines without persons, and which part is not ready."""

import json
import logging
import shutil
from collections import namedtuple
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.config import ConfigError
from app.operating import checks, logs, metrics
from app.services.transparency import log
from app.services.trust import unit_keys
from app.store.models import SignedDocument
from app.store.vault import Vault
from tests.house import House, house_config

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.INFO, logger="jcm.request")
    return lambda: [json.loads(logs.JsonLines().format(r)) for r in caplog.records if r.name == "jcm.request"]


def test_a_fresh_house_is_ready_and_says_what_it_looked_at(house: House) -> None:
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.json["checks"] == dict.fromkeys(("database", "migrations", "keys", "log", "disk"), True)


def test_a_fact_that_waits_too_long_for_the_log_is_not_ready(house: House) -> None:
    house.applied()
    assert house.client().get("/readyz").status_code == 200
    house.clock.move(minutes=6)
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.json["checks"]["log"]) == (503, False)
    log.advance(house.perform)
    assert house.client().get("/readyz").status_code == 200


@ONE
def test_a_newer_schema_is_served_and_an_older_one_is_not_ready(house: House) -> None:
    for revision, ready in (("9999", True), ("0033", False)):
        house.perform(
            lambda work, r=revision: work.session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": r})
        )
        assert house.client().get("/readyz").json["checks"]["migrations"] is ready


@ONE
def test_another_key_encryption_key_is_not_ready(house: House) -> None:
    house.approved()
    object.__setattr__(house.installation, "vault", Vault(b"\x22" * 32, house.installation.random))
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.json["checks"]["keys"]) == (503, False)


@ONE
def test_a_full_disk_is_not_ready(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 10**6, 10**6))
    assert house.client().get("/readyz").json["checks"]["disk"] is False


@ONE
def test_a_silent_database_is_named_and_the_rest_is_unknown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(house.installation.database), "is_alive", lambda _: 1 / 0)
    answer = house.client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": False, "migrations": None, "keys": None, "log": None, "disk": True}
    assert house.client().get("/healthz").status_code == 200


@ONE
def test_every_answer_names_its_request_and_a_stranger_does_not_choose_the_name(house: House) -> None:
    first, second = (house.client().get("/healthz", headers={"X-Request-Id": "chosen-by-me"}) for _ in range(2))
    assert len(first.headers["X-Request-Id"]) == 16
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"] != "chosen-by-me"
    missing = house.client().get("/no/such/page")
    assert missing.headers["X-Request-Id"] in missing.text


@ONE
def test_a_line_of_the_log_names_the_route_and_never_the_address(house: House, lines: Any) -> None:
    code = "8" * 500
    answer = house.client().get(f"/q/{code}?name=somebody", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    (line,) = lines()
    assert (line["route"], line["status"]) == ("/q/<presented>", answer.status_code)
    assert line["request"] == answer.headers["X-Request-Id"]
    assert not any(secret in json.dumps(line) for secret in ("888", "somebody", "203.0.113.7"))


@ONE
def test_what_an_enterprise_says_leaves_no_line(house: House, lines: Any) -> None:
    for path in ("/q/123/rate", "/report", "/receipts/ABCD"):
        house.client().get(path)
    house.client().post("/api/v1/reports", json={})
    assert lines() == []


@pytest.mark.parametrize(
    "said",
    [
        "GET /q/90210902109021090210902109021090210902109 failed", "no receipt at /receipts/SECRET-77",
        "Authorization: Bearer SECRET.77", "postgresql+psycopg://jcm:SECRET@db/jcm", "password='SECRET'",
        "DETAIL:  Key (contact)=(SECRET) already exists.", "to 13812345678", "SECRET@example.cn", "31011419900307283X",
    ],
)  # fmt: skip
def test_what_others_put_into_a_message_is_masked(said: str) -> None:
    said = logs.masked(said)
    assert not any(secret in said for secret in ("SECRET", "902109", "1381234", "19900307"))


def test_an_error_is_one_line_with_its_trace_and_without_the_values(house: House, caplog: Any) -> None:
    with house.installation.database.read() as session, pytest.raises(DBAPIError) as caught:
        session.execute(text("SELECT :value FROM nowhere"), {"value": "".join(("SEC", "RET"))})
    logging.getLogger("jcm").error("failed", exc_info=caught.value)
    line = logs.JsonLines().format(caplog.records[-1])
    assert "\n" not in line and "SECRET" not in line
    assert "nowhere" in json.loads(line)["trace"]


def _figures(app: Flask, token: str | None = None, **environ: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().get("/metrics", headers=headers, environ_base=environ)


@ONE
def test_nobody_reads_the_figures_unless_it_was_set_up(house: House) -> None:
    assert _figures(house.app).status_code == 404
    assert _figures(house.app, "anything").status_code == 404


@ONE
def test_the_figures_count_by_route_and_tell_how_the_installation_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = "a token for prometheus"
    config = house_config(house.installation.config.database_url, house.installation.config.instance,
                          JCM_METRICS_TOKEN=token, JCM_METRICS_FROM="192.0.2.0/24")  # fmt: skip
    object.__setattr__(house.installation, "config", config)
    house.applied()
    house.clock.move(seconds=40)
    before = metrics.REQUESTS.labels("GET", "/q/<presented>", "200")._value.get()
    house.client().get("/q/123456")
    figures = _figures(house.app, token).text
    assert f'jcm_requests_total{{method="GET",route="/q/<presented>",status="200"}} {before + 1}' in figures
    assert "123456" not in figures
    assert "jcm_log_waiting_seconds 40.0" in figures and "jcm_up 1.0" in figures
    assert _figures(house.app, token + "x").status_code == 404
    assert _figures(house.app, REMOTE_ADDR="192.0.2.9").status_code == 200
    assert _figures(house.app, REMOTE_ADDR="192.0.3.9").status_code == 404


def test_networks_and_tokens_that_cannot_be_are_refused_at_the_start(tmp_path: Any) -> None:
    for wrong in ({"JCM_METRICS_FROM": "everywhere"}, {"JCM_METRICS_TOKEN": "short"}, {"JCM_LOG_FORMAT": "xml"}):
        with pytest.raises(ConfigError):
            house_config("sqlite:///x", tmp_path, **wrong)


@ONE
def test_the_least_free_disk_counts(house: House) -> None:
    assert checks.free_bytes(house.installation) == shutil.disk_usage(house.installation.config.instance).free


@ONE
def test_status_lists_that_ran_out_are_forgotten_and_versions_go_on(house: House) -> None:
    house.approved()
    for _ in range(3):
        house.perform(unit_keys.renew_lists)
        house.clock.move(hours=13)
    versions = select(SignedDocument.version).where(SignedDocument.name == unit_keys.STATUS)
    with house.installation.reading() as session:
        newest = max(session.scalars(versions))
    house.perform(unit_keys.forget_status)
    with house.installation.reading() as session:
        assert sorted(session.scalars(versions)) == [newest]
    house.clock.move(days=9)  # nobody was there: the newest stays, or its version would come again
    house.perform(unit_keys.forget_status)
    house.perform(unit_keys.renew_lists)
    with house.installation.reading() as session:
        before, after = sorted(session.scalars(versions))
        assert before == newest < after
