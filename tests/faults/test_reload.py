"""A new version takes over while people work: reloading the web server fails no request, however long the new one loads."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from app.cli.reloading import REFUSED, Process, Reload, listeners
from app.cli.serve import _server
from tests.house import house_config

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds, on a machine that others use
KEPT_OPEN = 25  # seconds; granian closes a connection on which nothing was asked for half a minute


class Site:
    """The production server as `flask serve` starts it, with one worker and a small application."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = house_config("sqlite:///unused", folder, JCM_PORT=str(self.port), JCM_WORKERS="1")
        self.command, self.begun = _server(config, None)[:-1], list[Process]()
        self.until = time.monotonic() + PATIENCE

    def begin(self, app: str = "tests.faults.small:app", **environment: str) -> Process:
        self.begun.append(subprocess.Popen([*self.command, app], cwd=ROOT, env=os.environ | environment))
        return self.begun[-1]

    def answered(self) -> int:
        """Which process answered a request on a connection of its own. Raises OSError or HTTPException where it failed."""
        assert time.monotonic() < self.until
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/")
            return int(connection.getresponse().read())

    def up(self) -> int:
        while not listeners(self.port):
            assert time.monotonic() < self.until
        return self.answered()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    here = Site(tmp_path)
    yield here
    for process in here.begun:
        process.terminate()
        process.wait(PATIENCE)


def test_no_request_fails_while_the_server_reloads_however_long_the_new_one_loads(site: Site, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    first = site.begin()
    old = site.up()
    reload = Reload(lambda: site.begin(JCM_TEST_GATE=str(gate)), site.port, workers=1)
    reload.ask()
    writing = None
    while writing is None:  # until the new one is loading, and stays so
        assert reload.look() is None and site.answered() == old
        with suppress(OSError):
            writing = os.open(gate, os.O_WRONLY | os.O_NONBLOCK)
    assert [reload.look() for _ in range(20)] == [None] * 20 and site.answered() == old
    os.close(writing)
    while (new := reload.look()) is None:
        site.answered()
    first.terminate()
    first.wait(PATIENCE)  # what reaches the old one in its last instant: docs/operations.md
    assert new is site.begun[1] and site.answered() != old


def test_a_version_that_does_not_start_leaves_the_old_one_in_service(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.begin()
    old = site.up()
    reload = Reload(lambda: site.begin("tests.faults.no_such_version:app"), site.port, workers=1)
    reload.ask()
    reload.look()
    while reload.coming is not None:
        assert reload.look() is None and site.answered() == old
    assert site.answered() == old
    assert capsys.readouterr().err == f"{REFUSED}\n"
    tried = Reload(lambda: site.begin("never"), site.port, workers=1, loads=lambda: False)
    tried.ask()
    assert tried.look() is None and tried.coming is None and capsys.readouterr().err == f"{REFUSED}\n"


def test_browsers_that_keep_their_connections_open_keep_nobody_waiting(site: Site) -> None:
    site.begin()
    site.up()
    kept = [http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE) for _ in range(100)]
    begun = time.monotonic()
    for connection in kept:
        connection.request("GET", "/")
        connection.getresponse().read()
    site.answered()
    took = time.monotonic() - begun
    for connection in kept:
        connection.close()
    assert took < KEPT_OPEN
