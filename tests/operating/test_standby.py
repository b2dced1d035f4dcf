"""A standby serves figures and public lists, a moment behind; who somebody is and what was just done never come from it."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from app.operating.doctor import examine
from app.services.flagging import flags
from app.store import database as store
from app.store.database import Database
from tests.house import House, open_house

# a copied file stands still: the worst standby
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def apart(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house whose standby has stood still since before anything was done."""
    path = Path(database_url.removeprefix("sqlite:///"))
    standby = path.with_name("standby.sqlite3")
    shutil.copyfile(path, standby)
    house = open_house(database_url, tmp_path / "instance", JCM_READ_DATABASE_URL=f"sqlite:///{standby}")
    yield house
    house.installation.database.dispose()


class Relay:
    """Passes on what comes to a listening socket and what is answered, until it stands still."""

    def __init__(self, server: socket.socket, onwards: URL) -> None:
        self.server, self.onwards, self.stands_still = server, onwards, False
        self.ends = [server]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self.server.accept()
                there = self._there()
                self.ends += [here, there]
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _there(self) -> socket.socket:
        port, folder = self.onwards.port or 5432, self.onwards.query.get("host")
        if folder is None:
            return socket.create_connection((str(self.onwards.host), port))
        there = socket.socket(socket.AF_UNIX)
        there.connect(f"{folder}/.s.PGSQL.{port}")
        return there

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if self.stands_still:
                    return
                other.sendall(data)
            other.shutdown(socket.SHUT_RDWR)


@SQLITE
def test_only_figures_and_public_lists_are_read_from_the_standby(apart: House) -> None:
    inspection = apart.approved()
    supervisor = apart.signed_in("supervisor")  # the session is not on the standby
    assert inspection.number in supervisor.get("/supervise/inspections").text
    assert (
        apart.client().get(f"/api/v1/inspections/{inspection.id}", headers=apart.bearer("inspector")).status_code == 200
    )
    with apart.installation.reading() as primary, apart.installation.browsing() as standby:
        assert primary.bind is not standby.bind
    exported = supervisor.get("/supervise/export/inspections.csv")
    assert exported.status_code == 200 and inspection.number not in exported.text


@SQLITE
def test_a_standby_that_is_silent_is_told_and_the_primary_reads(apart: House) -> None:
    inspection = apart.approved()
    database = apart.installation.database
    database.read_engine.dispose()
    database.read_engine = database._standby = Database("sqlite:////no/such/folder/standby.sqlite3").engine
    assert "standby_silent" in {f.code for f in examine(apart.installation.config, apart.installation)}
    exported = apart.signed_in("supervisor").get("/supervise/export/inspections.csv")
    assert inspection.number in exported.text


@POSTGRESQL
def test_a_standby_that_stands_still_keeps_no_reader(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose disk hangs answers nothing and closes nothing; it served well until then."""
    monkeypatch.setattr(store, "STANDBY_SECONDS", 2)  # less is none to the driver
    url = make_url(database_url)
    server = socket.create_server(("127.0.0.1", 0))
    with closing(Relay(server, url)) as relay:
        standby = url.difference_update_query(["host"]).set(host="127.0.0.1", port=server.getsockname()[1])
        database = Database(database_url, standby.render_as_string(hide_password=False))
        with database.read() as session:
            assert session.bind is not None and session.bind.engine.url == standby
        relay.stands_still = True
        monkeypatch.setattr(store, "FRESH_SECONDS", -1)
        began = time.monotonic()
        with database.read() as session:
            assert session.bind is not None and session.bind.engine.url == url
        assert time.monotonic() - began < 10
        database.dispose()


@POSTGRESQL
def test_a_standby_that_is_late_is_told_and_the_primary_reads(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replication that stopped in the night: figures and files would say nothing of it."""
    config = house.installation.config
    url = make_url(config.database_url)
    database = Database(
        config.database_url, url.update_query_dict({"application_name": "standby"}).render_as_string(False)
    )
    installation = replace(house.installation, database=database)
    house.perform(flags.sweep)  # the worker is there
    told = lambda: {f.code for f in examine(config, installation)} & {"standby", "standby_late"}  # noqa: E731
    with installation.browsing() as session:
        assert session.get_bind().engine.url != url and told() == {"standby"}
    monkeypatch.setattr(store, "BEHIND", text(f"SELECT {store.STANDBY_LATE + 1}"))
    with installation.browsing() as session:
        assert session.get_bind().engine.url == url and told() == {"standby_late"}
    database.dispose()
