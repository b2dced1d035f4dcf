"""A witness of a log: `flask log witness`, or `python -m app.cli.witness` where no installation is.

It keeps the last checkpoint that it saw in one file, signs only what continues it, and hands its signature to the log.
Whoever runs it needs to understand nothing: while it prints `ok`, all is well; when it refuses, somebody must be told.
"""

import base64
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

from app.clock import system_clock
from app.domain.times import rfc3339
from app.domain.transparency import (
    LOG_SUITES,
    Note,
    NoteError,
    Signer,
    Tile,
    TileError,
    VerifierKey,
    parse_verifier,
    suite_of,
    tile_path,
)
from app.domain.transparency.witness import Seen, WitnessRefuses
from app.domain.transparency.witness import witness as witness_once

TIMEOUT_SECONDS = 20
LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class State:
    """What a witness keeps: its name and key, the log's key since first sight, the last tree it signed."""

    name: str
    suite: str
    private: bytes
    log_key: str
    seen: Seen | None = None

    @property
    def signer(self) -> Signer:
        return LOG_SUITES[self.suite].signer(self.name, self.private, True)


@click.command("witness")
@click.option("--state", "path", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Its own file.")
@click.option("--name", help="The witness's name, such as sfj.example.gov.cn/witness; needed the first time.")
@click.option("--log-key", help="The log's verifier key, where it is known beforehand; else the first one seen counts.")
@click.option("--every", type=float, help="Seconds between two looks; without it one look, for a timer.")
@click.argument("url")
def witness(path: Path, name: str | None, log_key: str | None, every: float | None, url: str) -> None:
    """Watch the log at URL: keep its last checkpoint, refuse a fork or a shrunken tree, cosign with this clock's time."""
    base = url.rstrip("/") if urlsplit(url).path.rstrip("/").endswith("/log") else url.rstrip("/") + "/log"
    with _locked(path):
        while True:
            try:
                click.echo(look(path, base, name, log_key))
            except WitnessRefuses as refusal:
                raise click.ClickException(f"REFUSED ({refusal.code}): {refusal}") from None
            except (OSError, URLError, NoteError, TileError, ValueError) as error:
                if every is None:
                    raise click.ClickException(f"{base}: {error}") from None
                click.echo(f"{base}: {error}; trying again", err=True)
            if every is None:
                return
            time.sleep(every)


def look(path: Path, base: str, name: str | None = None, log_key: str | None = None) -> str:
    """One look at the log; one line to print. Raises WitnessRefuses, OSError, NoteError, ValueError."""
    state = load(path) if path.exists() else _begin(path, base, name, log_key)
    key = parse_verifier(state.log_key)
    if log_key and parse_verifier(log_key) != key:
        raise WitnessRefuses("other_log", "this state belongs to a log with another key")
    note = Note.parse(_get(f"{base}/checkpoint"))
    seen, signed = witness_once(note, key, state.seen, _tile_reader(base), state.signer, system_clock())
    store(path, replace(state, seen=seen))  # durable before anybody gets the signature
    _post(f"{base}/cosignatures", bytes(signed))
    return f"ok {seen.size} entries {base64.b64encode(seen.root).decode()} {rfc3339(system_clock())}"


def create(path: Path, name: str, log_key: str) -> VerifierKey:
    """A new witness in `path` with a key of its own; the verifier key that the log's operator must trust."""
    suite = suite_of(parse_verifier(log_key))
    state = State(name, suite.name, suite.generate(secrets.token_bytes), log_key)
    key = state.signer.key
    store(path, state)
    return key


def load(path: Path) -> State:
    """Raises ValueError for a file that no witness wrote."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        seen = Seen.from_json(said["seen"]) if said["seen"] else None
        return State(said["name"], said["suite"], base64.b64decode(said["private"]), said["log_key"], seen)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not the state of a witness: {error}") from error


def store(path: Path, state: State) -> None:
    """Replaces the file at once or not at all, mode 0600."""
    said = {
        "name": state.name,
        "suite": state.suite,
        "private": base64.b64encode(state.private).decode(),
        "log_key": state.log_key,
        "seen": state.seen.as_json() if state.seen else None,
    }
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _begin(path: Path, base: str, name: str | None, log_key: str | None) -> State:
    if not name:
        raise click.UsageError("Give the witness a name the first time: --name sfj.example.gov.cn/witness")
    found = log_key or _get(f"{base}/keys").decode().splitlines()[0]
    key = create(path, name, found)
    click.echo(f"New witness. The operator of the log accepts it with:\nflask --app wsgi log trust '{key}'", err=True)
    return load(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One witness for one state: two could sign two trees."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(path.name + ".lock"), "w", encoding="ascii") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except OSError:
            raise click.ClickException(f"Another witness uses {path}.") from None
        yield


def _tile_reader(base: str):  # type: ignore[no-untyped-def]
    def read(level: int, number: int, width: int) -> bytes:
        return _get(f"{base}/{tile_path(Tile(level, number, width))}")

    return read


def _get(url: str) -> bytes:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("the address of a log begins with https:// or http://")
    with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 the scheme was checked
        data: bytes = answer.read(LARGEST_ANSWER)
    return data


def _post(url: str, data: bytes) -> None:
    request = Request(url, data, {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310 the scheme was checked
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass
    except HTTPError as error:
        said = error.read(2000).decode(errors="replace")
        raise ValueError(f"the log did not take the cosignature ({error.code}): {said}") from None


if __name__ == "__main__":
    witness()
