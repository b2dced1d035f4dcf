"""Actors by the ways they prove who they are, with the role they hold today and the regions they may see."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import DISCIPLINE, HEAD, INSPECTOR, OBSERVER, SUPERVISOR, Actor
from app.store.models import ActorRow, ApiToken, Deputy, Region, RoleAssignment, Unit

SEEING_REGIONS = (SUPERVISOR, DISCIPLINE, OBSERVER)


def secret_text(random_bytes: bytes) -> str:
    """A secret that is shown once, as text for addresses and cookies."""
    return base64.urlsafe_b64encode(random_bytes).rstrip(b"=").decode()


def secret_hash(secret: str) -> bytes:
    """How tokens and session values are stored: they have 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True, slots=True)
class TokenActor:
    """Who a token stands for, its scopes, and when its use was last noted."""

    actor: Actor
    scopes: str
    last_used_at: datetime | None


def of_token(session: Session, token: str, now: datetime, today: date) -> TokenActor | None:
    """What an API token stands for, or None when it is unknown, revoked or expired."""
    row = session.scalar(
        select(ApiToken).where(
            ApiToken.hash == secret_hash(token),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
        )
    )
    actor = by_id(session, row.actor, today) if row else None
    return TokenActor(actor, row.scopes, row.last_used_at) if row and actor else None


def by_id(session: Session, actor_id: str, today: date) -> Actor | None:
    """An actor in the role held on `today` (the newest assignment), or None without one."""
    row = session.execute(
        select(ActorRow, RoleAssignment, Unit)
        .join(RoleAssignment, RoleAssignment.actor == ActorRow.id)
        .join(Unit, Unit.code == RoleAssignment.unit)
        .where(
            ActorRow.id == actor_id,
            RoleAssignment.valid_from <= today,
            or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until >= today),
        )
        .order_by(RoleAssignment.valid_from.desc(), RoleAssignment.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    actor, assignment, unit = row
    head = _deputised(session, actor.id, unit.code, today) if assignment.role == INSPECTOR else None
    return Actor(
        id=actor.id,
        kind=actor.kind,
        name=actor.name,
        role=HEAD if head else assignment.role,
        unit=assignment.unit,
        region=unit.region,
        regions=regions_below(session, unit.region) if assignment.role in SEEING_REGIONS else frozenset(),
        person=actor.id if actor.kind == "person" else None,
        acting_for=head.id if head else None,
        acting_for_name=head.name if head else None,
    )


def has_other_head(session: Session, unit: str, head_id: str, today: date) -> bool:
    """Whether a person other than `head_id` is a head of the unit today (in their own right, not as a deputy)."""
    query = (
        select(RoleAssignment.actor)
        .join(ActorRow, ActorRow.id == RoleAssignment.actor)
        .where(
            ActorRow.kind == "person",
            ActorRow.id != head_id,
            RoleAssignment.unit == unit,
            RoleAssignment.role == HEAD,
            RoleAssignment.valid_from <= today,
            or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until >= today),
        )
        .distinct()
    )
    found = (by_id(session, one, today) for one in session.scalars(query))
    return any(a is not None and a.role == HEAD and a.unit == unit and a.acting_for is None for a in found)


def _deputised(session: Session, actor_id: str, unit: str, today: date) -> ActorRow | None:
    """The head of the unit for whom an inspector acts as deputy today, or None."""
    return session.scalar(
        select(ActorRow)
        .join(Deputy, Deputy.head == ActorRow.id)
        .where(
            Deputy.deputy == actor_id,
            Deputy.unit == unit,
            Deputy.valid_from <= today,
            Deputy.valid_until >= today,
            Deputy.ended_at.is_(None),
        )
        .order_by(Deputy.named_at.desc(), Deputy.id.desc())
        .limit(1)
    )


def regions_below(session: Session, code: str) -> frozenset[str]:
    """A region and everything below it, by parents."""
    tree = select(Region.code).where(Region.code == code).cte(recursive=True)
    child = aliased(Region)
    tree = tree.union_all(select(child.code).where(child.parent == tree.c.code))
    return frozenset(session.scalars(select(tree.c.code)))
