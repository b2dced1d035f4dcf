"""A backtest as a job in the background: asked for, run, read."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Invalid, NotFound
from app.domain.flags import settings as policy_settings
from app.services import jobs
from app.services.flagging import backtest
from app.services.jobs import Perform, Progress
from app.store import registry
from app.store.database import one_moment, reader_beside
from app.store.unit_of_work import UnitOfWork

KIND = "backtest"


def ask(work: UnitOfWork, actor: Actor, settings: Mapping[str, Any], first: date, last: date) -> str:
    """Asks for a backtest of a draft over a period; the job's id. Raises Invalid at each field, Forbidden."""
    actor.require(SUPERVISOR)
    kept = policy_settings.checked(settings)
    if last < first:
        raise Invalid("period_order", "last")
    region = registry.jurisdiction_of(work.session, actor.region, None, work.default_jurisdiction)
    params = {"region": region, "settings": kept, "first": first.isoformat(), "last": last.isoformat()}
    return jobs.enqueue(work, actor, KIND, params)


def run(perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The handler: reads one moment beside those who write, stores nothing but the report."""
    engine, now = perform(lambda work: (reader_beside(work.session), work.now))
    first, last = (date.fromisoformat(params[name]) for name in ("first", "last"))
    with one_moment(engine) as session:
        found = backtest.run(session, now, params["region"], params["settings"], first, last, progress)
    return found.as_json()


def report(session: Session, actor: Actor, job_id: str) -> dict[str, Any]:
    """The report of one's own finished backtest. Raises NotFound."""
    job = jobs.own(session, actor, job_id)
    if job.kind != KIND or job.result is None:
        raise NotFound("no_such_job")
    found: dict[str, Any] = json.loads(job.result)
    return found | {"settings": json.loads(job.params)["settings"], "id": job.id}
