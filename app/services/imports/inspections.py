"""Importing visits registered elsewhere: one fact each, the rules over all of them, one transaction.

Unknown enterprises and officers are entered; a known one keeps its name. Unknown units and items are errors.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain import inspections as domain
from app.domain.actors import Actor
from app.domain.enterprises import normalise_name
from app.domain.facts import Fact
from app.domain.folding import evolve
from app.domain.inspections import Inspection
from app.domain.times import rfc3339, shanghai_day
from app.services import flags, registers
from app.services.enterprises import pinyin_initials
from app.services.imports.enterprises import checked_uscc
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, choice, limited, moment, required, short
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import Enterprise, EnterpriseRecord, InspectionRow, Item, Officer, Region, Unit
from app.store.unit_of_work import UnitOfWork

COLUMNS = ("number", "uscc", "enterprise_name", "unit", "kind", "started_at")
AT_ONCE = 2000


@dataclass(slots=True)
class _Known:
    """What is known before the file is read; grows as it is."""

    units: dict[str, Unit]
    items: set[str]
    officers: dict[str, Officer | None]
    enterprises: dict[str, tuple[str, str | None]]
    numbers: dict[tuple[str, str], str]
    districts: dict[str, str | None] = field(default_factory=dict)
    new_enterprises: list[dict[str, Any]] = field(default_factory=list)
    new_officers: list[dict[str, Any]] = field(default_factory=list)


def import_inspections(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor) -> Outcome:
    """Reads all rows, stores the good ones with their facts, and evaluates the rules once for all of them."""
    known = _load(work)
    problems: list[RowProblem] = []
    facts: list[Fact] = []
    unchanged = 0
    for row in rows:
        try:
            fact = _fact(work, known, row, problems, actor)
            if fact is None:
                unchanged += 1
            else:
                facts.append(fact)
        except Bad as bad:
            problems.append(bad.at(row))
        progress(1)
    _store_new(work, known, actor)
    imported: list[Inspection] = []
    for at in range(0, len(facts), AT_ONCE):
        part = facts[at : at + AT_ONCE]
        inspections = [evolve(None, fact) for fact in part]
        inspection_store.insert_many(work.session, inspections)
        work.store_facts(part)
        imported += inspections
    flags.after_import(work, imported)
    return Outcome(len(facts), unchanged, tuple(problems))


def _load(work: UnitOfWork) -> _Known:
    session = work.session
    enterprises = select(Enterprise.uscc, Enterprise.id, Enterprise.region).where(Enterprise.uscc.is_not(None))
    numbers = select(InspectionRow.jurisdiction, InspectionRow.number, InspectionRow.id)
    return _Known(
        units={u.code: u for u in session.scalars(select(Unit))},
        items=set(session.scalars(select(Item.code))),
        officers={o.certificate_no: o for o in session.scalars(select(Officer))},
        enterprises={str(uscc): (i, region) for uscc, i, region in session.execute(enterprises)},
        numbers={(j, n): i for j, n, i in session.execute(numbers)},
    )


def _fact(work: UnitOfWork, known: _Known, row: Row, problems: list[RowProblem], actor: Actor) -> Fact | None:
    """The fact of a row, or None where the same visit is there already. Raises Bad."""
    units, items = _units(known, row), _items(known, row)
    started, ended = moment(row, "started_at"), moment(row, "ended_at")
    if started is None:
        raise Bad("started_at", "cell_empty")
    if ended and ended < started:
        raise Bad("ended_at", "cell_ends_before_start")
    kind = choice(row, "kind", domain.KINDS)
    if kind is None:
        raise Bad("kind", "cell_empty")
    uscc = checked_uscc(row, problems)
    enterprise, region = _enterprise(work, known, row, uscc)
    jurisdiction = _jurisdiction(work, known, units[0], region)
    body = _body(known, row, units, items, started, ended or started)
    body |= {"kind": kind, "enterprise": enterprise, "applicant": actor.identity}
    number = body["number"]
    if (jurisdiction, number) in known.numbers:
        if _is_same(work, known.numbers[jurisdiction, number], body):
            return None
        raise Bad("number", "row_visit_differs", number=number)
    inspection_id = work.new_id()
    known.numbers[jurisdiction, number] = inspection_id
    return work.fact("inspection.imported", ("inspection", inspection_id), body, actor, jurisdiction, started)


def _body(
    known: _Known, row: Row, units: list[str], items: list[str], started: datetime, ended: datetime
) -> dict[str, Any]:
    outcome = choice(row, "outcome", ("no_problem", "problem_found"))
    officers = row.many("officers")
    for certificate in officers:
        if len(certificate) > 40:
            raise Bad("officers", "cell_too_long", length=len(certificate), most=40)
        if certificate not in known.officers:
            known.officers[certificate] = None
            known.new_officers.append({"certificate_no": certificate, "name": certificate, "unit": units[0]})
    return {
        "number": required(row, "number", 64),
        "cause": choice(row, "cause", domain.CAUSES),
        "clue_no": limited(row, "clue_no", 100),
        "units": units,
        "items": items,
        "officers": [_officer(known, certificate, units[0]) for certificate in officers],
        "window": {"start": rfc3339(started), "end": rfc3339(ended)},
        "started_at": rfc3339(started),
        "ended_at": rfc3339(ended),
        "results": [{"item": item, "outcome": outcome} for item in items] if outcome else [],
        "way": "on_site",
    }


def _officer(known: _Known, certificate: str, unit: str) -> dict[str, Any]:
    officer = known.officers.get(certificate)
    name, own = (officer.name, officer.unit) if officer else (None, unit)
    return {"certificate_no": certificate, "name": name, "unit": own}


def _units(known: _Known, row: Row) -> list[str]:
    units = list(dict.fromkeys([required(row, "unit", 64), *row.many("joint_units")]))
    for n, unit in enumerate(units):
        if unit not in known.units:
            raise Bad("joint_units" if n else "unit", "cell_unit", value=short(unit))
    return units


def _items(known: _Known, row: Row) -> list[str]:
    items = list(dict.fromkeys(row.many("items")))
    for item in items:
        if item not in known.items:
            raise Bad("items", "cell_item", value=short(item))
    return items


def _enterprise(work: UnitOfWork, known: _Known, row: Row, uscc: str) -> tuple[str, str | None]:
    if uscc not in known.enterprises:
        name = required(row, "enterprise_name")
        enterprise_id = work.new_id()
        known.enterprises[uscc] = (enterprise_id, None)
        known.new_enterprises.append({"id": enterprise_id, "uscc": uscc, "name": name})
    return known.enterprises[uscc]


def _jurisdiction(work: UnitOfWork, known: _Known, unit: str, enterprise_region: str | None) -> str:
    for region in (known.units[unit].region, enterprise_region):
        if region and region not in known.districts:
            known.districts[region] = registry.district_of(work.session, region)
        if region and known.districts[region]:
            return str(known.districts[region])
    return work.default_jurisdiction


def _is_same(work: UnitOfWork, inspection_id: str, body: dict[str, Any]) -> bool:
    """Whether the visit that has this number says the same."""
    stored = inspection_store.get(work.session, inspection_id)
    if stored is None:
        raise Bad("number", "row_number_twice", number=body["number"])
    return (
        stored.imported
        and stored.enterprise_id == body["enterprise"]
        and list(stored.units) == body["units"]
        and stored.kind == body["kind"]
        and stored.started_at is not None
        and rfc3339(stored.started_at) == body["started_at"]
    )


def _store_new(work: UnitOfWork, known: _Known, actor: Actor) -> None:
    today = shanghai_day(work.now)
    if known.new_enterprises:
        rows = [
            e
            | {"search": normalise_name(e["name"]), "initials": pinyin_initials(e["name"]), "first_known_at": work.now}
            for e in known.new_enterprises
        ]
        registers.insert_many(work, actor, work.default_jurisdiction, Enterprise, rows)
        records = [
            {"enterprise": e["id"], "uscc": e["uscc"], "name": e["name"], "valid_from": today, "source": "import"}
            | {"recorded_at": work.now}
            for e in known.new_enterprises
        ]
        registers.insert_many(work, actor, work.default_jurisdiction, EnterpriseRecord, records)
    if known.new_officers:
        officers = [o | {"id": work.new_id()} for o in known.new_officers]
        registers.insert_many(work, actor, work.default_jurisdiction, Officer, officers)


def regions_known(work: UnitOfWork) -> bool:
    """Whether any region is there: without one, no unit can be."""
    return work.session.scalar(select(Region.code).limit(1)) is not None
