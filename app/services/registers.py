"""The registers that rules read (items, certificates, settings, keys …): every change of a row is a fact.

A row itself tells nothing about when it came to be what it is. So whoever adds, changes or removes one calls `record`
or `removed` in the same transaction: the fact holds the whole row, its leaf enters the log, and `log verify` compares
each row with the newest fact about it (app.services.auditing.register_audit).

The subject of such a fact is (table, primary key). Kinds: `register.changed`, `register.removed`, and once for each
table `register.begun`, with `register.adopted` for each row that was there before changes were facts.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select

from app.domain.actors import SYSTEM, Actor
from app.domain.facts import Fact
from app.domain.times import rfc3339
from app.services.flagging import flag_registers
from app.store.models import (
    ApiToken,
    Base,
    CalendarDay,
    Certificate,
    CertificateSuspension,
    Deputy,
    DoNotDisturb,
    Enterprise,
    EnterpriseCode,
    EnterpriseRecord,
    FactRow,
    Item,
    ItemPoint,
    ItemTerm,
    JurisdictionSetting,
    LogWitness,
    NationalCode,
    Officer,
    OfficerConflict,
    OfficeSubject,
    PaperSetting,
    Passkey,
    Policy,
    Proposal,
    Region,
    RegionPlace,
    RoleAssignment,
    SecondFactor,
    Unit,
    UnitKey,
    UnitTerritory,
    User,
)
from app.store.unit_of_work import UnitOfWork

# Whoever adds a table that a rule, a permission or a verdict rests on adds it here.
REGISTERS: tuple[type[Base], ...] = (
    Region, Unit, UnitTerritory, Item, ItemTerm, JurisdictionSetting, CalendarDay, Policy, Officer, Certificate,
    CertificateSuspension, OfficerConflict, DoNotDisturb, Enterprise, EnterpriseRecord, EnterpriseCode,
    RoleAssignment, Deputy, UnitKey, LogWitness, PaperSetting, ItemPoint, RegionPlace,
    NationalCode,
    User, ApiToken, SecondFactor, Proposal, Passkey, OfficeSubject,
)  # fmt: skip
# Sealed keys are no part of the record; a compared address only follows from the address.
LEFT_OUT = {
    (UnitKey, "private"),
    (Enterprise, "address_key"),
    (SecondFactor, "last_step"),
    (ApiToken, "last_used_at"),
    (Passkey, "sign_count"),
    (Passkey, "last_used_at"),
}
HASHED = {(User, "password_hash")}  # and all bytes: a fact tells that a secret was exchanged, not which it is
SHORTER = {"certificate_suspensions": "suspensions", "jurisdiction_settings": "settings"}  # a kind has 20 characters
CHANGED, REMOVED, ADOPTED, BEGUN = "register.changed", "register.removed", "register.adopted", "register.begun"
OF_ROWS = (CHANGED, REMOVED, ADOPTED)
AT_ONCE = 5000


def record(work: UnitOfWork, actor: Actor, jurisdiction: str, rows: Sequence[Base]) -> None:
    """One fact for each ORM row that was added or changed, as it stands now. Call it after the flush.

    Raises KeyError for a row of a table that is not in REGISTERS.
    """
    _store(work, CHANGED, actor, jurisdiction, [(type(row), canonical_row(row)) for row in rows])


def removed(work: UnitOfWork, actor: Actor, jurisdiction: str, rows: Sequence[Base]) -> None:
    """One fact for each ORM row that was or will be deleted in this transaction, with what it said."""
    _store(work, REMOVED, actor, jurisdiction, [(type(row), canonical_row(row)) for row in rows])


def insert_many(
    work: UnitOfWork, actor: Actor, jurisdiction: str, model: type[Base], values: Sequence[Mapping[str, Any]]
) -> None:
    """Stores many new rows with their facts, in a few statements. What `values` leave out is None or the default."""
    key = key_column(model)
    for at in range(0, len(values), AT_ONCE):
        part: list[dict[str, Any]] = [dict(row) for row in values[at : at + AT_ONCE]]
        if key not in part[0]:
            for row, value in zip(part, work.next_ids(model, len(part)), strict=True):
                row[key] = value
        work.insert_rows(model, part)
        said = [{name: _said(model, name, row.get(name, default)) for name, default in columns(model)} for row in part]
        _store(work, CHANGED, actor, jurisdiction, [(model, body) for body in said])


def adopt(work: UnitOfWork) -> list[str]:
    """Once in the life of each table: one fact for every row that is there already; what was done, in words.

    What is slipped in by SQL afterwards is not adopted: a table begins only once.
    """
    begun, done = set(begun_registers(work)), []
    for model in REGISTERS:
        if subject_kind(model) in begun:
            continue
        count = 0
        for rows in _all_rows(work, model):
            unknown = _without_facts(work, model, [canonical_row(row) for row in rows])
            _store(work, ADOPTED, SYSTEM, work.default_jurisdiction, [(model, body) for body in unknown])
            count += len(unknown)
        subject = ("registers", subject_kind(model))
        work.store_fact(work.fact(BEGUN, subject, {"adopted": count}, SYSTEM, work.default_jurisdiction))
        if count:
            done.append(f"recorded {count} rows of {model.__tablename__} that were there before")
    return done


def begun_registers(work: UnitOfWork) -> list[str]:
    """The subject kinds of the tables whose rows are facts from some day on."""
    begun = select(FactRow.subject_id).where(FactRow.subject_kind == "registers", FactRow.kind == BEGUN)
    return list(work.session.scalars(begun))


def subject_kind(model: type[Base]) -> str:
    """What facts about rows of this table call it."""
    return str(SHORTER.get(model.__tablename__, model.__tablename__))


def subject_id(model: type[Base], body: Mapping[str, Any]) -> str:
    """The primary key as text; its SHA-256 where it is longer than a subject may be."""
    key: str = str(body[key_column(model)])
    return key if len(key) <= 64 else hashlib.sha256(key.encode()).hexdigest()


def canonical_row(row: Base) -> dict[str, Any]:
    """All columns of an ORM row as a fact holds them: dates and times as text, no secrets."""
    return {name: _said(type(row), name, getattr(row, name)) for name, _ in columns(type(row))}


_COLUMNS: dict[type[Base], list[tuple[str, Any]]] = {}


def columns(model: type[Base]) -> list[tuple[str, Any]]:
    """Names of the recorded columns of a table, each with the value that it has where nobody gave one."""
    if model not in _COLUMNS:
        if model not in REGISTERS:
            raise KeyError(f"{model.__tablename__} is not in REGISTERS")
        _COLUMNS[model] = [
            (column.key, getattr(column.default, "arg", None) if column.default and column.default.is_scalar else None)
            for column in inspect(model).columns
            if (model, column.key) not in LEFT_OUT
        ]
    return _COLUMNS[model]


def key_column(model: type[Base]) -> str:
    (key,) = inspect(model).primary_key
    return str(key.key)


def _said(model: type[Base], name: str, value: Any) -> Any:
    if isinstance(value, bytes) or (model, name) in HASHED:
        return hashlib.sha256(value if isinstance(value, bytes) else str(value).encode()).hexdigest()
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _store(
    work: UnitOfWork, kind: str, actor: Actor, jurisdiction: str, rows: Sequence[tuple[type[Base], dict[str, Any]]]
) -> None:
    def fact(model: type[Base], body: dict[str, Any]) -> Fact:
        return work.fact(kind, (subject_kind(model), subject_id(model, body)), body, actor, jurisdiction)

    for at in range(0, len(rows), AT_ONCE):
        work.store_facts([fact(model, body) for model, body in rows[at : at + AT_ONCE]])
    if kind in (CHANGED, REMOVED):
        flag_registers.after(work, rows)


def _all_rows(work: UnitOfWork, model: type[Base]) -> Iterator[list[Base]]:
    key = getattr(model, key_column(model))
    rows = list(work.session.scalars(select(model).order_by(key).limit(AT_ONCE)))
    while rows:
        yield rows
        after = getattr(rows[-1], key_column(model))
        rows = list(work.session.scalars(select(model).where(key > after).order_by(key).limit(AT_ONCE)))


def _without_facts(work: UnitOfWork, model: type[Base], bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of which no fact speaks: a newer release may record changes before it is initialised."""
    if not bodies:
        return bodies
    query = select(FactRow.subject_id).where(FactRow.subject_kind == subject_kind(model), FactRow.kind.in_(OF_ROWS))
    known = set(work.session.scalars(query))
    return [body for body in bodies if subject_id(model, body) not in known]
