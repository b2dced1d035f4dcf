"""Rooms to practise in, on disk: each has a database, a root and a clock of its own, and is gone after a day.

What serves a room holds no handle of the real database (docs/decisions/0036): nothing done in one reaches a real fact,
the log or a figure, because there is no way there. Keys are derived, so that a restart finds its rooms again.
"""

import hashlib
import hmac
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import Clock
from app.config import Config
from app.domain.codes.keys import SigningKey
from app.domain.errors import Refused
from app.domain.sign_in import SignInRules
from app.domain.times import parse_rfc3339, rfc3339, shanghai_day
from app.installation import Installation, open_installation
from app.outside import Outside
from app.practice import stage
from app.store.migrate import head_revision, upgrade

PATH = "/practice"  # real pages begin anywhere else
LIFETIME = timedelta(hours=24)
MOST = 60  # rooms at once; a room takes two to four megabytes
KEPT_OPEN = 16  # databases that a process holds open
DATABASE, AHEAD, BEGUN = "jcm.sqlite3", "ahead", "begun"


@dataclass(frozen=True, slots=True)
class Room:
    """One trainee's installation. Its clock may run ahead of the real one."""

    folder: Path
    installation: Installation
    begun_at: datetime

    def skip(self, time: timedelta) -> None:
        """Lets time pass in this room. More than a quarter in all is not let."""
        ahead = min(_ahead(self.folder) + time, timedelta(days=92))
        (self.folder / AHEAD).write_text(str(int(ahead.total_seconds())), encoding="ascii")


class Rooms:
    """The rooms of one installation: opened, found by the secret that the trainee's browser holds, closed."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.config = practice_config(config)
        self.clock = clock
        self.folder = config.instance / "practice"
        self._open: OrderedDict[str, Room] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self) -> str:
        """The secret of a new room. Raises Refused("practice_full")."""
        self._clear()
        if len(list(self.folder.glob("room-*"))) >= MOST:
            raise Refused("practice_full")
        secret = secrets.token_urlsafe(32)
        folder = self.folder / _name(secret)
        shutil.copytree(self._stage(), folder)
        (folder / AHEAD).write_text("0", encoding="ascii")
        (folder / BEGUN).write_text(rfc3339(self.clock()), encoding="ascii")
        return secret

    def find(self, secret: str) -> Room | None:
        """The room of a secret; None where there is none, or no longer."""
        name = _name(secret)
        with self._lock:
            room = self._open.get(name) or self._opened(name)
            if room is None:
                return None
            if not (room.folder / BEGUN).exists() or self.clock() >= room.begun_at + LIFETIME:
                self._forget(name)
                return None
            self._open[name] = room
            self._open.move_to_end(name)
            while len(self._open) > KEPT_OPEN:
                self._forget(next(iter(self._open)))
            return room

    def end(self, secret: str) -> None:
        """Deletes a room with all that was done in it. There may be none."""
        name = _name(secret)
        with self._lock:
            self._forget(name)
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def _opened(self, name: str) -> Room | None:
        folder = self.folder / name
        if not (folder / BEGUN).exists():
            return None
        begun_at = parse_rfc3339((folder / BEGUN).read_text(encoding="ascii"))
        return Room(folder, _installation(self.config, folder, self.clock), begun_at)

    def _forget(self, name: str) -> None:
        room = self._open.pop(name, None)
        if room is not None:
            room.installation.database.dispose()

    def _clear(self) -> None:
        """Deletes rooms whose day is over and stages of other days."""
        current = self._stage_name()
        for folder in self.folder.glob("*"):
            if folder.name.startswith("stage-") and folder.name != current:
                shutil.rmtree(folder, ignore_errors=True)
            elif folder.name.startswith("room-") and self._is_over(folder):
                with self._lock:
                    self._forget(folder.name)
                shutil.rmtree(folder, ignore_errors=True)

    def _is_over(self, folder: Path) -> bool:
        begun = folder / BEGUN
        return begun.exists() and self.clock() >= parse_rfc3339(begun.read_text(encoding="ascii")) + LIFETIME

    def _stage_name(self) -> str:
        return f"stage-{head_revision()}-{shanghai_day(self.clock())}"

    def _stage(self) -> Path:
        """The folder that rooms are copied from: the district of today, built when first asked for."""
        done = self.folder / self._stage_name()
        if done.exists():
            return done
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="making-", dir=self.folder))
        try:
            (made / "root.key").write_text(SigningKey.generate().to_pem(), encoding="ascii")
            (made / AHEAD).write_text("0", encoding="ascii")
            installation = _installation(self.config, made, self.clock)
            upgrade(installation.database.engine)
            installation.perform(stage.build)
            with installation.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            installation.database.dispose()
            made.rename(done)
        except OSError:  # another worker was faster
            if not done.exists():
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return done


def practice_config(config: Config) -> Config:
    """The configuration of all rooms: nothing leaves the house, keys of its own, no rate limits, no second factor."""
    return replace(
        config,
        environment="demo",
        practice=True,
        public_url=config.public_url + PATH,
        trusted_proxies=0,
        secret_key=_derived(config, "secret").hex(),
        key_encryption_key=_derived(config, "keys"),
        jurisdiction=stage.DISTRICT,
        demo_password=None,
        fixed_now=None,
        rate_limits=False,
        log_suite="Ed25519",
        outside=Outside(),
        metrics_token="",
        metrics_from=(),
        sign_in=SignInRules(False, timedelta(hours=12), timedelta(hours=12)),
    )


def _derived(config: Config, use: str) -> bytes:
    return hmac.digest(config.key_encryption_key, f"practice {use}".encode(), "sha256")


def _installation(config: Config, folder: Path, clock: Clock) -> Installation:
    url = f"sqlite:///{folder / DATABASE}"
    own = replace(config, database_url=url, read_database_url=url, instance=folder)
    return open_installation(own, lambda: clock() + _ahead(folder))


def _ahead(folder: Path) -> timedelta:
    return timedelta(seconds=int((folder / AHEAD).read_text(encoding="ascii")))


def _name(secret: str) -> str:
    return "room-" + hashlib.sha256(secret.encode()).hexdigest()[:32]
