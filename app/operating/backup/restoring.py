"""Checking and restoring a backup. A restore goes onto an empty installation, says what would be lost, and ends with the
audit of the log, so that what runs afterwards is known to be what was recorded."""

import base64
import gzip
import hashlib
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.config import Config
from app.domain.actors import SYSTEM
from app.domain.transparency import NoteError, TileError, open_checkpoint, parse_verifier
from app.installation import Installation, open_installation
from app.operating.backup import databases
from app.operating.backup.locks import BackupError, Key
from app.operating.backup.making import BLOCK, ENCRYPTION, LAST, MANIFEST, ROOT_KEY, SECRET, Manifest
from app.operating.backup.sealing import Opening
from app.services.transparency import log, log_audit
from app.services.transparency.log_audit import Discrepancy
from app.store.migrate import knows, upgrade
from app.store.unit_of_work import UnitOfWork

KEY_FILES = {SECRET: "secret.key", ENCRYPTION: "key-encryption.key", ROOT_KEY: "root.key"}
LARGEST_SECRET = 100_000


@dataclass(frozen=True, slots=True)
class SeenTree:
    """A tree of the log that somebody outside the backup saw: a witness's state, a checkpoint, the last backup."""

    where: str
    size: int
    root: bytes
    log_key: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `lost` entries that somebody had seen; `discrepancies` of the log, empty where all is well."""

    manifest: Manifest
    lost: int
    discrepancies: Sequence[Discrepancy]


def check(file: Path, key: Key) -> Manifest:
    """Reads all of a backup and compares every hash; stores nothing. Raises BackupError."""
    with _members(file, key) as (manifest, members):
        _require_all(manifest, {name: _drain(stream, None) for name, stream in members})
    return manifest


def seen_tree(path: Path, manifest: Manifest) -> SeenTree:
    """The tree in a witness's state file, a `last-backup.json`, or a signed checkpoint. Raises BackupError."""
    data = path.read_bytes()
    try:
        if data.lstrip().startswith(b"{"):
            said = json.loads(data)
            tree = said.get("seen", said)
            root = base64.b64decode(tree["root"])
            return SeenTree(str(path), int(tree["size"]), root, said.get("log_key", ""))
        key = parse_verifier(manifest.log.verifier)
        opened = open_checkpoint(data, key.name, [key]).checkpoint
        return SeenTree(str(path), opened.size, opened.root, manifest.log.verifier)
    except (KeyError, TypeError, ValueError, NoteError) as error:
        raise BackupError(f"{path} is neither a witness's state nor a checkpoint of this log: {error}") from error


def restore(
    config: Config,
    file: Path,
    key: Key,
    *,
    seen: Sequence[Path] = (),
    accept_loss: bool = False,
    programs: Path | None = None,
) -> Restored:
    """Restores a backup onto the empty installation of `config`, keys included.

    Raises BackupError where something is there already, the backup is damaged or of another kind, or entries would be lost
    that `seen` files (and the last backup made here) know of, unless `accept_loss`. Nothing is changed then.
    """
    with _members(file, key) as (manifest, members):
        _require_place(config, manifest)
        last = config.instance / LAST
        trees = [seen_tree(path, manifest) for path in (*seen, *((last,) if last.exists() else ()))]
        lost = _loss(trees, manifest, accept_loss)
        config.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".jcm-restore-", dir=config.instance) as folder:
            found, secrets = _unpack(members, Path(folder))
            _require_all(manifest, found)
            _require_same_keys(config, secrets)
            databases.copy_in(config.database_url, Path(folder) / databases.NAMES[manifest.database], programs)
    _write_keys(config, secrets)
    ours = replace(
        config, secret_key=secrets[SECRET].decode(), key_encryption_key=bytes.fromhex(secrets[ENCRYPTION].decode())
    )
    installation = open_installation(ours)
    try:
        upgrade(installation.database.engine)
        began = bool(manifest.log.verifier)  # an installation that recorded nothing yet has no log to look at
        discrepancies = [*_forked(installation, trees, manifest), *_audited(installation)] if began else []
        installation.perform(_record, manifest, lost)
    finally:
        installation.database.dispose()
    return Restored(manifest, lost, discrepancies)


@contextmanager
def _members(file: Path, key: Key) -> Iterator[tuple[Manifest, Iterator[tuple[str, Any]]]]:
    """The manifest of a backup and then its files, one after another, as streams."""
    try:
        with file.open("rb") as source:
            opening: Any = Opening(source, key)
            with gzip.GzipFile(fileobj=opening, mode="rb") as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
                members = ((member.name, tar.extractfile(member)) for member in tar)
                name, stream = next(members, ("", None))
                if name != MANIFEST or stream is None:
                    raise BackupError("The backup does not begin with its manifest.")
                yield Manifest.parse(stream.read(BLOCK)), members
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BackupError(f"The backup cannot be read: {error}") from error


def _drain(stream: Any, out: Any) -> tuple[int, str]:
    """Size and SHA-256 of a stream, copied to `out` where there is one."""
    size, digest = 0, hashlib.sha256()
    while block := stream.read(BLOCK) if stream else b"":
        size += len(block)
        digest.update(block)
        if out is not None:
            out.write(block)
    return size, digest.hexdigest()


def _unpack(members: Iterator[tuple[str, Any]], folder: Path) -> tuple[dict[str, tuple[int, str]], dict[str, bytes]]:
    """The database into `folder`, keys into memory. A name that we do not know is written nowhere."""
    found: dict[str, tuple[int, str]] = {}
    secrets: dict[str, bytes] = {}
    for name, stream in members:
        if name in KEY_FILES:
            secrets[name] = stream.read(LARGEST_SECRET)
            found[name] = len(secrets[name]), hashlib.sha256(secrets[name]).hexdigest()
        elif name in databases.NAMES.values():
            with (folder / name).open("wb") as out:
                found[name] = _drain(stream, out)
    return found, secrets


def _require_all(manifest: Manifest, found: dict[str, tuple[int, str]]) -> None:
    expected = {name: (size, digest) for name, size, digest in manifest.files}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise BackupError(f"The backup does not hold what its manifest says: {', '.join(wrong)}.")


def _require_place(config: Config, manifest: Manifest) -> None:
    """An empty database of the same kind, and a program that knows the backup's schema."""
    kind = databases.kind_of(config.database_url)
    if kind != manifest.database:
        raise BackupError(f"The backup is of {manifest.database}, JCM_DATABASE_URL names {kind}.")
    if not databases.is_empty(config.database_url):
        raise BackupError("There is a database here already. A backup is restored onto an empty installation only.")
    if config.jurisdiction and config.jurisdiction != manifest.jurisdiction:
        raise BackupError(
            f"The backup is of region {manifest.jurisdiction}, JCM_JURISDICTION says {config.jurisdiction}."
        )
    if not knows(manifest.revision):
        raise BackupError(
            f"The backup's schema {manifest.revision} is newer than this program: install that version first."
        )


def _require_same_keys(config: Config, secrets: dict[str, bytes]) -> None:
    """Keys that are here already must be those of the backup: others would open nothing in it."""
    if SECRET not in secrets or ENCRYPTION not in secrets:
        raise BackupError("The backup has no keys.")
    if config.key_encryption_key and config.key_encryption_key.hex() != secrets[ENCRYPTION].decode():
        raise BackupError(
            "Another key-encryption key is set here (file or JCM_KEY_ENCRYPTION_KEY): remove it, it opens nothing in this backup."
        )
    for name, data in secrets.items():
        path = config.instance / KEY_FILES[name]
        if path.exists() and path.read_bytes().strip() != data.strip():
            raise BackupError(f"{path} is there already and is not the one of the backup: move it away.")


def _write_keys(config: Config, secrets: dict[str, bytes]) -> None:
    for name, data in secrets.items():
        path = config.instance / KEY_FILES[name]
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)


def _loss(trees: Sequence[SeenTree], manifest: Manifest, accept_loss: bool) -> int:
    """How many entries somebody has seen that the backup does not have. Raises BackupError unless that is accepted."""
    for tree in trees:
        if tree.log_key and manifest.log.verifier and tree.log_key != manifest.log.verifier:
            raise BackupError(f"{tree.where} is about another log than the backup.")
    newest = max(trees, key=lambda tree: tree.size, default=None)
    lost = max(newest.size - manifest.log.size, 0) if newest else 0
    if newest and lost and not accept_loss:
        raise BackupError(
            f"The backup has {manifest.log.size} entries of the log, but {newest.where} saw {newest.size}: {lost} entries would be "
            "lost, and witnesses will refuse this log from then on. Look for a newer backup; --accept-loss restores this one."
        )
    return lost


def _forked(installation: Installation, trees: Sequence[SeenTree], manifest: Manifest) -> Iterator[Discrepancy]:
    """Trees that somebody saw and that the restored log does not continue."""
    with installation.database.read_primary() as session:
        for tree in trees:
            if not 0 < tree.size <= manifest.log.size:
                continue
            try:
                same = log.tree(session, tree.size).root() == tree.root
            except TileError:
                same = False
            if not same:
                text = f"{tree.where} saw another tree of {tree.size} entries: this is not the log that was witnessed"
                yield Discrepancy("other_tree", "log_heads", str(tree.size), text)


def _audited(installation: Installation) -> list[Discrepancy]:
    with installation.database.read_primary() as session:
        return list(log_audit.audit(session))


def _record(work: UnitOfWork, manifest: Manifest, lost: int) -> None:
    """That this is a restored register stands in the register."""
    body = {"made_at": manifest.made_at, "entries": manifest.log.size, "root": manifest.log.root, "lost": lost}
    subject = ("installation", work.default_jurisdiction)
    work.store_fact(work.fact("installation.restored", subject, body, SYSTEM, work.default_jurisdiction))
