"""Plans in the database: the domain's Plan in and out, rows nowhere else."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.plans import KeyEnterprise, Line, Plan
from app.store.models import Plan as Row
from app.store.models import PlanKeyEnterprise, PlanRow

_CHILDREN = {"lines", "keys", "authors"}
_PLAIN = tuple(f.name for f in fields(Plan) if f.name not in _CHILDREN)
_LINE = tuple(f.name for f in fields(Line))


def get(session: Session, plan_id: str, *, lock: bool = False) -> Plan | None:
    """The current state, locked until the end of the transaction where asked (PostgreSQL)."""
    query = select(Row).where(Row.id == plan_id)
    found = assemble(session, list(session.scalars(query.with_for_update() if lock else query)))
    return found[0] if found else None


def by_code(session: Session, jurisdiction: str, code: str, *, held: bool = False) -> Plan | None:
    """The plan of that code in a jurisdiction. `held`: it stays as it is until the transaction ends (PostgreSQL), so that
    a visit and a step of its plan at the same moment see each other."""
    return next((p for p in by_codes(session, [code], held=held) if p.jurisdiction == jurisdiction), None)


def by_codes(session: Session, codes: Collection[str], *, held: bool = False) -> list[Plan]:
    """The plans of some codes, in whatever jurisdiction; `held` as above."""
    if not codes:
        return []
    query = select(Row).where(Row.code.in_(codes)).order_by(Row.id)
    return assemble(session, list(session.scalars(query.with_for_update(read=True) if held else query)))


def assemble(session: Session, rows: Sequence[Row]) -> list[Plan]:
    """The plans of `rows` with their lines and key enterprises: two queries however many there are."""
    ids = [row.id for row in rows]
    lines: dict[str, list[Line]] = {i: [] for i in ids}
    for row in session.scalars(select(PlanRow).where(PlanRow.plan.in_(ids)).order_by(PlanRow.plan, PlanRow.position)):
        lines[row.plan].append(Line(**{name: getattr(row, name) for name in _LINE}))
    keys: dict[str, list[KeyEnterprise]] = {i: [] for i in ids}
    wanted = select(PlanKeyEnterprise).where(PlanKeyEnterprise.plan.in_(ids)).order_by(PlanKeyEnterprise.id)
    for key in session.scalars(wanted):
        keys[key.plan].append(KeyEnterprise(key.enterprise, key.valid_from, key.valid_until))
    return [
        Plan(
            **{name: getattr(row, name) for name in _PLAIN},
            authors=tuple(row.authors.split("\n")) if row.authors else (),
            lines=tuple(lines[row.id]),
            keys=tuple(keys[row.id]),
        )
        for row in rows
    ]


def add(session: Session, plan: Plan) -> None:
    """Stores a new plan. IntegrityError where its code exists in the jurisdiction."""
    session.execute(insert(Row).values(**_columns(plan)))
    _add_children(session, plan, lines=True, keys=True)


def save(session: Session, before: Plan, after: Plan) -> None:
    """Stores what changed. Raises Refused("changed_meanwhile") when the row is no longer as `before`."""
    statement = update(Row).where(Row.id == before.id, Row.revision == before.revision).values(**_columns(after))
    result = session.execute(statement.execution_options(synchronize_session=False))
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("changed_meanwhile")
    lines, keys = before.lines != after.lines, before.keys != after.keys
    if lines:
        session.execute(delete(PlanRow).where(PlanRow.plan == after.id))
    if keys:
        session.execute(delete(PlanKeyEnterprise).where(PlanKeyEnterprise.plan == after.id))
    _add_children(session, after, lines=lines, keys=keys)


def differences(one: Plan, other: Plan) -> list[str]:
    """The names of the fields in which two states differ; the order of key enterprises means nothing."""

    def value(plan: Plan, name: str) -> Any:
        return set(plan.keys) if name == "keys" else getattr(plan, name)

    return [f.name for f in fields(Plan) if value(one, f.name) != value(other, f.name)]


def _columns(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in _PLAIN} | {"authors": "\n".join(plan.authors)}


def _add_children(session: Session, plan: Plan, *, lines: bool, keys: bool) -> None:
    if lines and plan.lines:
        session.execute(insert(PlanRow), list(_line_rows(plan)))
    if keys and plan.keys:
        rows = [
            {"plan": plan.id, "enterprise": k.enterprise, "valid_from": k.valid_from, "valid_until": k.valid_until}
            for k in plan.keys
        ]
        session.execute(insert(PlanKeyEnterprise), rows)


def _line_rows(plan: Plan) -> Iterable[dict[str, Any]]:
    for position, line in enumerate(plan.lines, start=1):
        yield {"plan": plan.id, "position": position, **{name: getattr(line, name) for name in _LINE}}
