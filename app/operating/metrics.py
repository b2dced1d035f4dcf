"""Figures for Prometheus: requests by route and status from all web processes, and how the installation is.

Several processes count into files of one folder (PROMETHEUS_MULTIPROC_DIR, made by `flask serve`); whichever is asked adds
them up. Without that variable a process counts for itself.
"""

import hmac
import ipaddress
import os
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app import zones
from app.config import Config
from app.installation import Installation
from app.queries import connectors, health

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OWN = CollectorRegistry()
disable_created_metrics()  # type: ignore[no-untyped-call]  # the instant of a first request is nobody's business
REQUESTS = Counter("jcm_requests", "Requests by route.", ["method", "route", "status"], registry=OWN)
SECONDS = Histogram(
    "jcm_request_seconds", "How long requests took, by route.", ["route"], registry=OWN,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip


def count(method: str, route: str, status: int, seconds: float) -> None:
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def may_read(config: Config, address: str | None, token: str | None) -> bool:
    """Whether somebody at `address`, showing `token`, may read the figures. Nobody may unless it was set up."""
    if config.metrics_token and token and hmac.compare_digest(token.encode(), config.metrics_token.encode()):
        return True
    if not address or not config.metrics_from:
        return False
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(network) for network in config.metrics_from)


def exposition(installation: Installation) -> bytes:
    """All figures in Prometheus' text format."""
    counted = CollectorRegistry() if FOLDER in os.environ else OWN
    if counted is not OWN:
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    vitals = CollectorRegistry()
    vitals.register(_Vitals(installation))
    return generate_latest(counted) + generate_latest(vitals)


def _seconds(since: datetime | None, now: datetime) -> float:
    """How long since; 0 where there is nothing to wait for."""
    return (now - since).total_seconds() if since else 0.0


class _Vitals(Collector):
    """Read from the database at each scrape: they belong to the installation, not to a process."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def describe(self) -> list[Metric]:
        return []  # so that registering asks the database nothing

    def collect(self) -> Iterator[Metric]:
        now, config = self._installation.clock(), self._installation.config
        outside = config.zone == zones.PUBLIC
        try:
            with self._installation.database.read_primary() as session:
                found = health.vitals(session, now, outside=outside)
                lag = None if outside else connectors.lag(session, config.connector.system, config.jurisdiction, now)
        except Exception:
            yield GaugeMetricFamily("jcm_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("jcm_up", "Whether the database answers.", 1)
        yield GaugeMetricFamily("jcm_log_entries", "Entries of the log.", found.log_size)
        yield GaugeMetricFamily("jcm_log_waiting", "Leaves that wait for their place in the log.", found.log_waiting)
        waits = _seconds(found.log_waiting_since, now)
        yield GaugeMetricFamily("jcm_log_waiting_seconds", "How long the oldest of them waits.", waits)
        if found.swept_at:
            age = _seconds(found.swept_at, now)
            yield GaugeMetricFamily("jcm_sweep_age_seconds", "Since time-driven rules were last evaluated.", age)
        for name, help, since in (
            ()
            if outside
            else (
                ("jcm_jobs_waiting_seconds", "How long the oldest job waits.", found.job_waiting_since),
                ("jcm_outbox_late_seconds", "How long the oldest message is overdue.", found.message_due_since),
            )
        ):
            yield GaugeMetricFamily(name, help, _seconds(since, now))
        for name, help, until in (
            ("jcm_key_list_left_seconds", "Until the signed key list runs out.", found.key_list_until),
            ("jcm_status_list_left_seconds", "Until the signed status list runs out.", found.status_list_until),
        ):
            if until:
                yield GaugeMetricFamily(name, help, (until - now).total_seconds())
        if lag is not None:
            yield GaugeMetricFamily("jcm_connector_lag_seconds", "Since all visits of the other system were here.", lag)
        if outside:
            return
        messages = GaugeMetricFamily("jcm_outbox_messages", "Messages of the outbox by state.", labels=["state"])
        for state, number in sorted(found.messages.items()):
            messages.add_metric([state], number)
        yield messages
