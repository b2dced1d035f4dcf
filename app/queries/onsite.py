"""What was recorded on site, read from the facts of the result; and how far the code was shown from where it should be."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.onsite import Companion
from app.domain.places import distance_km
from app.domain.rectifications import Rectification
from app.queries.amendments import ShownAmendment, amendments
from app.store import rectifications as rectification_store
from app.store.models import CodePlace, Enterprise, FactRow, RegionPlace

RESULTS = ("inspection.part_recorded", "inspection.completed", "inspection.not_carried_out")


@dataclass(frozen=True, slots=True)
class PointRecord:
    no: int
    point: str
    outcome: str
    note: str | None


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """`item` is "" for a photograph of the whole visit."""

    item: str
    file: str


@dataclass(frozen=True, slots=True)
class OnSite:
    """What the facts of the result say beside the outcome of each item."""

    points: Mapping[str, Sequence[PointRecord]]
    people: tuple[Companion, ...]
    headcount: int | None
    photos: tuple[PhotoRecord, ...]

    def companions_beyond(self, fixed: int | None) -> int:
        """How many more assisted than were fixed beforehand; 0 where nothing was fixed."""
        return max(0, len(self.people) - fixed) if fixed is not None else 0


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around one visit on its pages. `chain` is the visit whose rectification this one belongs to."""

    amendments: list[ShownAmendment]
    record: OnSite | None
    rectification: Rectification | None
    chain: str | None
    distance: int | None


def around(session: Session, inspection: Inspection, facts: Sequence[FactRow]) -> Around:
    """Amendments, what was recorded on site, the rectification, and how far away the code was shown."""
    root = rectification_store.root_of(session, inspection)
    rectification = rectification_store.get(session, root.id)
    return Around(
        amendments=amendments(session, inspection.id, facts),
        record=record(session, inspection.id),
        rectification=rectification,
        chain=root.id if rectification or root.id != inspection.id else None,
        distance=distance(session, inspection),
    )


def record(session: Session, inspection_id: str) -> OnSite | None:
    """What was recorded on site, or None before there is a result."""
    query = select(FactRow.body).where(
        FactRow.subject_kind == "inspection", FactRow.subject_id == inspection_id, FactRow.kind.in_(RESULTS)
    )
    bodies = [json.loads(text) for text in session.scalars(query.order_by(FactRow.seq))]
    if not bodies:
        return None
    points: dict[str, list[PointRecord]] = defaultdict(list)
    for p in (p for body in bodies for p in body.get("points", ())):
        points[p["item"]].append(PointRecord(p["no"], p["point"], p["outcome"], p["note"]))
    people = [p for body in bodies for p in body.get("people", ())]
    photos = [p for body in bodies for p in body.get("photos", ())]
    return OnSite(
        points=points,
        people=tuple(Companion(p["role"], p["organisation"], p["name"]) for p in people),
        headcount=max((body.get("headcount") or 0 for body in bodies), default=0) or None,
        photos=tuple(PhotoRecord(p["item"], p["file"]) for p in photos),
    )


def distance(session: Session, inspection: Inspection) -> int | None:
    """Whole kilometres between where the code was shown and the middle of the registered region; None if unknown."""
    shown = session.get(CodePlace, inspection.id)
    region = inspection.place_region or session.get_one(Enterprise, inspection.enterprise_id).region
    middle = session.get(RegionPlace, region) if region else None
    return distance_km((shown.lat, shown.lon), (middle.lat, middle.lon)) if shown and middle else None
