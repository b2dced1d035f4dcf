"""Importing regions and units. The same file again changes nothing."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.times import shanghai_day
from app.services.imports import importing, points
from app.services.imports.importing import ADDED, BEGINNING, CHANGED, UNCHANGED, Import
from app.services.imports.rows import (
    Bad,
    Outcome,
    Progress,
    Row,
    code,
    limited,
    required,
    required_code,
    said_as,
    yes_or_no,
)
from app.store.models import Region, Unit, UnitTerritory
from app.store.unit_of_work import UnitOfWork

LEVELS = {
    "国": "国",
    "省": "省",
    "市": "市",
    "区": "区",
    "街镇": "街镇",
    "国家": "国",
    "区县": "区",
    "街道": "街镇",
    "镇": "街镇",
}
REGION_LEVELS = {
    "province": "province", "city": "city", "district": "district", "town": "town",
    "省": "province", "市": "city", "区": "district", "县": "district", "街镇": "town", "街道": "town", "镇": "town",
}  # fmt: skip
ROLES = {
    "inspecting": "inspecting", "supervisor": "supervisor", "discipline": "discipline",
    "检查单位": "inspecting", "监督单位": "supervisor", "纪检监察机构": "discipline",
}  # fmt: skip


def import_regions(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: code, name; optional parent, level (town), lat, lon (degrees).

    A town without a parent lies in this installation's district. Whoever keeps the server may bring the district itself,
    and what lies above it or beside it: a district, city or province without a parent has none that is known here.
    """
    job = Import(work, actor)
    regions = importing.regions(work, actor)

    def one(row: Row) -> int:
        own, name = required_code(row, "code"), required(row, "name", 100)
        known = regions.by_code.get(own)
        place = points.place_of(row)
        ours = own == work.default_jurisdiction
        level = said_as(row, "level", REGION_LEVELS, known.level if known else "district" if ours else "town")
        above = None if actor is SYSTEM and level != "town" else work.default_jurisdiction
        parent = code(row, "parent") or (known.parent if known else above)
        if parent == own:
            raise Bad("parent", "cell_region", value=own)
        if job.repeated(row, "code", own):
            return UNCHANGED
        if parent is not None and (known is None or parent != known.parent):
            regions.named("parent", parent)
        if known is not None:
            regions.named("code", own)
            changed = job.change(known, {"name": name, "parent": parent, "level": level})
            return CHANGED if _placed(job, own, place) or changed else UNCHANGED
        region = Region(code=own, name=name, level=level, parent=parent, valid_from=BEGINNING)
        work.session.add(region)
        work.session.flush()  # a region may be the parent of the next one
        job.touched[id(region)] = region
        regions.enter(region)
        _placed(job, own, place)
        return ADDED

    return job.run(rows, progress, one)


def _placed(job: Import, region: str, place: tuple[int, int] | None) -> bool:
    row = points.set_place(job.work, region, place)
    if row is not None:
        job.touched[id(row)] = row
    return row is not None


def import_units(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: code, name, region; optional level, role, parent, supervised, phone, territories (;).

    A new inspecting unit inspects where it is at home, unless `territories` says where. For a known one other
    territories begin today, and what is no longer named ended yesterday.
    """
    job = Import(work, actor)
    regions, units = importing.regions(work, actor), importing.units(work, actor)
    today = shanghai_day(work.now)
    held: dict[str, list[UnitTerritory]] = {}
    for territory in work.session.scalars(select(UnitTerritory)):
        held.setdefault(territory.unit, []).append(territory)

    def one(row: Row) -> int:
        own, region = required_code(row, "code"), regions.needed(row, "region")
        unit = units.by_code.get(own)
        if unit is not None:
            units.named("code", own)
        parent = code(row, "parent")
        if parent and (parent == own or parent not in units.by_code):
            raise Bad("parent", "cell_unit", value=parent)
        values = {
            "name": required(row, "name", 100),
            "level": said_as(row, "level", LEVELS, unit.level if unit else "区"),
            "region": region.code,
            "role": said_as(row, "role", ROLES, unit.role if unit else "inspecting"),
            "parent": parent or (unit.parent if unit else None),
            "supervised": yes_or_no(row, "supervised", unit.supervised if unit else True),
            "phone": limited(row, "phone", 40) or (unit.phone if unit else None),
        }
        territories = [regions.named("territories", text).code for text in row.many("territories")]
        if job.repeated(row, "code", own):
            return UNCHANGED
        if unit is None:
            unit = Unit(code=own, **values)
            work.session.add(unit)
            work.session.flush()  # a unit may be the parent of the next one
            job.touched[id(unit)] = unit
            units.enter(unit)
            home = [region.code] if values["role"] == "inspecting" else []
            for place in territories or home:
                job.add(UnitTerritory(unit=own, region=place, valid_from=BEGINNING), refers=True)
            return ADDED
        changed = job.change(unit, values)
        if territories:
            now = [t for t in held.get(own, ()) if t.valid_until is None or t.valid_until >= today]
            changed |= _territories(job, own, now, territories)
        return CHANGED if changed else UNCHANGED

    return job.run(rows, progress, one)


def _territories(job: Import, unit: str, now: list[UnitTerritory], wanted: list[str]) -> bool:
    today = shanghai_day(job.work.now)
    ended = [t for t in now if t.region not in wanted and t.valid_from < today]
    added = [place for place in dict.fromkeys(wanted) if place not in {t.region for t in now}]
    for territory in ended:
        job.change(territory, {"valid_until": today - timedelta(days=1)})
    for place in added:
        job.add(UnitTerritory(unit=unit, region=place, valid_from=today), refers=True)
    return bool(ended or added)
