"""Loads what rules may see: rows in, the frozen facts of app/domain/flags out. Few queries for any number of visits."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.flags.facts import (
    Clue,
    KnownInspection,
    Presentation,
    Rating,
    Report,
    Visit,
)
from app.domain.inspections import CANCELLED, COMPLETED, REPLACED, Inspection
from app.domain.times import shanghai_day
from app.store import inspections as inspection_store
from app.store import visit_rows
from app.store.models import BadPresentation, InspectionRow, Speech
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import Reference

CHUNK = 500


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
    session: Session,
    reference: Reference,
    enterprise_ids: Sequence[str],
    first: date,
    last: date = date.max,
) -> dict[str, list[Visit]]:
    """The visits that count of some enterprises, between two days."""
    found: dict[str, list[Visit]] = {e: [] for e in enterprise_ids}
    for at in range(0, len(enterprise_ids), CHUNK):
        some = list(enterprise_ids[at : at + CHUNK])
        for visit, _ in _OF_ENTERPRISES.visits(session, reference, enterprises=some, first=first, last=last):
            found[visit.enterprise_id].append(visit)
    return found


_OF_ENTERPRISES = visit_rows.Chosen(
    InspectionRow.enterprise_id.in_(bindparam("enterprises", expanding=True)),
    InspectionRow.visit_day.between(bindparam("first"), bindparam("last")),
)
_WITH_CLUES = visit_rows.Chosen(
    InspectionRow.jurisdiction == bindparam("jurisdiction"),
    InspectionRow.clue_key.in_(bindparam("keys", expanding=True)),
    registered=True,
)


def clues(session: Session, reference: Reference, jurisdiction: str, clue_key: str) -> list[Clue]:
    """The visits that count and carry a clue number."""
    return clues_of(session, reference, jurisdiction, [clue_key])[clue_key]


def clues_of(session: Session, reference: Reference, jurisdiction: str, keys: Sequence[str]) -> dict[str, list[Clue]]:
    """The same for some hundreds of clue numbers."""
    found: dict[str, list[Clue]] = {key: [] for key in keys}
    for visit, i in _WITH_CLUES.visits(session, reference, jurisdiction=jurisdiction, keys=list(keys)):
        if i is not None:
            key = inspection_store.clue_key(i.clue_no)
            # when an imported visit was applied for nobody knows: when it began, at the latest
            applied_at = visit.start if i.imported else i.applied_at
            found[key or ""].append(Clue(visit, applied_at, i.ended_at))
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
    rows = _RATINGS.all(session, inspection=i.id)
    start = i.visit_start or i.window_start
    if not rows:
        return None
    yes = {name for r in rows if r.body for name, said in json.loads(r.body)["answers"].items() if said}
    lowest = min(r.rating for r in rows if r.rating is not None)
    return Rating(visit_of(i, reference, start), lowest, tuple(sorted(yes)))


_SAID = table_of(Speech).c
_RATINGS = Prepared(
    select(_SAID.rating, _SAID.body).where(_SAID.inspection == bindparam("inspection"), _SAID.kind == "rating")
)


def presentation(session: Session, presentation_id: str) -> Presentation | None:
    row = session.get(BadPresentation, presentation_id)
    if row is None:
        return None
    i = session.get(InspectionRow, row.inspection) if row.inspection else None
    day = shanghai_day(row.hour)
    return Presentation(row.id, row.jurisdiction, day, row.verdict, row.inspection, i.enterprise_id if i else None)
