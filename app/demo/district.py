"""The reference data of 云汀区: regions, units, items, officers, plans, enterprises, settings."""

import csv
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.demo.names import InventedEnterprise, enterprises, person
from app.domain.actors import SYSTEM
from app.domain.applications import EnterpriseRef
from app.domain.codes.issuers import Issuer
from app.domain.times import shanghai_day
from app.services import registers
from app.services.enterprises import enter
from app.services.registry import enter_calendar
from app.services.trust import other_issuers
from app.store.models import (
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Item,
    ItemPoint,
    ItemTerm,
    JurisdictionSetting,
    NationalCode,
    Officer,
    Region,
    RegionPlace,
    Unit,
    UnitTerritory,
)
from app.store.unit_of_work import UnitOfWork

DATA = Path(__file__).resolve().parent / "data"
CITY, DISTRICT = "990100", "990101"
START = date(2024, 1, 1)
ENTERPRISES = 420
OFFICERS_PER_UNIT = 5
CITY_SYSTEM = Issuer(
    "示例市综合执法系统", ("https://zf.example.invalid/jcm", "SLZF:"), "https://zf.example.invalid/check"
)
SETTINGS = (("duty_phone", "99-5555 0101"), ("hotline", "12345"), ("district_name", "云汀区"))


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def build(
    work: UnitOfWork, source: random.Random, count: int = ENTERPRISES, first: str = ""
) -> list[InventedEnterprise]:
    """Enters the district in the register's reference tables; the `count` invented enterprises, in order. `first` renames
    the first of them."""
    towns = _regions(work)
    enter_calendar(work)
    _units(work)
    _items(work)
    _officers(work, source)
    for key, value in SETTINGS:
        enter_rows(
            work, JurisdictionSetting(region=DISTRICT, key=key, value=value, valid_from=START, recorded_at=work.now)
        )
    other_issuers.set_recognised(work, SYSTEM, [CITY_SYSTEM], START, "演示")
    invented = enterprises(source, towns, count)
    if first:
        invented[0] = replace(invented[0], name=first)
    for one in invented:
        address = f"示例市云汀区示例路{source.randint(1, 999)}号"
        enter(work, EnterpriseRef(one.uscc, one.name, address), "registry", one.town)
    return invented


def protect(work: UnitOfWork, enterprise_id: str, since: date) -> None:
    """Puts an enterprise on the do-not-disturb list (无感监管对象清单)."""
    enter_rows(
        work,
        DoNotDisturb(subject_kind="enterprise", subject_id=enterprise_id, valid_from=since, source="低风险、信用好"),
    )


def enter_rows(work: UnitOfWork, *objects: Any) -> None:
    """Enters rows of the registers, each with its fact."""
    work.session.add_all(objects)
    work.session.flush()
    registers.record(work, SYSTEM, DISTRICT, objects)


def _regions(work: UnitOfWork) -> list[str]:
    enter_rows(work, Region(code=CITY, name="示例市", level="city", parent=None, valid_from=START))
    enter_rows(work, Region(code=DISTRICT, name="云汀区", level="district", parent=CITY, valid_from=START))
    towns = rows("demo_towns.csv")
    for n, t in enumerate(towns):
        enter_rows(work, Region(code=t["code"], name=t["name"], level="town", parent=DISTRICT, valid_from=START))
        enter_rows(work, RegionPlace(region=t["code"], lat=3130 + 4 * (n % 4), lon=12110 + 6 * (n // 4)))
    return [t["code"] for t in towns]


def _units(work: UnitOfWork) -> None:
    units = rows("demo_units.csv")
    for u in units:
        enter_rows(
            work,
            Unit(
                code=u["code"],
                name=u["name"],
                level=u["level"],
                region=u["region"],
                role=u["role"],
                parent=u["parent"] or None,
                supervised=True,
            ),
        )
        if u["role"] == "inspecting":
            enter_rows(work, UnitTerritory(unit=u["code"], region=u["region"], valid_from=START))


def _items(work: UnitOfWork) -> None:
    for n, i in enumerate(rows("demo_items.csv"), start=1):
        enter_rows(work, Item(code=i["code"], unit=i["unit"], name=i["name"], basis=i["basis"]))
        cap, published = int(i["yearly_cap"]), i["published"] == "yes"
        enter_rows(work, ItemTerm(item=i["code"], published=published, yearly_cap=cap, valid_from=START))
        if n % 9:  # invented; a few are missing, so that the check of national records has something to say
            number = f"{DISTRICT}{n:08d}"
            enter_rows(work, NationalCode(item=i["code"], catalogue_code=number, implementation_code=f"11{number}"))
    for p in rows("demo_points.csv"):
        enter_rows(
            work, ItemPoint(item=p["item"], no=int(p["no"]), point=p["point"], standard=p["standard"], valid_from=START)
        )


def _officers(work: UnitOfWork, source: random.Random) -> None:
    """Five officers a unit; of the emergency bureau's, the third's certificate ends soon, the fourth's ran out, the
    fifth's is suspended."""
    today = shanghai_day(work.now)
    ends = {("YT-YJJ", 3): today + timedelta(days=20), ("YT-YJJ", 4): today - timedelta(days=60)}
    inspecting = [u["code"] for u in rows("demo_units.csv") if u["role"] == "inspecting"]
    for number, unit in enumerate(inspecting, start=1):
        for n in range(1, OFFICERS_PER_UNIT + 1):
            certificate = certificate_no(number, n)
            enter_rows(work, Officer(id=work.new_id(), certificate_no=certificate, name=person(source), unit=unit))
            until = ends.get((unit, n), date(2029, 12, 31))
            enter_rows(work, Certificate(certificate_no=certificate, valid_from=START, valid_until=until))
    suspended = certificate_no(inspecting.index("YT-YJJ") + 1, 5)
    enter_rows(work, CertificateSuspension(certificate_no=suspended, valid_from=START, reason="年度审验未通过"))


def certificate_no(unit_number: int, officer: int) -> str:
    return f"9901{unit_number:03d}{officer:03d}"


def officers_of(unit: str) -> list[str]:
    """The certificates of a unit's officers in order."""
    inspecting = [u["code"] for u in rows("demo_units.csv") if u["role"] == "inspecting"]
    number = inspecting.index(unit) + 1
    return [certificate_no(number, n) for n in range(1, OFFICERS_PER_UNIT + 1)]


def items_of(unit: str) -> list[str]:
    return [i["code"] for i in rows("demo_items.csv") if i["unit"] == unit]
