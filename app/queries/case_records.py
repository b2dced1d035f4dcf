"""The reconciliation for reading: figures by source and unit, the lists, and a record beside what may explain it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.enterprises import normalise_name
from app.domain.flags.policy import policy_on
from app.domain.reconciliation import RULE, STATES, similarity
from app.queries.paging import page
from app.store.case_records import parts
from app.store.models import CaseRecord, Enterprise, FindingRow, InspectionRow, InspectionUnit, Unit
from app.store.reference import current

BESIDE = 8  # as many candidates as a person compares
SCANNED = 2000  # visits of one unit within ± D that are compared by name


@dataclass(frozen=True, slots=True)
class Line:
    """How many records of a source and unit stand where."""

    source: str
    unit: str | None
    counts: Mapping[str, int]

    @property
    def received(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Candidate:
    """An inspection beside a record. `alike` 0–100: how alike the two names are."""

    row: InspectionRow
    enterprise: Enterprise
    units: tuple[str, ...]
    alike: int
    same_address: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with what stands beside it."""

    row: CaseRecord
    enterprise: Enterprise | None
    inspection: InspectionRow | None
    candidates: tuple[Candidate, ...]
    flag: FindingRow | None


def figures(session: Session, actor: Actor, filters: Mapping[str, str]) -> list[Line]:
    """Received, matched, doubtful and unmatched, by source and unit."""
    columns = (CaseRecord.source, CaseRecord.unit, CaseRecord.state)
    without_state = {name: value for name, value in filters.items() if name != "state"}
    query = select(*columns, func.count()).where(*where_of(actor, without_state)).group_by(*columns)
    found: dict[tuple[str, str | None], dict[str, int]] = {}
    for source, unit, state, count in session.execute(query):
        found.setdefault((source, unit), dict.fromkeys(STATES, 0))[state] = count
    return [Line(source, unit, counts) for (source, unit), counts in sorted(found.items(), key=lambda f: str(f[0]))]


def listed(
    session: Session, actor: Actor, filters: Mapping[str, str], cursor: str | None, limit: int
) -> tuple[list[CaseRecord], str | None]:
    """A page of records, newest received first. Filters: state, kind, unit, source, q (number, name or USCC)."""
    return page(session, filtered(actor, filters), CaseRecord.id, cursor, limit)


def filtered(actor: Actor, filters: Mapping[str, str]) -> Any:
    """The query of the list, without an order."""
    return select(CaseRecord).where(*where_of(actor, filters))


def shown(session: Session, row: CaseRecord) -> Shown:
    """One record with the inspections that may explain it, the likeliest first."""
    where = (FindingRow.rule == RULE, FindingRow.subject_kind == "case_record", FindingRow.subject_id == row.id)
    flag = session.scalar(select(FindingRow).where(*where, FindingRow.standing))
    enterprise = session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None
    inspection = session.get(InspectionRow, row.inspection_id) if row.inspection_id else None
    return Shown(row, enterprise, inspection, candidates(session, row), flag)


def candidates(session: Session, row: CaseRecord) -> tuple[Candidate, ...]:
    """Inspections within ± D: those of the enterprise, else the unit's own, by name and address."""
    days = policy_on(current(session).policies, row.jurisdiction, row.day).get(RULE, "days")
    near = (row.day - timedelta(days=days), row.day + timedelta(days=days))
    where = [InspectionRow.jurisdiction == row.jurisdiction, InspectionRow.visit_day.between(*near)]
    if row.enterprise_id:
        where.append(InspectionRow.enterprise_id == row.enterprise_id)
    elif row.unit:
        where.append(InspectionRow.id.in_(select(InspectionUnit.inspection).where(InspectionUnit.unit == row.unit)))
    else:
        where.append(or_(Enterprise.search == row.name_key, Enterprise.address_key == row.address_key))
    query = select(InspectionRow, Enterprise).join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
    pairs = [(i, e) for i, e in session.execute(query.where(*where).order_by(InspectionRow.id.desc()).limit(SCANNED))]
    scored = [
        (similarity(row.name_key or "", e.search), bool(row.address_key and e.address_key == row.address_key), i, e)
        for i, e in pairs
    ]
    kept = [s for s in scored if row.enterprise_id or s[0] >= 30 or s[1]]
    kept.sort(key=lambda s: (s[1], s[0], s[2].id), reverse=True)
    units = _units(session, [i.id for _, _, i, _ in kept[:BESIDE]])
    return tuple(Candidate(i, e, units.get(i.id, ()), alike, same) for alike, same, i, e in kept[:BESIDE])


def states(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Where records stand, by id."""
    query = select(CaseRecord.id, CaseRecord.state)
    return {i: s for part in parts(ids) for i, s in session.execute(query.where(CaseRecord.id.in_(part)))}


def unit_names(session: Session) -> dict[str, str]:
    return {unit.code: unit.name for unit in session.scalars(select(Unit).order_by(Unit.code))}


def _units(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    query = select(InspectionUnit).where(InspectionUnit.inspection.in_(ids)).order_by(InspectionUnit.position)
    found: dict[str, tuple[str, ...]] = {}
    for row in session.scalars(query):
        found[row.inspection] = (*found.get(row.inspection, ()), row.unit)
    return found


def where_of(actor: Actor, filters: Mapping[str, str]) -> list[Any]:
    """What narrows the list: the actor's regions, and the filters of `listed`."""
    where: list[Any] = [CaseRecord.jurisdiction.in_(actor.regions)]
    for name in ("state", "kind", "unit", "source"):
        if filters.get(name):
            where.append(getattr(CaseRecord, name) == filters[name])
    if filters.get("q"):
        text = filters["q"]
        like = CaseRecord.name_key.contains(normalise_name(text), autoescape=True)
        where.append(or_(CaseRecord.number == text, CaseRecord.uscc == text.upper(), like))
    return where
