"""What discipline inspection reads: its leads, opened, and its own looks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import DISCIPLINE, Actor
from app.domain.errors import NotFound
from app.domain.leads import STATES
from app.domain.times import rfc3339, shanghai_day
from app.queries.exports import AT_ONCE
from app.queries.paging import MOST, page
from app.store.models import ActorRow, Enterprise, InspectionRow, Lead, LeadStep, Look, RoleAssignment, Unit, User
from app.store.vault import Vault

LEAD_COLUMNS = (
    "week", "way", "lead_state", "unit_name", "enterprise_name", "inspection_number", "visited_on", "concerns", "people",
    "what", "concern_note", "steps", "reply",
)  # fmt: skip
LOOK_COLUMNS = ("at", "by", "page")


@dataclass(frozen=True, slots=True)
class ShownStep:
    kind: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class ShownLead:
    """A lead, opened: `said` as it was sealed, with the names of what it is about as they are today."""

    row: Lead
    said: dict[str, Any]
    enterprise: str | None
    unit: str | None
    number: str | None
    steps: tuple[ShownStep, ...]


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many leads stand in each state."""
    actor.require(DISCIPLINE)
    query = select(Lead.state, func.count()).where(Lead.jurisdiction.in_(actor.regions)).group_by(Lead.state)
    found = {state: count for state, count in session.execute(query)}  # noqa: C416 rows are no pairs to mypy
    return {state: found.get(state, 0) for state in STATES}


def leads(session: Session, actor: Actor, vault: Vault, state: str) -> list[ShownLead]:
    """The newest leads by week, those of a state where one is asked for; MOST at most."""
    actor.require(DISCIPLINE)
    query = select(Lead).where(Lead.jurisdiction.in_(actor.regions))
    if state in STATES:
        query = query.where(Lead.state == state)
    rows = session.scalars(query.order_by(Lead.week.desc(), Lead.id).limit(MOST))
    return [_shown(session, vault, row, ()) for row in rows]


def exported_leads(session: Session, actor: Actor, vault: Vault, state: str) -> Iterator[tuple[Any, ...]]:
    """All leads by week, opened, in LEAD_COLUMNS. How to reach who spoke is not among them: that is read on the page."""
    actor.require(DISCIPLINE)
    query = select(Lead.id).where(Lead.jurisdiction.in_(actor.regions))
    if state in STATES:
        query = query.where(Lead.state == state)
    for lead_id in list(session.scalars(query.order_by(Lead.week.desc(), Lead.id))):
        found = lead(session, actor, vault, lead_id)
        said = found.said
        steps = "\n".join(f"{shanghai_day(s.at).isoformat()} {s.by}：{s.note}" for s in found.steps)
        yield (
            found.row.week, found.row.way, found.row.state, found.unit or "", found.enterprise or "", found.number or "",
            said.get("visited_on") or "", tuple(said.get("concerns") or ()), said.get("people") or "",
            said.get("what") or "", said.get("concern_note") or "", steps, found.row.answer or "",
        )  # fmt: skip


def exported_looks(session: Session, actor: Actor, vault: Vault) -> Iterator[tuple[str, str, str]]:
    """(time, who, page) of every look of the own regions, newest first."""
    actor.require(DISCIPLINE)
    query = select(Look, ActorRow.name).join(ActorRow, ActorRow.id == Look.actor)
    query = query.where(Look.jurisdiction.in_(actor.regions)).order_by(Look.id.desc())
    for row, name in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield rfc3339(row.at), name, vault.open(row.sealed, f"look:{row.id}").decode()


def lead(session: Session, actor: Actor, vault: Vault, lead_id: str) -> ShownLead:
    """One lead with its steps. Raises Forbidden, NotFound("no_such_lead")."""
    actor.require(DISCIPLINE)
    row = session.get(Lead, lead_id)
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_lead")
    query = select(LeadStep, ActorRow.name).join(ActorRow, ActorRow.id == LeadStep.actor)
    steps = session.execute(query.where(LeadStep.lead == lead_id).order_by(LeadStep.position))
    opened = [
        ShownStep(s.kind, name, s.at, vault.open(s.sealed, f"lead-step:{s.id}").decode() if s.sealed else "")
        for s, name in steps
    ]
    return _shown(session, vault, row, tuple(opened))


def _note(vault: Vault, step: LeadStep) -> str:
    """What a step says; nothing once it was erased."""
    return vault.open(step.sealed, f"lead-step:{step.id}").decode() if step.sealed else ""


def _shown(session: Session, vault: Vault, row: Lead, steps: tuple[ShownStep, ...]) -> ShownLead:
    said: dict[str, Any] = json.loads(vault.open(row.sealed, f"lead:{row.id}")) if row.sealed else {}
    enterprise = session.get(Enterprise, said["enterprise"]) if said.get("enterprise") else None
    unit = session.get(Unit, said["unit"]) if said.get("unit") else None
    visit = session.get(InspectionRow, said["inspection"]) if said.get("inspection") else None
    return ShownLead(
        row=row,
        said=said,
        enterprise=enterprise.name if enterprise else said.get("enterprise_name"),
        unit=unit.name if unit else said.get("unit_text"),
        number=visit.number if visit else None,
        steps=steps,
    )


def looks(
    session: Session, actor: Actor, vault: Vault, cursor: str | None, limit: int
) -> tuple[list[tuple[Look, str, str]], str | None]:
    """(look, who, path), newest first, of the own regions."""
    actor.require(DISCIPLINE)
    rows, following = page(session, select(Look).where(Look.jurisdiction.in_(actor.regions)), Look.id, cursor, limit)
    people = select(ActorRow.id, ActorRow.name).where(ActorRow.id.in_({r.actor for r in rows}))
    names = {who: name for who, name in session.execute(people)}  # noqa: C416
    return [(r, names[r.actor], vault.open(r.sealed, f"look:{r.id}").decode()) for r in rows], following


def colleagues(session: Session, actor: Actor) -> list[tuple[str, str, bool]]:
    """(name, user name, open) of every account that discipline inspection has: none should be a surprise."""
    actor.require(DISCIPLINE)
    query = (
        select(ActorRow.name, User.username, User.disabled_at)
        .join(User, User.actor == ActorRow.id)
        .join(RoleAssignment, RoleAssignment.actor == ActorRow.id)
        .join(Unit, Unit.code == RoleAssignment.unit)
        .where(RoleAssignment.role == DISCIPLINE, Unit.region.in_(actor.regions))
        .distinct()
        .order_by(User.username)
    )
    return [(name, username, ended is None) for name, username, ended in session.execute(query)]
