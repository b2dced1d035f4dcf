"""`flask worker`: what time brings about, in one process beside the web workers: sweeps, lapses, expired marks."""

import logging
import signal
import threading
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app.installation import Installation
from app.services import housekeeping

log = logging.getLogger("jcm.worker")


@click.command("worker")
@click.option("--every", default=20.0, show_default=True, help="Seconds between two rounds.")
@click.option("--once", is_flag=True, help="One round, then stop.")
@with_appcontext
def worker(every: float, once: bool) -> None:
    """Do what time brings about: raise time-driven flags, lapse unused codes, forget what has expired."""
    installation: Installation = current_app.extensions["jcm"]
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    while not stop.is_set():
        _round(installation)
        if once:
            break
        stop.wait(every)


def _round(installation: Installation) -> None:
    """One round. A job that fails is logged and does not keep the others from running."""
    jobs: tuple[Any, ...] = housekeeping.JOBS
    for job in jobs:
        try:
            installation.perform(job)
        except Exception:
            log.exception("%s failed; the next round tries again", job.__name__)
