"""The visits that count, as the rules see them, read by columns: one statement for many, no whole inspections built.

Units, officers and items of a visit come with its row as one text each. A district has few of these texts, so each is read
once.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from app.domain.flags.facts import Visit
from app.domain.inspections import COMPLETED, Invitation
from app.store import inspections as inspection_store
from app.store.models import (
    CodeRow,
    InspectionInvitation,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
)
from app.store.prepared import Prepared, connection_of

CHUNK = 500
BETWEEN = "\x1f"  # a position and its value, an item and its outcome


class RegisteredRow(NamedTuple):
    """The columns that rules over one visit read; app.domain.flags.facts.Registered."""

    kind: str
    state: str
    imported: bool
    mirrored: bool
    surprise: bool
    plan_code: str | None
    clue_no: str | None
    exception: str | None
    place_region: str | None
    self_scanned: bool
    device_enterprises: int | None
    applied_at: datetime
    decided_at: datetime | None
    window_end: datetime
    first_seen_at: datetime | None
    first_arrive_at: datetime | None
    enterprise_arrived_at: datetime | None
    served_at: datetime | None
    ended_at: datetime | None
    result_recorded_at: datetime | None
    code_issued_at: datetime | None
    items: tuple[str, ...]
    invitations: tuple[Invitation, ...] = ()


Seen = tuple[Visit, RegisteredRow | None]


def visits(
    session: Session, reference: Any, where: Sequence[ColumnElement[bool]], *, registered: bool = False
) -> list[Seen]:
    """The visits that `where` (over InspectionRow) selects among those that count, in no order.

    `registered`: with what the rules over one visit read. `reference` is a flag_facts.Reference.
    """
    query = _query(session.get_bind().dialect, registered).where(InspectionRow.counts, *where)
    return _visits(session, reference, connection_of(session).execute(query).all(), registered)


class Chosen:
    """The visits that a condition (over InspectionRow, with `bindparam`s) selects among those that count; asked often."""

    def __init__(self, *where: ColumnElement[bool], registered: bool = False) -> None:
        self.registered = registered
        self._rows = Prepared(lambda dialect: _query(dialect, registered).where(InspectionRow.counts, *where))

    def visits(self, session: Session, reference: Any, **values: Any) -> list[Seen]:
        """The same as `visits`, with what the condition left open."""
        return _visits(session, reference, self._rows.all(session, **values), self.registered)


def _visits(session: Session, reference: Any, rows: Sequence[Any], registered: bool) -> list[Seen]:
    found = [_seen(reference, registered, *row) for row in rows]
    if registered:
        joint = [at for at, (visit, _) in enumerate(found) if len(visit.units) > 1]
        invitations = _joined(session, [found[at][0].id for at in joint])
        for at in joint:
            visit, own = found[at]
            if own is not None and visit.id in invitations:
                found[at] = visit, own._replace(invitations=tuple(invitations[visit.id]))
    return found


def _seen(
    reference: Any, registered: bool, own_id: str, number: str, jurisdiction: str, enterprise: str, start: datetime,
    day: date, kind: str, cause: str | None, state: str, told: str | None, units_text: str, officers_text: str, items_text: str,
    *rest: Any,
) -> Seen:  # fmt: skip
    units = _listed(units_text)
    items, outcome = _items(items_text)
    visit = Visit(
        own_id, number, jurisdiction, enterprise, start, day, kind, cause, units, reference.supervised_of(units),
        _listed(officers_text), outcome or told, state == COMPLETED, reference.caps(items, day),
    )  # fmt: skip
    return visit, RegisteredRow._make((kind, state, *rest, items, ())) if registered else None


class Numbered(NamedTuple):
    """What an inspection of a number says, for comparing it with what is brought in under that number."""

    jurisdiction: str
    number: str
    imported: bool
    enterprise_id: str
    kind: str
    started_at: datetime | None
    ended_at: datetime | None
    cause: str | None
    clue_no: str | None
    outcome_told: str | None
    units: tuple[str, ...]
    officers: tuple[str, ...]
    items: tuple[str, ...]
    outcome: str | None


def numbered(session: Session, jurisdictions: Sequence[str], numbers: Sequence[str]) -> list[Numbered]:
    """The inspections that have some hundreds of numbers."""
    i = InspectionRow
    own = (i.jurisdiction, i.number, i.imported, i.enterprise_id, i.kind, i.started_at, i.ended_at, i.cause, i.clue_no)
    query = select(*own, i.outcome_told, *_beside(session.get_bind().dialect.name == "sqlite"))
    rows: Any = session.execute(query.where(i.jurisdiction.in_(jurisdictions), i.number.in_(numbers)))
    return [
        Numbered._make((*row, _listed(units), _listed(officers), *_items(items)))
        for *row, units, officers, items in rows
    ]


_VISIT = (
    InspectionRow.id, InspectionRow.number, InspectionRow.jurisdiction, InspectionRow.enterprise_id,
    InspectionRow.visit_start, InspectionRow.visit_day, InspectionRow.kind, InspectionRow.cause, InspectionRow.state,
    InspectionRow.outcome_told,
)  # fmt: skip
_REGISTERED = RegisteredRow._fields[2:-3]
# looked up for each visit: joined, PostgreSQL reads all codes there are for each stretch of a backtest
_ISSUED = select(CodeRow.issued_at).where(CodeRow.cti == InspectionRow.code_cti).scalar_subquery()


def _query(dialect: Any, registered: bool) -> Any:
    columns: list[Any] = [*_VISIT, *_beside(dialect.name == "sqlite")]
    if not registered:
        return select(*columns)
    columns += [getattr(InspectionRow, name) for name in _REGISTERED]
    return select(*columns, _ISSUED)


def _beside(is_sqlite: bool) -> tuple[Any, Any, Any]:
    """Units, officers and items (with their outcomes) of a visit, a text each."""
    with_outcome = InspectionItem.item + BETWEEN + func.coalesce(InspectionItem.outcome, "")
    return (
        _as_text(is_sqlite, InspectionUnit, InspectionUnit.unit),
        _as_text(is_sqlite, InspectionOfficer, InspectionOfficer.certificate_no),
        _as_text(is_sqlite, InspectionItem, with_outcome),
    )


def _as_text(is_sqlite: bool, model: Any, value: Any) -> Any:
    """The values of a visit's children as one JSON list, each behind its position: a database lists them as it likes."""
    placed = cast(model.position, String) + BETWEEN + value
    listed: Any = func.json_group_array(placed) if is_sqlite else cast(func.json_agg(placed), String)
    return select(listed).where(model.inspection == InspectionRow.id).correlate(InspectionRow).scalar_subquery()


@lru_cache(maxsize=50_000)
def _listed(text: str | None) -> tuple[str, ...]:
    """The values in the order of their positions."""
    placed = [value.split(BETWEEN, 1) for value in json.loads(text or "[]")]
    return tuple(value for _, value in sorted(placed, key=lambda pair: int(pair[0])))


@lru_cache(maxsize=50_000)
def _items(text: str | None) -> tuple[tuple[str, ...], str | None]:
    """The items, and the outcome of the whole visit."""
    pairs = [value.rsplit(BETWEEN, 1) for value in _listed(text)]
    outcomes = {outcome for _, outcome in pairs}
    return tuple(item for item, _ in pairs), worst(outcomes)


def worst(outcomes: Iterable[str | None]) -> str | None:
    """The outcome of a visit from those of its items."""
    return next((o for o in ("problem_found", "no_problem") if o in outcomes), None)


def _joined(session: Session, ids: Sequence[str]) -> dict[str, list[Invitation]]:
    """The invitations that joint visits came from."""
    found: dict[str, list[Invitation]] = defaultdict(list)
    for at in range(0, len(ids), CHUNK):
        of_these = InspectionInvitation.inspection.in_(ids[at : at + CHUNK])
        query = select(InspectionInvitation).where(of_these)
        for row in session.scalars(query.order_by(InspectionInvitation.inspection, InspectionInvitation.position)):
            found[row.inspection].append(inspection_store.invitation_of(row))
    return found
