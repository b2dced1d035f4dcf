"""Long work in the background: asked for by an actor, done by the worker in small transactions, watched on a page.

A handler is `(perform, actor, params, progress) -> result`: it calls use cases through `perform`, each a transaction of
its own, and must be safe to run twice, since a worker may die in the middle and another begins anew. `progress(done, total)`
is cheap to call. What a handler raises as a DomainError becomes the sentence on the page.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from app.domain.actors import Actor
from app.domain.errors import DomainError, NotFound
from app.domain.times import shanghai_day
from app.store import actors
from app.store.models import Job
from app.store.trouble import cannot_work_now
from app.store.unit_of_work import UnitOfWork, deleted

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
SILENT = timedelta(minutes=3)  # a running job whose worker said nothing for so long is begun anew
KEPT = timedelta(days=30)
Perform = Callable[..., Any]
Progress = Callable[[int, int], None]
Handler = Callable[[Perform, Actor, dict[str, Any], Progress], dict[str, Any]]

log = logging.getLogger("jcm.jobs")


def enqueue(work: UnitOfWork, actor: Actor, kind: str, params: Mapping[str, Any]) -> str:
    """Asks for a job; its id."""
    job = Job(
        id=work.new_id(),
        kind=kind,
        actor=actor.id,
        params=json.dumps(params, ensure_ascii=False),
        state=QUEUED,
        done=0,
        total=0,
        created_at=work.now,
    )
    work.session.add(job)
    work.session.flush()
    return job.id


def run_waiting(perform: Perform, handlers: Mapping[str, Handler]) -> int:
    """Does the jobs that wait, one after another; how many."""
    done = 0
    while (taken := perform(_take)) is not None:
        _run(perform, handlers, *taken)
        done += 1
    return done


def own(session: Any, actor: Actor, job_id: str) -> Job:
    """A job of the actor's own. Raises NotFound("no_such_job")."""
    job: Job | None = session.get(Job, job_id)
    if job is None or job.actor != actor.id:
        raise NotFound("no_such_job")
    return job


def forget(work: UnitOfWork) -> int:
    """Removes what was finished long ago."""
    return deleted(work, delete(Job).where(Job.finished_at < work.now - KEPT))


def _take(work: UnitOfWork) -> tuple[str, str, Actor | None, dict[str, Any]] | None:
    """The oldest job that waits, or one whose worker fell silent; marked as running."""
    waiting = or_(Job.state == QUEUED, (Job.state == RUNNING) & (Job.seen_at < work.now - SILENT))
    query = select(Job).where(waiting).order_by(Job.created_at, Job.id).limit(1).with_for_update(skip_locked=True)
    job = work.session.scalar(query)
    if job is None:
        return None
    job.state, job.started_at, job.seen_at = RUNNING, job.started_at or work.now, work.now
    work.session.flush()
    return job.id, job.kind, actors.by_id(work.session, job.actor, shanghai_day(work.now)), json.loads(job.params)


def _run(
    perform: Perform, handlers: Mapping[str, Handler], job_id: str, kind: str, actor: Actor | None, params: Any
) -> None:
    told = [-1]

    def progress(done: int, total: int) -> None:
        """Written at most a hundred times a job."""
        step = done * 100 // max(total, 1)
        if step != told[0]:
            told[0] = step
            perform(_report, job_id, done=done, total=total)

    try:
        if actor is None:
            raise NotFound("no_such_job")
        result = handlers[kind](perform, actor, params, progress)
        perform(_report, job_id, state=DONE, result=json.dumps(result, ensure_ascii=False))
    except DomainError as error:
        problem = {"code": error.code, "data": {k: str(v) for k, v in error.data.items()}}
        perform(_report, job_id, state=FAILED, problem=json.dumps(problem, ensure_ascii=False))
    except Exception as error:
        if cannot_work_now(error):  # it stays as it is: who looks in a few minutes begins it anew
            raise
        log.exception("job %s (%s) failed", job_id, kind)
        perform(_report, job_id, state=FAILED, problem=json.dumps({"code": "job_failed", "data": {}}))


def _report(work: UnitOfWork, job_id: str, **values: Any) -> None:
    if values.get("state") in (DONE, FAILED):
        values["finished_at"] = work.now
    work.session.execute(update(Job).where(Job.id == job_id).values(seen_at=work.now, **values))
