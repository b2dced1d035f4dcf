"""Engines and transactions, for SQLite and PostgreSQL alike.

SQLite: WAL, foreign keys, synchronous FULL (this is a legal record), and BEGIN IMMEDIATE for whoever writes, because a
deferred BEGIN loses updates or fails as "locked" under concurrency. PostgreSQL: READ COMMITTED plus explicit locks.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import Session, SessionTransaction

from app.store.trouble import READ_ONLY

__all__ = ["Database", "Session", "dialect_insert", "insert_of", "next_ids", "one_moment", "reader_beside"]
BUSY_TIMEOUT_SECONDS = 30
CONNECTIONS = 16  # to PostgreSQL, of one process, at most
STANDBY_SECONDS = 3  # then the primary reads
# Seconds behind: then, too. The worker commits every twenty, so that a standby in step always has something new.
STANDBY_LATE = 60
ROWS_LOOKED_AT = 1000  # of each index: milliseconds, however large it is
FRESH_SECONDS = 1  # a connection that answered so lately is not asked whether it is there
CONNECTION = "connection"  # in the info of sessions: the one of their transaction
ONE_MOMENT = "one moment"  # in the info of sessions whose statements all see the same
# A server that lost its power says nothing: who waits for it must notice. Each can be set in the URL, too (libpq's names).
PATIENCE = {
    "connect_timeout": 5,  # seconds, for each host that the URL names
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
# What a connection asks of the server: how long it waits for a lock, and how soon the server notices that we are gone.
SESSION = {
    "timezone": "'UTC'",
    "lock_timeout": BUSY_TIMEOUT_SECONDS * 1000,
    **{f"tcp_{name}": PATIENCE[name] for name in ("keepalives_idle", "keepalives_interval", "keepalives_count")},
    "tcp_user_timeout": PATIENCE["tcp_user_timeout"],
}


class Database:
    """`write()` yields a session whose transaction may write; `read()` one that never does (a standby will do)."""

    def __init__(self, url: str, read_url: str | None = None) -> None:
        self.url = url
        self.engine = _engine(url)
        self.read_engine = self.engine if read_url in (None, url) else _engine(str(read_url), is_standby=True)
        self._writer = self.engine.execution_options(jcm_begin="BEGIN IMMEDIATE")
        self._primary = seeing_one_moment(self.engine)
        self._standby = self._primary if self.read_engine is self.engine else seeing_one_moment(self.read_engine)
        self._turn = threading.RLock()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One writing transaction: committed when the block ends, rolled back when it raises or the session is rolled back."""
        with self._in_turn(), self._writer.connect() as connection, connection.begin():
            session = _Writing(connection, expire_on_commit=False, info={CONNECTION: connection})
            try:
                yield session
                session.flush()
            finally:
                if session.in_transaction():  # as in one_moment
                    session.close()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """SQLite lets one writer in at a time and has who comes second sleep and ask again, longer each time; four threads lost
        more than half of their time so. Threads of a process queue instead; other processes still ask. Whoever waited too
        long asks SQLite, which says that it is busy."""
        queues = self.is_sqlite and self._turn.acquire(timeout=BUSY_TIMEOUT_SECONDS)
        try:
            yield
        finally:
            if queues:
                self._turn.release()

    def learn_sizes(self) -> None:
        """Has SQLite look at some rows of each table, so that it plans by what is there: without it the newest fifty flags are
        all flags, sorted. PostgreSQL does so by itself (migration 0034 says how often)."""
        if self.is_sqlite:
            with self.write() as session:
                session.execute(text(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}"))
                session.execute(text("ANALYZE"))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One reading transaction on the standby where there is one in step, rolled back at the end."""
        with self._reader() as connection, _moment_of(connection) as session:
            yield session

    def read_primary(self) -> AbstractContextManager[Session]:
        """One reading transaction that sees everything committed before it, for whoever watches the installation."""
        return one_moment(self._primary)

    def _reader(self) -> Connection:
        """The primary reads where the standby is down or late: no page and no file says that it is of yesterday."""
        if self._standby is not self._primary:
            with suppress(DBAPIError), ExitStack() as opened:
                connection = opened.enter_context(self._standby.connect())
                if _seconds_behind(connection) <= STANDBY_LATE:
                    opened.pop_all()
                    return connection
        return self._primary.connect()

    def standby_seconds(self) -> float | None:
        """How far behind the standby is; None where it does not answer."""
        try:
            with self.read_engine.connect() as connection:
                return _seconds_behind(connection)
        except DBAPIError:
            return None

    def is_alive(self) -> bool:
        """Whether the database answers. Raises nothing but what the driver raises."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar())

    def dispose(self) -> None:
        self.engine.dispose()
        self.read_engine.dispose()


class _Writing(Session):
    """The session of a transaction that is its connection's. Beginning and ending one of the session's own around it cost
    as much as three statements."""

    def rollback(self) -> None:
        """All of it; nothing can be done in it any more."""
        super().rollback()
        self.info[CONNECTION].close()

    def begin_nested(self) -> SessionTransaction:
        """A savepoint from here on. SQLAlchemy's own begins when the session is next asked, and Prepared ask the connection."""
        nested = super().begin_nested()
        self.connection()
        return nested


def seeing_one_moment(engine: Engine) -> Engine:
    """The engine for `one_moment`. SQLite's readers see one moment anyhow."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def one_moment(engine: Engine) -> Iterator[Session]:
    """A reading transaction of an engine that is `seeing_one_moment`: what its statements count agrees, whoever commits
    between them."""
    with engine.connect() as connection, _moment_of(connection) as session:
        yield session


@contextmanager
def _moment_of(connection: Connection) -> Iterator[Session]:
    connection.begin()
    info = {ONE_MOMENT: True, CONNECTION: connection}
    session = Session(connection, expire_on_commit=False, autoflush=False, info=info)
    try:
        yield session
    finally:
        if session.in_transaction():  # it loaded objects; what only read rows left nothing in it
            session.close()


BEHIND = text("""
    SELECT CASE WHEN pg_is_in_recovery() THEN
        extract(epoch FROM now() - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()))
    ELSE 0 END
""")


def _seconds_behind(connection: Connection) -> float:
    """How old the newest transaction is that a standby has; 0 of a server that is none. Ends what the connection began."""
    if connection.dialect.name == "sqlite":  # a copy of a file, for tests
        return 0
    seconds = float(connection.scalar(BEHIND) or 0)
    connection.rollback()
    return seconds


def reader_beside(session: Session) -> Engine:
    """The engine behind a session, for a second transaction beside it (`one_moment`)."""
    bind: Any = session.get_bind()
    engine: Engine = getattr(bind, "engine", bind)
    return seeing_one_moment(engine.execution_options(jcm_begin="BEGIN"))


def _engine(url: str, is_standby: bool = False) -> Engine:
    """Errors never repeat the values of a statement (`hide_parameters`): they would carry personal data into the logs."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        return engine
    patience = PATIENCE | ({"connect_timeout": STANDBY_SECONDS} if is_standby else {})
    given = {name: value for name, value in patience.items() if name not in make_url(url).query}
    pool: dict[str, Any] = {"pool_size": CONNECTIONS // 2, "max_overflow": CONNECTIONS // 2, "pool_timeout": 10}
    if is_standby:  # of a server that stands still only a new connection is given up: one of a pool would wait for ever
        pool = {"poolclass": NullPool}
    engine = create_engine(url, hide_parameters=True, connect_args=given, **pool)
    event.listen(engine, "connect", _on_postgresql_connect)
    event.listen(engine, "handle_error", _on_postgresql_error)
    if is_standby:
        return engine
    event.listen(engine, "checkin", lambda _connection, record: record.info.update(answered=time.monotonic()))
    event.listen(engine, "checkout", partial(_on_postgresql_checkout, engine))
    return engine


def _on_postgresql_connect(connection: Any, _record: Any) -> None:
    """Instants come as UTC, whatever the server's own zone is: the driver reads those of another zone at twice the cost.
    Whoever waits too long for a lock is told to come again, as on SQLite: one that somebody else never gives back would keep
    one thread after another. The server, too, must notice a client that lost its power, which else keeps its locks for hours."""
    connection.execute("; ".join(f"SET {name} = {value}" for name, value in SESSION.items()))
    connection.commit()


def _on_postgresql_checkout(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that lay idle is asked whether it is there, else all of the pool are made anew. Asking each time was a
    round trip in ten; who meets one that broke within the second is told to come again, as whoever was on it."""
    if time.monotonic() - record.info.get("answered", 0.0) < FRESH_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _on_postgresql_error(context: Any) -> None:
    """A primary that became a standby under us: none of the pool's connections is of use, new ones find the new primary."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY and context.connection is not None:
        context.is_disconnect = True


def _on_sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing of its own: _on_sqlite_begin does
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
    cursor.close()


def _on_sqlite_begin(connection: Any) -> None:
    begin = connection.get_execution_options().get("jcm_begin")
    try:
        connection.connection.driver_connection.execute(begin or "BEGIN")
    except connection.dialect.loaded_dbapi.Error as error:  # another process writes longer than we wait
        connection._handle_dbapi_exception(error, begin, (), None, None)


def dialect_insert(session: Session, table: Any) -> Any:
    """INSERT in the words of the session's database, for `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_of(session.get_bind().dialect)(table)


def insert_of(dialect: Any) -> Any:
    """What makes an INSERT in the words of a database."""
    return sqlite.insert if dialect.name == "sqlite" else postgresql.insert


def next_ids(session: Session, model: Any, count: int) -> Sequence[int]:
    """Numbers for `count` new rows of a table that counts its rows, taken as the database would give them.

    So a large insert knows its keys beforehand: asking for them row by row takes most of its time.
    """
    table = model.__tablename__
    if session.get_bind().dialect.name == "sqlite":  # one writer at a time: nobody else takes the next number
        last = session.scalar(select(func.max(model.id))) or 0
        return range(last + 1, last + count + 1)
    series = select(func.nextval(func.pg_get_serial_sequence(table, "id"))).select_from(func.generate_series(1, count))
    return session.scalars(series).all()
