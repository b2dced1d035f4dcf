"""Taking back the last step of a flag, where it is safe: who has it and until when it is set aside are the bureau's own.

A fact is never removed: taking back is a fact of its own (`finding.undo`), which sets the columns to what they were. What a
unit or the public has been told cannot be taken back; another step says what holds now.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Refused
from app.domain.supervision import columns_after
from app.services.supervising import flag_actions
from app.store.models import FactRow, FindingRow
from app.store.unit_of_work import UnitOfWork, history

UNDOABLE = {"finding.assign": "assignee", "finding.set_aside": "aside_until"}
WITHIN = timedelta(minutes=10)


def undo(work: UnitOfWork, actor: Actor, flag_id: str) -> FindingRow:
    """Takes the last step of a flag back, of those too that took it together with it, for who took it and for ten minutes.

    Raises NotFound, Forbidden, Refused("nothing_to_undo", or "changed_meanwhile" where somebody was faster)."""
    actor.require(SUPERVISOR)
    row = flag_actions.visible(work, actor, flag_id)
    last = undoable(work.session, actor, row, work.now)
    if last is None:
        raise Refused("nothing_to_undo")
    taken = False
    for member in sorted(flag_actions.together(work.session, row), key=lambda m: m.id):
        own = undoable(work.session, actor, member, work.now)
        if own is not None and (own.kind, own.recorded_at) == (last.kind, last.recorded_at):
            flag_actions.take_step(work, actor, member, "undo", _body(work.session, actor, member, own))
            taken = taken or member is row
    if not taken:  # on PostgreSQL each statement sees what was committed before it: somebody came between two of them
        raise Refused("changed_meanwhile")
    work.session.expire(row)
    return work.session.get_one(FindingRow, row.id)


def undoable(session: Session, actor: Actor, row: FindingRow, now: datetime) -> FactRow | None:
    """The last fact of a flag, where this actor may take it back now."""
    last: FactRow | None = next(reversed(history(session, "finding", row.id)), None)
    if last is None or last.kind not in UNDOABLE or last.recorded_by != actor.id or now - last.recorded_at > WITHIN:
        return None
    return last


def _body(session: Session, actor: Actor, row: FindingRow, last: FactRow) -> dict[str, Any]:
    """What held before: the earlier facts folded again."""
    before: dict[str, Any] = {}
    for fact in history(session, "finding", row.id):
        if fact.seq < last.seq and fact.kind not in ("finding.raised", "finding.revised", "finding.withdrawn"):
            before |= columns_after(fact.kind, json.loads(fact.body), fact.recorded_by, fact.recorded_at)
    column = UNDOABLE[last.kind]
    value = before.get(column)
    told = value.isoformat() if value is not None and column == "aside_until" else value
    return {"state": row.state, "by": actor.name, "undoes": last.kind.removeprefix("finding."), column: told}
