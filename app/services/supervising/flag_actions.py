"""What people do about a flag: each step is a fact about the finding, guarded against two at once.

Flags of one case (`case_id`) that stand in the same state take a step together: all of them or none.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain import supervision
from app.domain.actors import SUPERVISOR, Actor
from app.domain.deadlines import Terms
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.policy import WorkingDays
from app.domain.supervision import ACTIONS, CORRECTING, DISMISSED, UPHELD, FlagAction, check, columns_after
from app.domain.times import shanghai_day
from app.domain.uploads import PAPERS
from app.services import files
from app.services.flagging import flags
from app.store import actors, followup
from app.store.models import FactRow, FindingRow, Speech
from app.store.unit_of_work import UnitOfWork, history

LONGEST_CASE = 100
_ORDERED = (CORRECTING, UPHELD)  # upheld again after an objection: the order stands as before


def visible(work: UnitOfWork, actor: Actor, flag_id: str) -> FindingRow:
    """A flag that the actor may see: a supervisor's own region, or what was sent to the unit. Raises NotFound."""
    row = work.session.get(FindingRow, flag_id)
    if row is None or not may_see(actor, row):
        raise NotFound("no_such_flag", flag=flag_id)
    return row


def may_see(actor: Actor, row: FindingRow) -> bool:
    """Findings that rest on ratings or reports are never a unit's to see (promise 4)."""
    if actor.oversees:
        return row.jurisdiction in actor.regions
    return row.sent_at is not None and row.unit == actor.unit and not CATALOGUE[row.rule].rests_on_speech


def act(work: UnitOfWork, actor: Actor, flag_id: str, action: FlagAction) -> FindingRow:
    """One step of the follow-up, of the flag and of those in its case. Raises NotFound, Forbidden, Invalid (note, due,
    assignee, flags, files), Refused (state, too late, done already, or somebody was faster)."""
    row = visible(work, actor, flag_id)
    if action.seen.get(row.id, row.revision) != row.revision:
        raise Refused("changed_meanwhile")
    after = check(action, row.state, actor.role)
    if action.revision is not None and action.revision != row.revision:
        raise Refused("changed_meanwhile")
    today = shanghai_day(work.now)
    _check_moment(work, actor, row, action, today)
    calendar, terms = followup.calendar(work.session), followup.terms(work.session, row.jurisdiction, today)
    body: dict[str, Any] = {"note": action.note, "state": after, "by": actor.name}
    body |= _days(row, action, after, today, calendar, terms)
    if action.action in ("assign", "investigate", "merge"):
        body["assignee"] = _assignee(work, row, actor, action).id
    together = _together(work, actor, row, action, body)
    if changed := next((m.id for m in together if action.seen.get(m.id, m.revision) != m.revision), None):
        raise Refused("changed_meanwhile", flag=changed)
    if action.action == "close" and any(order_stands(work.session, m) for m in together):
        raise Refused("not_corrected_yet")
    body["files"] = [_kept(work, actor, row, upload) for upload in action.files]
    for member in sorted(together, key=lambda m: m.id):
        take_step(work, actor, member, action.action, body)
    work.session.expire(row)
    return work.session.get_one(FindingRow, row.id)


def _check_moment(work: UnitOfWork, actor: Actor, row: FindingRow, action: FlagAction, today: date) -> None:
    """What the table does not know: protected speech, terms that are over, and steps that were taken already."""
    step = action.action
    if step == "send" and CATALOGUE[row.rule].rests_on_speech:
        raise Refused("rests_on_speech")
    if step == "sign_for" and row.signed_at is not None:
        raise Refused("already_signed_for")
    if step == "object" and row.object_until is not None and today > row.object_until:
        raise Refused("objection_too_late", until=row.object_until.isoformat())
    if step == "split" and row.case_id is None:
        raise Refused("in_no_case")
    if step == "extend" and action.due is None and action.working_days is None:
        raise Invalid("due_needed", "due")
    if action.due is not None and action.due < today:
        raise Invalid("due_in_the_past", "due")
    if ACTIONS[step].get(row.state) == row.state and step not in ("assign", "sign_for"):
        query = select(FactRow).where(FactRow.subject_kind == "finding", FactRow.subject_id == row.id)
        last = work.session.scalar(query.order_by(FactRow.seq.desc()).limit(1))
        if last and last.kind == f"finding.{step}" and last.recorded_by == actor.id and _note(last) == action.note:
            raise Refused("already_done")


def order_stands(session: Session, row: FindingRow) -> bool:
    """Whether the unit was ordered to correct and nobody confirmed yet that it did."""
    return row.state in _ORDERED and supervision.order_stands(f.kind for f in history(session, "finding", row.id))


def _note(fact: FactRow) -> str:
    return str(json.loads(fact.body).get("note", ""))


def _days(
    row: FindingRow, action: FlagAction, after: str, today: date, calendar: WorkingDays, terms: Terms
) -> dict[str, Any]:
    """The deadlines that a step sets or ends: `due` as it is told, `deadline` as it stands afterwards."""
    step = action.action
    days = action.working_days or terms.usual(step)
    due = action.due or (calendar.after(today, days) if days else None)
    said: dict[str, Any] = {"due": None}
    if step == "set_aside":
        said["aside_until"] = due.isoformat() if due else None
        return said
    if row.aside_until is not None and step != "assign":
        said["aside_until"] = None
    ended = after != row.state or step == "corrected"
    if due or ended:
        said |= {"due": due.isoformat() if due else None, "deadline": due.isoformat() if due else None}
    protected = CATALOGUE[row.rule].rests_on_speech
    told_now = step == "order_correction" and row.sent_at is None and not protected
    if told_now:
        said["told"] = True
    if told_now or (after == UPHELD != row.state and row.sent_at is not None):
        said["object_until"] = calendar.after(today, terms.objection).isoformat()
    elif after != row.state and after not in (UPHELD, "correcting", "closed") and row.object_until is not None:
        said["object_until"] = None
    return said


def _assignee(work: UnitOfWork, row: FindingRow, actor: Actor, action: FlagAction) -> Actor:
    """Who has it from now on: the one who acts, or a supervisor of the region. Raises Invalid, Refused."""
    wanted = action.assignee or actor.id
    if action.action == "assign" and wanted == row.assignee:
        raise Refused("already_assigned")
    if wanted == actor.id:
        return actor
    found = actors.by_id(work.session, wanted, shanghai_day(work.now))
    if found is None or found.role != SUPERVISOR or row.jurisdiction not in found.regions:
        raise Invalid("no_such_supervisor", "assignee")
    return found


def _together(
    work: UnitOfWork, actor: Actor, row: FindingRow, action: FlagAction, body: dict[str, Any]
) -> Sequence[FindingRow]:
    """The flags that take this step; a merge or split writes the case into `body`."""
    if action.action == "merge":
        members = _to_merge(work, actor, row, action.flags)
        body["case"] = row.case_id or next((m.case_id for m in members if m.case_id), None) or work.new_id()
        return members
    if action.action == "split":
        body["case"] = None
        return [row]
    return together(work.session, row)


def together(session: Session, row: FindingRow) -> Sequence[FindingRow]:
    """The flag and those of its case that stand in the same state."""
    if row.case_id is None:
        return [row]
    same = select(FindingRow).where(FindingRow.case_id == row.case_id, FindingRow.state == row.state)
    return list(session.scalars(same))


def _to_merge(work: UnitOfWork, actor: Actor, row: FindingRow, others: tuple[str, ...]) -> list[FindingRow]:
    """`row` and the others: one unit, waiting or under way, and never speech beside what a unit may read."""
    wanted = dict.fromkeys(i for i in others if i != row.id)
    if not wanted or len(wanted) >= LONGEST_CASE:
        raise Invalid("merge_needs_flags", "flags", most=LONGEST_CASE)
    members = [row, *(visible(work, actor, flag_id) for flag_id in wanted)]
    for member in members:
        if member.state not in ACTIONS["merge"]:
            raise Refused("not_in_this_state", state=member.state, step="merge")
        if (member.unit, member.jurisdiction) != (row.unit, row.jurisdiction):
            raise Invalid("merge_of_units", "flags")
        if CATALOGUE[member.rule].rests_on_speech != CATALOGUE[row.rule].rests_on_speech:
            raise Invalid("merge_with_speech", "flags")
    return members


def _kept(work: UnitOfWork, actor: Actor, row: FindingRow, upload: Any) -> dict[str, str]:
    kept = files.keep(
        work,
        actor,
        upload,
        purpose="followup",
        subject=("finding", row.id),
        jurisdiction=row.jurisdiction,
        kinds=PAPERS,
    )
    return files.reference(kept) | {"name": kept.name, "of": row.id}


def take_step(work: UnitOfWork, actor: Actor, row: FindingRow, step: str, body: dict[str, Any]) -> None:
    """Stores one flag's step. Raises Refused("changed_meanwhile") when somebody was faster."""
    values = columns_after(f"finding.{step}", body, actor.id, work.now)
    changed = work.session.execute(
        update(FindingRow)
        .where(FindingRow.id == row.id, FindingRow.revision == row.revision)
        .values(**values, changed_at=work.now, revision=row.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    held = CATALOGUE[row.rule].rests_on_speech
    work.store_fact(work.fact(f"finding.{step}", ("finding", row.id), body, actor, row.jurisdiction, held=held))
    if row.rule == "unregistered.report" and body["state"] in (UPHELD, DISMISSED):
        upheld = body["state"] == UPHELD
        work.session.execute(update(Speech).where(Speech.id == row.subject_id).values(upheld=upheld))
        flags.after_upheld(work, row.subject_id)


def evidence(row: FindingRow) -> dict[str, object]:
    """The evidence of a finding as stored."""
    found: dict[str, object] = json.loads(row.evidence)
    return found
