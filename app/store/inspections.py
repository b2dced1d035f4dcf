"""Inspections in the database: the domain's Inspection in and out, rows nowhere else."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from app.domain.enterprises import address_key
from app.domain.errors import Refused
from app.domain.inspections import CodeVersion, Inspection, Invitation, OfficerOnVisit, Result
from app.domain.joint import officers_of
from app.domain.times import shanghai_day
from app.store.models import (
    CodeRow,
    InspectionInvitation,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
)

LONGEST_KEY = 100
_CHILD_FIELDS = {"units", "items", "officers", "code", "results", "invitations"}
_PLAIN_FIELDS = tuple(f.name for f in fields(Inspection) if f.name not in _CHILD_FIELDS)


def get(session: Session, inspection_id: str, *, lock: bool = False) -> Inspection | None:
    """The current state, locked until the end of the transaction where asked (PostgreSQL)."""
    query = select(InspectionRow).where(InspectionRow.id == inspection_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = _assemble(session, list(session.scalars(query)))
    return found[0] if found else None


def get_many(session: Session, ids: Iterable[str]) -> list[Inspection]:
    """The current states of `ids` in that order; unknown ids are left out."""
    wanted = list(dict.fromkeys(ids))
    rows = {r.id: r for r in session.scalars(select(InspectionRow).where(InspectionRow.id.in_(wanted)))}
    return _assemble(session, [rows[i] for i in wanted if i in rows])


def of_enterprise(session: Session, enterprise_id: str, *where: Any) -> list[Inspection]:
    """All inspections of an enterprise that fulfil `where`, by visit start."""
    query = select(InspectionRow).where(InspectionRow.enterprise_id == enterprise_id, *where)
    return _assemble(session, list(session.scalars(query.order_by(InspectionRow.visit_start, InspectionRow.number))))


def select_where(session: Session, query: Any) -> list[Inspection]:
    """The inspections that a query over InspectionRow selects, in its order."""
    return _assemble(session, list(session.scalars(query)))


def jurisdictions(session: Session) -> list[str]:
    """Those that have inspections. Asked one by one, each a look into an index, however many inspections there are."""
    found: list[str] = []
    following = select(func.min(InspectionRow.jurisdiction))
    at = session.scalar(following)
    while at is not None:
        found.append(at)
        at = session.scalar(following.where(InspectionRow.jurisdiction > at))
    return found


def insert_many(session: Session, inspections: Sequence[Inspection]) -> None:
    """Stores new inspections; IntegrityError where a number exists."""
    if not inspections:
        return
    session.execute(insert(InspectionRow), [_columns(i) | {"revision": 1} for i in inspections])
    for model, rows in _children(inspections).items():
        if rows:
            session.execute(insert(model), rows)


def save(session: Session, before: Inspection, after: Inspection) -> None:
    """Stores what changed. Raises Refused("changed_meanwhile") when the row is no longer as `before`."""
    old, new = _columns(before), _columns(after)
    changed = {name: value for name, value in new.items() if old[name] != value}
    result = session.execute(
        sql_update(InspectionRow)
        .where(InspectionRow.id == before.id, *_unchanged(before))
        .values(**changed, revision=InspectionRow.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    for name, model in (
        ("units", InspectionUnit),
        ("items", InspectionItem),
        ("officers", InspectionOfficer),
        ("invitations", InspectionInvitation),
    ):
        if getattr(before, name) != getattr(after, name) or (name == "items" and before.results != after.results):
            session.execute(delete(model).where(model.inspection == after.id))
            if rows := _children([after])[model]:
                session.execute(insert(model), rows)


def differences(one: Inspection, other: Inspection) -> list[str]:
    """The names of the fields in which two states differ."""
    return [f.name for f in fields(Inspection) if getattr(one, f.name) != getattr(other, f.name)]


def _unchanged(before: Inspection) -> tuple[Any, ...]:
    """What guards a concurrent change: the state and the marks that facts set once."""
    return (
        InspectionRow.state == before.state,
        InspectionRow.code_cti.is_not_distinct_from(before.code.cti if before.code else None),
        InspectionRow.first_arrive_at.is_not_distinct_from(before.first_arrive_at),
        InspectionRow.officer_scanned_at.is_not_distinct_from(before.officer_scanned_at),
        InspectionRow.result_recorded_at.is_not_distinct_from(before.result_recorded_at),
        InspectionRow.amendments == before.amendments,
        InspectionRow.pending_amendment.is_not_distinct_from(before.pending_amendment),
    )


def clue_key(clue_no: str | None) -> str | None:
    """How clue numbers are compared: NFKC, trimmed (rules.md, clue.reused). NFKC can make a text long: then its hash."""
    key = unicodedata.normalize("NFKC", clue_no).strip() if clue_no else ""
    return (key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()) or None


def _columns(i: Inspection) -> dict[str, Any]:
    columns = {name: getattr(i, name) for name in _PLAIN_FIELDS}
    start = i.visit_start
    return columns | {
        "lead_unit": i.lead_unit,
        "code_cti": i.code.cti if i.code else None,
        "clue_key": clue_key(i.clue_no),
        "place_key": address_key(i.place_address),
        "visit_start": start,
        "visit_day": shanghai_day(start) if start else None,
        "counts": i.counts,
    }


def _children(inspections: Sequence[Inspection]) -> dict[Any, list[dict[str, Any]]]:
    units, items, officers = [], [], []
    for i in inspections:
        outcome = {r.item: r for r in i.results}
        units += [{"inspection": i.id, "position": n, "unit": u} for n, u in enumerate(i.units)]
        for n, item in enumerate(i.items):
            r = outcome.get(item)
            row = {"inspection": i.id, "position": n, "item": item}
            items.append(row | {"outcome": r.outcome if r else None, "note": r.note if r else None})
        officers += [
            {
                "inspection": i.id,
                "position": n,
                "certificate_no": o.certificate_no,
                "name": o.name,
                "unit": o.unit,
            }
            for n, o in enumerate(i.officers)
        ]
    invitations = [
        {"inspection": i.id, "position": n, **_invitation_columns(invitation)}
        for i in inspections
        for n, invitation in enumerate(i.invitations)
    ]
    return {
        InspectionUnit: units,
        InspectionItem: items,
        InspectionOfficer: officers,
        InspectionInvitation: invitations,
    }


def _invitation_columns(i: Invitation) -> dict[str, Any]:
    officers = [{"certificate_no": o.certificate_no, "name": o.name, "unit": o.unit} for o in i.officers]
    return {
        "unit": i.unit,
        "state": i.state,
        "invited_at": i.invited_at,
        "note": i.note,
        "items": json.dumps(i.items),
        "officers": json.dumps(officers, ensure_ascii=False),
        "offered_by": i.offered_by,
        "plan_code": i.plan_code,
        "cause": i.cause,
        "reason": i.reason,
        "answered_at": i.answered_at,
    }


def invitation_of(row: InspectionInvitation) -> Invitation:
    return Invitation(
        unit=row.unit,
        state=row.state,
        invited_at=row.invited_at,
        note=row.note,
        items=tuple(json.loads(row.items)),
        officers=officers_of(json.loads(row.officers)),
        offered_by=row.offered_by,
        plan_code=row.plan_code,
        cause=row.cause,
        reason=row.reason,
        answered_at=row.answered_at,
    )


_CHILDREN = (InspectionUnit, InspectionItem, InspectionOfficer, InspectionInvitation)


def _assemble(session: Session, rows: list[InspectionRow]) -> list[Inspection]:
    """Domain objects for rows: five more queries however many rows there are (per 500)."""
    out: list[Inspection] = []
    for at in range(0, len(rows), 500):
        part = rows[at : at + 500]
        ids = [r.id for r in part]
        children = {model: _grouped(session, model, ids) for model in _CHILDREN}
        ctis = [r.code_cti for r in part if r.code_cti]
        codes = {c.cti: c for c in session.scalars(select(CodeRow).where(CodeRow.cti.in_(ctis)))} if ctis else {}
        out += [_inspection(r, children, codes) for r in part]
    return out


def _grouped(session: Session, model: Any, ids: list[str]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {i: [] for i in ids}
    query = select(model).where(model.inspection.in_(ids)).order_by(model.inspection, model.position)
    for row in session.scalars(query.execution_options(populate_existing=True)):
        grouped[row.inspection].append(row)
    return grouped


def _inspection(row: InspectionRow, children: dict[Any, dict[str, list[Any]]], codes: dict[str, CodeRow]) -> Inspection:
    items = children[InspectionItem][row.id]
    return Inspection(
        **{name: getattr(row, name) for name in _PLAIN_FIELDS},
        units=tuple(u.unit for u in children[InspectionUnit][row.id]),
        items=tuple(i.item for i in items),
        officers=tuple(OfficerOnVisit(o.certificate_no, o.name, o.unit) for o in children[InspectionOfficer][row.id]),
        results=tuple(Result(i.item, i.outcome, i.note) for i in items if i.outcome),
        code=_code(codes[row.code_cti]) if row.code_cti else None,
        invitations=tuple(invitation_of(i) for i in children[InspectionInvitation][row.id]),
    )


def _code(row: CodeRow) -> CodeVersion:
    return CodeVersion(row.cti, row.version, row.kid, row.short_code, row.issued_at, row.not_before, row.expires_at)
