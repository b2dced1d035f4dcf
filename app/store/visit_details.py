"""Loads what the rules over one visit alone read, for many visits in a few queries, as it held on each visit's day."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal_column, null, select, union_all
from sqlalchemy.orm import Session

from app.domain.flags.facts import CertificateOnDay, PlanOnDay, Registered, Visit, VisitDetails
from app.domain.inspections import Inspection
from app.domain.plans import Plan
from app.domain.steps_of_days import Steps
from app.store import plans as plan_store
from app.store.flag_facts import visit_of
from app.store.models import (
    Base,
    Certificate,
    CertificateSuspension,
    DoNotDisturb,
    Enterprise,
    Officer,
)
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import Reference, covers

Begun = tuple[Inspection, datetime]  # an inspection, and when its visit began (for advice: would begin)


class Dates(NamedTuple):
    """From when to when a row of a register holds."""

    valid_from: date
    valid_until: date | None


def load(session: Session, reference: Reference, begun: Sequence[Begun], *, held: bool = False) -> list[VisitDetails]:
    """The details of each visit, in the order given. At most a few hundred at once.

    `held`: their plans stay as they are until the transaction ends, so that a visit and a step of its plan see each other.
    """
    seen = [(visit_of(i, reference, start), i) for i, start in begun]
    return of_visits(session, reference, Registers(held=held), seen)


def of_visits(
    session: Session, reference: Reference, registers: "Registers", seen: Sequence[tuple[Visit, Registered]]
) -> list[VisitDetails]:
    """The details of visits in the order given. `registers` may serve again: what it knows it does not read twice."""
    registers.learn(session, seen)
    return [_details(reference, registers, visit, own) for visit, own in seen]


class Registers:
    """The register rows that visits name, by what they are looked up with."""

    def __init__(self, *, held: bool = False) -> None:
        self.held = held
        self.known: dict[str, set[str]] = defaultdict(set)  # what was read of each kind
        self.officers: dict[str, tuple[list[Dates], Callable[[date], CertificateOnDay]]] = {}
        self.together: dict[tuple[str, ...], Steps[tuple[CertificateOnDay, ...]]] = {}  # who comes together comes again
        self.plans: dict[tuple[str, str], Plan] = {}
        self.protected_items: dict[str, list[Dates]] = defaultdict(list)
        self.protected: dict[str, list[Dates]] = defaultdict(list)
        self.region: dict[str, str | None] = {}

    def learn(self, session: Session, seen: Sequence[tuple[Visit, Registered]]) -> None:
        """Reads what the rules need to know of these visits."""
        own = [(visit, i) for visit, i in seen if not i.imported]
        enterprises = self._new("enterprise", {visit.enterprise_id for visit, _ in seen})
        self.learn_officers(session, set(chain.from_iterable({visit.officers for visit, _ in own})))
        items = set(chain.from_iterable({tuple(i.items) for _, i in seen}))
        listed = [*enterprises, *self._new("item", items)]
        for kind, key, first, last, region in _NAMED.all(session, keys=listed) if listed else ():
            if kind == "region":
                self.region[key] = region
            else:
                (self.protected if kind == "enterprise" else self.protected_items)[key].append(Dates(first, last))
        named = {i.plan_code for _, i in own} | {j.plan_code for _, i in own if i.invitations for j in i.invitations}
        codes = self._new("plan", {code for code in named if code})
        self.plans |= {(p.jurisdiction, p.code): p for p in plan_store.by_codes(session, codes, held=self.held)}

    def learn_officers(self, session: Session, numbers: set[str]) -> None:
        """Reads what is known of their certificates."""
        new = self._new("officer", numbers)
        valid: dict[str, list[Dates]] = defaultdict(list)
        suspended: dict[str, list[Dates]] = defaultdict(list)
        unit: dict[str, str | None] = {}
        for which, number, first, last, own_unit in _CERTIFIED.all(session, keys=new) if new else ():
            if which == "officer":
                unit[number] = own_unit
            else:
                (valid if which == "valid" else suspended)[number].append(Dates(first, last))
        for number in new:
            on_day = partial(_certificate, number, valid[number], suspended[number], unit.get(number))
            self.officers[number] = [*valid[number], *suspended[number]], on_day

    def certificates(self, officers: tuple[str, ...], day: date) -> tuple[CertificateOnDay, ...]:
        """What each of the officers of a visit carried on a day."""
        steps = self.together.get(officers)
        if steps is None:
            each = [self.officers[number] for number in officers]
            dates = [row for rows, _ in each for row in rows]
            steps = self.together[officers] = Steps(dates, lambda on: tuple([on_day(on) for _, on_day in each]))
        return steps.on(day)

    def _new(self, kind: str, values: set[str]) -> list[str]:
        """Those that were not asked for before."""
        new = values - self.known[kind]
        self.known[kind] |= new
        return sorted(new)

    def protects(self, enterprise: str, day: date) -> bool:
        rows = self.protected.get(enterprise)
        return rows is not None and any(covers(row, day) for row in rows)

    def protects_all(self, items: Sequence[str], day: date) -> bool:
        """Whether there are items, and all of them are 无事不扰事项."""
        listed = self.protected_items
        return bool(items and listed) and all(any(covers(r, day) for r in listed.get(item, ())) for item in items)


def _details(reference: Reference, registers: Registers, visit: Visit, i: Registered) -> VisitDetails:
    day = visit.day
    return VisitDetails(
        visit,
        i,
        certificates=() if i.imported else registers.certificates(visit.officers, day),
        unpublished_items=reference.unpublished(tuple(i.items), day),
        protected_enterprise=registers.protects(visit.enterprise_id, day),
        protected_items=registers.protects_all(i.items, day),
        in_area=reference.in_area(visit.units[0], i.place_region or registers.region.get(visit.enterprise_id), day),
        plan=None if i.imported or not i.plan_code else _plan(registers, visit, i, i.plan_code),
    )


def _certificate(
    number: str, validities: Sequence[Dates], suspensions: Sequence[Dates], unit: str | None, day: date
) -> CertificateOnDay:
    return CertificateOnDay(
        number,
        known=bool(validities),
        valid=any(covers(row, day) for row in validities),
        suspended=any(covers(row, day) for row in suspensions),
        unit=unit,
    )


def _plan(registers: Registers, visit: Visit, i: Registered, code: str) -> PlanOnDay | None:
    plan, day = registers.plans.get((visit.jurisdiction, code)), visit.day
    if plan is None:
        return None
    filed_on = plan.filed_on if plan.filed_on and plan.filed_on <= day else None
    covers = plan.covers(visit.units, set(i.items) - _on_a_partners_basis(registers, visit, i), day)
    return PlanOnDay(plan.code, plan.kind, covers, plan.approved_on, filed_on, plan.published_on)


def _on_a_partners_basis(registers: Registers, visit: Visit, i: Registered) -> set[str]:
    """The items that units of a joint visit brought on a basis of their own: in force in their filed plan, or triggered."""
    found: set[str] = set()
    for joined in (one for one in i.invitations if one.state == "joined"):
        if joined.cause:
            found.update(joined.items)
        plan = registers.plans.get((visit.jurisdiction, joined.plan_code or ""))
        if plan is not None and plan.filed_on and plan.filed_on <= visit.day:
            found.update(item for item in joined.items if plan.covers((joined.unit,), (item,), visit.day))
    return found


def _named(column: Any) -> Any:
    return column.in_(bindparam("keys", expanding=True))


def _certified() -> Any:
    """Validities, suspensions and units of officers, as rows of one shape."""

    def part(which: str, model: type[Base], first: Any, last: Any, unit: Any) -> Any:
        number = table_of(model).c.certificate_no
        return select(literal_column(f"'{which}'").label("which"), number, first, last, unit).where(_named(number))

    valid, suspended, officer = (table_of(model).c for model in (Certificate, CertificateSuspension, Officer))
    return union_all(
        part("valid", Certificate, valid.valid_from, valid.valid_until, null().label("unit")),
        part("suspended", CertificateSuspension, suspended.valid_from, suspended.valid_until, null()),
        part("officer", Officer, null(), null(), officer.unit),
    )


_CERTIFIED = Prepared(_certified())
_HOME, _LISTED = table_of(Enterprise).c, table_of(DoNotDisturb).c
_NAMED = Prepared(  # regions of enterprises; what is on the lists of 无感监管对象 and 无事不扰事项
    union_all(
        select(
            _LISTED.subject_kind, _LISTED.subject_id, _LISTED.valid_from, _LISTED.valid_until, null().label("region")
        ).where(_LISTED.subject_kind.in_(("enterprise", "item")), _named(_LISTED.subject_id)),
        select(literal_column("'region'"), _HOME.id, null(), null(), _HOME.region).where(_named(_HOME.id)),
    )
)
