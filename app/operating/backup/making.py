"""Making a backup: the database copied out, then one tar of manifest, database and keys, compressed and sealed as it is
written, so that memory stays flat whatever the size."""

import base64
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from app.config import Config
from app.domain.crypto import PROVIDERS
from app.domain.times import rfc3339
from app.operating.backup import databases
from app.operating.backup.locks import BackupError, Lock
from app.operating.backup.sealing import Sealing, Writable
from app.store import log as log_store
from app.store.models import Log

MANIFEST = "manifest.json"
SECRET, ENCRYPTION, ROOT_KEY = "keys/secret.key", "keys/key-encryption.key", "keys/root.key"
LAST = "last-backup.json"
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LogState:
    """The log at the instant of a backup. `root` is base64; `checkpoint` the newest signed one; `verifier` its key."""

    size: int
    root: str
    verifier: str
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: `files` are (name, bytes, SHA-256), `revision` the migration of the database."""

    made_at: str
    database: str
    revision: str
    jurisdiction: str
    public_url: str
    log: LogState
    files: tuple[tuple[str, int, str], ...]

    def to_json(self) -> str:
        return json.dumps({"v": 1} | asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def parse(cls, data: bytes) -> "Manifest":
        """Raises BackupError."""
        try:
            said = json.loads(data)
            if said.pop("v") != 1:
                raise BackupError("This backup was made by a newer version; restore it with that one.")
            files = tuple((str(name), int(size), str(digest)) for name, size, digest in said.pop("files"))
            return cls(**{**said, "log": LogState(**said["log"]), "files": files})
        except (KeyError, TypeError, ValueError) as error:
            raise BackupError("The manifest of this backup cannot be read.") from error


def make(
    config: Config,
    file: Path,
    locks: Sequence[Lock],
    now: datetime,
    *,
    with_root: bool = True,
    programs: Path | None = None,
) -> Manifest:
    """Writes a backup to `file`, which must not exist; it is there completely (mode 0600) or not at all.

    `locks` say who can read it, `with_root` whether the root key goes along where it is on this server. Raises BackupError.
    """
    if not config.secret_key:
        raise BackupError("This installation has no keys yet: there is nothing to back up.")
    if file.exists():
        raise BackupError(f"{file} is there already; a backup never overwrites another.")
    kind, provider = databases.kind_of(config.database_url), PROVIDERS[config.cryptography]
    with tempfile.TemporaryDirectory(prefix=".jcm-backup-", dir=file.parent) as folder:  # mode 0700, on the same disk
        copy = Path(folder) / databases.NAMES[kind]
        revision, log = databases.copy_out(config.database_url, copy, _look, programs)
        keys = _keys(config, with_root)
        files = [(copy.name, copy.stat().st_size, _digest(copy))]
        files += [(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in keys.items()]
        manifest = Manifest(
            rfc3339(now), kind, revision, config.jurisdiction, config.public_url, log, tuple(files)
        )  # fmt: skip
        written = Path(folder) / "sealed"
        _write(written, lambda out: Sealing(out, locks, provider), manifest, copy, keys)
        os.replace(written, file)
    _remember(config, manifest)
    return manifest


def _look(session: Session) -> tuple[str, LogState]:
    revision = MigrationContext.configure(session.connection()).get_current_revision()
    head, signed, row = log_store.newest_head(session), log_store.newest_signed_head(session), session.get(Log, 1)
    if revision is None:
        raise BackupError("The database is empty: there is nothing to back up.")
    return revision, LogState(
        size=head.size if head else 0,
        root=base64.b64encode(head.root).decode() if head else "",
        verifier=row.verifier if row else "",
        checkpoint=(signed.note or "") if signed else "",
    )


def _keys(config: Config, with_root: bool) -> dict[str, bytes]:
    """The secrets without which the database is of no use, from wherever the configuration has them."""
    keys = {SECRET: config.secret_key.encode(), ENCRYPTION: config.key_encryption_key.hex().encode()}
    root = config.instance / "root.key"
    if with_root and root.exists():
        keys[ROOT_KEY] = root.read_bytes()
    return keys


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(
    path: Path, begin: Callable[[Writable], Sealing], manifest: Manifest, copy: Path, keys: dict[str, bytes]
) -> None:
    """tar → gzip → chunks → file, durable at the end."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        sealing = begin(out)
        compressed: Any = gzip.GzipFile(fileobj=sealing, mode="wb", compresslevel=1, mtime=0)
        with compressed, tarfile.open(fileobj=compressed, mode="w|") as tar:
            _add(tar, MANIFEST, manifest.to_json().encode())
            tar.add(copy, arcname=copy.name, filter=_plain)
            for name, data in keys.items():
                _add(tar, name, data)
        sealing.finish()
        out.flush()
        os.fsync(out.fileno())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names of this machine's users."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _remember(config: Config, manifest: Manifest) -> None:
    """What the newest backup held: the doctor asks how old it is, a restore whether it would lose entries."""
    said = {
        "at": manifest.made_at,
        "size": manifest.log.size,
        "root": manifest.log.root,
        "log_key": manifest.log.verifier,
    }
    config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    (config.instance / LAST).write_text(json.dumps(said), encoding="utf-8")
