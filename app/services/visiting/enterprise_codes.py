"""The permanent codes of enterprises (企业码): made, replaced, found again. Each row is a fact of the registers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import ADMIN, HEAD, INSPECTOR, SUPERVISOR, Actor
from app.domain.enterprise_codes import ENTERPRISE_CODE, Named, make_enterprise_code
from app.domain.errors import Invalid, NotFound, Refused
from app.services import registers
from app.store import registry
from app.store.models import Enterprise, EnterpriseCode
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 1000
JOB = "enterprise_codes"


@dataclass(frozen=True, slots=True)
class Found:
    """A code as it stands, with whose it is; `code.replaced_at` where it no longer counts."""

    enterprise: Enterprise
    code: EnterpriseCode


def current(session: Session, enterprise_id: str) -> EnterpriseCode | None:
    """The code that counts, or None where the enterprise has none yet."""
    query = select(EnterpriseCode).where(
        EnterpriseCode.enterprise == enterprise_id, EnterpriseCode.replaced_at.is_(None)
    )
    return session.scalar(query.order_by(EnterpriseCode.issued_at.desc()).limit(1))


def find(session: Session, code: str) -> Found | None:
    """What a (normalised) code belongs to, replaced or not."""
    row = session.get(EnterpriseCode, code)
    return Found(session.get_one(Enterprise, row.enterprise), row) if row else None


def identify(session: Session, named: Named) -> Any:
    """The enterprise that a text names, for reading. Raises Invalid("text", …) where the register does not know it, or the code was
    replaced."""
    if named.by != ENTERPRISE_CODE:
        enterprise = registry.enterprise_by_uscc(session, named.value)
        if enterprise is None:
            raise Invalid("uscc_not_registered", "text", uscc=named.value)
        return enterprise
    found = find(session, named.value)
    if found is None:
        raise Invalid("no_such_enterprise_code", "text")
    if found.code.replaced_at is not None:
        raise Invalid("enterprise_code_replaced", "text")
    return found.enterprise


def issue(work: UnitOfWork, actor: Actor, enterprise_id: str) -> EnterpriseCode:
    """The enterprise's code; made now where it has none. Pressing twice makes one. Raises NotFound, Forbidden."""
    actor.require(INSPECTOR, HEAD, SUPERVISOR, ADMIN)
    enterprise = _locked(work, enterprise_id)
    return current(work.session, enterprise_id) or _make(work, actor, enterprise)


def replace(work: UnitOfWork, actor: Actor, enterprise_id: str, reason: str) -> EnterpriseCode:
    """A new code; the old one says from now on that it was replaced. Raises Invalid("reason_missing")."""
    actor.require(SUPERVISOR, ADMIN)
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    enterprise = _locked(work, enterprise_id)
    old = current(work.session, enterprise_id)
    if old is None:
        raise Refused("no_enterprise_code_yet")
    old.replaced_at, old.reason = work.now, reason.strip()[:200]
    work.session.flush()
    registers.record(work, actor, _jurisdiction(work, enterprise), [old])
    return _make(work, actor, enterprise)


def make_some(work: UnitOfWork, actor: Actor, after: str) -> tuple[int, str | None]:
    """Codes for the next enterprises without one, in the order of their ids: how many, and where to go on."""
    query = select(Enterprise.id).where(Enterprise.id > after).order_by(Enterprise.id).limit(AT_ONCE)
    ids = list(work.session.scalars(query))
    if not ids:
        return 0, None
    work.lock("enterprise-codes")
    have = set(
        work.session.scalars(
            select(EnterpriseCode.enterprise).where(
                EnterpriseCode.enterprise.in_(ids), EnterpriseCode.replaced_at.is_(None)
            )
        )
    )
    rows = [
        {"code": make_enterprise_code(work.random(7)), "enterprise": i, "issued_at": work.now}
        for i in ids
        if i not in have
    ]
    registers.insert_many(work, actor, work.default_jurisdiction, EnterpriseCode, rows)
    return len(rows), ids[-1]


def make_all(
    perform: Callable[..., Any], actor: Actor, _params: dict[str, Any], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """The job: a code for every enterprise that has none, a thousand a transaction. Safe to run twice."""
    total, looked_at, made = perform(count), 0, 0
    after: str | None = ""
    while after is not None:
        some, after = perform(make_some, actor, after)
        made, looked_at = made + some, looked_at + AT_ONCE
        progress(min(looked_at, total), total)
    return {"made": made}


def count(work: UnitOfWork) -> int:
    return work.session.scalar(select(func.count()).select_from(Enterprise)) or 0


def _make(work: UnitOfWork, actor: Actor, enterprise: Enterprise) -> EnterpriseCode:
    row = EnterpriseCode(
        code=make_enterprise_code(work.random(7)), enterprise=enterprise.id, issued_at=work.now, replaced_at=None
    )
    work.session.add(row)
    work.session.flush()
    registers.record(work, actor, _jurisdiction(work, enterprise), [row])
    return row


def _jurisdiction(work: UnitOfWork, enterprise: Enterprise) -> str:
    return registry.district_of(work.session, enterprise.region) or work.default_jurisdiction


def _locked(work: UnitOfWork, enterprise_id: str) -> Enterprise:
    work.lock("enterprise-codes")
    enterprise = work.session.get(Enterprise, enterprise_id)
    if enterprise is None:
        raise NotFound("no_such_enterprise")
    return enterprise
