"""The rows of the registers, held against the newest fact about each: changed, removed and added ones are named."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.times import rfc3339
from app.services.auditing.audit_facts import CHUNK, MISFITS, Found, fitting, why
from app.services.auditing.state_audit import in_chunks
from app.services.registers import BEGUN, OF_ROWS, REGISTERS, REMOVED, canonical_row, columns, key_column
from app.services.registers import subject_id as id_of
from app.services.registers import subject_kind as kind_of
from app.store.models import Base, FactRow

SHOWN = 40
NAMING = ("code", "item", "unit", "certificate_no", "key", "day", "name", "valid_from")


def register_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every row that is not as it was last recorded."""
    begun = set(session.scalars(select(FactRow.subject_id).where(FactRow.kind == BEGUN)))
    for model in REGISTERS:
        table = model.__tablename__
        for chunk in in_chunks(_newest(session, model)):
            yield from _compare_all(session, model, chunk)
        if kind_of(model) in begun:
            yield from _added(session, model)
        else:
            text = f"the rows of {table} were never taken into the record: run 'flask --app wsgi init'"
            yield "register_not_begun", table, "", text


def _newest(session: Session, model: type[Base]) -> Iterator[FactRow]:
    """The newest fact about each row that ever was."""
    query = select(FactRow).where(FactRow.subject_kind == kind_of(model), FactRow.kind.in_(OF_ROWS))
    facts = session.scalars(query.order_by(FactRow.subject_id, FactRow.seq).execution_options(yield_per=CHUNK))
    for _, same in groupby(facts, key=lambda fact: fact.subject_id):
        yield list(same)[-1]


def _compare_all(session: Session, model: type[Base], facts: list[FactRow]) -> Iterator[Found]:
    said = []
    for fact in facts:
        try:
            body = json.loads(fact.body)
            hash(body[key_column(model)])
            said.append((fact, body))
        except MISFITS as error:
            text = f"the fact about {model.__tablename__} {fact.subject_id} cannot be read: {why(error)}"
            yield "facts_broken", model.__tablename__, fact.subject_id, text
    rows = _rows(session, model, [body[key_column(model)] for _, body in said])
    for fact, body in said:
        row = rows.get(body[key_column(model)])
        yield from fitting(model.__tablename__, fact.subject_id, _compare, model, fact, body, row)


def _rows(session: Session, model: type[Base], keys: list[Any]) -> dict[Any, Base | Exception]:
    """The rows of these keys. One whose columns cannot even be read is given as the error."""
    key = getattr(model, key_column(model))
    try:
        return {getattr(row, key.key): row for row in session.scalars(select(model).where(key.in_(keys)))}
    except (ValueError, TypeError) as error:
        if len(keys) == 1:
            return {keys[0]: error}
        return {k: row for one in keys for k, row in _rows(session, model, [one]).items()}


def _compare(model: type[Base], fact: FactRow, body: dict[str, Any], row: Base | Exception | None) -> list[Found]:
    table, name = model.__tablename__, f"{model.__tablename__} {fact.subject_id}{_called(body)}"
    last = f"last recorded {rfc3339(fact.recorded_at)} by {fact.recorded_by}"
    if fact.kind == REMOVED:
        text = f"{name} was removed ({last}) and is there again"
        return [("row_added", table, fact.subject_id, text)] if row is not None else []
    if row is None:
        return [("row_removed", table, fact.subject_id, f"{name} is gone ({last})")]
    if isinstance(row, Exception):
        return [("row_changed", table, fact.subject_id, f"{name} cannot be read: {row} ({last})")]
    stands = canonical_row(row)
    expected = {column: body.get(column, default) for column, default in columns(model)}
    changed = [f"{c}: {_shown(expected[c])} → {_shown(stands[c])}" for c in stands if stands[c] != expected[c]]
    if not changed:
        return []
    return [("row_changed", table, fact.subject_id, f"{name} was changed: {', '.join(changed)} ({last})")]


def _added(session: Session, model: type[Base]) -> Iterator[Found]:
    """Rows of which no fact speaks."""
    key = getattr(model, key_column(model))
    keys = session.scalars(select(key).order_by(key).execution_options(yield_per=CHUNK))
    for chunk in in_chunks(keys):
        wanted = {id_of(model, {key.key: value}): value for value in chunk}
        query = select(FactRow.subject_id).where(
            FactRow.subject_kind == kind_of(model), FactRow.subject_id.in_(wanted), FactRow.kind.in_(OF_ROWS)
        )
        for subject in wanted.keys() - set(session.scalars(query)):
            text = f"{model.__tablename__} {subject} was never recorded: somebody added it past the platform"
            yield "row_added", model.__tablename__, subject, text


def _called(body: dict[str, Any]) -> str:
    """What people would call the row by."""
    words = [str(body[name]) for name in NAMING if body.get(name)]
    return f" ({', '.join(words[:2])})" if words else ""


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
