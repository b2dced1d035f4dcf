"""API tokens: issued for a unit and a role, with scopes and an end, shown once, revoked; their last use is noted."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.domain.actors import ADMIN, HEAD, SYSTEM, Actor
from app.domain.errors import Forbidden, Invalid, NotFound
from app.domain.tokens import LONGEST_DAYS, known_scopes, may_issue
from app.services import registers
from app.services.people import accounts
from app.services.people.scope import unit_in_scope
from app.store import actors
from app.store.models import ActorRow, ApiToken, RoleAssignment
from app.store.unit_of_work import UnitOfWork


def issue_token(
    work: UnitOfWork,
    unit: str,
    role: str,
    name: str,
    expires_at: datetime | None = None,
    scopes: str = "",
    by: Actor = SYSTEM,
) -> str:
    """A new API token, shown once. Raises Invalid: unknown_unit, unknown_role, unknown_scope."""
    accounts.require_unit_and_role(work, unit, role)
    for scope in scopes.split():
        if scope not in known_scopes():
            raise Invalid("unknown_scope", "scopes", scope=scope)
    actor_id = accounts.add_actor(work, "token", name, unit, role)
    token = "jcm_" + actors.secret_text(work.random(32))
    row = ApiToken(
        actor=actor_id,
        hash=actors.secret_hash(token),
        created_at=work.now,
        expires_at=expires_at,
        scopes=scopes,
        issued_by=by.id,
    )
    work.session.add(row)
    _recorded(work, by, row)
    return token


def issue_for(work: UnitOfWork, actor: Actor, unit: str, role: str, name: str, scopes: list[str], days: int) -> str:
    """As `issue_token`, by a head for the own unit or an administrator for a unit of the district.

    Nobody gives a power that is not the own (domain/tokens.may_issue). Raises Invalid at the field, Forbidden.
    """
    actor.require(ADMIN, HEAD)
    try:
        unit_in_scope(work.session, actor, unit)
    except NotFound:
        raise Invalid("unknown_unit", "unit", unit=unit) from None
    if role not in may_issue(actor):
        raise Forbidden("token_role")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("out_of_range", "days", range=f"1–{LONGEST_DAYS}")
    if not scopes:
        raise Invalid("missing", "scopes")
    ends = work.now + timedelta(days=days)
    return issue_token(work, unit, role, name, ends, " ".join(scopes), by=actor)


def revoke(work: UnitOfWork, actor: Actor, token_id: str) -> None:
    """Ends a token of a unit that the actor keeps. Ending it twice changes nothing. Raises NotFound("no_such_token")."""
    actor.require(ADMIN, HEAD)
    row = work.session.get(ApiToken, token_id, with_for_update=True)
    unit = work.session.scalar(select(RoleAssignment.unit).where(RoleAssignment.actor == token_id))
    if row is None or unit is None:
        raise NotFound("no_such_token", name=token_id)
    try:
        unit_in_scope(work.session, actor, unit)
    except NotFound:
        raise NotFound("no_such_token", name=token_id) from None
    if row.revoked_at is None:
        row.revoked_at = work.now
        _recorded(work, actor, row)


def revoke_tokens(work: UnitOfWork, name: str) -> int:
    """Ends every token of that name; how many there were. Raises NotFound."""
    query = select(ActorRow.id).where(ActorRow.kind == "token", ActorRow.name == name)
    ids = list(work.session.scalars(query))
    if not ids:
        raise NotFound("no_such_token", name=name)
    for row in work.session.scalars(select(ApiToken).where(ApiToken.actor.in_(ids), ApiToken.revoked_at.is_(None))):
        row.revoked_at = work.now
        _recorded(work, SYSTEM, row)
    return len(ids)


def touch(work: UnitOfWork, token: str) -> None:
    """Notes that a token was used."""
    where = ApiToken.hash == actors.secret_hash(token)
    work.session.execute(update(ApiToken).where(where).values(last_used_at=work.now))


def _recorded(work: UnitOfWork, by: Actor, row: ApiToken) -> None:
    work.session.flush()
    registers.record(work, by, work.default_jurisdiction, [row])
