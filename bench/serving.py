"""The server as it ships (`flask serve`'s own command line), over one database, with a number of workers."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.serve import _server
from app.operating.metrics import FOLDER
from bench.load import get, once, rate
from tests.house import MONDAY, house_config

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60


@contextmanager
def serving(url: str, instance: Path, workers: int) -> Iterator[int]:
    """The port on which it answers. The clock stands still at `MONDAY`, rate limits are off (they would refuse a bench)."""
    port = _free_port()
    own = {
        "JCM_ENV": "demo", "JCM_DATABASE_URL": url, "JCM_INSTANCE": str(instance), "JCM_PORT": str(port),
        "JCM_WORKERS": str(workers), "JCM_NOW": MONDAY.isoformat(), "JCM_RATE_LIMITS": "off",
        "JCM_PUBLIC_URL": "http://localhost", "JCM_SECRET_KEY": "test secret " * 4, "JCM_KEY_ENCRYPTION_KEY": "11" * 32,
    }  # fmt: skip
    config = house_config(url, instance, JCM_PORT=str(port), JCM_WORKERS=str(workers))
    command = [part if part != "wsgi:app" else "bench.wsgi:app" for part in _server(config, None)]
    with tempfile.TemporaryDirectory() as counting:
        environment = os.environ | own | {FOLDER: counting}
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            _wait(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Until all workers had a request: each loads what it keeps at its first."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            rate(port, once(lambda: get("/healthz")), 0.3, connections=8)
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
