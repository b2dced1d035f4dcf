"""While on site: the results so far, item by item, and the photographs, until the visit is recorded.

A draft is no fact; whoever of the unit opens the form finds it. What is recorded takes the photographs with it, each by
its hash, and the draft is gone.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.inspections import CANCELLED, Inspection, transition
from app.domain.onsite import PROBLEM_FOUND, USUALLY, Rectify
from app.domain.uploads import Upload
from app.services import files
from app.services.people.access import WORKERS, own_inspection
from app.store.database import dialect_insert
from app.store.models import FactRow, FileRow, InspectionRow, VisitDraft, VisitPhoto
from app.store.unit_of_work import UnitOfWork, deleted

PURPOSE, OF_UNIT = "visit", "@"
RESULTS = ("inspection.part_recorded", "inspection.completed")
MOST_PHOTOS = 60
LONGEST_DRAFT = 60_000
DRAFTS_KEPT = timedelta(days=90)


def save_draft(work: UnitOfWork, actor: Actor, inspection_id: str, parts: Mapping[str, Mapping[str, Any]]) -> datetime:
    """Keeps what was filled in so far: one JSON object an item of the visit, "" for the rest of the form; when.

    Raises NotFound, Forbidden, Refused (state), Invalid("item_not_on_code" | "too_long").
    """
    inspection = _under_way(work, actor, inspection_id)
    for item, part in parts.items():
        body = json.dumps(part, ensure_ascii=False)
        _check_item(inspection, item)
        key = item or _rest(inspection, actor)
        if len(body) > LONGEST_DRAFT:
            raise Invalid("too_long", f"note.{item}", most=2000)
        values = {"body": body, "saved_at": work.now, "saved_by": actor.id}
        row = {"inspection": inspection.id, "item": key, **values}
        statement = dialect_insert(work.session, VisitDraft).values(row)
        work.session.execute(statement.on_conflict_do_update(index_elements=["inspection", "item"], set_=values))
    return work.now


def drafts(session: Session, inspection: Inspection, actor: Actor) -> dict[str, dict[str, Any]]:
    """What was kept, by item; "" is the rest of the form (of a joint visit: as the actor's unit filled it in)."""
    rest = _rest(inspection, actor)
    query = select(VisitDraft.item, VisitDraft.body).where(VisitDraft.inspection == inspection.id)
    found = {item: json.loads(body) for item, body in session.execute(query)}
    return {("" if key == rest else key): part for key, part in found.items() if key == rest or key in inspection.items}


def saved_at(session: Session, inspection: Inspection, actor: Actor) -> dict[str, int]:
    """When each part of the draft was kept, in milliseconds: a page says so to the phone, which may know better."""
    rest = _rest(inspection, actor)
    query = select(VisitDraft.item, VisitDraft.saved_at).where(VisitDraft.inspection == inspection.id)
    return {("" if item == rest else item): milliseconds(at) for item, at in session.execute(query)}


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def keep_photos(
    work: UnitOfWork, actor: Actor, inspection_id: str, item: str, uploads: Sequence[Upload]
) -> tuple[list[FileRow], tuple[Invalid, ...]]:
    """Keeps photographs of an item ("": of the visit). One that is refused takes none of the others with it.

    Raises NotFound, Forbidden, Refused (state), Invalid("item_not_on_code" | "too_many_entries").
    """
    inspection = _under_way(work, actor, inspection_id)
    _check_item(inspection, item)
    count = select(func.count()).select_from(VisitPhoto).where(VisitPhoto.inspection == inspection.id)
    if (work.session.scalar(count) or 0) + len(uploads) > MOST_PHOTOS:
        raise Invalid("too_many_entries", f"photos.{item}", most=MOST_PHOTOS)
    kept, refused = files.keep_all(
        work, actor, uploads, purpose=PURPOSE, subject=("inspection", inspection.id),
        jurisdiction=inspection.jurisdiction, field=f"photos.{item}",
    )  # fmt: skip
    work.session.add_all(VisitPhoto(file=row.id, inspection=inspection.id, item=item) for row in kept)
    work.session.flush()
    return kept, refused


def remove_photo(work: UnitOfWork, actor: Actor, inspection_id: str, file_id: str) -> None:
    """Takes a photograph back before the visit is recorded. Raises NotFound, Forbidden, Refused (state)."""
    inspection = _under_way(work, actor, inspection_id)
    photo, row = work.session.get(VisitPhoto, file_id), work.session.get(FileRow, file_id)
    if photo is None or row is None or photo.inspection != inspection.id or photo.recorded:
        raise NotFound("no_such_file")
    work.session.delete(photo)
    files.erase(work, row)


def photos(session: Session, inspection_id: str) -> list[tuple[str, FileRow]]:
    """The photographs that are not recorded yet with their items, oldest first."""
    query = (
        select(VisitPhoto.item, FileRow)
        .join(FileRow, FileRow.id == VisitPhoto.file)
        .where(VisitPhoto.inspection == inspection_id, ~VisitPhoto.recorded)
        .order_by(*files.IN_ORDER)
    )
    return [(item, row) for item, row in session.execute(query)]


def settle(work: UnitOfWork, inspection: Inspection, items: Sequence[str]) -> list[dict[str, str]]:
    """What the fact of a result of `items` says of the photographs; they can no longer be removed, the draft is gone."""
    work.session.execute(delete(VisitDraft).where(VisitDraft.inspection == inspection.id, VisitDraft.item.in_(items)))
    rest = or_(VisitDraft.item == "", VisitDraft.item.startswith(OF_UNIT))
    if set(items) | {r.item for r in inspection.results} >= set(inspection.items):
        work.session.execute(delete(VisitDraft).where(VisitDraft.inspection == inspection.id, rest))
    query = (
        select(VisitPhoto, FileRow)
        .join(FileRow, FileRow.id == VisitPhoto.file)
        .where(VisitPhoto.inspection == inspection.id, VisitPhoto.item.in_([*items, ""]), ~VisitPhoto.recorded)
        .order_by(*files.IN_ORDER)
    )
    named = []
    for photo, row in work.session.execute(query).all():
        photo.recorded = True
        named.append({"item": photo.item, **files.reference(row)})
    work.session.flush()
    return named


def rectify_of(session: Session, inspection: Inspection) -> Rectify:
    """What the units of a visit asked for with their results, as one: the nearest day, all demands."""
    query = select(FactRow.body).where(
        FactRow.subject_kind == "inspection", FactRow.subject_id == inspection.id, FactRow.kind.in_(RESULTS)
    )
    said = []
    for body in (json.loads(text) for text in session.scalars(query.order_by(FactRow.seq))):
        if "rectify" in body and any(r["outcome"] == PROBLEM_FOUND for r in body["results"]):
            said.append(body["rectify"])
    if not said:
        return USUALLY
    days = [date.fromisoformat(s["due"]) for s in said if s["due"]]
    demands = [s["demand"] for s in said if s["demand"]]
    return Rectify(min(days, default=None), "；".join(demands) or None, all(s["on_the_spot"] for s in said))


def forget(work: UnitOfWork) -> int:
    """Housekeeping: old drafts, and the photographs of visits that were cancelled before anything was recorded."""
    drafts = deleted(work, delete(VisitDraft).where(VisitDraft.saved_at < work.now - DRAFTS_KEPT))
    query = (
        select(VisitPhoto, FileRow)
        .join(FileRow, FileRow.id == VisitPhoto.file)
        .join(InspectionRow, InspectionRow.id == VisitPhoto.inspection)
        .where(InspectionRow.state == CANCELLED)
        .limit(MOST_PHOTOS)
    )
    photos = work.session.execute(query).all()
    for photo, row in photos:
        work.session.delete(photo)
        files.erase(work, row)
    return drafts + len(photos)


def _under_way(work: UnitOfWork, actor: Actor, inspection_id: str) -> Inspection:
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    transition(inspection.state, "inspection.completed")
    return inspection


def _rest(inspection: Inspection, actor: Actor) -> str:
    """Where the rest of the form is kept: each unit of a joint visit has its own."""
    return f"{OF_UNIT}{actor.unit}" if inspection.is_joint else ""


def _check_item(inspection: Inspection, item: str) -> None:
    if item and item not in inspection.items:
        raise Invalid("item_not_on_code", "results", item=item)
