"""Importing regions, units, items, officers and enterprises. The same file again changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.enterprises import is_early_pilot, normalise_name, normalise_uscc, uscc_problem
from app.domain.times import shanghai_day
from app.services import registers
from app.services.enterprises import pinyin_initials
from app.services.imports.rows import Bad, Outcome, Progress, Row, RowProblem, choice, day, limited, number, required
from app.store.models import (
    Base,
    Certificate,
    CertificateSuspension,
    Enterprise,
    EnterpriseRecord,
    Item,
    ItemTerm,
    Officer,
    Region,
    Unit,
    UnitTerritory,
)
from app.store.unit_of_work import UnitOfWork

BEGINNING = date(2000, 1, 1)
LEVELS = {"国": "国", "市": "市", "区": "区", "街镇": "街镇", "省": "省"}
USCC_REASONS = {
    "uscc_length": "a USCC has 18 characters",
    "uscc_character": "a USCC never contains I, O, S, V, Z or signs",
    "uscc_check_digit": "the check digit does not match: one character is wrong",
}


@dataclass(slots=True)
class Import:
    """Collects problems while rows are read; `step` runs one row and keeps its Bad."""

    problems: list[RowProblem]
    progress: Progress
    stored: int = 0
    unchanged: int = 0
    touched: dict[int, Base] = field(default_factory=dict)

    def touch(self, *rows: Base) -> None:
        """These rows were added or changed."""
        self.touched |= {id(row): row for row in rows}

    def finish(self, work: UnitOfWork, actor: Actor, outcome: Outcome) -> Outcome:
        """Records every touched row once, as it stands at the end of the file."""
        work.session.flush()
        registers.record(work, actor, work.default_jurisdiction, list(self.touched.values()))
        return outcome

    def run(self, rows: Iterable[Row], one: Any) -> Outcome:
        for row in rows:
            try:
                if one(row):
                    self.stored += 1
                else:
                    self.unchanged += 1
            except Bad as bad:
                self.problems.append(RowProblem(row.number, bad.field, bad.reason))
            self.progress(1)
        return Outcome(self.stored, self.unchanged, tuple(self.problems))


def import_regions(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: code, name, optional parent (default: this installation's district) and level (default: town)."""
    known = {r.code: r for r in work.session.scalars(select(Region))}
    job = Import([], progress)

    def one(row: Row) -> bool:
        code, name = required(row, "code", 64), required(row, "name", 100)
        parent = row.get("parent") or work.default_jurisdiction
        if code in known:
            return False
        if parent not in known:
            raise Bad("parent", f"there is no region {parent!r}")
        region = Region(code=code, name=name, level=row.get("level") or "town", parent=parent, valid_from=BEGINNING)
        work.session.add(region)
        work.session.flush()
        job.touch(region)
        known[code] = region
        return True

    return job.finish(work, actor, job.run(rows, one))


def import_units(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: code, name, level, region, role, optional parent, supervised (yes|no), phone."""
    regions = set(work.session.scalars(select(Region.code)))
    known = {u.code: u for u in work.session.scalars(select(Unit))}
    job = Import([], progress)

    def one(row: Row) -> bool:
        code, name, region = required(row, "code", 64), required(row, "name", 100), required(row, "region", 64)
        if region not in regions:
            raise Bad("region", f"there is no region {region!r}: import regions first")
        parent = limited(row, "parent", 64)
        if parent and parent not in known:
            raise Bad("parent", f"there is no unit {parent!r}")
        values = {
            "name": name,
            "level": choice(row, "level", tuple(LEVELS), "区"),
            "region": region,
            "role": choice(row, "role", ("inspecting", "supervisor"), "inspecting"),
            "parent": parent,
            "supervised": choice(row, "supervised", ("yes", "no"), "yes") == "yes",
            "phone": limited(row, "phone", 40),
        }
        unit = known.get(code)
        if unit is None:
            known[code] = unit = Unit(code=code, **values)
            work.session.add(unit)
            work.session.flush()
            job.touch(unit)
            if values["role"] == "inspecting":
                territory = UnitTerritory(unit=code, region=region, valid_from=BEGINNING)
                work.session.add(territory)
                job.touch(territory)
            return True
        return _change(job, unit, values)

    return job.finish(work, actor, job.run(rows, one))


def import_items(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: code, unit, name, basis, yearly_cap, published (yes|no), optional valid_from."""
    units = set(work.session.scalars(select(Unit.code)))
    known = {i.code: i for i in work.session.scalars(select(Item))}
    terms = {t.item: t for t in work.session.scalars(select(ItemTerm).order_by(ItemTerm.valid_from))}
    job = Import([], progress)

    def one(row: Row) -> bool:
        code, unit = required(row, "code", 64), required(row, "unit", 64)
        if unit not in units:
            raise Bad("unit", f"there is no unit {unit!r}")
        values = {"unit": unit, "name": required(row, "name"), "basis": limited(row, "basis", 1000) or ""}
        held = {
            "published": choice(row, "published", ("yes", "no"), "yes") == "yes",
            "yearly_cap": number(row, "yearly_cap"),
        }
        item, term = known.get(code), terms.get(code)
        changed = item is None or _change(job, item, values)
        if item is None:
            known[code] = item = Item(code=code, **values)
            work.session.add(item)
            work.session.flush()
            job.touch(item)
        if term is None or (term.published, term.yearly_cap) != (held["published"], held["yearly_cap"]):
            begins = day(row, "valid_from") or (BEGINNING if term is None else shanghai_day(work.now))
            terms[code] = ItemTerm(item=code, valid_from=begins, **held)
            work.session.add(terms[code])
            job.touch(terms[code])
            return True
        return changed

    return job.finish(work, actor, job.run(rows, one))


def import_officers(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: certificate_no, name, unit, valid_from, valid_until, optional suspended_from, suspended_until."""
    units = set(work.session.scalars(select(Unit.code)))
    known = {o.certificate_no: o for o in work.session.scalars(select(Officer))}
    dated = {(c.certificate_no, c.valid_from): c for c in work.session.scalars(select(Certificate))}
    suspended = {(s.certificate_no, s.valid_from): s for s in work.session.scalars(select(CertificateSuspension))}
    job = Import([], progress)

    def one(row: Row) -> bool:
        certificate, unit = required(row, "certificate_no", 40), required(row, "unit", 64)
        if unit not in units:
            raise Bad("unit", f"there is no unit {unit!r}")
        values = {"name": required(row, "name", 60), "unit": unit}
        officer = known.get(certificate)
        changed = officer is None or _change(job, officer, values)
        if officer is None:
            known[certificate] = officer = Officer(id=work.new_id(), certificate_no=certificate, **values)
            work.session.add(officer)
            work.session.flush()
            job.touch(officer)
        begins = day(row, "valid_from") or BEGINNING
        until = {"valid_until": day(row, "valid_until")}
        changed |= _dated(work, job, dated, Certificate, certificate, begins, until)
        if (since := day(row, "suspended_from")) is not None:
            until = {"valid_until": day(row, "suspended_until")}
            changed |= _dated(work, job, suspended, CertificateSuspension, certificate, since, until)
        return changed

    return job.finish(work, actor, job.run(rows, one))


def _dated(
    work: UnitOfWork, job: Import, known: Any, model: Any, certificate: str, begins: date, until: dict[str, Any]
) -> bool:
    row = known.get((certificate, begins))
    if row is not None:
        return _change(job, row, until)
    known[certificate, begins] = row = model(certificate_no=certificate, valid_from=begins, **until)
    work.session.add(row)
    job.touch(row)
    return True


def import_enterprises(work: UnitOfWork, rows: Iterable[Row], progress: Progress, actor: Actor = SYSTEM) -> Outcome:
    """Columns: uscc, name; optional region, address, industry, risk, credit. New ones are stored in bulk."""
    regions = set(work.session.scalars(select(Region.code)))
    known = {
        uscc: (name, region, address)
        for uscc, name, region, address in work.session.execute(
            select(Enterprise.uscc, Enterprise.name, Enterprise.region, Enterprise.address)
        )
    }
    job = Import([], progress)
    new: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []

    def one(row: Row) -> bool:
        uscc, name = checked_uscc(row, job.problems), required(row, "name")
        region, address = limited(row, "region", 64), limited(row, "address", 400)
        if region and region not in regions:
            raise Bad("region", f"there is no region {region!r}: import regions first")
        if uscc in known and (name, region or known[uscc][1], address or known[uscc][2]) == known[uscc]:
            return False
        fields = {"uscc": uscc, "name": name, "region": region, "address": address}
        extra = {n: limited(row, n, 10) for n in ("industry", "risk", "credit")}
        if uscc in known:
            enterprise = work.session.scalar(select(Enterprise).where(Enterprise.uscc == uscc))
            if enterprise is None:
                raise Bad("uscc", "stands twice in this file with different names")
            search = {"search": normalise_name(name), "initials": pinyin_initials(name)}
            _change(job, enterprise, {"name": name, "region": region, "address": address, **search})
            enterprise_id = enterprise.id
        else:
            enterprise_id = work.new_id()
            new.append(_enterprise(work, enterprise_id, fields))
        known[uscc] = (name, region, address)
        records.append(
            {
                "enterprise": enterprise_id,
                "valid_from": shanghai_day(work.now),
                "source": "import",
                "recorded_at": work.now,
                **fields,
                **extra,
            }
        )
        return True

    outcome = job.run(rows, one)
    for model, values in ((Enterprise, new), (EnterpriseRecord, records)):
        registers.insert_many(work, actor, work.default_jurisdiction, model, values)
    return job.finish(work, actor, outcome)


def _enterprise(work: UnitOfWork, enterprise_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    name = fields["name"]
    return {
        "id": enterprise_id,
        "search": normalise_name(name),
        "initials": pinyin_initials(name),
        "first_known_at": work.now,
        **fields,
    }


def checked_uscc(row: Row, problems: list[RowProblem], name: str = "uscc") -> str:
    """A USCC that may be stored. Raises Bad; an early pilot's wrong check digit only warns."""
    uscc = normalise_uscc(required(row, name, 40))
    problem = uscc_problem(uscc)
    if problem == "uscc_check_digit" and is_early_pilot(uscc):
        problems.append(RowProblem(row.number, name, "early pilot code with another check digit", warning=True))
    elif problem:
        raise Bad(name, f"{uscc}: {USCC_REASONS[problem]}")
    return uscc


def _change(job: Import, target: Any, values: dict[str, Any]) -> bool:
    """Sets what differs; whether anything did."""
    different = {name: value for name, value in values.items() if getattr(target, name) != value}
    for name, value in different.items():
        setattr(target, name, value)
    if different:
        job.touch(target)
    return bool(different)
