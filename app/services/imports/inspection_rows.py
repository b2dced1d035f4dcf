"""Reading rows of visits registered elsewhere: what a row says, and whether the same visit is there already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from app.domain import inspections as domain
from app.domain.actors import Actor
from app.domain.enterprises import normalise_uscc
from app.domain.times import rfc3339, shanghai_day
from app.services.imports import importing
from app.services.imports.enterprises import checked_uscc
from app.services.imports.importing import Named, batches
from app.services.imports.rows import Bad, Row, RowProblem, is_day, limited, moment, required, said_as, short
from app.store import inspections as inspection_store
from app.store import registry, visit_rows
from app.store.models import Enterprise, Officer
from app.store.reference import Reference, current
from app.store.unit_of_work import UnitOfWork
from app.store.visit_rows import Numbered

MANY = 500
# What a file may say: the words of the API, or those of the field.
KINDS = {k: k for k in domain.KINDS} | {
    "计划检查": "planned", "有计划检查": "planned", "触发式检查": "triggered", "个案检查": "triggered", "走访": "contact",
}  # fmt: skip
CAUSES = {c: c for c in domain.CAUSES} | {
    "投诉举报": "complaint", "转办交办": "transfer", "数据监测": "data_lead", "企业申请": "enterprise_request",
    "整改复核": "recheck", "突发应急": "emergency",
}  # fmt: skip
OUTCOMES = {
    "no_problem": "no_problem",
    "problem_found": "problem_found",
    "未发现问题": "no_problem",
    "发现问题": "problem_found",
}


class Said(NamedTuple):
    """What a row says: `body` is that of its fact but for the enterprise, `name` what a new one is called."""

    uscc: str
    name: str
    jurisdiction: str
    started: datetime
    body: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.jurisdiction, self.body["number"]


@dataclass(slots=True)
class Known:
    """What is known of what some rows name; `units` says also which of them the actor may bring visits of."""

    reference: Reference
    units: Named
    default_jurisdiction: str
    now: datetime
    districts: dict[str, str | None]
    enterprises: dict[str, tuple[str, str | None]] = field(default_factory=dict)  # id and region by USCC
    officers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)  # name and unit by certificate
    stored: dict[tuple[str, str], Numbered] = field(default_factory=dict)


def begin(work: UnitOfWork, actor: Actor) -> Known:
    """What holds for all rows."""
    reference = current(work.session)
    regions = {unit.region for unit in reference.units.values() if unit.region}
    districts = {region: registry.district_of(work.session, region) for region in regions}
    return Known(reference, importing.units(work, actor), work.default_jurisdiction, work.now, districts)


def look_up(work: UnitOfWork, known: Known, rows: Sequence[Row]) -> None:
    """The enterprises, officers and visits that these rows may name; what was looked up for other rows is forgotten."""
    session = work.session
    known.enterprises, known.officers, known.stored = {}, {}, {}
    usccs = {normalise_uscc(row.get("uscc")[:64]) for row in rows}
    for part in batches(sorted(usccs), MANY):
        named = select(Enterprise.uscc, Enterprise.id, Enterprise.region).where(Enterprise.uscc.in_(part))
        found: Any = session.execute(named)
        known.enterprises |= {uscc: (own_id, region) for uscc, own_id, region in found}
    for region in {r for _, r in known.enterprises.values() if r} - known.districts.keys():
        known.districts[region] = registry.district_of(session, region)
    certificates = {certificate for row in rows for certificate in row.many("officers")}
    for part in batches(sorted(certificates), MANY):
        columns = (Officer.certificate_no, Officer.name, Officer.unit)
        officers: Any = session.execute(select(*columns).where(Officer.certificate_no.in_(part)))
        known.officers |= {number: (None if name == number else name, unit) for number, name, unit in officers}
    jurisdictions = inspection_store.jurisdictions(session)
    for part in batches(sorted({row.get("number")[:64] for row in rows}), MANY):
        for numbered in visit_rows.numbered(session, jurisdictions, part):
            known.stored[numbered.jurisdiction, numbered.number] = numbered


def read(known: Known, row: Row, problems: list[RowProblem]) -> Said:
    """What a row says; warnings go to `problems`. Raises Bad."""
    units, items = _units(known, row), _items(known, row)
    started, ended = moment(row, "started_at"), moment(row, "ended_at")
    if started is None:
        raise Bad("started_at", "cell_empty")
    for name, at in (("started_at", started), ("ended_at", ended)):
        if at and at > known.now:
            raise Bad(name, "in_the_future")
    if ended and ended < started and not _is_that_day(row, started, ended):
        raise Bad("ended_at", "cell_ends_before_start")
    kind = said_as(row, "kind", KINDS)
    if kind is None:
        raise Bad("kind", "cell_empty")
    uscc = checked_uscc(row, problems)
    _, region = known.enterprises.get(uscc, ("", None))
    name = "" if uscc in known.enterprises else required(row, "enterprise_name")
    body = _body(known, row, units, items, started, max(ended or started, started)) | {"kind": kind}
    return Said(uscc, name, _jurisdiction(known, units[0], region), started, body)


def _is_that_day(row: Row, started: datetime, ended: datetime) -> bool:
    """Whether the end is told as the day of the beginning, without a time: then nobody knows how long it lasted."""
    return is_day(row.get("ended_at")) and shanghai_day(started) == shanghai_day(ended)


def is_there(known: Known, said: Said) -> bool:
    """Whether the visit is stored already. Raises Bad where another one has its number."""
    stored = known.stored.get(said.key)
    if stored is None:
        return False
    enterprise, _ = known.enterprises.get(said.uscc, (None, None))
    body = said.body
    told = (True, enterprise, body["kind"], body["started_at"], tuple(body["units"]))
    started = rfc3339(stored.started_at) if stored.started_at else None
    if told != (stored.imported, stored.enterprise_id, stored.kind, started, stored.units):
        raise Bad("number", "row_visit_differs", number=body["number"])
    for name, is_same in _beside(stored, body):
        if not is_same:
            raise Bad(name, "row_visit_differs", number=body["number"])
    return True


def _beside(stored: Numbered, body: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Whether each of the other fields says what is stored. Visits without items kept no outcome before migration 0032."""
    yield "ended_at", stored.ended_at is None or rfc3339(stored.ended_at) == body["ended_at"]
    yield "cause", stored.cause == body["cause"]
    yield "clue_no", stored.clue_no == body["clue_no"]
    yield "items", list(stored.items) == body["items"]
    yield "officers", list(stored.officers) == [o["certificate_no"] for o in body["officers"]]
    told = body.get("outcome") or next((r["outcome"] for r in body["results"]), None)
    if stored.items or stored.outcome_told:
        yield "outcome", (stored.outcome or stored.outcome_told) == told


def _body(
    known: Known, row: Row, units: list[str], items: list[str], started: datetime, ended: datetime
) -> dict[str, Any]:
    outcome = said_as(row, "outcome", OUTCOMES)
    officers = row.many("officers")
    for certificate in officers:
        if len(certificate) > 40:
            raise Bad("officers", "cell_too_long", length=len(certificate), most=40)
    begun, end = rfc3339(started), rfc3339(ended)
    return {
        "number": required(row, "number", 64),
        "cause": said_as(row, "cause", CAUSES),
        "clue_no": limited(row, "clue_no", 100),
        "units": units,
        "items": items,
        "officers": [_officer(known, certificate, units[0]) for certificate in officers],
        "window": {"start": begun, "end": end},
        "started_at": begun,
        "ended_at": end,
        "results": [{"item": item, "outcome": outcome} for item in items] if outcome else [],
        **({"outcome": outcome} if outcome and not items else {}),
        "way": "on_site",
    }


def _officer(known: Known, certificate: str, unit: str) -> dict[str, Any]:
    """A new one is entered without a name, in the unit of the first visit that names it."""
    name, own = known.officers.get(certificate, (None, unit))
    return {"certificate_no": certificate, "name": name, "unit": own}


def _units(known: Known, row: Row) -> list[str]:
    """The unit, and those that came along: any known one, as a body above the district may."""
    lead = known.units.needed(row, "unit").code
    joint = list(dict.fromkeys(row.many("joint_units")))
    for unit in joint:
        if unit not in known.reference.units:
            raise Bad("joint_units", "cell_unit", value=short(unit))
    return [lead, *(unit for unit in joint if unit != lead)]


def _items(known: Known, row: Row) -> list[str]:
    items = list(dict.fromkeys(row.many("items")))
    for item in items:
        if item not in known.reference.items:
            raise Bad("items", "cell_item", value=short(item))
    return items


def _jurisdiction(known: Known, unit: str, enterprise_region: str | None) -> str:
    for region in (known.reference.units[unit].region, enterprise_region):
        if region and known.districts.get(region):
            return str(known.districts[region])
    return known.default_jurisdiction
