"""Plans of a large file: looked at and stored in the background. What a page answers at once stays on the page."""

import dataclasses
import json
from dataclasses import replace
from functools import partial
from typing import Any

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.errors import NotFound
from app.domain.uploads import Upload
from app.services import jobs
from app.services.imports import plans, uploads
from app.services.imports.plans import Given
from app.services.imports.running import run
from app.services.jobs import Perform, Progress
from app.store.database import Session
from app.store.unit_of_work import UnitOfWork

CHECK, STORE = "plans.check", "plans.store"
AT_ONCE = 500  # rows that are read and stored in less than a second


def send(work: UnitOfWork, actor: Actor, upload: Upload, given: Given, *, dry_run: bool) -> str:
    """Keeps a table that was read already and asks for its check, or for storing it; the job. Raises Forbidden (role)."""
    actor.require(INSPECTOR, HEAD)
    kept = uploads.kept_table(work, actor, upload)
    params = {"file": kept.id, "given": dataclasses.asdict(given)}
    return jobs.enqueue(work, actor, CHECK if dry_run else STORE, params)


def confirm(work: UnitOfWork, actor: Actor, check: str) -> str:
    """Asks for a checked table to be stored; the job. Pressed twice, it is the same job. Raises NotFound."""
    actor.require(INSPECTOR, HEAD)
    work.lock(f"import:{actor.id}")
    return uploads.once(work, actor, STORE, json.loads(_checked(work, actor, check).params))


def seen(session: Session, actor: Actor, job_id: str) -> tuple[str, dict[str, Any]]:
    """The kind and the result of a job of the actor's own that is done. Raises NotFound("no_such_job")."""
    job = jobs.own(session, actor, job_id)
    if job.kind not in (CHECK, STORE) or job.state != jobs.DONE:
        raise NotFound("no_such_job")
    return job.kind, json.loads(job.result or "{}")


def check(perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job that says of every row what would become of it, and stores nothing."""
    return _job(perform, actor, params, progress, dry_run=True)


def store(perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job that drafts the plans of a file, all or none, and forgets the file once it did.

    A worker that died in the middle leaves nothing: all is one transaction. Run again after it, nothing changes.
    """
    result = _job(perform, actor, params, progress, dry_run=False)
    if result["kept"]:
        perform(uploads.forget, params["file"])
    return result


def _checked(work: UnitOfWork, actor: Actor, job_id: str) -> Any:
    job = jobs.own(work.session, actor, job_id)
    if job.kind != CHECK or job.state != jobs.DONE:
        raise NotFound("no_such_job")
    return job


def _job(
    perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress, *, dry_run: bool
) -> dict[str, Any]:
    kept = perform(uploads.opened, actor, params["file"])
    sheet = plans.read(kept.data)
    total, done = len(sheet.rows), 0
    progress(0, total)

    def one_more(count: int) -> None:
        nonlocal done
        done += count
        progress(done * 9 // 10, total)  # the rest is storing

    kind = replace(plans.PLANS, bring=partial(plans.bring, given=Given(**params["given"])))
    outcome, stored = run(kind, perform, sheet, one_more, actor, dry_run=dry_run)
    progress(total, total)
    said = {"file": params["file"], "name": kept.name, "rows": total, "stored": outcome.stored, "kept": stored}
    return uploads.told(outcome) | said
