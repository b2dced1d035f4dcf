"""Use cases of the connector: a page of visits, what was refused before, registers. Each is one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from app.domain import plans as plan_domain
from app.domain.actors import SYSTEM
from app.domain.errors import DomainError, Invalid
from app.domain.facts import canonical_json
from app.domain.plans import Content, Dates, Line
from app.services.connector import mirroring
from app.services.connector.reading import is_theirs, visit
from app.services.imports import plans as plan_import
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Bad, Outcome, Row
from app.services.imports.tables import read_table
from app.services.planning import plans
from app.store import plans as plan_store
from app.store import registry
from app.store.models import Connector, ConnectorRefusal, Unit
from app.store.unit_of_work import UnitOfWork

RETRIED_AT_ONCE = 200
VISIT = "visits"
REFUSALS_KEPT = timedelta(days=180)


@dataclass(slots=True)
class Counts:
    """What came of visits or rows."""

    taken: int = 0
    unchanged: int = 0
    refused: int = 0

    def add(self, other: "Counts") -> None:
        self.taken += other.taken
        self.unchanged += other.unchanged
        self.refused += other.refused


def state(work: UnitOfWork, system: str) -> Connector:
    """How far a system was read; the row is made at first use."""
    work.lock(f"connector:{system}")
    row = work.session.get(Connector, system)
    if row is None:
        row = Connector(system=system)
        work.session.add(row)
        work.session.flush()
    return row


def take_visits(work: UnitOfWork, system: str, visits: Sequence[Any], cursor: str) -> Counts:
    """Takes a page of visits and moves the cursor behind it. What cannot be taken is kept with its reason and tried again."""
    counts = Counts()
    for said in visits:
        _take(work, system, said, counts)
    state(work, system).cursor = cursor
    return counts


def retry(work: UnitOfWork, system: str) -> Counts:
    """Tries again what was refused, the longest untried first. What did not fit for half a year is forgotten."""
    old = (ConnectorRefusal.system == system, ConnectorRefusal.since < work.now - REFUSALS_KEPT)
    work.session.execute(delete(ConnectorRefusal).where(*old))
    query = select(ConnectorRefusal).where(ConnectorRefusal.system == system, ConnectorRefusal.kind == VISIT)
    rows = list(work.session.scalars(query.order_by(ConnectorRefusal.tried_at).limit(RETRIED_AT_ONCE)))
    counts = Counts()
    for row in rows:
        _take(work, system, json.loads(row.content), counts)
    return counts


def _take(work: UnitOfWork, system: str, said: Any, counts: Counts) -> None:
    if not is_theirs(said) and isinstance(said, Mapping):
        counts.unchanged += 1
        return
    number = said.get("number") if isinstance(said, Mapping) else None
    number = number if isinstance(number, str) and 0 < len(number) <= 100 else "—"
    try:
        told = visit(system, said)
        with work.session.begin_nested():
            came = mirroring.receive(work, told)
    except DomainError as error:
        field, code, data = (
            error.problems[0] if isinstance(error, Invalid) else (error.field or "", error.code, error.data)
        )
        counts.refused += 1
        _refuse(work, system, VISIT, number, said, (field, code, data))
        return
    _settled(work, system, VISIT, number)
    if came in (mirroring.ADDED, mirroring.UPDATED):
        counts.taken += 1
    else:
        counts.unchanged += 1


def _refuse(
    work: UnitOfWork, system: str, kind: str, number: str, said: Any, why: tuple[str, str, Mapping[str, Any]]
) -> None:
    where = (ConnectorRefusal.system == system, ConnectorRefusal.kind == kind, ConnectorRefusal.number == number)
    row = work.session.scalar(select(ConnectorRefusal).where(*where))
    if row is None:
        row = ConnectorRefusal(id=work.new_id(), system=system, kind=kind, number=number, since=work.now)
        work.session.add(row)
    row.content = json.dumps(said, ensure_ascii=False)
    row.field, row.code, row.data = why[0][:100], why[1][:60], canonical_json(_texts(why[2]))
    row.tried_at = work.now
    work.session.flush()


def _settled(work: UnitOfWork, system: str, kind: str, number: str) -> None:
    where = (ConnectorRefusal.system == system, ConnectorRefusal.kind == kind, ConnectorRefusal.number == number)
    work.session.execute(delete(ConnectorRefusal).where(*where))


def _texts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value)[:200] for name, value in data.items()}


def take_register(work: UnitOfWork, system: str, kind: str, said: Any) -> Counts:
    """Takes a register: rows as API v1 lists them, or the bytes of a table as `import` takes them.

    Good rows are stored, the others are kept with their reasons until the same register says otherwise.
    """
    work.session.execute(
        delete(ConnectorRefusal).where(ConnectorRefusal.system == system, ConnectorRefusal.kind == kind)
    )
    if kind == "plans":
        return _plans(work, system, said) if not isinstance(said, bytes) else _plan_table(work, system, said)
    try:
        rows = read_table(said, KINDS[kind].columns).rows if isinstance(said, bytes) else _rows(work, kind, said)
    except Invalid as error:
        _refuse(work, system, kind, "—", {}, error.problems[0])
        return Counts(refused=1)
    return _counted(work, system, kind, KINDS[kind].use_case(work, rows, lambda _: None, SYSTEM))


def _counted(work: UnitOfWork, system: str, kind: str, outcome: Outcome) -> Counts:
    for problem in outcome.errors:
        _refuse(work, system, kind, str(problem.row), {}, (problem.field, problem.reason, problem.data))
    return Counts(outcome.stored, outcome.unchanged, len(outcome.errors))


def _plan_table(work: UnitOfWork, system: str, data: bytes) -> Counts:
    try:
        return _counted(work, system, "plans", plan_import.import_plans(work, plan_import.read(data), lambda _: None))
    except (Invalid, Bad) as error:
        problem = error.problems[0] if isinstance(error, Invalid) else (error.field, error.reason, error.data)
        _refuse(work, system, "plans", "—", {}, problem)
        return Counts(refused=1)


FIELDS = {
    "units": ("code", "name", "level", "region", "role"),
    "items": ("code", "unit", "name", "basis", "yearly_cap", "published"),
    "officers": ("certificate_no", "name", "unit", "valid_from", "valid_until", "suspended_from", "suspended_until"),
}


def _rows(work: UnitOfWork, kind: str, said: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows of an interface as rows of a table. Units of the region and of what it lies in (the city's own bureaus inspect
    here, too); of another region's units and what belongs to them nothing is taken."""
    region = work.default_jurisdiction
    here = registry.regions_below(work.session, region) | registry.regions_above(work.session, region)
    known = set(work.session.scalars(select(Unit.code)))
    rows = []
    for n, one in enumerate(said):
        own = one.get("region") in here and one.get("role") == "inspecting" if kind == "units" else one["unit"] in known
        if own:
            rows.append(Row(n, {name: _cell(one.get(name)) for name in FIELDS[kind]}))
    return rows


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _plans(work: UnitOfWork, system: str, said: Sequence[Mapping[str, Any]]) -> Counts:
    """Plans as API v1 lists them: filed and published ones of units that are known here."""
    counts = Counts()
    for one in said:
        unit = work.session.get(Unit, one["unit"]["code"])
        if unit is None or one["state"] not in plan_domain.OPEN:
            continue
        try:
            with work.session.begin_nested():
                changed = _plan(work, unit, one)
        except (DomainError, KeyError, TypeError, ValueError) as error:
            counts.refused += 1
            why = ("", error.code, error.data) if isinstance(error, DomainError) else ("", "mirror_unread", UNREAD)
            _refuse(work, system, "plans", str(one.get("code"))[:100], {}, why)
            continue
        counts.taken += changed
        counts.unchanged += not changed
    return counts


UNREAD = {"name": "plan", "expected": "GET /api/v1/plans"}


def _plan(work: UnitOfWork, unit: Unit, said: Mapping[str, Any]) -> bool:
    jurisdiction = registry.jurisdiction_of(work.session, unit.region, None, work.default_jurisdiction)
    known = plan_store.by_code(work.session, jurisdiction, said["code"])
    lines = tuple(_line(row, said) for row in said["rows"])
    keys = known.content.keys if known else ()  # which key enterprises a plan names is not told
    content = Content(
        said["title"], said["kind"], _date(said["starts_on"]), _date(said["ends_on"]), lines, keys, said.get("note")
    )
    dates = Dates(*(_date(said.get(name)) for name in ("approved_on", "filed_on", "published_on")))
    return plans.bring(work, SYSTEM, unit.code, said["code"], content, dates, known=known) is not None


def _line(row: Mapping[str, Any], plan: Mapping[str, Any]) -> Line:
    """A row; days that are those of the plan are the plan's."""
    same = ("objects", "content", "way", "frequency", "cap", "timing", "office", "joint_role", "partners", "note")
    own = {name: _date(row.get(name)) if row.get(name) != plan.get(name) else None for name in ("starts_on", "ends_on")}
    share = row.get("share_percent")
    return Line(
        item=row["item"]["code"],
        basis=row.get("basis"),
        wanted=row.get("objects_wanted"),
        share=round(float(share) * 100) if share else None,
        starts_on=own["starts_on"],
        ends_on=own["ends_on"],
        **{name: row.get(name) for name in same},
    )


def _date(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None
