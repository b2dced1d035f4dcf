"""Tables that an administrator sends: kept sealed, looked at in the background, stored when confirmed, then forgotten."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.domain.actors import ADMIN, Actor
from app.domain.errors import Invalid, NotFound
from app.domain.uploads import Upload
from app.services import files, jobs
from app.services.imports.kinds import KINDS, Kind
from app.services.imports.rows import Outcome
from app.services.imports.running import run
from app.services.imports.tables import LARGEST, read_table
from app.services.jobs import Perform, Progress
from app.store.models import FileRow, Job
from app.store.unit_of_work import UnitOfWork

CHECK, STORE = "import.check", "import.store"
SUBJECT, PURPOSE = "table", "import"
KEPT = timedelta(days=7)
READ_AT_ONCE = 2_000_000  # bytes that are read before the job, so that a wrong file is told at its field
PROBLEMS_KEPT = 5_000


def page_kind(name: str) -> Kind:
    """A kind that is brought in on a page. Raises NotFound("no_such_table")."""
    kind = KINDS.get(name)
    if kind is None or not kind.on_page:
        raise NotFound("no_such_table")
    return kind


def send(work: UnitOfWork, actor: Actor, name: str, upload: Upload) -> str:
    """Keeps a table and asks for its check; the job. Raises Invalid at "file"."""
    actor.require(ADMIN)
    kind = page_kind(name)
    if not upload.data:
        raise Invalid("file_empty", "file")
    if len(upload.data) > LARGEST:
        raise Invalid("table_too_large", "file", most=LARGEST // 1_000_000)
    if len(upload.data) <= READ_AT_ONCE and not read_table(upload.data, kind.columns).rows:
        raise Invalid("table_no_rows", "file")
    kept = kept_table(work, actor, upload)
    return jobs.enqueue(work, actor, CHECK, {"kind": name, "file": kept.id})


def kept_table(work: UnitOfWork, actor: Actor, upload: Upload) -> FileRow:
    """Keeps a table sealed, for its sender's jobs alone, until it is stored or too old."""
    return files.store(
        work,
        actor,
        upload,
        "application/octet-stream",
        purpose=PURPOSE,
        subject=(SUBJECT, actor.id),
        jurisdiction=work.default_jurisdiction,
    )


def confirm(work: UnitOfWork, actor: Actor, check: str, skip_bad: bool) -> str:
    """Asks for a checked table to be stored; the job. Pressed twice, it is the same job."""
    actor.require(ADMIN)
    work.lock(f"import:{actor.id}")
    checked = jobs.own(work.session, actor, check)
    if checked.kind != CHECK or checked.state != jobs.DONE:
        raise NotFound("no_such_job")
    params = json.loads(checked.params)
    return once(work, actor, STORE, params | {"skip_bad": skip_bad})


def once(work: UnitOfWork, actor: Actor, kind: str, params: dict[str, Any]) -> str:
    """The job that stores a table: the one that was asked for already, unless it failed."""
    same = (Job.actor == actor.id, Job.kind == kind, Job.params.contains(params["file"], autoescape=True))
    before = work.session.scalar(select(Job).where(*same, Job.state != jobs.FAILED).limit(1))
    return before.id if before is not None else jobs.enqueue(work, actor, kind, params)


def check_table(perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job that looks at a table and stores nothing."""
    return _job(perform, actor, params, progress, dry_run=True, skip_bad=False)


def store_table(perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job that stores a table, and forgets the file."""
    result = _job(perform, actor, params, progress, dry_run=False, skip_bad=bool(params["skip_bad"]))
    if result["kept"]:
        perform(forget, params["file"])
    return result


def forget_old(work: UnitOfWork) -> int:
    """Forgets tables that nobody confirmed."""
    old = (FileRow.purpose == PURPOSE, FileRow.erased_at.is_(None), FileRow.recorded_at < work.now - KEPT)
    rows = list(work.session.scalars(select(FileRow).where(*old)))
    for row in rows:
        files.erase(work, row)
    return len(rows)


def _job(
    perform: Perform, actor: Actor, params: dict[str, Any], progress: Progress, *, dry_run: bool, skip_bad: bool
) -> dict[str, Any]:
    kind = page_kind(params["kind"])
    kept: files.KeptFile = perform(opened, actor, params["file"])
    table = read_table(kept.data, kind.columns)
    if not table.rows:
        raise Invalid("table_no_rows", "file")
    total, done = len(table.rows), 0
    progress(0, total)

    def one_more(count: int) -> None:
        nonlocal done
        done += count
        progress(min(done, total * 9 // 10), total)

    # Progress is written in a transaction of its own: a kind that holds one while it reads must not tell of it.
    tell = one_more if kind.bring is not None else lambda _: None
    outcome, stored = run(kind, perform, table.rows, tell, actor, dry_run=dry_run, skip_bad=skip_bad)
    progress(total, total)
    return told(outcome) | {
        "kind": kind.name,
        "file": params["file"],
        "name": kept.name,
        "rows": total,
        "kept": stored,
        "unused": list(table.unused),
        "other_sheets": list(table.other_sheets),
        "has_formulas": table.has_formulas,
    }


def told(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a job's result keeps it, for pages."""
    said = [
        {
            "row": p.row,
            "field": p.field,
            "reason": p.reason,
            "warning": p.warning,
            "data": {k: str(v) for k, v in p.data.items()},
        }
        for p in sorted(outcome.problems, key=lambda p: p.warning)[:PROBLEMS_KEPT]
    ]
    return {
        "added": outcome.added,
        "changed": outcome.stored - outcome.added,
        "unchanged": outcome.unchanged,
        "bad": len(outcome.errors),
        "warnings": len(outcome.problems) - len(outcome.errors),
        "problems": said,
    }


def opened(work: UnitOfWork, actor: Actor, file_id: str) -> files.KeptFile:
    """A table that the actor sent. Raises NotFound."""
    return files.opened(work.session, work.vault, file_id, (SUBJECT, actor.id))


def forget(work: UnitOfWork, file_id: str) -> None:
    """Forgets a table that was stored."""
    row = work.session.get(FileRow, file_id)
    if row is not None and row.sealed is not None:
        files.erase(work, row)
