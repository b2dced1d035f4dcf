"""A batch of planned visits (批量申请): up to 500 rows, checked against the rules first, then applied for.

Two jobs in the background: the first says of every row what is wrong with it and what the rules would say, the second
applies. Each row is a transaction of its own under a key of its own (`batch:ID:ROW`), so a job that was killed and is done
again makes no double. Where somebody wants all or nothing, all rows are one transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.errors import DomainError, Invalid, NotFound, Refused
from app.domain.inspections import APPLIED
from app.domain.times import shanghai_day
from app.services import jobs
from app.services.applying import applications, batch_rows, decisions
from app.services.applying.applications import kept_advice
from app.services.applying.batch_rows import Common, Known, Line
from app.services.imports.rows import Row
from app.store.models import Batch, BatchRow, InspectionRow
from app.store.unit_of_work import UnitOfWork

WORKERS = (INSPECTOR, HEAD)
CHECK, APPLY, APPROVE = "batch_check", "batch_apply", "batch_approve"
NEW, CHECKED, APPLYING, MADE, NOTHING = "new", "checked", "applying", "applied", "nothing"
ALL, SKIP = "all", "skip"
AT_ONCE = 20
Said = tuple[int, list[Any], list[Any]]  # row, problems, advice


def begin(work: UnitOfWork, actor: Actor, title: str, rows: Sequence[Row], common: Common) -> Batch:
    """Keeps the rows and asks for their check. Raises Forbidden (role)."""
    actor.require(*WORKERS)
    batch = Batch(
        id=work.new_id(),
        unit=str(actor.unit),
        title=title[:100],
        state=NEW,
        mode=None,
        total=len(rows),
        job=None,
        made_by=actor.id,
        made_at=work.now,
    )
    work.session.add(batch)
    work.session.flush()
    work.session.add_all(
        BatchRow(
            batch=batch.id,
            number=row.number,
            fields=batch_rows.kept(Line(row, place, common)),
            problems="[]",
            advice="[]",
            inspection=None,
        )
        for place, row in enumerate(rows)
    )
    batch.job = jobs.enqueue(work, actor, CHECK, {"batch": batch.id})
    return batch


def submit(work: UnitOfWork, actor: Actor, batch_id: str, mode: str) -> Batch:
    """Asks for the applications of a checked batch: `all` or nothing, or `skip` what is bad.

    Raises NotFound, Refused("batch_state"; "batch_has_bad_rows": all were wanted), Invalid("mode").
    """
    actor.require(*WORKERS)
    batch = _own(work, actor, batch_id, CHECKED)
    if mode not in (ALL, SKIP):
        raise Invalid("unknown_choice", "mode", value=mode[:20], choices=f"{ALL}, {SKIP}")
    bad = sum(row.problems != "[]" for row in _rows(work.session, batch_id))
    if mode == ALL and bad:
        raise Refused("batch_has_bad_rows", bad=bad)
    batch.state, batch.mode = APPLYING, mode
    batch.job = jobs.enqueue(work, actor, APPLY, {"batch": batch.id, "mode": mode})
    return batch


def drop(work: UnitOfWork, actor: Actor, batch_id: str) -> Batch:
    """Nothing of a checked batch is applied for. Raises NotFound, Refused("batch_state")."""
    actor.require(*WORKERS)
    batch = _own(work, actor, batch_id, CHECKED)
    batch.state = NOTHING
    return batch


def ask_approval(work: UnitOfWork, actor: Actor, batch_id: str) -> str:
    """Asks for the approval of everything of a batch that waits; the job's id. Raises Forbidden (role), NotFound."""
    actor.require(HEAD)
    _own(work, actor, batch_id, MADE)
    return jobs.enqueue(work, actor, APPROVE, {"batch": batch_id})


def check(perform: jobs.Perform, actor: Actor, params: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The job that checks. Nothing is recorded but what is said of each row."""
    batch_id = params["batch"]
    rows = perform(lambda work: _lines(work.session, batch_id))
    known = perform(lambda work: batch_rows.known(work.session, str(actor.unit)))
    seen: dict[tuple[Any, ...], int] = {}
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        said = perform(_look, actor, part, known, seen)
        perform(_tell, batch_id, said)
        progress(at + len(part), len(rows))
    perform(_set_state, batch_id, CHECKED)
    return {"batch": batch_id, "rows": len(rows)}


def apply(perform: jobs.Perform, actor: Actor, params: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The job that applies. What cannot be applied for any more is told at its row."""
    batch_id = params["batch"]
    known = perform(lambda work: batch_rows.known(work.session, str(actor.unit)))
    rows = perform(lambda work: _lines(work.session, batch_id, good=True))
    if params["mode"] == ALL:
        try:
            made = perform(_make_all, actor, batch_id, rows, known)
        except _RowFailed as failed:
            perform(_tell, batch_id, [(failed.row, failed.problems, [])])
            perform(_set_state, batch_id, CHECKED)
            return {"batch": batch_id, "made": 0}
        progress(len(rows), len(rows))
    else:
        made = 0
        for done, row in enumerate(rows, start=1):
            try:
                perform(_make, actor, batch_id, row, known)
                made += 1
            except DomainError as error:
                perform(_tell, batch_id, [(row.row.number, _problems(error), [])])
            progress(done, len(rows))
    perform(_set_state, batch_id, MADE)
    return {"batch": batch_id, "made": made}


def approve(perform: jobs.Perform, actor: Actor, params: dict[str, Any], progress: jobs.Progress) -> dict[str, Any]:
    """The job that approves what waits of a batch; what needs a reason or another head stays."""
    waiting = perform(lambda work: waiting_of(work.session, params["batch"]))
    approved = 0
    for done, inspection_id in enumerate(waiting, start=1):
        try:
            perform(decisions.approve, actor, inspection_id)
            approved += 1
        except DomainError:
            pass  # it still waits, and its own page says why
        progress(done, len(waiting))
    return {"batch": params["batch"], "approved": approved, "left": len(waiting) - approved}


def of_unit(session: Session, actor: Actor, batch_id: str) -> Batch:
    """A batch of the actor's unit. Raises NotFound."""
    batch: Batch | None = session.get(Batch, batch_id)
    if batch is None or batch.unit != actor.unit:
        raise NotFound("no_such_batch")
    return batch


def waiting_of(session: Session, batch_id: str) -> list[str]:
    """The inspections of a batch that wait for the head."""
    query = (
        select(InspectionRow.id)
        .join(BatchRow, BatchRow.inspection == InspectionRow.id)
        .where(BatchRow.batch == batch_id, InspectionRow.state == APPLIED)
    )
    return list(session.scalars(query.order_by(BatchRow.number)))


class _RowFailed(Exception):
    """Rolls all rows back; says which one would not."""

    def __init__(self, row: int, problems: list[Any]) -> None:
        super().__init__(row)
        self.row, self.problems = row, problems


def _own(work: UnitOfWork, actor: Actor, batch_id: str, state: str) -> Batch:
    batch = work.session.get(Batch, batch_id, with_for_update=True)
    if batch is None or batch.unit != actor.unit:
        raise NotFound("no_such_batch")
    if batch.state != state:
        raise Refused("batch_state")
    return batch


def _rows(session: Session, batch_id: str) -> list[BatchRow]:
    return list(session.scalars(select(BatchRow).where(BatchRow.batch == batch_id).order_by(BatchRow.number)))


def _lines(session: Session, batch_id: str, good: bool = False) -> list[Line]:
    """The lines of a batch; `good`: only those without a problem that made nothing yet."""
    return [
        batch_rows.line_of(stored.number, stored.fields)
        for stored in _rows(session, batch_id)
        if not good or (stored.problems == "[]" and stored.inspection is None)
    ]


def _look(
    work: UnitOfWork,
    actor: Actor,
    lines: Sequence[Line],
    known: Known,
    seen: dict[tuple[Any, ...], int],
) -> list[Said]:
    """What is wrong with some rows, and what the rules would say. Rolled back: an unknown enterprise is not entered."""
    said: list[Said] = []
    for line in lines:
        row = line.row
        try:
            made = batch_rows.application(work.session, known, line)
            # A route gives each row an hour of its own: the same enterprise twice on one day is a slip all the same.
            same = (made.enterprise.uscc or made.enterprise.name, made.items, shanghai_day(made.window_start))
            if seen.setdefault(same, row.number) != row.number:
                raise Invalid("batch_twice", "uscc", row=seen[same])
            _, advisories = applications.preview(work, actor, made)
            said.append((row.number, [], kept_advice(advisories)))
        except DomainError as error:
            said.append((row.number, _problems(error), []))
    work.session.rollback()
    return said


def _tell(work: UnitOfWork, batch_id: str, said: Sequence[Said]) -> None:
    for number, problems, advice in said:
        values = {
            "problems": json.dumps(problems, ensure_ascii=False),
            "advice": json.dumps(advice, ensure_ascii=False),
        }
        where = (BatchRow.batch == batch_id, BatchRow.number == number)
        work.session.execute(update(BatchRow).where(*where).values(**values))


def _make(work: UnitOfWork, actor: Actor, batch_id: str, line: Line, known: Known) -> None:
    number = line.row.number
    made = replace(batch_rows.application(work.session, known, line), client_key=f"batch:{batch_id}:{number}")
    applied = applications.apply(work, actor, made, part_of={"batch": batch_id})
    where = (BatchRow.batch == batch_id, BatchRow.number == number)
    work.session.execute(update(BatchRow).where(*where).values(inspection=applied.inspection.id))


def _make_all(work: UnitOfWork, actor: Actor, batch_id: str, lines: Sequence[Line], known: Known) -> int:
    for line in lines:
        try:
            _make(work, actor, batch_id, line, known)
        except DomainError as error:
            raise _RowFailed(line.row.number, _problems(error)) from None
    return len(lines)


def _set_state(work: UnitOfWork, batch_id: str, state: str) -> None:
    work.session.execute(update(Batch).where(Batch.id == batch_id).values(state=state))


def _problems(error: DomainError) -> list[Any]:
    """(field, code, data) of each problem, as JSON keeps them."""
    problems = error.problems if isinstance(error, Invalid) else [(error.field or "", error.code, error.data)]
    return [[field, code, _plain(data)] for field, code, data in problems]


def _plain(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in data.items()}
