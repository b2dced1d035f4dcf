"""Acts of administrators that need two persons: one proposes, another of the same district confirms, then it is done.

A role with powers (new or changed), a signing key revoked, a lost second factor taken away, who issues codes. OWASP ASVS
5.0, 2.3.5. Each step is a fact. Commands on the server do the same alone: whoever runs them could change the database as
well, and the first administrator comes from there (docs/decisions/0023).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.actors import ADMIN, INSPECTOR, Actor
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.facts import canonical_json
from app.domain.mirroring import Issuing, check
from app.domain.times import shanghai_day
from app.services import registers
from app.services.connector.issuing import set_issuing
from app.services.keeping import periods
from app.services.people import accounts, second_factors
from app.services.people.scope import account_in_scope, unit_in_scope
from app.services.trust import unit_keys
from app.store.actors import secret_text
from app.store.issuing import issuing_on
from app.store.models import Proposal, RoleAssignment, UnitKey
from app.store.unit_of_work import UnitOfWork

ACCOUNT, ROLE, KEY, FACTOR = "account", "role", "key", "factor"
ISSUING = "issuing"


@dataclass(frozen=True, slots=True)
class Done:
    """What a confirmation brought about; `username` and `password` of a new account, shown once."""

    kind: str
    subject: str
    username: str = ""
    password: str = ""


def needs_two(role: str) -> bool:
    """Every role but the inspector's gives powers over others' work."""
    return role != INSPECTOR


def propose(work: UnitOfWork, actor: Actor, kind: str, subject: str, body: Mapping[str, Any]) -> Proposal:
    """Keeps a proposal until another administrator decides. Raises Refused("proposed_already") where the same waits."""
    actor.require(ADMIN)
    district = periods.jurisdiction(work, actor.region)
    work.lock(f"proposals:{district}")
    same = (Proposal.kind == kind, Proposal.subject == subject, Proposal.decided_at.is_(None))
    if work.session.scalar(select(Proposal.id).where(Proposal.jurisdiction == district, *same)):
        raise Refused("proposed_already")
    row = Proposal(
        id=work.new_id(),
        jurisdiction=district,
        kind=kind,
        subject=subject,
        body=canonical_json(body),
        proposed_by=actor.id,
        proposed_at=work.now,
    )
    work.session.add(row)
    _record(work, actor, row, "made")
    return row


def propose_key(work: UnitOfWork, actor: Actor, kid: str, reason: str) -> Proposal:
    """Proposes to revoke the signing key of a unit that the actor keeps. Raises NotFound, Refused."""
    _key(work, actor, kid)
    return propose(work, actor, KEY, kid, {"reason": reason})


def propose_factor(work: UnitOfWork, actor: Actor, actor_id: str) -> Proposal:
    """Proposes to take the second factor of somebody who lost it away. Raises NotFound."""
    user = account_in_scope(work.session, actor, actor_id)
    if not second_factors.has_factor(work.session, actor_id):
        raise NotFound("no_factor")
    return propose(work, actor, FACTOR, actor_id, {"username": user.username})


def propose_issuing(work: UnitOfWork, actor: Actor, issuing: Issuing, first: date | None) -> Proposal:
    """Proposes who issues the codes of the actor's district from a day on. Raises Invalid at each field, Refused."""
    actor.require(ADMIN)
    check(issuing)
    if first is None:
        raise Invalid("missing", "valid_from")
    if first < shanghai_day(work.now):
        raise Invalid("period_in_the_past", "valid_from")
    district = periods.jurisdiction(work, actor.region)
    if issuing_on(work.session, district, first) == issuing:
        raise Refused("issuing_unchanged", "mode")
    return propose(work, actor, ISSUING, district, issuing.to_json() | {"first": first.isoformat()})


def confirm(work: UnitOfWork, actor: Actor, proposal_id: str) -> Done:
    """Does what another administrator proposed. Raises Forbidden("own_act"), Refused, and what the act itself refuses."""
    row = _open(work, actor, proposal_id)
    if row.proposed_by == actor.id:
        raise Forbidden("own_act")
    done = _ACTS[row.kind](work, actor, row.subject, json.loads(row.body))
    row.decided_by, row.decided_at, row.confirmed = actor.id, work.now, True
    _record(work, actor, row, "confirmed")
    return done


def withdraw(work: UnitOfWork, actor: Actor, proposal_id: str) -> None:
    """Takes a proposal back, or turns it down: who proposed it may, and whoever would have confirmed it."""
    row = _open(work, actor, proposal_id)
    row.decided_by, row.decided_at, row.confirmed = actor.id, work.now, False
    _record(work, actor, row, "withdrawn")


def _open(work: UnitOfWork, actor: Actor, proposal_id: str) -> Proposal:
    actor.require(ADMIN)
    district = periods.jurisdiction(work, actor.region)
    where = (Proposal.id == proposal_id, Proposal.jurisdiction == district)
    row = work.session.scalar(select(Proposal).where(*where).with_for_update())
    if row is None:
        raise NotFound("no_such_proposal")
    if row.decided_at is not None:
        raise Refused("proposal_decided")
    return row


def _add_account(work: UnitOfWork, actor: Actor, subject: str, body: Mapping[str, Any]) -> Done:
    unit_in_scope(work.session, actor, body["unit"])
    password = secret_text(work.random(12))
    made = accounts.add_user(
        work, subject, body["name"], body["unit"], body["role"], password, body["certificate_no"], by=actor, given=True
    )
    return Done(ACCOUNT, made.id, subject, password)


def _assign(work: UnitOfWork, actor: Actor, subject: str, body: Mapping[str, Any]) -> Done:
    if subject == actor.id:
        raise Refused("own_role")
    account_in_scope(work.session, actor, subject)
    unit = unit_in_scope(work.session, actor, body["unit"])
    accounts.require_unit_and_role(work, unit.code, body["role"])
    first = max(date.fromisoformat(body["first"]), shanghai_day(work.now))
    last = date.fromisoformat(body["last"]) if body["last"] else None
    assignment = RoleAssignment(actor=subject, unit=unit.code, role=body["role"], valid_from=first, valid_until=last)
    periods.begin(work, actor, periods.jurisdiction(work, unit.region), assignment)
    return Done(ROLE, subject)


def _revoke_key(work: UnitOfWork, actor: Actor, subject: str, body: Mapping[str, Any]) -> Done:
    _key(work, actor, subject)
    unit_keys.revoke(work, actor, subject, body["reason"])
    return Done(KEY, subject)


def _reset_factor(work: UnitOfWork, actor: Actor, subject: str, body: Mapping[str, Any]) -> Done:
    account_in_scope(work.session, actor, subject)
    second_factors.reset(work, actor, subject)
    return Done(FACTOR, subject)


def _key(work: UnitOfWork, actor: Actor, kid: str) -> UnitKey:
    row = work.session.get(UnitKey, kid)
    if row is None:
        raise NotFound("no_such_key", kid=kid)
    try:
        unit_in_scope(work.session, actor, row.unit)
    except NotFound:
        raise NotFound("no_such_key", kid=kid) from None
    if row.revoked_at is not None:
        raise Refused("key_revoked_already", kid=kid)
    return row


def _set_issuing(work: UnitOfWork, actor: Actor, subject: str, body: Mapping[str, Any]) -> Done:
    first = max(date.fromisoformat(body["first"]), shanghai_day(work.now))
    set_issuing(work, actor, subject, Issuing(body["mode"], body["system"], body["entry"]), first)
    return Done(ISSUING, subject)


_ACTS: dict[str, Callable[[UnitOfWork, Actor, str, Mapping[str, Any]], Done]] = {
    ACCOUNT: _add_account,
    ROLE: _assign,
    KEY: _revoke_key,
    FACTOR: _reset_factor,
    ISSUING: _set_issuing,
}


def _record(work: UnitOfWork, actor: Actor, row: Proposal, step: str) -> None:
    work.session.flush()
    body = {"kind": row.kind, "subject": row.subject, "what": json.loads(row.body)}
    work.store_fact(work.fact(f"proposal.{step}", ("proposal", row.id), body, actor, row.jurisdiction))
    registers.record(work, actor, row.jurisdiction, [row])
