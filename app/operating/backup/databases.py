"""A database copied out as it was at one instant, and copied into an empty place: SQLite by its online backup, PostgreSQL
by pg_dump and pg_restore under one snapshot. Nobody who works meanwhile waits."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.operating.backup.locks import BackupError
from app.operating.logs import masked
from app.store.database import Database

T = TypeVar("T")
SQLITE, POSTGRESQL = "sqlite", "postgresql"
HOST = re.compile(r"(?P<host>.*?)(:(?P<port>[0-9]+))?")
LIBPQ = {  # what a URL says behind the `?`, and the variable that says so to PostgreSQL's programs
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip
NAMES = {SQLITE: "database.sqlite3", POSTGRESQL: "database.pgdump"}


def kind_of(url: str) -> str:
    return make_url(url).get_backend_name()


def sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "")


def copy_out(url: str, target: Path, look: Callable[[Session], T], programs: Path | None = None) -> T:
    """Copies the database to `target` (a SQLite file, or pg_dump's custom format) and returns what `look` reads in exactly
    that state. `programs`: the folder of pg_dump, where it is not on the PATH. Raises BackupError."""
    if kind_of(url) == SQLITE:
        return _sqlite_out(url, target, look)
    database = Database(url)
    try:
        engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection, Session(connection) as session:
            snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
            found = look(session)
            arguments = [
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={target}",
            ]
            _run("pg_dump", url, arguments, programs)
        return found
    finally:
        database.dispose()


def _sqlite_out(url: str, target: Path, look: Callable[[Session], T]) -> T:
    path = sqlite_path(url)
    if not path.exists():
        raise BackupError(f"There is no database at {path}.")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete
    database = Database(f"sqlite:///{target}")
    try:
        with database.read() as session:
            return look(session)
    finally:
        database.dispose()


def is_empty(url: str) -> bool:
    """Whether nothing is there that a restore could overwrite."""
    if kind_of(url) == SQLITE and not sqlite_path(url).exists():
        return True
    database = Database(url)
    try:
        return not inspect(database.engine).get_table_names()
    finally:
        database.dispose()


def copy_in(url: str, source: Path, programs: Path | None = None) -> None:
    """Puts a copy into the empty database at `url`: all of it or nothing. Raises BackupError."""
    if kind_of(url) == SQLITE:
        target = sqlite_path(url)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for rest in ("-wal", "-shm"):
            target.with_name(target.name + rest).unlink(missing_ok=True)
        beside = target.with_name(target.name + ".restoring")
        shutil.copyfile(source, beside)
        os.chmod(beside, 0o600)
        os.replace(beside, target)
        return
    arguments = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source)]
    _run("pg_restore", url, arguments, programs)


def _run(name: str, url: str, arguments: list[str], programs: Path | None) -> None:
    """Runs a program of PostgreSQL against `url`; the password goes by its environment, not where `ps` shows it."""
    program = shutil.which(name, path=str(programs) if programs else None)
    if program is None:
        where = f"in {programs}" if programs else "on the PATH: install the client of your PostgreSQL, or give --pg-bin"
        raise BackupError(f"There is no {name} {where}.")
    parts, given = make_url(url), connection_environment(url)
    environment = os.environ | given
    command = [program, f"--dbname={parts.database}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603 a program of PostgreSQL
    if done.returncode:
        said = masked(done.stderr.strip().splitlines()[0]) if done.stderr.strip() else f"status {done.returncode}"
        raise BackupError(f"{name} failed: {said}")


def connection_environment(url: str) -> dict[str, str]:
    """What libpq's programs are told of a URL by their environment; hosts named behind the `?` and TLS, too."""
    parts = make_url(url)
    behind = parts.query.get("host", ())
    named = [HOST.fullmatch(host) for host in ([behind] if isinstance(behind, str) else behind)]
    given = {
        "PGHOST": ",".join(found["host"] for found in named if found) or parts.host,
        "PGPORT": ",".join(found["port"] or "5432" for found in named if found) or parts.port,
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
    } | {variable: parts.query.get(name) for name, variable in LIBPQ.items()}
    return {name: str(value) for name, value in given.items() if value}
