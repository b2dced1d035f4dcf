"""A jurisdiction's policy (规则设置): one supervisor proposes a version, another confirms it, it holds from a later day.

A version never changes what earlier days meant: its first day lies after the day of its confirmation. Every step is a
fact; the versions are published on /policy. Two persons: OWASP ASVS 2.3.5.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.domain.actors import SUPERVISOR, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.facts import canonical_json
from app.domain.flags import settings as domain
from app.domain.times import shanghai_day
from app.services import registers
from app.store import registry
from app.store.models import Policy
from app.store.unit_of_work import UnitOfWork

PROPOSED, CONFIRMED, WITHDRAWN = "proposed", "confirmed", "withdrawn"
LONGEST_NOTE = 500


def propose(work: UnitOfWork, actor: Actor, settings: Mapping[str, Any], valid_from: date, note: str) -> Policy:
    """A draft version of the actor's jurisdiction. Raises Invalid at each field, Forbidden."""
    region = _own_region(work, actor)
    kept = domain.checked(settings)
    if valid_from <= shanghai_day(work.now):
        raise Invalid("policy_not_later", "valid_from")
    if not note.strip():
        raise Invalid("reason_missing", "note")
    work.lock(f"policy:{region}")
    newest = work.session.scalar(select(func.max(Policy.version)).where(Policy.region == region)) or 0
    row = Policy(
        id=work.new_id(),
        region=region,
        version=newest + 1,
        valid_from=valid_from,
        settings=canonical_json(kept),
        note=note.strip()[:LONGEST_NOTE],
        proposed_by=actor.id,
        recorded_at=work.now,
    )
    work.session.add(row)
    return _record(work, actor, row, PROPOSED)


def confirm(work: UnitOfWork, actor: Actor, policy_id: str) -> Policy:
    """Confirms a draft of somebody else. Raises Forbidden("own_proposal"), Refused (decided already, its day has come)."""
    row = _draft(work, actor, policy_id)
    if row.proposed_by == actor.id:
        raise Forbidden("own_proposal")
    if row.valid_from <= shanghai_day(work.now):
        raise Refused("policy_too_late", day=row.valid_from.isoformat())
    row.confirmed_by, row.confirmed_at = actor.id, work.now
    return _record(work, actor, row, CONFIRMED)


def withdraw(work: UnitOfWork, actor: Actor, policy_id: str) -> Policy:
    """Takes a draft back; who proposed it may, and whoever would have confirmed it."""
    row = _draft(work, actor, policy_id)
    row.withdrawn_at = work.now
    return _record(work, actor, row, WITHDRAWN)


def settings_of(row: Policy) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(row.settings)
    return found


def _own_region(work: UnitOfWork, actor: Actor) -> str:
    actor.require(SUPERVISOR)
    return registry.jurisdiction_of(work.session, actor.region, None, work.default_jurisdiction)


def _draft(work: UnitOfWork, actor: Actor, policy_id: str) -> Policy:
    region = _own_region(work, actor)
    row = work.session.scalar(select(Policy).where(Policy.id == policy_id, Policy.region == region).with_for_update())
    if row is None:
        raise NotFound("no_such_policy")
    if row.confirmed_by or row.withdrawn_at:
        raise Refused("policy_decided")
    return row


def _record(work: UnitOfWork, actor: Actor, row: Policy, step: str) -> Policy:
    work.session.flush()
    body = {"version": row.version, "valid_from": row.valid_from.isoformat(), "settings": settings_of(row)}
    work.store_fact(work.fact(f"policy.{step}", ("policy", row.id), body, actor, row.region))
    registers.record(work, actor, row.region, [row])
    return row
