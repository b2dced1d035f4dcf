"""Proposals that wait for a second administrator, API tokens and signing keys, as their keepers see them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.queries.paging import MOST
from app.services.people.scope import regions_of
from app.store import registry
from app.store.models import ActorRow, ApiToken, Proposal, RoleAssignment, Unit, UnitKey


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal with the names that it speaks of; `what` is its body."""

    row: Proposal
    what: dict[str, Any]
    by: str
    decided_by: str | None
    person: str | None
    unit: str | None
    is_own: bool


@dataclass(frozen=True, slots=True)
class Token:
    id: str
    name: str
    unit: str
    role: str
    row: ApiToken
    by: str | None
    state: str  # valid | expired | revoked


def proposals(session: Session, actor: Actor, default: str, *, is_open: bool) -> list[Waiting]:
    """Proposals of the actor's district: those that wait (oldest first), or the newest decided ones."""
    district = registry.district_of(session, actor.region) or default
    decider = aliased(ActorRow)
    query = select(Proposal, ActorRow.name, decider.name).join(ActorRow, ActorRow.id == Proposal.proposed_by)
    query = query.outerjoin(decider, decider.id == Proposal.decided_by).where(Proposal.jurisdiction == district)
    if is_open:
        query = query.where(Proposal.decided_at.is_(None)).order_by(Proposal.id)
    else:
        query = query.where(Proposal.decided_at.is_not(None)).order_by(Proposal.decided_at.desc(), Proposal.id)
    found = []
    for row, by, decided_by in session.execute(query.limit(MOST if is_open else 20)):
        what = json.loads(row.body)
        person = session.get(ActorRow, row.subject) if row.kind in ("role", "factor") else None
        key = session.get(UnitKey, row.subject) if row.kind == "key" else None
        unit = session.get(Unit, key.unit if key else what.get("unit") or "")
        name = person.name if person else what.get("name")
        own = row.proposed_by == actor.id
        found.append(Waiting(row, what, by, decided_by, name, unit.name if unit else None, own))
    return found


def tokens(session: Session, actor: Actor, unit: str | None, now: datetime) -> list[Token]:
    """Tokens of a unit, or of the actor's district where `unit` is None; the newest first."""
    issuer = aliased(ActorRow)
    query = (
        select(ApiToken, ActorRow.name, RoleAssignment.role, Unit.name, issuer.name)
        .join(ActorRow, ActorRow.id == ApiToken.actor)
        .join(RoleAssignment, RoleAssignment.actor == ApiToken.actor)
        .join(Unit, Unit.code == RoleAssignment.unit)
        .outerjoin(issuer, issuer.id == ApiToken.issued_by)
    )
    regions = regions_of(session, actor)
    query = query.where(Unit.code == unit) if unit else query.where(Unit.region.in_(regions or ()))
    rows = session.execute(query.order_by(ApiToken.created_at.desc(), ApiToken.actor).limit(MOST))
    return [Token(t.actor, name, of, role, t, by, _state(t, now)) for t, name, role, of, by in rows]


def keys(session: Session, actor: Actor) -> list[tuple[UnitKey, str]]:
    """Signing keys of the district's units with their names; those in force first."""
    query = select(UnitKey, Unit.name).join(Unit, Unit.code == UnitKey.unit)
    query = query.where(Unit.region.in_(regions_of(session, actor) or ()))
    order = (UnitKey.revoked_at.is_not(None), Unit.name, UnitKey.not_before.desc(), UnitKey.kid)
    return [(key, name) for key, name in session.execute(query.order_by(*order).limit(MOST))]


def _state(token: ApiToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "valid"
