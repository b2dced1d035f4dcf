"""A new version takes over while people work: reloading the web server fails no request."""

import http.client
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.serve import _server
from tests.house import house_config

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds, on a machine that others use


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The production server as `flask serve` starts it, and its port; with one worker and a small application."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = house_config("sqlite:///unused", tmp_path, JCM_PORT=str(port), JCM_WORKERS="1")
    command = [*_server(config, None)[:-1], "--respawn-interval", "0.5", "tests.faults.small:app"]
    with subprocess.Popen(command, cwd=ROOT) as started:
        yield started, port
        started.terminate()


def _asked(port: int) -> int:
    """Which process answered a request on a connection of its own. Raises OSError or HTTPException where it failed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return int(connection.getresponse().read())
    finally:
        connection.close()


def test_no_request_fails_while_the_server_reloads(server: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = server
    end = time.monotonic() + PATIENCE
    old = None
    while old is None and time.monotonic() < end and process.poll() is None:
        try:
            old = _asked(port)
        except ConnectionRefusedError:  # not up yet
            time.sleep(0.05)
    assert old is not None
    process.send_signal(signal.SIGHUP)
    answered = [old]
    while answered[-20:] != [answered[-1]] * 20 or answered[-1] == old:  # until the new worker answers alone
        assert time.monotonic() < end
        answered.append(_asked(port))  # raises where one fails
        time.sleep(0.01)
    assert set(answered) == {old, answered[-1]}
