"""Loads what the rules over one visit alone read, for many visits in a few queries, as it held on each visit's day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.flags.facts import CertificateOnDay, PlanOnDay, VisitDetails
from app.domain.inspections import Inspection
from app.store import plans as plan_store
from app.store.flag_facts import Reference, covers, visit_of
from app.store.models import (
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    Officer,
)

Begun = tuple[Inspection, datetime]  # an inspection, and when its visit began (for advice: would begin)


def load(session: Session, reference: Reference, begun: Sequence[Begun], *, held: bool = False) -> list[VisitDetails]:
    """The details of each visit, in the order given. At most a few hundred at once.

    `held`: their plans stay as they are until the transaction ends, so that a visit and a step of its plan see each other.
    """
    registers = _Registers(session, [i for i, _ in begun], held)
    return [_details(reference, registers, i, start) for i, start in begun]


class _Registers:
    """The register rows that some inspections name, by what they are looked up with."""

    def __init__(self, session: Session, inspections: Sequence[Inspection], held: bool) -> None:
        own = [i for i in inspections if not i.imported]
        officers = {o.certificate_no for i in own for o in i.officers}
        items = {item for i in inspections for item in i.items}
        enterprises = {i.enterprise_id for i in inspections}
        self.certificates = _dated(session, Certificate, Certificate.certificate_no, officers)
        self.suspensions = _dated(session, CertificateSuspension, CertificateSuspension.certificate_no, officers)
        self.unit = _pairs(session, Officer.certificate_no, Officer.unit, officers)
        self.protected = _dated(session, DoNotDisturb, DoNotDisturb.subject_id, items | enterprises)
        self.region = _pairs(session, Enterprise.id, Enterprise.region, enterprises)
        codes = {code for i in own for code in (i.plan_code, *(j.plan_code for j in i.invitations)) if code}
        self.plans = {(p.jurisdiction, p.code): p for p in plan_store.by_codes(session, codes, held=held)}

    def protects(self, kind: str, subject: str, day: date) -> bool:
        return any(row.subject_kind == kind and covers(row, day) for row in self.protected.get(subject, ()))


def _details(reference: Reference, registers: _Registers, i: Inspection, start: datetime) -> VisitDetails:
    visit = visit_of(i, reference, start)
    day = visit.day
    return VisitDetails(
        visit=visit,
        inspection=i,
        certificates=() if i.imported else tuple(_certificate(registers, o.certificate_no, day) for o in i.officers),
        unpublished_items=tuple(item for item in i.items if not _is_published(reference, item, day)),
        protected_enterprise=registers.protects("enterprise", i.enterprise_id, day),
        protected_items=bool(i.items) and all(registers.protects("item", item, day) for item in i.items),
        in_area=reference.in_area(i.lead_unit, i.place_region or registers.region.get(i.enterprise_id), day),
        plan=None if i.imported else _plan(registers, i, day),
    )


def _is_published(reference: Reference, item: str, day: date) -> bool:
    term = reference.term(item, day)
    return term is not None and term.published


def _certificate(registers: _Registers, number: str, day: date) -> CertificateOnDay:
    validities = registers.certificates.get(number, ())
    return CertificateOnDay(
        number,
        known=bool(validities),
        valid=any(covers(row, day) for row in validities),
        suspended=any(covers(row, day) for row in registers.suspensions.get(number, ())),
        unit=registers.unit.get(number),
    )


def _plan(registers: _Registers, i: Inspection, day: date) -> PlanOnDay | None:
    plan = registers.plans.get((i.jurisdiction, i.plan_code or ""))
    if plan is None:
        return None
    filed_on = plan.filed_on if plan.filed_on and plan.filed_on <= day else None
    covers = plan.covers(i.units, set(i.items) - _on_a_partners_basis(registers, i, day), day)
    return PlanOnDay(plan.code, plan.kind, covers, plan.approved_on, filed_on, plan.published_on)


def _on_a_partners_basis(registers: _Registers, i: Inspection, day: date) -> set[str]:
    """The items that units of a joint visit brought on a basis of their own: in force in their filed plan, or triggered."""
    found: set[str] = set()
    for joined in (one for one in i.invitations if one.state == "joined"):
        if joined.cause:
            found.update(joined.items)
        plan = registers.plans.get((i.jurisdiction, joined.plan_code or ""))
        if plan is not None and plan.filed_on and plan.filed_on <= day:
            found.update(item for item in joined.items if plan.covers((joined.unit,), (item,), day))
    return found


def _dated(session: Session, model: Any, column: Any, values: Collection[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    if values:
        for row in session.scalars(select(model).where(column.in_(values))):
            found[getattr(row, column.key)].append(row)
    return found


def _pairs(session: Session, key: Any, value: Any, keys: Iterable[str]) -> dict[str, str | None]:
    wanted = set(keys)
    found = [(row[0], row[1]) for row in session.execute(select(key, value).where(key.in_(wanted)))] if wanted else []
    return dict(found)
