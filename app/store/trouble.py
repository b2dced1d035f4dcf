"""A database that cannot work now, told from a mistake of ours: nothing to repair in the program, the same request may
succeed in a moment.

It was restarted, fails over, is full, locked or too busy. A lost connection may have been lost after the commit: what
was sent is then stored although nobody said so, and only a repeat with the same key finds out.
"""

from sqlalchemy.exc import DBAPIError, TimeoutError

from app.domain.crypto import DeviceError
from app.store.vault import VaultError

# PostgreSQL: connection, resources (disk full, memory, connections), object in use, intervention of the operator, system;
# a standby where the primary was; a lock that was not given; what was still refused after the last retry.
PASSING_CLASSES = ("08", "53", "55", "57", "58")
PASSING_STATES = ("25006", "40001", "40P01")
READ_ONLY = "25006"
PASSING_SQLITE = ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_LOCKED", "SQLITE_READONLY")


def cannot_work_now(error: BaseException) -> bool:
    """Whether the database, or the key or device that opens and signs, is not there now (HTTP 503)."""
    if isinstance(
        error, TimeoutError | VaultError | DeviceError
    ):  # no connection of the pool; not the right key; no device
        return True
    if not isinstance(error, DBAPIError):
        return False
    named = str(getattr(error.orig, "sqlite_errorname", ""))
    if named:
        return named.startswith(PASSING_SQLITE)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no answer of a server: the connection was refused or broke
        return error.connection_invalidated or type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    return state.startswith(PASSING_CLASSES) or state in PASSING_STATES


def in_a_line(error: BaseException) -> str:
    """What happened, for a log or a terminal: the kind of error and the first line of what the database said."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{type(error).__name__}: {said[0] if said else ''}".rstrip(": ")
