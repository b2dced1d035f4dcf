"""A migrated installation over a real PostgreSQL, the application in front of it, clients that never stop, and the audit."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.services import registers
from app.services.transparency import log, log_audit
from app.store.database import Database
from app.store.migrate import upgrade
from tests.district import seed
from tests.faults.load import Client, Seen, missing_or_doubled
from tests.faults.machines import Application, Forked, free_port
from tests.house import House, add_people, open_house

ROLES = ("inspector", "head")
CLOCK_WAS_MOVED = "fact_redated"  # the people of the house were made by its own clock


@dataclass
class Site:
    """`rows` are the lines of the report: what, and the figure."""

    url: str
    folder: Path
    tokens: dict[str, str]
    app: Application | Forked
    seen: Seen = field(default_factory=Seen)
    rows: list[tuple[str, object]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, clients: int) -> None:
        for number in range(clients):
            client = Client(self.app.port, self.tokens, self.seen, self.stop, number)
            self.threads.append(threading.Thread(target=client.run, daemon=True))
            self.threads[-1].start()

    def wait_for_answers(self, more: int, patience: float = 240) -> None:
        """Until so many more calls were acknowledged: everything works again."""
        began, wanted = time.monotonic(), len(self.seen.acknowledged) + more
        while len(self.seen.acknowledged) < wanted:
            assert time.monotonic() - began < patience, f"not answered within {patience} s: {self.seen.failures}"
            self.app.supervise()
            time.sleep(0.02)

    def finish(self) -> None:
        """Every visit that was begun is finished; then nobody asks any more."""
        self.stop.set()
        for thread in self.threads:
            while thread.is_alive():
                self.app.supervise()
                thread.join(1)

    def audit(self, url: str | None = None) -> dict[str, list[str]]:
        """What was lost, doubled, refused or damaged; all empty where all is well."""
        house = self.house(url)
        log.advance(house.perform)
        with house.installation.reading() as session:
            lost, doubled = missing_or_doubled(session, self.seen)
            damaged = [
                f"{d.code} {d.table} {d.row}: {d.text}" for d in log_audit.audit(session) if d.code != CLOCK_WAS_MOVED
            ]
            entries = log_audit.size(session)
        house.installation.database.dispose()
        steps = self.seen.steps()
        self.rows += [
            ("calls acknowledged", sum(steps.values())),
            *((f"… {step}", count) for step, count in sorted(steps.items())),
            ("calls repeated with their key", sum(self.seen.failures.values())),
            *((f"… after {kind}", count) for kind, count in sorted(self.seen.failures.items())),
            ("longest a client asked until it was answered (s)", round(self.seen.slowest, 1)),
            ("entries in the log", entries),
            ("acknowledged and lost", len(lost)),
            ("doubled", len(doubled)),
            ("answers 500", len(self.seen.unexpected)),
            ("discrepancies of the log and the state", len(damaged)),
        ]
        return {
            "lost": lost, "doubled": doubled, "damaged": damaged, "refused": self.seen.refusals,
            "unexpected": self.seen.unexpected,
        }  # fmt: skip

    def house(self, url: str | None = None) -> House:
        house = open_house(url or self.url, self.folder / "instance")
        house.clock.now = datetime.now(UTC)
        return house

    def table(self, title: str) -> str:
        lines = [f"| {title} | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in self.rows)]
        return "\n".join(lines)


@contextmanager
def site(url: str, folder: Path, application_url: str | None = None, short: bool = False) -> Iterator[Site]:
    """An installation in the empty database at `url`; the application (not started) is told `application_url`. `short`: a
    child of this process serves, otherwise granian with its workers."""
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    upgrade(database.engine)
    with database.write() as session:
        seed(session)
    database.dispose()
    empty = open_house(url, folder / "instance", seed=6)
    empty.perform(registers.adopt)
    add_people(empty)
    empty.installation.database.dispose()
    house = open_house(url, folder / "instance")
    tokens = {name: house.token(name) for name in ROLES}
    house.installation.database.dispose()
    env = {
        "JCM_ENV": "test", "JCM_DATABASE_URL": application_url or url, "JCM_INSTANCE": str(folder / "instance"),
        "JCM_SECRET_KEY": "test secret " * 4, "JCM_KEY_ENCRYPTION_KEY": "11" * 32, "JCM_RATE_LIMITS": "off",
        "JCM_PUBLIC_URL": "http://localhost", "JCM_PORT": str(free_port()), "JCM_WORKERS": "2",
    }  # fmt: skip
    serving = Forked(env) if short else Application(env, folder / "application.log")
    made = Site(url, folder, tokens, serving)
    try:
        yield made
    finally:
        made.stop.set()
        made.app.kill()
