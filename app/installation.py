"""One installation: its configuration, database, clock, randomness and vault, and how a use case is performed.

Web, API and commands all hold one `Installation` and nothing else that lasts.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import zones
from app.clock import Clock, fixed_clock, system_clock
from app.config import Config, ConfigError, damaged, key_text
from app.domain.codes.keys import SigningKey
from app.domain.codes.suite import KeyFormatError
from app.domain.crypto import PROVIDERS, Device
from app.domain.ids import RandomBytes
from app.store.database import Database
from app.store.signature_device import SocketDevice
from app.store.unit_of_work import LOCKS, UnitOfWork, take_locks
from app.store.vault import Vault

P = ParamSpec("P")
T = TypeVar("T")

RETRIES = 4
RETRIED_SQLSTATES = ("40001", "40P01")  # serialization failure, deadlock: nothing was stored, try again


@dataclass(frozen=True, slots=True)
class Installation:
    config: Config
    database: Database
    clock: Clock
    random: RandomBytes
    vault: Vault
    device: Device | None = None

    def perform(self, use_case: Callable[Concatenate[UnitOfWork, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs one use case in one transaction and commits it. Retries what the database asks to retry."""
        for attempt in range(RETRIES):
            try:
                with self.unit_of_work(*getattr(use_case, LOCKS, ())) as work:
                    return use_case(work, *args, **kwargs)
            except DBAPIError as error:
                if attempt + 1 == RETRIES or getattr(error.orig, "sqlstate", None) not in RETRIED_SQLSTATES:
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def unit_of_work(self, *locks: str) -> Iterator[UnitOfWork]:
        """A writing transaction with its frozen `now`, read when it has begun and holds its locks; commits at the end."""
        with self.database.write() as session:
            take_locks(session, locks)
            yield UnitOfWork(
                session=session,
                now=self.clock(),
                random=self.random,
                vault=self.vault,
                default_jurisdiction=self.config.jurisdiction,
                public_url=self.config.public_url,
                root_key=self.root_key,
                log_suite=self.config.log_suite,
                device=self.device,
            )

    def root_key(self) -> SigningKey | None:
        """The root that signs the key list, from instance/root.key; None where it is kept elsewhere. Raises ConfigError."""
        path = self.config.instance / "root.key"
        if not path.exists():
            return None
        try:
            return SigningKey.read_pem(key_text(path), self.device)
        except KeyFormatError:
            raise damaged(path) from None

    def reading(self) -> AbstractContextManager[Session]:
        """A reading transaction that sees everything committed: what a page leads to, and what is decided upon it."""
        return self.database.read_primary()

    def browsing(self) -> AbstractContextManager[Session]:
        """A reading transaction on the standby where there is one, a moment behind: for figures, exports and public lists.
        Never for who somebody is, whether a code is good, or what was just done."""
        return self.database.read()


def open_installation(config: Config, clock: Clock | None = None, random: RandomBytes | None = None) -> Installation:
    """The installation of a configuration. Raises ConfigError where it was not initialised."""
    if not config.secret_key or not config.key_encryption_key:
        if config.zone == zones.PUBLIC:
            raise ConfigError(
                f"The public zone needs JCM_SECRET_KEY and {zones.KEY_FILE} ('flask zones key' inside makes it)."
            )
        raise ConfigError("This installation has no keys yet: run 'flask --app wsgi init' first.")
    source = random or secrets.token_bytes
    now: Any = clock or (fixed_clock(config.fixed_now) if config.fixed_now else system_clock)
    return Installation(
        config=config,
        database=Database(config.database_url, config.read_database_url),
        clock=now,
        random=source,
        vault=_vault(config),
        device=attached_device(config),
    )


def _vault(config: Config) -> Vault:
    """What opens secrets: inside also what the public zone sealed, and with its key what that zone must read."""
    key, provider = config.key_encryption_key, PROVIDERS[config.cryptography]
    if config.zone == zones.PUBLIC:
        return Vault(key, secrets.token_bytes, provider)
    shared = zones.public_key_of(key)
    return Vault(key, secrets.token_bytes, provider, shared=shared, shares=config.zone == zones.INSIDE)


def attached_device(config: Config) -> Device | None:
    """The signature server or card that holds the keys; None where they are kept here."""
    return SocketDevice(Path(config.signature_device)) if config.signature_device else None
