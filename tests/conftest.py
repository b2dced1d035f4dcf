"""Fixtures that all tests share.

`house` is a complete small installation: migrated database (SQLite and PostgreSQL, one after the other), a small
district, people in every role, a clock that tests move. Each test gets a database of its own, copied from a template
that the migrations built once.
"""

import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from app.services import registers
from app.services.flagging import flags
from app.store.database import Database
from app.store.migrate import upgrade
from app.store.models import FindingRow
from tests.district import seed
from tests.house import House, add_people, open_house
from tests.postgres import postgres_url

# A busy machine draws slowly and answers late: no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

KINDS = os.environ.get("JCM_TEST_DATABASES", "sqlite,postgresql").split(",")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The URL of a migrated, seeded database for each kind; filled at first use."""
    return {}


@contextmanager
def fresh_database(
    kind: str, templates: dict[str, str], folder: Path, factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A fresh copy of the template database of one kind, gone with the block."""
    if kind not in templates:
        templates[kind] = _make_template(kind, factory)
    if kind == "sqlite":
        path = folder / "jcm.sqlite3"
        shutil.copyfile(templates[kind].removeprefix("sqlite:///"), path)
        yield f"sqlite:///{path}"
        return
    name = f"t_{uuid.uuid4().hex}"
    template = make_url(templates[kind]).database
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    yield postgres_url(name)
    _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=KINDS)
def database_url(
    request: pytest.FixtureRequest, templates: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with fresh_database(request.param, templates, tmp_path, tmp_path_factory) as url:
        yield url


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    opened = open_house(database_url, tmp_path / "instance")
    yield opened
    opened.installation.database.dispose()


@pytest.fixture
def flagged(house: House) -> list[str]:
    """The flags of two visits whose codes nobody scanned."""
    for _ in range(2):
        house.completed()
        house.clock.move(days=35)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        return list(session.scalars(select(FindingRow.id).where(FindingRow.rule == "code.not_shown")))


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """A migrated database with nothing in it, gone with the block."""
    name = f"e_{uuid.uuid4().hex}"
    if kind == "postgresql":
        _administer(f'CREATE DATABASE "{name}"')
    url = postgres_url(name) if kind == "postgresql" else f"sqlite:///{folder / 'empty.sqlite3'}"
    database = Database(url)
    upgrade(database.engine)
    database.dispose()
    yield url
    if kind == "postgresql":
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as url:
        yield url


def _make_template(kind: str, factory: pytest.TempPathFactory) -> str:
    if kind == "sqlite":
        url = f"sqlite:///{factory.mktemp('template') / 'template.sqlite3'}"
    else:
        name = f"template_{uuid.uuid4().hex}"
        _administer(f'CREATE DATABASE "{name}"')
        url = postgres_url(name)
    database = Database(url)
    upgrade(database.engine)
    with database.write() as session:
        seed(session)
    database.dispose()
    opened = open_house(url, factory.mktemp("instance"), seed=6)
    opened.perform(registers.adopt)
    add_people(opened)
    opened.installation.database.dispose()
    if kind == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


def _administer(statement: str) -> None:
    engine = create_engine(postgres_url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """With JCM_NO_SKIP=1 a skipped test fails: what did not run was not tested."""
    if report.skipped and os.environ.get("JCM_NO_SKIP") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
