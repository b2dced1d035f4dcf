"""The doctor about what stands around the program: mistyped settings, certificates, servers that do not answer, whose database."""

import http.server
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.cli.doctor import doctor
from app.cli.installing import init
from app.cli.serve import _self_signed
from app.clock import system_clock
from app.config import Config, ConfigError, load_config
from app.operating import surroundings
from app.operating.backup.databases import connection_environment
from app.operating.checks import require_schema
from app.operating.doctor import examine
from app.operating.findings import FAULT, OK, WARNING
from app.outside import Outside
from app.store import migrate
from app.store.database import Database
from tests.house import House

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database does not matter
KEYS = {"JCM_SECRET_KEY": "s" * 40, "JCM_KEY_ENCRYPTION_KEY": "1" * 64}


def _typed(env: dict[str, str]) -> Any:
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith("JCM_")}
    return CliRunner().invoke(doctor, ["--json"], env=unset | env)


def _levels(config: Config) -> dict[str, str]:
    return {f.code: f.level for f in (*surroundings.here(config, system_clock()), *surroundings.around(config))}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return load_config({"JCM_ENV": "test", "JCM_INSTANCE": str(tmp_path)})


def test_a_mistyped_setting_is_told_with_the_one_that_was_meant() -> None:
    said = _typed({"JCM_JURISDICTON": "310114", "JCM_": "x", "jcm_port": "1"}).output
    assert "JCM_JURISDICTON is no setting and does nothing. Is JCM_JURISDICTION meant?" in said
    assert "jcm_port is no setting and does nothing. Is JCM_PORT meant?" in said and "JCM_ is no setting" in said
    assert "settings_wrong" in said, "and what it left out is told beside it"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JCM_JURISDICTION", "嘉定"),
        ("JCM_WORKERS", "0"),
        ("JCM_DATABASE_URL", "postgresql://jcm:p@ss:w/rd@127.0.0.1/jcm"),
        ("JCM_SMTP_URL", "mail.example.cn"),
    ],
)
def test_a_value_that_cannot_be_stops_the_start_with_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as told:
        load_config({"JCM_ENV": "test", name: value})
    assert "ss:w" not in str(told.value)


def test_a_certificate_that_is_missing_foreign_or_nearly_over_is_told(config: Config, tmp_path: Path) -> None:
    certificate, key = _self_signed(config)
    both = replace(config, tls=f"{certificate},{key}")
    assert _levels(both)["tls"] == OK
    later = system_clock() + timedelta(days=360)
    assert "tls_short" in {f.code for f in surroundings.here(both, later) if f.level == WARNING}
    assert "tls_short" in {f.code for f in surroundings.here(both, later + timedelta(days=9)) if f.level == FAULT}
    _, another = _self_signed(replace(config, instance=tmp_path / "other"))
    for wrong in (f"{certificate},{another}", f"{certificate},/none.pem", "one.pem", f"{key},{key}"):
        found = {f.code: f for f in surroundings.here(replace(config, tls=wrong), system_clock())}
        assert found["tls_wrong"].level == FAULT and "JCM_TLS" in found["tls_wrong"].zh, wrong


@pytest.fixture(scope="module")
def answering() -> Iterator[str]:
    """A server that knows no HEAD, and is the issuer https://other.example."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"issuer": "https://other.example"}')

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_is_to_be_called_and_does_not_answer_is_told(config: Config, answering: str) -> None:
    closed = "http://127.0.0.1:1"
    silent = Outside(smtp_url="smtp://u:SECRET@127.0.0.1:1", sms_webhook=closed, staff_issuer=closed)
    assert _levels(replace(config, outside=silent)) == dict.fromkeys(
        ("mail_silent", "gateway_silent", "issuer_silent"), FAULT
    )
    found = _levels(replace(config, outside=Outside(sms_webhook=answering, staff_issuer=answering)))
    assert found["issuer_silent"] == FAULT, "somebody else's sign-in answers there"
    assert found["gateway_silent"] == FAULT, "501: it is no gateway"
    assert _levels(replace(config, zone="public", outside=replace(silent, staff_issuer=""))) == {}, "the inside sends"


def test_an_address_that_does_not_lead_here_is_told_where_it_matters(config: Config, answering: str) -> None:
    outside = replace(config, environment="production", public_url=answering.replace("127.0.0.1", "127.0.0.2"))
    assert _levels(outside)["address_silent"] == WARNING
    assert _levels(replace(config, environment="production", public_url="https://127.0.0.1")) == {
        "proxies_none": WARNING
    }


@ONE
def test_a_database_of_another_region_is_told_and_not_begun_anew(house: House) -> None:
    config = replace(house.installation.config, jurisdiction="320000", environment="production")
    found = {f.code: f for f in examine(config, replace(house.installation, config=config))}
    assert found["jurisdiction_foreign"].level == FAULT and "990101" in found["jurisdiction_foreign"].zh
    env = {
        "JCM_ENV": "production",
        "JCM_INSTANCE": str(config.instance),
        "JCM_JURISDICTION": "320000",
        "JCM_PUBLIC_URL": "https://x.cn",
        "JCM_DATABASE_URL": config.database_url,
        "JCM_KEY_ENCRYPTION_KEY": config.key_encryption_key.hex(),
    }
    house.app.extensions["jcm_config"] = config
    answer = house.app.test_cli_runner().invoke(init, ["--no-root"], env=env)
    assert answer.exit_code == 1 and "is that of region 990101" in answer.output


def test_no_key_is_made_while_nobody_knows_what_the_database_holds(tmp_path: Path) -> None:
    env = {"JCM_ENV": "test", "JCM_INSTANCE": str(tmp_path), "JCM_DATABASE_URL": "postgresql://jcm@127.0.0.1:1/none"}
    from app import create_app

    answer = create_app(load_config(env)).test_cli_runner().invoke(init, env=env | {"JCM_KEY_ENCRYPTION_KEY": ""})
    assert answer.exit_code == 1 and "cannot work now" in answer.output
    assert list(tmp_path.glob("*.key")) == []
    assert "database_silent" in _typed(env).output


@ONE
def test_a_web_server_does_not_begin_over_a_schema_that_it_cannot_serve(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reloaded into before `init`, it leaves the old version in service; a database that is away stops nobody. What is unpacked
    over it later is not its own."""
    migrate.known.cache_clear()
    require_schema(house.installation)
    monkeypatch.setattr(migrate, "MIGRATIONS", Path("/a newer version"))
    away = replace(
        house.installation, database=Database("postgresql://jcm@127.0.0.1:1/none".replace(":", "+psycopg:", 1))
    )
    require_schema(away)
    with house.installation.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    require_schema(house.installation)
    with house.installation.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(ConfigError, match="init"):
        require_schema(house.installation)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_would_forget_or_turn_away_is_told(house: House) -> None:
    """The tests' own PostgreSQL has fsync off."""
    installation = house.installation
    found = {f.code: f for f in examine(installation.config, installation)}
    assert found["database_forgets"].level == FAULT and "fsync" in found["database_forgets"].en
    assert "connections_few" not in found and "database_encoding" not in found
    with installation.database.engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" CONNECTION LIMIT 40'))
    few = {f.code: f for f in examine(installation.config, installation)}["connections_few"]
    assert few.level == WARNING and "40" in few.zh and "90" in few.zh


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("db-a:5433/jcm", "db-a", "5433"),
        ("/jcm?host=127.0.0.1:5433", "127.0.0.1", "5433"),
        ("/jcm?host=db-a:5432&host=db-b", "db-a,db-b", "5432,5432"),
        ("/jcm?host=/run/postgresql", "/run/postgresql", "5432"),
    ],
)
def test_pg_dump_goes_where_the_program_goes(address: str, host: str, port: str) -> None:
    joint = "&" if "?" in address else "?"
    told = connection_environment(f"postgresql+psycopg://u:p@{address}{joint}sslmode=verify-full&sslrootcert=/ca.pem")
    assert (told["PGHOST"], told["PGPORT"], told["PGUSER"], told["PGPASSWORD"]) == (host, port, "u", "p")
    assert (told["PGSSLMODE"], told["PGSSLROOTCERT"]) == ("verify-full", "/ca.pem")
