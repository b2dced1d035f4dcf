"""`flask worker`: what time brings about, in one process beside the web workers: sweeps, lapses, expired marks."""

import logging
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app import zones
from app.domain.errors import Refused
from app.errors import sentence
from app.installation import Installation
from app.services import jobs
from app.services.connector import running
from app.services.connector.from_settings import source_of
from app.services.job_handlers import HANDLERS as OF_SERVICES
from app.services.retention import housekeeping
from app.services.sending import outbox, senders
from app.services.transparency import log as log_service
from app.store.trouble import cannot_work_now, in_a_line
from app.telling import making

log = logging.getLogger("jcm.worker")
HANDLERS = OF_SERVICES | {making.JOB: making.run}
JOB_SECONDS = 5.0
LEARN_EVERY = 86400.0
# Somebody waits for a one-time code, and a webhook may take its half minute: a slow receiver keeps nobody waiting but itself.
LANES = (("codes", (outbox.MAIL, outbox.SMS)), *((f"webhooks-{n}", (outbox.WEBHOOK,)) for n in range(3)))
LOG_EVERY = 2.0  # seconds between two looks at the queue of the log


@click.command("worker")
@click.option(
    "--every", default=20.0, show_default=True, help="Seconds between two rounds; the log is advanced every two."
)
@click.option("--once", is_flag=True, help="One round, then stop.")
@with_appcontext
def worker(every: float, once: bool) -> None:
    """Do what time brings about: raise time-driven flags, lapse unused codes, forget what has expired."""
    installation: Installation = current_app.extensions["jcm"]
    zones.refuse_outside(installation.config.zone)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if once:
        jobs.run_waiting(installation.perform, HANDLERS)
        _send(installation)
        _connect(installation)
    else:
        for lane, channels in LANES:
            threading.Thread(target=_post, args=(installation, stop, channels), name=lane, daemon=True).start()
        threading.Thread(target=_work, args=(installation, stop), name="jobs", daemon=True).start()
        if installation.config.connector.is_set:
            threading.Thread(target=_keep_in_step, args=(installation, stop), name="connector", daemon=True).start()
    due = learns = 0.0
    while not stop.is_set():
        if time.monotonic() >= learns:
            learns = time.monotonic() + LEARN_EVERY
            with _told("the sizes of tables could not be looked at; the next day tries again"):
                installation.database.learn_sizes()
        if time.monotonic() >= due:
            due = time.monotonic() + every
            _round(installation)
        _advance_log(installation)
        if once:
            break
        stop.wait(LOG_EVERY)


def _work(installation: Installation, stop: threading.Event) -> None:
    """Long work, in a thread of its own: the log and the sweeps do not wait for it."""
    while not stop.is_set():
        with _told("the jobs could not be looked at; the next look tries again"):
            jobs.run_waiting(installation.perform, HANDLERS)
        stop.wait(1)


def _post(installation: Installation, stop: threading.Event, channels: Sequence[str]) -> None:
    """What leaves the house, in threads of their own."""
    while not stop.is_set():
        _send(installation, channels)
        stop.wait(1)


def _send(installation: Installation, channels: Sequence[str] = outbox.CHANNELS) -> None:
    config = installation.config
    ways = senders.from_config(config.outside, anywhere=not config.is_production)
    with _told("the outbox could not be looked at; the next look tries again"):
        outbox.deliver(installation.perform, ways, channels)


def _keep_in_step(installation: Installation, stop: threading.Event) -> None:
    """Visits of another system, in a thread of its own: a slow network keeps nobody waiting."""
    while not stop.is_set():
        _connect(installation)
        stop.wait(installation.config.connector.every)


def _connect(installation: Installation) -> None:
    settings = installation.config.connector
    source = source_of(settings)
    if source is None:
        return
    with _told("the connector failed; the next round tries again"):
        running.run(installation.perform, source, settings.system, own_name=installation.config.public_url)


def _advance_log(installation: Installation) -> None:
    """The log, more often than the rest: a checkpoint stands within ten seconds of a fact."""
    with _told("the log could not be advanced; the next round tries again"):
        try:
            log_service.advance(installation.perform)
        except Refused as refusal:
            log.error("the log is not signed: %s", sentence(refusal.code, refusal.data))


def _round(installation: Installation) -> None:
    """One round. A job that fails is logged and does not keep the others from running."""
    jobs: tuple[Any, ...] = housekeeping.JOBS
    for job in jobs:
        with _told(f"{job.__name__} failed; the next round tries again"):
            run_job(installation, job)
    with _told("the reports of the last periods could not be made; the next round tries again"):
        making.on_schedule(
            installation.perform, installation.reading, installation.config.jurisdiction, installation.clock()
        )


def run_job(installation: Installation, job: Any) -> None:
    """A job that answers True has more to do: it goes on, but not for so long that the log waits."""
    until = time.monotonic() + JOB_SECONDS
    while installation.perform(job) is True and time.monotonic() < until:
        pass


@contextmanager
def _told(failed: str) -> Iterator[None]:
    """Whatever goes wrong is told and ends nothing else. One line where the database is away: for all of that time each look
    would leave a trace that says nothing new."""
    try:
        yield
    except Exception as error:
        if cannot_work_now(error):
            log.error("%s: %s", failed, in_a_line(error))
        else:
            log.exception("%s", failed)
