"""The chain of a rectification: the visit that ordered it, its re-checks, deadlines and answers, until it is closed."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.rectifications import ANSWERED, OPEN, Rectification, light
from app.services.visiting import rectifications as service
from app.store import inspections as inspection_store
from app.store import rectifications as store
from app.store.models import ActorRow, FileRow, InspectionRow, RectificationRow
from app.store.unit_of_work import history

MOST = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of the rectification. `body` is what it says; `files` are those that are still kept."""

    kind: str
    at: datetime
    by: str
    body: dict[str, Any]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    root: Inspection
    visits: tuple[Inspection, ...]
    rectification: Rectification | None
    steps: tuple[Step, ...]


def chain(session: Session, inspection: Inspection) -> Chain:
    """The whole chain that an inspection belongs to."""
    root = store.root_of(session, inspection)
    visits, level = [root], [root.id]
    while level and len(visits) < MOST:
        query = (
            select(InspectionRow)
            .where(InspectionRow.recheck_of.in_(level), InspectionRow.enterprise_id == root.enterprise_id)
            .order_by(InspectionRow.window_start, InspectionRow.id)
        )
        known = {v.id for v in visits}
        following = [v for v in inspection_store.select_where(session, query) if v.id not in known]
        visits += following
        level = [v.id for v in following]
    return Chain(root, tuple(visits), store.get(session, root.id), _steps(session, root.id))


def open_of(session: Session, unit: str) -> list[Rectification]:
    """A unit's rectifications that are not closed, the most urgent first."""
    query = (
        select(RectificationRow)
        .where(RectificationRow.unit == unit, RectificationRow.state.in_([OPEN, ANSWERED]))
        .order_by(RectificationRow.due_on, RectificationRow.inspection)
        .limit(MOST)
    )
    return store.select_where(session, query)


def usual_days(session: Session, jurisdiction: str, today: date) -> int:
    """How many days a rectification usually has here."""
    return service.usual_days(session, jurisdiction, today)


def lights(found: list[Rectification], today: date) -> dict[str, str]:
    """The light of each by its inspection."""
    return {r.inspection: light(r, today) for r in found}


def _steps(session: Session, inspection_id: str) -> tuple[Step, ...]:
    facts = history(session, "rectification", inspection_id)
    names = {
        a.id: a.name for a in session.scalars(select(ActorRow).where(ActorRow.id.in_({f.recorded_by for f in facts})))
    }
    subject = (FileRow.subject_kind == "rectification", FileRow.subject_id == inspection_id)
    kept = set(session.scalars(select(FileRow.id).where(*subject, FileRow.erased_at.is_(None))))
    return tuple(_step(f, names, kept) for f in facts)


def _step(fact: Any, names: dict[str, str], kept: set[str]) -> Step:
    body = json.loads(fact.body)
    files = tuple(f["file"] for f in body.get("files", ()) if f["file"] in kept)
    return Step(fact.kind, fact.recorded_at, names.get(fact.recorded_by, ""), body, files)
