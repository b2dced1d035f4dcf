"""Actors by the ways they prove who they are, with the role they hold today and the regions they may see."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import DISCIPLINE, HEAD, INSPECTOR, OBSERVER, SUPERVISOR, Actor
from app.store import registry
from app.store.models import ActorRow, ApiToken, Deputy, RoleAssignment, Unit
from app.store.models.base import table_of
from app.store.prepared import Prepared

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
    row = _TOKEN.first(session, hash=secret_hash(token), now=now, today=today)
    return TokenActor(_actor(session, row, today), row.scopes, row.last_used_at) if row else None


def by_id(session: Session, actor_id: str, today: date) -> Actor | None:
    """An actor in the role held on `today` (the newest assignment), or None without one."""
    row = _BY_ID.first(session, id=actor_id, today=today)
    return _actor(session, row, today) if row else None


def _actor(session: Session, row: Any, today: date) -> Actor:
    # the head of the unit for whom an inspector acts as deputy today; a system of the unit is nobody's deputy
    may_act = row.role == INSPECTOR and row.kind == "person"
    head = _HEAD.first(session, deputy=row.id, unit=row.unit, today=today) if may_act else None
    return Actor(
        id=row.id,
        kind=row.kind,
        name=row.name,
        role=HEAD if head else row.role,
        unit=row.unit,
        region=row.region,
        regions=registry.regions_below(session, row.region) if row.role in SEEING_REGIONS else frozenset(),
        person=row.id if row.kind == "person" else None,
        acting_for=head.id if head else None,
        acting_for_name=head.name if head else None,
    )


_ACTOR, _ROLE, _UNIT, _DEPUTY, _API = (
    table_of(model).c for model in (ActorRow, RoleAssignment, Unit, Deputy, ApiToken)
)
_TODAY: Any = bindparam("today")
_NOW: Any = bindparam("now")
_HOLDING = (
    select(_ACTOR.id, _ACTOR.kind, _ACTOR.name, _ROLE.role, _ROLE.unit, _UNIT.region)
    .join_from(_ACTOR.id.table, _ROLE.id.table, _ROLE.actor == _ACTOR.id)
    .join(_UNIT.code.table, _UNIT.code == _ROLE.unit)
    .where(_ROLE.valid_from <= _TODAY, or_(_ROLE.valid_until.is_(None), _ROLE.valid_until >= _TODAY))
    .order_by(_ROLE.valid_from.desc(), _ROLE.id.desc())
    .limit(1)
)
_BY_ID = Prepared(_HOLDING.where(_ACTOR.id == bindparam("id")))
_TOKEN = Prepared(
    _HOLDING.add_columns(_API.scopes, _API.last_used_at)
    .join(_API.hash.table, _API.actor == _ACTOR.id)
    .where(
        _API.hash == bindparam("hash"),
        _API.revoked_at.is_(None),
        or_(_API.expires_at.is_(None), _API.expires_at > _NOW),
    )
)
_HEAD = Prepared(
    select(_ACTOR.id, _ACTOR.name)
    .join_from(_ACTOR.id.table, _DEPUTY.id.table, _DEPUTY.head == _ACTOR.id)
    .where(
        _DEPUTY.deputy == bindparam("deputy"),
        _DEPUTY.unit == bindparam("unit"),
        _DEPUTY.valid_from <= _TODAY,
        _DEPUTY.valid_until >= _TODAY,
        _DEPUTY.ended_at.is_(None),
    )
    .order_by(_DEPUTY.named_at.desc(), _DEPUTY.id.desc())
    .limit(1)
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
