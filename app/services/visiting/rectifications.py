"""责令改正: opened by a found problem, extended, answered by the enterprise, looked at again, closed.

A re-check is a triggered visit (cause `recheck`) whose result closes the rectification of the visit it goes back to, or
sends it back. What can be seen from papers and photographs needs no second visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.domain import rectifications as domain
from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.inspections import Inspection
from app.domain.onsite import LONGEST_NOTE, PROBLEM_FOUND, Rectify
from app.domain.rectifications import Rectification
from app.domain.times import shanghai_day
from app.domain.uploads import Upload
from app.services import files
from app.services.people.access import WORKERS, own_inspection
from app.store import inspections as inspection_store
from app.store import rectifications as store
from app.store import registry
from app.store.unit_of_work import UnitOfWork

MOST_PHOTOS = 20


@dataclass(frozen=True, slots=True)
class Answered:
    """`refused` are the photographs that could not be kept, each with its sentence; the answer itself is recorded."""

    rectification: Rectification
    refused: tuple[Invalid, ...]


def open_(work: UnitOfWork, actor: Actor, inspection_id: str, rectify: Rectify) -> Rectification:
    """Orders the rectification of a finished visit that found a problem and has none yet.

    Raises NotFound, Forbidden, Refused("no_problem_found" | "not_in_this_state"), Invalid (due).
    """
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    if inspection.state != "completed" or inspection.outcome != PROBLEM_FOUND:
        raise Refused("no_problem_found")
    return _open(work, actor, inspection, rectify)


def after_completion(work: UnitOfWork, actor: Actor, inspection: Inspection, rectify: Rectify) -> None:
    """What the result of a visit means: a re-check closes or sends back the rectification it looks at, else a problem
    opens one."""
    root = store.root_of(work.session, inspection)
    looked_at = store.get(work.session, root.id, lock=True) if root.id != inspection.id else None
    mine = set(inspection.units) & set(root.units)
    if looked_at is not None and looked_at.is_open and mine:
        _rechecked(work, actor, looked_at, inspection, rectify)
    elif inspection.outcome == PROBLEM_FOUND:
        _open(work, actor, inspection, rectify)


def extend(work: UnitOfWork, actor: Actor, inspection_id: str, due: date, reason: str) -> Rectification:
    """Gives more time, with a reason. Raises NotFound, Refused, Invalid."""
    r, _ = _own(work, actor, inspection_id)
    if not reason.strip():
        raise Invalid("reason_missing", "reason")
    if due <= r.due_on:
        raise Invalid("due_not_later", "due")
    _check_due(work, due)
    return _record(work, actor, r, "extended", {"due": due.isoformat(), "reason": reason.strip()[:LONGEST_NOTE]})


def answer(work: UnitOfWork, actor: Actor, inspection_id: str, text: str, uploads: Sequence[Upload] = ()) -> Answered:
    """The enterprise says what it did, with photographs. Whether the actor speaks for it is for the caller to decide.

    May be said again until the unit has looked at it. Raises NotFound, Refused, Invalid("missing" | "too_long").
    """
    r = _locked(work, inspection_id)
    if not text.strip():
        raise Invalid("missing", "text")
    if len(text) > LONGEST_NOTE:
        raise Invalid("too_long", "text", most=LONGEST_NOTE)
    kept, refused = _keep(work, actor, r, uploads)
    after = _record(work, actor, r, "answered", {"text": text.strip(), "files": kept})
    return Answered(after, refused)


def verify(
    work: UnitOfWork, actor: Actor, inspection_id: str, note: str, uploads: Sequence[Upload] = ()
) -> Rectification:
    """The unit saw from papers or photographs that it is put right: closed without a second visit.

    Raises NotFound, Refused, Invalid("note_needed" | "file_…").
    """
    r, _ = _own(work, actor, inspection_id)
    if not note.strip():
        raise Invalid("note_needed", "note")
    kept, refused = _keep(work, actor, r, uploads)
    if refused:
        raise refused[0]
    return _close(work, actor, r, {"way": "papers", "note": note.strip()[:LONGEST_NOTE], "files": kept})


def send_back(work: UnitOfWork, actor: Actor, inspection_id: str, due: date, note: str) -> Rectification:
    """The unit saw that it is not put right: a new deadline. Raises NotFound, Refused, Invalid."""
    r, _ = _own(work, actor, inspection_id)
    if not note.strip():
        raise Invalid("note_needed", "note")
    _check_due(work, due)
    return _record(work, actor, r, "returned", {"due": due.isoformat(), "note": note.strip()[:LONGEST_NOTE]})


def usual_due(work: UnitOfWork, jurisdiction: str) -> date:
    """The day that a rectification is due where nobody sets another: the setting `rectification_days`, or 15 days."""
    today = shanghai_day(work.now)
    return today + timedelta(days=usual_days(work.session, jurisdiction, today))


def usual_days(session: Any, jurisdiction: str, today: date) -> int:
    """The setting of the jurisdiction, where it is a sensible number of days."""
    said = registry.setting(session, jurisdiction, "rectification_days", today) or ""
    days = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else domain.DEFAULT_DAYS
    return days if 1 <= days <= domain.LONGEST_DAYS else domain.DEFAULT_DAYS


def _open(work: UnitOfWork, actor: Actor, inspection: Inspection, rectify: Rectify) -> Rectification:
    existing = store.get(work.session, inspection.id)
    if existing is not None:
        raise Refused("not_in_this_state", state=existing.state, step="rectification.opened")
    due = rectify.due or usual_due(work, inspection.jurisdiction)
    if not rectify.on_the_spot:
        _check_due(work, due)
    body = {
        "unit": inspection.lead_unit,
        "enterprise": inspection.enterprise_id,
        "due": (shanghai_day(work.now) if rectify.on_the_spot else due).isoformat(),
        "demand": rectify.demand,
        "items": [r.item for r in inspection.results if r.outcome == PROBLEM_FOUND],
    }
    subject = ("rectification", inspection.id)
    fact = work.fact("rectification.opened", subject, body, actor, inspection.jurisdiction)
    work.store_fact(fact)
    opened = domain.evolve(None, fact)
    store.save(work.session, opened)
    return _close(work, actor, opened, {"way": "on_the_spot"}) if rectify.on_the_spot else opened


def _rechecked(
    work: UnitOfWork, actor: Actor, r: Rectification, recheck: Inspection, rectify: Rectify
) -> Rectification | None:
    """An outcome that says nothing of the problem (not applicable) leaves the rectification as it is."""
    if recheck.outcome == PROBLEM_FOUND and not rectify.on_the_spot:
        due = rectify.due or usual_due(work, r.jurisdiction)
        _check_due(work, due)
        return _record(
            work, actor, r, "returned", {"due": due.isoformat(), "note": rectify.demand, "recheck": recheck.id}
        )
    if recheck.outcome is not None:
        way = "on_the_spot" if recheck.outcome == PROBLEM_FOUND else "recheck"
        return _close(work, actor, r, {"way": way, "recheck": recheck.id})
    return None


def _close(work: UnitOfWork, actor: Actor, r: Rectification, body: dict[str, Any]) -> Rectification:
    return _record(work, actor, _record(work, actor, r, "verified", body), "closed", {"way": body["way"]})


def _own(work: UnitOfWork, actor: Actor, inspection_id: str) -> tuple[Rectification, Inspection]:
    inspection = own_inspection(work, actor, inspection_id, *WORKERS)
    return _locked(work, inspection_id), inspection


def _locked(work: UnitOfWork, inspection_id: str) -> Rectification:
    inspection_store.get(work.session, inspection_id, lock=True)  # whoever changes the one holds the other first
    r = store.get(work.session, inspection_id, lock=True)
    if r is None:
        raise NotFound("no_such_rectification")
    return r


def _check_due(work: UnitOfWork, due: date) -> None:
    today = shanghai_day(work.now)
    if not today < due <= today + timedelta(days=domain.LONGEST_DAYS):
        raise Invalid("due_out_of_range", "due", days=domain.LONGEST_DAYS)


def _keep(
    work: UnitOfWork, actor: Actor, r: Rectification, uploads: Sequence[Upload]
) -> tuple[list[dict[str, str]], tuple[Invalid, ...]]:
    subject = ("rectification", r.inspection)
    if len(uploads) + len(files.of(work.session, subject)) > MOST_PHOTOS:
        raise Invalid("too_many_entries", "photos", most=MOST_PHOTOS)
    rows, refused = files.keep_all(
        work, actor, uploads, purpose="rectification", subject=subject, jurisdiction=r.jurisdiction, field="photos"
    )
    return [files.reference(row) for row in rows], refused


def _record(work: UnitOfWork, actor: Actor, r: Rectification, step: str, body: dict[str, Any]) -> Rectification:
    subject = ("rectification", r.inspection)
    fact = work.fact(f"rectification.{step}", subject, body, actor, r.jurisdiction)
    after = domain.evolve(r, fact)
    work.store_fact(fact)
    store.save(work.session, after)
    return after
