"""What people do about a flag: each step is a fact about the finding, guarded against two at once."""

import json

from sqlalchemy import update

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import NotFound, Refused
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import FlagAction, check
from app.services import flags
from app.store.models import FindingRow, Speech
from app.store.unit_of_work import UnitOfWork


def visible(work: UnitOfWork, actor: Actor, flag_id: str) -> FindingRow:
    """A flag that the actor may see: a supervisor's own region, or what was sent to the unit. Raises NotFound."""
    row = work.session.get(FindingRow, flag_id)
    if row is None or not may_see(actor, row):
        raise NotFound("no_such_flag", flag=flag_id)
    return row


def may_see(actor: Actor, row: FindingRow) -> bool:
    """Findings that rest on ratings or reports are never a unit's to see (promise 4)."""
    if actor.role == SUPERVISOR:
        return row.jurisdiction in actor.regions
    return row.sent_at is not None and row.unit == actor.unit and not CATALOGUE[row.rule].rests_on_speech


def act(work: UnitOfWork, actor: Actor, flag_id: str, action: FlagAction) -> FindingRow:
    """One step of the follow-up. Raises NotFound, Forbidden, Invalid, Refused (state, or somebody was faster)."""
    row = visible(work, actor, flag_id)
    after = check(action, row.state, actor.role)
    if action.action == "send" and CATALOGUE[row.rule].rests_on_speech:
        raise Refused("rests_on_speech")
    values = {"state": after, "changed_at": work.now, "revision": row.revision + 1}
    if action.due:
        values["due_on"] = action.due
    if action.action == "send":
        values["sent_at"] = work.now
    if action.action in ("investigate", "assign"):
        values["assignee"] = actor.id
    changed = work.session.execute(
        update(FindingRow)
        .where(FindingRow.id == row.id, FindingRow.revision == row.revision)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    body = {"note": action.note, "due": action.due.isoformat() if action.due else None, "state": after}
    kind, held = f"finding.{action.action}", CATALOGUE[row.rule].rests_on_speech
    body["by"] = actor.name
    work.store_fact(work.fact(kind, ("finding", row.id), body, actor, row.jurisdiction, held=held))
    if row.rule == "unregistered.report" and after in ("upheld", "dismissed"):
        work.session.execute(update(Speech).where(Speech.id == row.subject_id).values(upheld=after == "upheld"))
        flags.after_upheld(work, row.subject_id)
    work.session.expire(row)
    return work.session.get_one(FindingRow, row.id)


def evidence(row: FindingRow) -> dict[str, object]:
    """The evidence of a finding as stored."""
    found: dict[str, object] = json.loads(row.evidence)
    return found
