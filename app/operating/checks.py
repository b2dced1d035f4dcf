"""Whether this installation may serve: the parts of /readyz, each true, false, or unknown while the database is silent."""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from app import zones
from app.config import ConfigError
from app.installation import Installation
from app.queries import health
from app.store import log as log_store
from app.store.migrate import known, serves

LOG_LATE = timedelta(minutes=5)  # a fact should stand in the log within ten seconds
DISK_LEAST = 256 * 1024 * 1024


def ready(installation: Installation) -> dict[str, bool | None]:
    """database, migrations, keys (the sealed ones open), log (nothing waits for long), disk."""
    found: dict[str, bool | None] = dict.fromkeys(("database", "migrations", "keys", "log"))
    found["disk"] = free_bytes(installation) >= DISK_LEAST
    now = installation.clock()
    try:
        found["database"] = installation.database.is_alive()
        found["migrations"] = serves(installation.database.engine)
        if found["migrations"]:
            with installation.database.read_primary() as session:
                # The public zone has no key that opens anything, and may not read what a whole look at the vitals reads.
                outside = installation.config.zone == zones.PUBLIC
                found["keys"] = outside or health.keys_open(session, installation.vault)
                since = log_store.waiting(session)[1]
            found["log"] = since is None or now - since < LOG_LATE
    except Exception:  # whatever the driver raises: the database does not answer
        found["database"] = False
    return found


def require_schema(installation: Installation) -> None:
    """Raises ConfigError where the database answers and is not migrated for this program: begun for a reload, it then leaves
    the old version in service. A database that is away is no reason not to start."""
    known()
    try:
        if serves(installation.database.engine):
            return
    except Exception:  # whatever the driver raises
        return
    raise ConfigError(
        "The schema of the database is older than this program: stop, run 'flask --app wsgi init', start."
    )


def free_bytes(installation: Installation) -> int:
    """The least free space of the disks that this process writes to."""
    folders = {installation.config.instance}
    url = make_url(installation.config.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        folders.add(Path(url.database).parent)
    return min((shutil.disk_usage(_existing(folder)).free for folder in folders), default=0)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
