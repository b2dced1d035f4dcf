"""Failover: `python -m tests.faults.failover --rounds 10` (part of `make soak`).

Two PostgreSQL servers, set up as docs/operations.md says. Under load the primary is killed, the standby promoted; the
application finds it by its own URL, which names both. The dead one is made anew as the standby of the other, and again.
"""

import argparse
import random
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faults.kills import happen
from tests.faults.machines import Postgres, place, wait_until
from tests.faults.site import Site, site

# docs/operations.md, "Failover": a commit is answered once the standby has it on its disk
ALONE = "ALTER SYSTEM SET synchronous_standby_names = ''"
TOGETHER = "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (a, b)'"
CALLS_BETWEEN = 15


class Pair:
    """A primary and its synchronous standby, each by its name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0
        self.primary = Postgres.made(folder / "a", wal_retrieve_retry_interval="200ms", wal_level="replica")
        self.primary.start()
        self.names = {self.primary.port: "a"}
        self.spare_port: int | None = None
        self.standby = self.follow()

    def url(self) -> str:
        """What the application is told, once and for all."""
        ports = (self.primary.port, self.standby.port)
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
        return f"postgresql://postgres@/jcm?{hosts}&target_session_attrs=read-write"

    def follow(self) -> Postgres:
        """A new standby of the primary; from now on a commit waits for it."""
        self.made += 1
        name = "b" if self.names[self.primary.port] == "a" else "a"
        standby = self.primary.standby(self.folder / f"{name}{self.made}", name, wal_retrieve_retry_interval="200ms")
        if self.spare_port is not None:
            standby.port = self.spare_port
        self.names[standby.port] = name
        standby.start()
        self.primary.query(TOGETHER)
        self.primary.query("SELECT pg_reload_conf()")
        wait_until(self.is_synchronous)
        return standby

    def is_synchronous(self) -> bool:
        return ("sync",) in self.primary.query("SELECT sync_state FROM pg_stat_replication")

    def fail_over(self) -> float:
        """The primary dies, the standby takes over alone; how long nobody could write, in seconds."""
        began = time.monotonic()
        dead = self.primary
        dead.kill()
        self.standby.query(ALONE)  # no second one yet: a commit would wait for ever
        self.standby.promote()
        took = time.monotonic() - began
        self.spare_port, self.primary = dead.port, self.standby
        dead.gone()
        return took

    def gone(self) -> None:
        for server in (self.primary, self.standby):
            server.gone()


def run(
    folder: Path, rounds: int, clients: int, before: Sequence[str] = (), short: bool = False
) -> tuple[Site, dict[str, list[str]]]:
    """So many failovers under load, and `before` them faults of `kills`; the site and what its audit found."""
    between = 3 if short else CALLS_BETWEEN
    pair = Pair(folder)
    try:
        pair.primary.query("CREATE DATABASE jcm")
        with site(pair.primary.url("jcm"), folder, pair.url(), short=short) as here:
            here.app.start()
            here.begin(clients)
            here.wait_for_answers(between)
            for fault in before:
                here.rows.append((happen(here, pair.primary, fault, random.Random(1), pause=0.5), 1))
                here.wait_for_answers(between)
            waits = []
            for number in range(rounds):
                began = time.monotonic()
                pair.fail_over()
                here.wait_for_answers(1)
                waits.append(time.monotonic() - began)
                here.wait_for_answers(between)
                if number + 1 < rounds:
                    pair.standby = pair.follow()
                    here.wait_for_answers(between)
            here.finish()
            here.rows += [("failovers", rounds), ("seconds until the next answer", " ".join(f"{w:.1f}" for w in waits))]
            return here, here.audit(pair.primary.url("jcm"))
    finally:
        pair.gone()


def lost_without_waiting(folder: Path) -> int:
    """The same with commits that do not wait and a standby that hangs: how many acknowledged calls are then missing.

    It shows that the audit sees a loss, and what the settings are for."""
    pair = Pair(folder)
    try:
        pair.primary.query("CREATE DATABASE jcm")
        with site(pair.primary.url("jcm"), folder, pair.url(), short=True) as here:
            pair.primary.query(ALONE)
            pair.primary.query("SELECT pg_reload_conf()")
            here.app.start()
            here.begin(2)
            here.wait_for_answers(CALLS_BETWEEN)
            pair.standby.pause()
            here.wait_for_answers(CALLS_BETWEEN)
            pair.primary.kill()
            pair.standby.kill()  # what the kernel still held for it is gone, as with a machine that lost its power
            pair.standby.start()
            pair.standby.query(ALONE)
            pair.standby.promote()
            here.finish()
            return len(here.audit(pair.standby.url("jcm"))["lost"])
    finally:
        pair.gone()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--clients", type=int, default=4)
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what was started ends, too
    folder = place("jcm-failover-")
    here, found = run(folder, given.rounds, given.clients)
    without = place("jcm-failover-without-")
    lost = lost_without_waiting(without)
    here.rows.append(("acknowledged and lost where commits do not wait for the standby", lost))
    print(here.table("failover under load"))
    wrong = {name: rows for name, rows in found.items() if rows}
    if not lost:
        raise SystemExit("nothing was lost without waiting: this run proves nothing")
    if wrong:
        raise SystemExit(f"{wrong}\n{folder} is kept")
    shutil.rmtree(folder)
    shutil.rmtree(without)


if __name__ == "__main__":
    main()
