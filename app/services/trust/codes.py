"""Issuing the signed code of an approved inspection, and showing it again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM
from app.domain.codes.claims import Claims
from app.domain.codes.short import make_short_code
from app.domain.codes.token import code_url, fit_name, issue_token, to_digits
from app.domain.inspections import Inspection
from app.domain.times import rfc3339
from app.services.trust import unit_keys
from app.store import registry
from app.store.models import CodeRow
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Code:
    """What may be shown to who may see the code: `token` is the decimal number in the QR."""

    url: str
    token: str
    short_code: str


@dataclass(frozen=True, slots=True)
class Issued:
    """`body` is what the fact of approval keeps of the code."""

    body: dict[str, Any]


def issue(work: UnitOfWork, inspection: Inspection) -> Issued:
    """Signs a code for an inspection with its lead unit's key and enters it in the register, in this transaction.

    The inspection does not name it yet: the caller records `inspection.approved` with `body`.
    """
    key = unit_keys.signing_key(work, inspection.lead_unit)
    claims = fit_name(_claims(work, inspection), work.public_url, key.suite)
    token = issue_token(claims, key)
    version = inspection.code.version + 1 if inspection.code else 1
    short_code = make_short_code(work.random(7))
    row = {
        "cti": claims.cti.hex(),
        "inspection": inspection.id,
        "version": version,
        "kid": key.kid.hex(),
        "short_code": short_code,
        "token": token,
        "issued_at": work.now,
        "not_before": claims.not_before,
        "expires_at": claims.expires_at,
    }
    work.insert_rows(CodeRow, [row])
    body = {
        "cti": claims.cti.hex(),
        "version": version,
        "kid": key.kid.hex(),
        "short_code": short_code,
        "issued_at": rfc3339(work.now),
        "not_before": rfc3339(claims.not_before),
        "expires_at": rfc3339(claims.expires_at),
    }
    _register(work, inspection, body, token)
    return Issued(body)


def _register(work: UnitOfWork, inspection: Inspection, body: dict[str, Any], token: bytes) -> None:
    """The fact that a proof of registration shows: it names the code by its hashes and nothing that is not on it."""
    said = {name: value for name, value in body.items() if name != "short_code"}
    said |= {
        "number": inspection.number,
        "token_sha256": hashlib.sha256(token).hexdigest(),
        "short_code_sha256": hashlib.sha256(body["short_code"].encode()).hexdigest(),
    }
    work.store_fact(work.fact("code.issued", ("code", body["cti"]), said, SYSTEM, inspection.jurisdiction))


def drawn(session: Session, inspection: Inspection, public_url: str) -> Code | None:
    """The code of an inspection, or None where none was issued."""
    return all_drawn(session, [inspection], public_url).get(inspection.id)


def all_drawn(session: Session, inspections: Sequence[Inspection], public_url: str) -> dict[str, Code]:
    """The codes of those of the inspections of which one was issued, by the inspection's id."""
    named = [i.code.cti for i in inspections if i.code]
    rows = _CODES.all(session, ctis=named) if named else ()
    return {r.inspection: Code(code_url(public_url, r.token), to_digits(r.token), r.short_code) for r in rows}


_T = table_of(CodeRow).c
_CODES = Prepared(select(_T.inspection, _T.token, _T.short_code).where(_T.cti.in_(bindparam("ctis", expanding=True))))


def _claims(work: UnitOfWork, inspection: Inspection) -> Claims:
    enterprise = registry.enterprises(work.session, [inspection.enterprise_id])[inspection.enterprise_id]
    items = registry.items(work.session, inspection.items)
    start = inspection.window_start.replace(microsecond=0)
    end = max(inspection.window_end.replace(microsecond=0), start + timedelta(seconds=1))
    return Claims(
        cti=work.random(16),
        issued_at=work.now,
        not_before=start,
        expires_at=end,
        kind=inspection.kind,
        uscc=enterprise.uscc,
        items=tuple(items[code].no for code in inspection.items),
        certificates=tuple(o.certificate_no for o in inspection.officers),
        enterprise_name=enterprise.name,
    )
