"""Inspections in the database: the domain's Inspection in and out, rows nowhere else."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, literal_column, null, select, union_all
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from app.domain.enterprises import address_key
from app.domain.errors import Refused
from app.domain.inspections import CodeVersion, Inspection, Invitation, OfficerOnVisit, Result
from app.domain.joint import officers_of
from app.domain.times import shanghai_day
from app.store.models import (
    CodeRow,
    Enterprise,
    InspectionInvitation,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
)
from app.store.models.base import table_of
from app.store.prepared import Prepared, insert_into

LONGEST_KEY = 100
AT_ONCE = 500
_CHILD_FIELDS = {"units", "items", "officers", "code", "results", "invitations"}
_PLAIN_FIELDS = tuple(f.name for f in fields(Inspection) if f.name not in _CHILD_FIELDS)


def get(session: Session, inspection_id: str, *, lock: bool = False) -> Inspection | None:
    """The current state, locked until the end of the transaction where asked (PostgreSQL)."""
    if lock and session.get_bind().dialect.name == "postgresql":
        _LOCKING.all(session, id=inspection_id)  # what is read next was committed before
    found = _assemble(session, _ONE.all(session, id=inspection_id))
    return found[0] if found else None


class Holder(NamedTuple):
    """The enterprise that an inspection is of, by name."""

    name: str
    uscc: str | None


def by_code(session: Session, cti: str, *, lock: bool = False) -> tuple[bytes, Inspection, Holder] | None:
    """The token of an issued code as it was signed, and its inspection as it stands, locked where asked (PostgreSQL)."""
    if lock and session.get_bind().dialect.name == "postgresql":
        _LOCKING_CODE.all(session, cti=cti)
    row = _BY_CODE.first(session, cti=cti)
    return (row.token, _assemble(session, [row])[0], Holder(row.holder, row.uscc)) if row else None


def get_many(session: Session, ids: Iterable[str]) -> list[Inspection]:
    """The current states of `ids` in that order; unknown ids are left out."""
    wanted = list(dict.fromkeys(ids))
    rows = {r.id: r for r in _MANY.all(session, ids=wanted)} if wanted else {}
    return _assemble(session, [rows[i] for i in wanted if i in rows])


def of_enterprise(session: Session, enterprise_id: str, *where: Any) -> list[Inspection]:
    """All inspections of an enterprise that fulfil `where`, by visit start."""
    query = select(InspectionRow).where(InspectionRow.enterprise_id == enterprise_id, *where)
    return select_where(session, query.order_by(InspectionRow.visit_start, InspectionRow.number))


def select_where(session: Session, query: Any) -> list[Inspection]:
    """The inspections that a query over InspectionRow selects, in its order."""
    return _assemble(session, session.execute(query.with_only_columns(*_COLUMNS)).all())


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
    insert_into(session, InspectionRow, [_columns(i) | {"revision": 1} for i in inspections])
    for model, rows in _children(inspections).items():
        if rows:
            insert_into(session, model, rows)


def save(session: Session, before: Inspection, after: Inspection) -> None:
    """Stores what changed. Raises Refused("changed_meanwhile") when the row is no longer as `before`."""
    old, new = _columns(before), _columns(after)
    changed = {name: value for name, value in new.items() if old[name] != value}
    said = {f"new_{name}": value for name, value in changed.items()}
    was = {f"was_{name}": old[name] for name in _GUARDS}
    if _change(tuple(changed)).run(session, own_id=before.id, **said, **was) != 1:
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
                insert_into(session, model, rows)


def differences(one: Inspection, other: Inspection) -> list[str]:
    """The names of the fields in which two states differ."""
    return [f.name for f in fields(Inspection) if getattr(one, f.name) != getattr(other, f.name)]


# What guards against a concurrent change: the state and the marks that facts set once.
_GUARDS = (
    "state", "code_cti", "first_arrive_at", "officer_scanned_at", "result_recorded_at", "amendments", "pending_amendment",
)  # fmt: skip


@cache
def _change(names: tuple[str, ...]) -> Prepared:
    """An inspection's row with new values in these columns, where it still is as it was in _GUARDS."""
    unchanged = [_T[name].is_not_distinct_from(bindparam(f"was_{name}")) for name in _GUARDS]
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    change = sql_update(_T.id.table).where(_T.id == bindparam("own_id"), *unchanged)
    return Prepared(change.values(**values, revision=_T.revision + 1))


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


def _assemble(session: Session, rows: Sequence[Any]) -> list[Inspection]:
    """Domain objects for rows of _COLUMNS: two more queries however many rows there are (per 500), three where units were
    invited; none for codes that the rows bring along."""
    out: list[Inspection] = []
    for at in range(0, len(rows), AT_ONCE):
        part = rows[at : at + AT_ONCE]
        children = _children_of(session, [r.id for r in part])
        codes = _codes_of(session, part)
        out += [_inspection(r, children[r.id], codes) for r in part]
    return out


@dataclass(slots=True)
class Beside:
    """The rows beside one inspection in the order of their positions: `a` names, `b` and `c` are what stands with the name."""

    units: list[Any] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    officers: list[Any] = field(default_factory=list)
    invitations: list[InspectionInvitation] = field(default_factory=list)


def _children_of(session: Session, ids: list[str]) -> dict[str, Beside]:
    grouped = {i: Beside() for i in ids}
    invited = []
    for row in _BESIDE.all(session, ids=ids):
        if row.which == _INVITED:
            invited.append(row.inspection)
        else:
            getattr(grouped[row.inspection], row.which).append(row)
    if invited:
        query = select(InspectionInvitation).where(InspectionInvitation.inspection.in_(set(invited)))
        ordered = query.order_by(InspectionInvitation.inspection, InspectionInvitation.position)
        for invitation in session.scalars(ordered.execution_options(populate_existing=True)):
            grouped[invitation.inspection].invitations.append(invitation)
    return grouped


def _codes_of(session: Session, rows: Sequence[Any]) -> dict[str, Any]:
    """The code that each row names: from the row itself where it was joined, else by one query."""
    ctis = [r.code_cti for r in rows if r.code_cti]
    if not ctis:
        return {}
    if "code_version" in rows[0]._fields:
        return {r.code_cti: r for r in rows if r.code_cti}
    return {row.code_cti: row for row in _CODES.all(session, ctis=ctis)}


def _inspection(row: Any, beside: Beside, codes: Mapping[str, Any]) -> Inspection:
    return Inspection(
        **dict(zip(_PLAIN_FIELDS, row, strict=False)),
        units=tuple(u.a for u in beside.units),
        items=tuple(i.a for i in beside.items),
        officers=tuple(OfficerOnVisit(o.a, o.b, o.c) for o in beside.officers),
        results=tuple(Result(i.a, i.b, i.c) for i in beside.items if i.b),
        code=_code(codes[row.code_cti]) if row.code_cti else None,
        invitations=tuple(invitation_of(i) for i in beside.invitations),
    )


def _code(row: Any) -> CodeVersion:
    return CodeVersion(
        row.code_cti, row.code_version, row.code_kid, row.code_short, row.code_issued_at, row.code_from, row.code_until
    )


# The statements of every page and every step, made once and over tables, not objects: SQLAlchemy keeps what it compiled
# beside them, and building, compiling and filling objects took ten times as long as the database did.
_INVITED = "invitations"
_T, _CODE, _HOLDER = table_of(InspectionRow).c, table_of(CodeRow).c, table_of(Enterprise).c
_OWN = table_of(CodeRow).alias()  # the code that an inspection names; another of the same inspection may be presented
_COLUMNS = (*(_T[name] for name in _PLAIN_FIELDS), _T.code_cti)


def _named(code: Any) -> tuple[Any, ...]:
    return (
        code.version.label("code_version"), code.kid.label("code_kid"), code.short_code.label("code_short"),
        code.issued_at.label("code_issued_at"), code.not_before.label("code_from"),
        code.expires_at.label("code_until"),
    )  # fmt: skip


def _beside() -> Any:
    """Units, items, officers and the mark of an invitation, as rows of one shape."""

    def part(which: str, model: Any, *names: str) -> Any:
        own = table_of(model).c
        shaped = [*(own[name] for name in names), *[null()] * (3 - len(names))]
        named = [column.label(name) for name, column in zip("abc", shaped, strict=True)]
        found = select(literal_column(f"'{which}'").label("which"), own.inspection, own.position, *named)
        return found.where(own.inspection.in_(bindparam("ids", expanding=True)))

    parts = union_all(
        part("units", InspectionUnit, "unit"),
        part("items", InspectionItem, "item", "outcome", "note"),
        part("officers", InspectionOfficer, "certificate_no", "name", "unit"),
        part(_INVITED, InspectionInvitation),
    )
    return parts.order_by(literal_column("2"), literal_column("3"))


_SHOWN = select(*_COLUMNS, *_named(_OWN.c)).outerjoin_from(_T.id.table, _OWN, _OWN.c.cti == _T.code_cti)
_ONE = Prepared(_SHOWN.where(_T.id == bindparam("id")))
_BY_CODE = Prepared(
    _SHOWN.add_columns(_CODE.token, _HOLDER.name.label("holder"), _HOLDER.uscc)
    .join(table_of(CodeRow), _CODE.inspection == _T.id)
    .join(table_of(Enterprise), _HOLDER.id == _T.enterprise_id)
    .where(_CODE.cti == bindparam("cti"))
)
_LOCKING_CODE = Prepared(
    select(_T.id)
    .join(table_of(CodeRow), _CODE.inspection == _T.id)
    .where(_CODE.cti == bindparam("cti"))
    .with_for_update(of=_T.id.table)
)
_LOCKING = Prepared(select(_T.id).where(_T.id == bindparam("id")).with_for_update())
_MANY = Prepared(_SHOWN.where(_T.id.in_(bindparam("ids", expanding=True))))
_CODES = Prepared(
    select(_CODE.cti.label("code_cti"), *_named(_CODE)).where(_CODE.cti.in_(bindparam("ctis", expanding=True)))
)
_BESIDE = Prepared(_beside())
