"""Loads what rules may see: rows in, the frozen facts of app/domain/flags out. Few queries for any number of visits."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.flags.facts import (
    Clue,
    KnownInspection,
    Presentation,
    Rating,
    Report,
    Visit,
)
from app.domain.flags.policy import Policies, PolicyTimeline, WorkingDays
from app.domain.inspections import CANCELLED, COMPLETED, REPLACED, Inspection
from app.domain.steps_of_days import Steps
from app.domain.times import shanghai_day
from app.store import inspections as inspection_store
from app.store import visit_rows
from app.store.models import (
    BadPresentation,
    CalendarDay,
    InspectionRow,
    Item,
    ItemTerm,
    Policy,
    Region,
    Speech,
    Unit,
    UnitTerritory,
)

CHUNK = 500


class Term(NamedTuple):
    """What holds for an item from one day to another."""

    valid_from: date
    valid_until: date | None
    published: bool
    yearly_cap: int | None


class Reference:
    """Small reference tables that every evaluation reads, loaded once a use case: units, policies, items, regions."""

    def __init__(self, session: Session) -> None:
        self.supervised = {u.code: u.supervised for u in session.scalars(select(Unit))}
        self._supervised_of: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.policies = policies(session)
        self.calendar = calendar_of(session)
        self.item_unit: dict[str, str] = {i.code: i.unit for i in session.execute(select(Item.code, Item.unit))}
        self.parents = {r.code: r.parent for r in session.execute(select(Region.code, Region.parent))}
        self.territories: dict[str, list[UnitTerritory]] = defaultdict(list)
        for territory in session.scalars(select(UnitTerritory)):
            self.territories[territory.unit].append(territory)
        self._caps: dict[tuple[str, ...], Steps[Mapping[str, int]]] = {}
        self._unpublished: dict[tuple[str, ...], Steps[tuple[str, ...]]] = {}
        self.item_terms: dict[str, list[Term]] = defaultdict(list)
        columns = (ItemTerm.item, ItemTerm.valid_from, ItemTerm.valid_until, ItemTerm.published, ItemTerm.yearly_cap)
        for row in session.execute(select(*columns).order_by(ItemTerm.valid_from)):
            self.item_terms[row.item].append(Term(row.valid_from, row.valid_until, row.published, row.yearly_cap))

    def supervised_of(self, units: tuple[str, ...]) -> tuple[str, ...]:
        known = self._supervised_of.get(units)
        if known is None:
            known = self._supervised_of[units] = tuple(u for u in units if self.supervised.get(u))
        return known

    def term(self, item: str, day: date) -> Term | None:
        """What held for an item on a day: the newest term that covers it."""
        terms = self.item_terms.get(item)
        return next((t for t in reversed(terms) if covers(t, day)), None) if terms else None

    def caps(self, items: tuple[str, ...], day: date) -> Mapping[str, int]:
        """The lowest cap in force on a day among the items of each unit."""
        steps = self._caps.get(items)
        if steps is None:
            steps = self._caps[items] = Steps(self._terms(items), partial(self._caps_on, items))
        return steps.on(day)

    def unpublished(self, items: tuple[str, ...], day: date) -> tuple[str, ...]:
        """Those of the items that are not in the published list on a day."""
        steps = self._unpublished.get(items)
        if steps is None:
            steps = self._unpublished[items] = Steps(self._terms(items), partial(self._unpublished_on, items))
        return steps.on(day)

    def _terms(self, items: Iterable[str]) -> list[Term]:
        return [term for item in items for term in self.item_terms.get(item, ())]

    def _unpublished_on(self, items: Sequence[str], day: date) -> tuple[str, ...]:
        return tuple(i for i in items if (term := self.term(i, day)) is None or not term.published)

    def _caps_on(self, items: Sequence[str], day: date) -> Mapping[str, int]:
        caps: dict[str, int] = {}
        for item in items:
            term, unit = self.term(item, day), self.item_unit.get(item)
            if unit and term and term.yearly_cap is not None:
                caps[unit] = min(term.yearly_cap, caps.get(unit, term.yearly_cap))
        return caps

    def in_area(self, unit: str, region: str | None, day: date) -> bool | None:
        """Whether a region lies in a unit's territories on a day; None where either is not known."""
        own = {t.region for t in self.territories.get(unit, ()) if covers(t, day)}
        if not own or region not in self.parents:
            return None
        at: str | None = region
        while at is not None:
            if at in own:
                return True
            at = self.parents.get(at)
        return False


def visit_of(i: Inspection, reference: Reference, start: datetime) -> Visit:
    """The visit that an inspection is (or, for advice, would be) when it begins at `start`."""
    day = shanghai_day(start)
    return Visit(
        id=i.id,
        number=i.number,
        jurisdiction=i.jurisdiction,
        enterprise_id=i.enterprise_id,
        start=start,
        day=day,
        kind=i.kind,
        cause=i.cause,
        units=i.units,
        supervised=reference.supervised_of(i.units),
        officers=tuple(o.certificate_no for o in i.officers),
        outcome=i.outcome,
        is_completed=i.state == COMPLETED,
        caps=reference.caps(i.items, day),
    )


def visits_of_enterprises(
    session: Session, reference: Reference, enterprise_ids: Sequence[str], first: date | None = None
) -> dict[str, list[Visit]]:
    """The visits that count of some enterprises, from a day on."""
    found: dict[str, list[Visit]] = {e: [] for e in enterprise_ids}
    for at in range(0, len(enterprise_ids), CHUNK):
        where: list[Any] = [InspectionRow.enterprise_id.in_(enterprise_ids[at : at + CHUNK])]
        if first is not None:
            where.append(InspectionRow.visit_day >= first)
        for visit, _ in visit_rows.visits(session, reference, where):
            found[visit.enterprise_id].append(visit)
    return found


def clues(session: Session, reference: Reference, jurisdiction: str, clue_key: str) -> list[Clue]:
    """The visits that count and carry a clue number."""
    return clues_of(session, reference, jurisdiction, [clue_key])[clue_key]


def clues_of(session: Session, reference: Reference, jurisdiction: str, keys: Sequence[str]) -> dict[str, list[Clue]]:
    """The same for some hundreds of clue numbers."""
    found: dict[str, list[Clue]] = {key: [] for key in keys}
    where = (InspectionRow.jurisdiction == jurisdiction, InspectionRow.clue_key.in_(keys))
    for visit, i in visit_rows.visits(session, reference, where, registered=True):
        if i is not None:
            key = inspection_store.clue_key(i.clue_no)
            found[key or ""].append(Clue(visit, i.applied_at, i.ended_at))
    return found


def report(session: Session, speech_id: str) -> Report | None:
    """A report with the inspections that were known when it arrived, as they stand now."""
    row = session.get(Speech, speech_id)
    if row is None or row.kind != "report" or row.visited_on is None:
        return None
    known = inspection_store.get_many(session, json.loads(row.known or "[]"))
    return Report(
        row.id, row.jurisdiction, row.enterprise, row.unit, row.visited_on, tuple(_known(i) for i in known),
        _place_among_upheld(session, row),
    )  # fmt: skip


def upheld_reports(session: Session, unit: str, year: int) -> list[str]:
    """The upheld reports of a unit in a year, in the order of the visits that they tell of."""
    within = Speech.visited_on.between(date(year, 1, 1), date(year, 12, 31))
    query = select(Speech.id).where(Speech.kind == "report", Speech.unit == unit, Speech.upheld.is_(True), within)
    return list(session.scalars(query.order_by(Speech.visited_on, Speech.id)))


def _place_among_upheld(session: Session, row: Speech) -> int:
    if not row.upheld or row.unit is None or row.visited_on is None:
        return 0
    return upheld_reports(session, row.unit, row.visited_on.year).index(row.id) + 1


def _known(i: Inspection) -> KnownInspection:
    return KnownInspection(
        units=i.units,
        first_day=shanghai_day(i.window_start),
        last_day=shanghai_day(i.window_end),
        visit_day=shanghai_day(i.visit_start) if i.visit_start else None,
        stands=i.state not in (CANCELLED, REPLACED),
    )


def rating(session: Session, reference: Reference, i: Inspection) -> Rating | None:
    """The ratings of a visit as one: the lowest, and every yes. None without a rating or before the visit counts."""
    rows = list(session.scalars(select(Speech).where(Speech.inspection == i.id, Speech.kind == "rating")))
    start = i.visit_start or i.window_start
    if not rows:
        return None
    yes = {name for r in rows if r.body for name, said in json.loads(r.body)["answers"].items() if said}
    lowest = min(r.rating for r in rows if r.rating is not None)
    return Rating(visit_of(i, reference, start), lowest, tuple(sorted(yes)))


def presentation(session: Session, presentation_id: str) -> Presentation | None:
    row = session.get(BadPresentation, presentation_id)
    if row is None:
        return None
    i = session.get(InspectionRow, row.inspection) if row.inspection else None
    day = shanghai_day(row.hour)
    return Presentation(row.id, row.jurisdiction, day, row.verdict, row.inspection, i.enterprise_id if i else None)


def policies(session: Session) -> Policies:
    """The confirmed policies of every jurisdiction, by the day they begin."""
    versions: dict[str, dict[date, Any]] = defaultdict(dict)
    for row in session.scalars(select(Policy).where(Policy.confirmed_by.is_not(None)).order_by(Policy.version)):
        versions[row.region][row.valid_from] = json.loads(row.settings)
    return {region: PolicyTimeline(by_day.items()) for region, by_day in versions.items()}


def calendar_of(session: Session) -> WorkingDays:
    days = session.execute(select(CalendarDay.day, CalendarDay.working).order_by(CalendarDay.version))
    return WorkingDays({row.day: row.working for row in days})


def covers(row: Any, day: date) -> bool:
    """Whether a dated row holds on a day; both ends included."""
    if row.valid_from > day:
        return False
    until = row.valid_until
    return until is None or bool(until >= day)
