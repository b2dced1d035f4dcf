"""Importing visits registered elsewhere: one fact each, the rules over all of them, one transaction.

Unknown enterprises and officers are entered; a known one keeps its name. Unknown units and items are errors. The file is
gone through in pieces: of what is stored only what a piece names is read, and its facts are stored before the next one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from app.domain import inspections as domain
from app.domain.actors import Actor
from app.domain.enterprises import normalise_name, normalise_uscc
from app.domain.facts import Fact
from app.domain.folding import evolve
from app.domain.inspections import Inspection
from app.domain.times import rfc3339, shanghai_day
from app.services import registers
from app.services.enterprises import pinyin_initials
from app.services.flagging import flags
from app.services.imports.enterprises import checked_uscc
from app.services.imports.importing import batches
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, choice, limited, moment, required, short
from app.store import inspections as inspection_store
from app.store import registry
from app.store.models import Enterprise, EnterpriseRecord, InspectionRow, Item, Officer, Region, Unit
from app.store.unit_of_work import UnitOfWork

COLUMNS = ("number", "uscc", "enterprise_name", "unit", "kind", "started_at")
AT_ONCE = 2000
MANY = 500


@dataclass(slots=True)
class _Known:
    """What is known before the file is read; grows as it is."""

    units: dict[str, Unit]
    items: set[str]
    officers: dict[str, Officer | None]
    enterprises: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    stored: dict[tuple[str, str], Inspection] = field(default_factory=dict)  # those that have the numbers of this piece
    numbers: set[tuple[str, str]] = field(default_factory=set)  # those of the file
    districts: dict[str, str | None] = field(default_factory=dict)
    new_enterprises: list[dict[str, Any]] = field(default_factory=list)
    new_officers: list[dict[str, Any]] = field(default_factory=list)


def import_inspections(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor) -> Outcome:
    """Reads all rows, stores the good ones with their facts, and evaluates the rules once for all of them."""
    known = _load(work)
    problems: list[RowProblem] = []
    imported: list[Inspection] = []
    unchanged = 0
    for part in _pieces(rows):
        facts: list[Fact] = []
        _look_up(work, known, part)
        for row in part:
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
        inspections = [evolve(None, fact) for fact in facts]
        inspection_store.insert_many(work.session, inspections)
        work.store_facts(facts)
        imported += inspections
    flags.after_import(work, imported)
    return Outcome(len(imported), unchanged, tuple(problems))


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while piece := list(islice(left, AT_ONCE)):
        yield piece


def _load(work: UnitOfWork) -> _Known:
    session = work.session
    return _Known(
        units={u.code: u for u in session.scalars(select(Unit))},
        items=set(session.scalars(select(Item.code))),
        officers={o.certificate_no: o for o in session.scalars(select(Officer))},
    )


def _look_up(work: UnitOfWork, known: _Known, rows: list[Row]) -> None:
    """The enterprises and the visits that a piece of the file may name."""
    columns = (Enterprise.uscc, Enterprise.id, Enterprise.region)
    usccs = {normalise_uscc(row.get("uscc")[:64]) for row in rows} - known.enterprises.keys()
    numbers = sorted({row.get("number") for row in rows})
    ids: list[str] = []
    known.stored.clear()
    for part in batches(sorted(usccs), MANY):
        found: Any = work.session.execute(select(*columns).where(Enterprise.uscc.in_(part)))
        known.enterprises |= {uscc: (own_id, region) for uscc, own_id, region in found}
    jurisdictions = inspection_store.jurisdictions(work.session)
    for part in batches(numbers, MANY):
        where = (InspectionRow.jurisdiction.in_(jurisdictions), InspectionRow.number.in_(part))
        ids += work.session.scalars(select(InspectionRow.id).where(*where))
    for part in batches(ids, MANY):
        for inspection in inspection_store.get_many(work.session, part):
            known.stored[inspection.jurisdiction, inspection.number] = inspection


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
    stored = known.stored.get((jurisdiction, number))
    if stored is not None and _is_same(stored, body):
        return None
    if stored is not None:
        raise Bad("number", "row_visit_differs", number=number)
    if (jurisdiction, number) in known.numbers:
        raise Bad("number", "row_number_twice", number=number)
    known.numbers.add((jurisdiction, number))
    return work.fact("inspection.imported", ("inspection", work.new_id()), body, actor, jurisdiction, started)


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
        **({"outcome": outcome} if outcome and not items else {}),
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


def _is_same(stored: Inspection, body: dict[str, Any]) -> bool:
    """Whether the visit that has this number says the same."""
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
    known.new_enterprises.clear()
    known.new_officers.clear()


def regions_known(work: UnitOfWork) -> bool:
    """Whether any region is there: without one, no unit can be."""
    return work.session.scalar(select(Region.code).limit(1)) is not None
