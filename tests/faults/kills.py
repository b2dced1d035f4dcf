"""kill -9 under load: `python -m tests.faults.kills --application 100 --database 30 --pause 3` (part of `make soak`).

Clients apply, approve, arrive, complete, rate and report through HTTP; each call has an Idempotency-Key and is repeated
until it is answered. Meanwhile web workers, the worker, the whole application and PostgreSQL are killed and begun again,
and PostgreSQL is stopped for half a minute (SIGSTOP), as a machine is that swaps or a disk that does not answer.
"""

import argparse
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.faults.machines import Application, Postgres, place
from tests.faults.site import Site, site

WEB_WORKERS = 0.65  # of the kills of the application hit one process that answers, the others all of it at once
CALLS_BETWEEN = 12  # acknowledged between two faults: each is under load


def run(
    folder: Path, faults: Sequence[str], clients: int, seed: int = 1, pause: float = 30
) -> tuple[Site, dict[str, list[str]]]:
    """These faults one after the other, the moment of each left to chance; the site and what its audit found."""
    source, done = random.Random(seed), Counter[str]()
    postgres = Postgres.made(folder / "postgres")
    try:
        postgres.start()
        postgres.query("CREATE DATABASE jcm")
        with site(postgres.url("jcm"), folder) as here:
            here.app.start()
            here.begin(clients)
            here.wait_for_answers(CALLS_BETWEEN)
            began = time.monotonic()
            for number, fault in enumerate(faults):
                time.sleep(source.uniform(0, 0.3))  # anywhere between two statements
                done[happen(here, postgres, fault, source, pause)] += 1
                here.wait_for_answers(CALLS_BETWEEN)
                if number % 10 == 9:
                    print(f"{number + 1}/{len(faults)} {dict(done)} {dict(here.seen.failures)}", flush=True)
            here.finish()
            here.rows += [(what, count) for what, count in sorted(done.items())]
            if isinstance(here.app, Application):
                here.rows.append(("granian gave up and was begun again by its supervisor", here.app.given_up))
            here.rows.append(("minutes", round((time.monotonic() - began) / 60, 1)))
            return here, here.audit()
    finally:
        postgres.gone()


def happen(here: Site, postgres: Postgres, fault: str, source: random.Random, pause: float) -> str:
    """One fault, and whatever is needed to begin again; its name in the report."""
    if fault == "database":
        postgres.kill()
        postgres.start()
        return "kill -9 of PostgreSQL"
    if fault == "pause":
        postgres.pause()
        time.sleep(pause)
        postgres.resume()
        return f"PostgreSQL stopped for {pause:g} s"
    granian = here.app if isinstance(here.app, Application) else None
    if fault == "worker" and granian:
        granian.kill_the_worker()
        here.app.start()
        return "kill -9 of the background worker"
    if granian and source.random() < WEB_WORKERS and granian.kill_a_web_worker(source.randrange(8)):
        return "kill -9 of a web worker"
    here.app.kill()
    here.app.start()
    return "kill -9 of the whole application"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--application", type=int, default=100)
    options.add_argument("--database", type=int, default=30)
    options.add_argument("--pause", type=int, default=3)
    options.add_argument("--clients", type=int, default=6)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what was started ends, too
    folder = place("jcm-kills-")
    faults = ["application"] * given.application + ["worker"] * (given.application // 5)
    faults += ["database"] * given.database + ["pause"] * given.pause
    random.Random(given.seed).shuffle(faults)
    here, found = run(folder, faults, given.clients, seed=given.seed)
    print(here.table("kill -9 under load"))
    wrong = {name: rows for name, rows in found.items() if rows}
    if wrong:
        raise SystemExit(f"{wrong}\n{folder} is kept")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
