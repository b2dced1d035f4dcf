"""The follow-up for reading: steps, the path with its lights, a unit's inbox, who can have a flag, its case."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain import deadlines
from app.domain.actors import SUPERVISOR, Actor
from app.domain.deadlines import Node
from app.domain.supervision import CORRECTING, SENT, UNIT_READS, UPHELD
from app.queries.flags import ShownFlag, shown, visible_where
from app.services import files
from app.store import followup
from app.store.models import FactRow, FindingRow, RoleAssignment, User
from app.store.models.people import ActorRow
from app.store.unit_of_work import history

AT_A_UNIT = (SENT, UPHELD, CORRECTING)  # where something is the unit's to do, or may be
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flag's history. `files` are references (file, sha256, name, of)."""

    kind: str
    at: datetime
    by: str
    note: str
    due: date | None
    to: str = ""
    files: tuple[dict[str, str], ...] = ()

    @property
    def action(self) -> str:
        return self.kind.removeprefix("finding.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A flag in a unit's inbox: what was asked last, until when, and its light."""

    flag: ShownFlag
    asked: str
    due: date | None
    light: str | None


def steps(session: Session, finding_id: str, for_unit: bool = False) -> list[Step]:
    """What happened to a flag, in order; for a unit without the bureau's inner steps and names."""
    facts = history(session, "finding", finding_id)
    bodies = [json.loads(f.body) for f in facts]
    wanted = {f.recorded_by for f in facts} | {b.get("assignee") for b in bodies}
    names = {a.id: a.name for a in session.scalars(select(ActorRow).where(ActorRow.id.in_(wanted - {None})))}
    out = []
    for fact, body in zip(facts, bodies, strict=True):
        due = body.get("due") or body.get("aside_until")
        by, to = names.get(fact.recorded_by, ""), names.get(body.get("assignee") or "", "")
        sent = tuple(body.get("files", ()))
        step = Step(fact.kind, fact.recorded_at, by, body.get("note", ""), _day(due), to, sent)
        if not for_unit or step.action in UNIT_READS:
            out.append(step)
    return out


def path(session: Session, row: FindingRow, taken: Sequence[Step], today: date) -> list[Node]:
    """The nodes of a flag with their deadlines and lights."""
    terms = followup.terms(session, row.jurisdiction, today)
    done = [(step.action, step.at) for step in taken]
    return deadlines.nodes(done, row.state, row.severity, row.due_on, today, followup.calendar(session), terms)


def lights(session: Session, rows: Sequence[FindingRow], today: date) -> dict[str, str]:
    """The light of each flag that has a deadline, by its id."""
    calendar = followup.calendar(session)
    near = {region: followup.terms(session, region, today).near for region in {r.jurisdiction for r in rows}}
    return {r.id: deadlines.light(r.due_on, today, calendar, near[r.jurisdiction]) for r in rows if r.due_on}


def due_window(session: Session, actor: Actor, which: str, today: date) -> dict[str, date]:
    """The deadlines that `overdue` or `near` mean, as filters of the list."""
    if which == "overdue":
        return {"due_to": today - timedelta(days=1)}
    if which == "near":
        near = followup.terms(session, str(actor.region), today).near
        return {"due_from": today, "due_to": followup.calendar(session).after(today, near)}
    return {}


def inbox(session: Session, actor: Actor, today: date) -> tuple[list[Waiting], list[Waiting]]:
    """(what waits at the unit, soonest first; what it has answered or what is over, newest first)."""
    mine = select(FindingRow).where(visible_where(actor))
    waiting = session.scalars(
        mine.where(FindingRow.state.in_(AT_A_UNIT))
        .order_by(FindingRow.due_on.is_(None), FindingRow.due_on, FindingRow.id)
        .limit(SHOWN)
    ).all()
    over = session.scalars(
        mine.where(FindingRow.state.not_in(AT_A_UNIT)).order_by(FindingRow.changed_at.desc()).limit(SHOWN)
    ).all()
    both = [*waiting, *over]
    asked, lit = _asked(session, [r.id for r in both]), lights(session, both, today)
    out = [Waiting(f, asked.get(f.row.id, ""), f.row.due_on, lit.get(f.row.id)) for f in shown(session, both)]
    return out[: len(waiting)], out[len(waiting) :]


def waiting_at(session: Session, unit: str) -> int:
    """How many flags wait for the unit to answer or to correct; for the number beside the link."""
    actor = Actor(id="", kind="unit", name="", unit=unit)
    where = (visible_where(actor), FindingRow.state.in_((SENT, CORRECTING)))
    return session.scalar(select(func.count()).select_from(FindingRow).where(*where)) or 0


def _asked(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """What each flag's unit was asked or ordered last."""
    kinds = ("finding.send", "finding.order_correction", "finding.uphold")
    where = (FactRow.subject_kind == "finding", FactRow.subject_id.in_(ids), FactRow.kind.in_(kinds))
    rows = session.execute(select(FactRow.subject_id, FactRow.body).where(*where).order_by(FactRow.seq))
    return {subject: json.loads(body).get("note", "") for subject, body in rows}


def case_of(session: Session, row: FindingRow) -> list[ShownFlag]:
    """The other flags of its case."""
    if row.case_id is None:
        return []
    query = select(FindingRow).where(FindingRow.case_id == row.case_id, FindingRow.id != row.id)
    return shown(session, session.scalars(query.order_by(FindingRow.id)).all())


def colleagues(session: Session, actor: Actor, today: date) -> dict[str, str]:
    """Supervisors of the actor's own body and region, by id: whom a flag can be given to."""
    query = (
        select(ActorRow.id, ActorRow.name)
        .join(RoleAssignment, RoleAssignment.actor == ActorRow.id)
        .join(User, User.actor == ActorRow.id)
        .where(RoleAssignment.role == SUPERVISOR, RoleAssignment.unit == actor.unit, User.disabled_at.is_(None))
        .where(or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until >= today))
        .where(RoleAssignment.valid_from <= today)
        .order_by(ActorRow.name)
    )
    return {row.id: row.name for row in session.execute(query)}


def names(session: Session, ids: Sequence[str | None]) -> dict[str, str]:
    """The names of actors by id."""
    wanted = {i for i in ids if i}
    return {a.id: a.name for a in session.scalars(select(ActorRow).where(ActorRow.id.in_(wanted)))}


def kept_file(session: Session, vault: Any, finding_id: str, file_id: str, for_unit: bool) -> files.KeptFile:
    """A paper that a step of this flag names and that the reader may see. Raises NotFound("no_such_file")."""
    for step in steps(session, finding_id, for_unit):
        for one in step.files:
            if one["file"] == file_id:
                return files.opened(session, vault, file_id, ("finding", one["of"]))
    return files.opened(session, vault, file_id, ("finding", ""))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
