"""What is wrong with an installation, in plain words: each finding with what to do about it, in Chinese and English.

A `fault` needs somebody now (the command then ends with 1), a `warning` somebody soon. Nothing is changed.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import zones
from app.clock import system_clock
from app.config import ROOT, Config, ConfigError
from app.domain.codes import sm2
from app.domain.codes.keys import PublicKey
from app.domain.codes.lists import UntrustedList, verify_key_list
from app.domain.crypto import STATE, DeviceError
from app.domain.mirroring import OWN
from app.domain.times import parse_rfc3339, rfc3339
from app.installation import Installation
from app.operating import surroundings
from app.operating.backup.making import LAST
from app.operating.checks import DISK_LEAST, LOG_LATE, free_bytes
from app.operating.findings import FAULT, OK, WARNING, Finding, finding
from app.operating.logs import masked
from app.queries import connectors, health
from app.queries.health import Vitals
from app.services.trust.roots import ROOT as ROOT_DOCUMENT
from app.services.trust.unit_keys import KEYS
from app.store import documents
from app.store.database import CONNECTIONS, STANDBY_LATE
from app.store.migrate import current_revision, head_revision, holds_something, knows
from app.store.models import Log
from app.typesetting import engine

SKEW_FAULT, SKEW_WARNING = 60, 5  # seconds
SWEEP_LATE = timedelta(minutes=5)  # the worker sweeps every twenty seconds
OUTBOX_LATE = timedelta(minutes=15)
JOB_LATE = timedelta(minutes=10)
WITNESS_LATE = timedelta(days=7)
BACKUP_OLD = timedelta(days=8)
KEY_LIST_SHORT = timedelta(days=10)
CONNECTOR_LATE = timedelta(minutes=15)
DISK_SHORT = 2 * 1024**3
MOST_CONNECTIONS = """SELECT min(most) FROM (
    SELECT current_setting('max_connections')::int AS most
    UNION ALL SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user
    UNION ALL SELECT datconnlimit FROM pg_database WHERE datname = current_database()
) AS limits WHERE most >= 0"""  # -1: no limit
BUILT = (  # a part, and a file that is there when it was built
    ("scanner", ROOT / "scanner_static" / "dist" / "index.html"),
    ("english", ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.mo"),
)


def settings_wrong(problem: str) -> Finding:
    """The configuration does not load: nothing else can be looked at."""
    return finding("settings_wrong", FAULT, problem=problem)


def examine(config: Config, installation: Installation | None) -> Iterator[Finding]:
    """Everything that can be looked at, in order of what rests on what. `installation` is None where it has no keys yet."""
    yield finding("settings", OK, environment=config.environment, jurisdiction=config.jurisdiction)
    if not config.is_production:
        yield finding("not_production", WARNING, environment=config.environment)
    yield from surroundings.here(config, installation.clock() if installation else system_clock())
    yield from _built()
    if installation is None:
        yield _no_keys(config)
        return
    yield from _root_key(installation)
    yield _disk(installation)
    if config.is_production and config.zone != zones.PUBLIC:  # outside nothing is kept
        yield from _backup(config, installation.clock())
    yield from _database(installation)
    yield from surroundings.around(config)


def _no_keys(config: Config) -> Finding:
    try:
        lost = not config.key_encryption_key and holds_something(config.database_url)
    except Exception as error:
        return _silent(error)
    return finding("keys_lost" if lost else "no_keys", FAULT)


def _silent(error: Exception) -> Finding:
    return finding("database_silent", FAULT, problem=masked(str(error).splitlines()[0]))


def _root_key(installation: Installation) -> Iterator[Finding]:
    try:
        installation.root_key()
    except ConfigError as error:
        yield finding("root_damaged", FAULT, problem=error)


def _built() -> Iterator[Finding]:
    for part, path in BUILT:
        yield finding(part, OK) if path.exists() else finding(f"{part}_missing", WARNING)
    yield finding("fonts", OK) if engine.can_set() else finding("fonts_missing", WARNING)


def _disk(installation: Installation) -> Finding:
    free = free_bytes(installation)
    level = FAULT if free < DISK_LEAST else WARNING if free < DISK_SHORT else OK
    return finding("disk" if level == OK else "disk_short", level, free=f"{free / 1024**3:.1f}")


def _backup(config: Config, now: datetime) -> Iterator[Finding]:
    """How old the newest backup is that was made here."""
    try:
        at = parse_rfc3339(json.loads((config.instance / LAST).read_text(encoding="utf-8"))["at"])
    except (OSError, KeyError, TypeError, ValueError):
        yield finding("backup_never", WARNING)
        return
    old = now - at > BACKUP_OLD
    yield finding("backup_old" if old else "backup", WARNING if old else OK, at=rfc3339(at))


def _database(installation: Installation) -> Iterator[Finding]:
    try:
        installation.database.is_alive()
        here, head = current_revision(installation.database.engine), head_revision()
    except Exception as error:
        yield _silent(error)
        return
    if here and not knows(here):
        yield finding("schema_newer", WARNING, here=here, head=head)
    elif here != head:
        code = "not_migrated" if here else "database_empty"
        yield finding(code, FAULT, here=here, head=head)
        return
    else:
        yield finding("database", OK, head=head)
    now, outside = installation.clock(), installation.config.zone == zones.PUBLIC
    with installation.database.read_primary() as session:
        if not installation.database.is_sqlite:
            yield from _server(session, installation.config)
            yield from _skew(session.scalar(text("SELECT clock_timestamp()")), installation.clock())
        opens = None if outside else health.keys_open(session, installation.vault)
        vitals = health.vitals(session, now, outside=outside)
        published, root = documents.published(session, KEYS), documents.published(session, ROOT_DOCUMENT)
        owner = None if outside else health.owner(session, installation.config.jurisdiction)
    if owner:
        yield finding("jurisdiction_foreign", FAULT, jurisdiction=installation.config.jurisdiction, owner=owner)
    if outside:
        yield finding("no_keys_outside", OK)
    else:
        yield finding("keys_open", OK) if opens else finding("keys_sealed", FAULT)
    yield _key_list(vitals, published, root, now)
    yield from _state_cryptography(installation, root)
    yield from _standby(installation, vitals, now)
    yield from _log(vitals, now)
    yield from _worker(vitals, now)
    if not outside:
        yield from _connector(installation, now)


def _connector(installation: Installation, now: datetime) -> Iterator[Finding]:
    """Whether the setting and the connection to another system fit, and how far behind it is."""
    config = installation.config
    with installation.reading() as session:
        found = connectors.status(session, config.connector.system, config.jurisdiction, now)
    if not config.connector.is_set:
        if found.issuing.mode != OWN:
            yield finding("connector_missing", FAULT, system=found.issuing.system)
        return
    if found.issuing.mode == OWN:
        yield finding("connector_idle", WARNING, system=config.connector.system)
        return
    late = found.lag_seconds is None or found.lag_seconds > CONNECTOR_LATE.total_seconds()
    said = {"system": config.connector.system, "problem": masked(found.problem or "—")}
    at = rfc3339(found.caught_up_at) if found.caught_up_at else "—"
    yield finding("connector_late" if late else "connector", FAULT if late else OK, at=at, **said)
    if found.refused or found.not_returned or found.differing:
        counts = {"refused": found.refused, "kept": len(found.not_returned), "differing": len(found.differing)}
        yield finding("connector_refused", WARNING, **counts, **said)


def _server(session: Session, config: Config) -> Iterator[Finding]:
    """Whether PostgreSQL keeps what it acknowledged, knows Chinese, can be written, and lets all processes in."""
    names = ("fsync", "full_page_writes", "synchronous_commit", "server_encoding")
    said = {name: str(session.scalar(text("SELECT current_setting(:name)"), {"name": name})) for name in names}
    if off := [name for name in names[:3] if said[name] == "off"]:
        yield finding("database_forgets", FAULT, settings=", ".join(off))
    if said["server_encoding"] != "UTF8":
        yield finding("database_encoding", FAULT, encoding=said["server_encoding"])
    if session.scalar(text("SELECT pg_is_in_recovery()")):
        yield finding("database_standby", FAULT)
    most, needed = session.scalar(text(MOST_CONNECTIONS)) or 0, CONNECTIONS * (2 * config.workers + 1) + 10
    if most < needed:
        yield finding("connections_few", WARNING, most=most, needed=needed)


def _skew(theirs: datetime, ours: datetime) -> Iterator[Finding]:
    seconds = round((ours - theirs).total_seconds(), 1)
    level = FAULT if abs(seconds) > SKEW_FAULT else WARNING if abs(seconds) > SKEW_WARNING else OK
    yield finding("clock" if level == OK else "clock_skewed", level, seconds=seconds)


def _key_list(vitals: Vitals, published: dict[str, Any] | None, root: dict[str, Any] | None, now: datetime) -> Finding:
    """Whether phones would take the signed key list now, and for how long."""
    if published is None or root is None or vitals.key_list_until is None:
        return finding("key_list_none", WARNING)
    until = rfc3339(vitals.key_list_until)
    if vitals.key_list_until <= now:
        return finding("key_list_over", FAULT, until=until)
    try:
        verify_key_list(published, PublicKey.from_jwk(root["suite"], root["jwk"]), now)
    except (UntrustedList, ValueError) as error:
        return finding("key_list_untrusted", FAULT, problem=error)
    short = vitals.key_list_until < now + KEY_LIST_SHORT
    return finding("key_list_short" if short else "key_list", WARNING if short else OK, until=until)


def _state_cryptography(installation: Installation, root: dict[str, Any] | None) -> Iterator[Finding]:
    """Under JCM_CRYPTOGRAPHY=state: whether SM2 is there, the device answers, and root and log are of that kind."""
    provider = installation.vault.provider
    if provider is not STATE:
        return
    yield finding("sm2", OK) if sm2.available() else finding("sm2_missing", FAULT)
    with installation.database.read_primary() as session:
        log = session.scalar(select(Log.suite))
    for what, kind in (("root", root["suite"] if root else None), ("log", log)):
        if kind not in (None, provider.suite.name):
            yield finding(f"{what}_not_state", WARNING, kind=kind)
    if installation.device is not None:
        try:
            yield finding("device", OK, device=installation.device.status())
        except DeviceError as error:
            yield finding("device_silent", FAULT, problem=error)


def _standby(installation: Installation, vitals: Vitals, now: datetime) -> Iterator[Finding]:
    """Whether the standby for figures and exports answers, and how far behind it is."""
    database = installation.database
    if database.read_engine is database.engine:
        return
    seconds = database.standby_seconds()
    if seconds is None:
        yield finding("standby_silent", WARNING)
    elif seconds <= STANDBY_LATE:
        yield finding("standby", OK, seconds=round(seconds))
    elif not _worker_is_away(vitals, now):  # without it nothing new comes
        yield finding("standby_late", WARNING, seconds=round(seconds))


def _log(vitals: Vitals, now: datetime) -> Iterator[Finding]:
    """Whether facts enter the log, whether time runs forwards, and whether somebody else watches."""
    if vitals.log_made_at and vitals.log_made_at > now:
        yield finding("clock_ran_back", FAULT, last=rfc3339(vitals.log_made_at))
    since = vitals.log_waiting_since
    if not since or now - since <= LOG_LATE:
        yield finding("log", OK, size=vitals.log_size)
    elif not _worker_is_away(vitals, now):  # which is said below, once
        yield finding("log_late", FAULT, count=vitals.log_waiting, since=rfc3339(since))
    if vitals.witnessed_at is None or now - vitals.witnessed_at > WITNESS_LATE:
        yield finding("no_witness", WARNING)


def _worker_is_away(vitals: Vitals, now: datetime) -> bool:
    return vitals.swept_at is None or now - vitals.swept_at > SWEEP_LATE


def _worker(vitals: Vitals, now: datetime) -> Iterator[Finding]:
    """Whether the worker goes round, and where it does, whether messages and jobs move: one cause is told once."""
    if not vitals.has_supervisor:
        yield finding("no_supervisor", FAULT)
    if vitals.given_up_lately:
        yield finding("messages_given_up", WARNING, count=vitals.given_up_lately)
    if vitals.swept_at is None:
        yield finding("worker_never", FAULT)
        return
    if _worker_is_away(vitals, now):
        yield finding("worker_late", FAULT, since=rfc3339(vitals.swept_at))
        return
    yield finding("sweeps", OK, since=rfc3339(vitals.swept_at))
    due, waiting = vitals.message_due_since, vitals.job_waiting_since
    if due and now - due > OUTBOX_LATE:
        yield finding("outbox_stuck", FAULT, since=rfc3339(due))
    if waiting and now - waiting > JOB_LATE:
        yield finding("jobs_stuck", FAULT, since=rfc3339(waiting))
