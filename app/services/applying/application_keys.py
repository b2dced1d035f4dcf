"""Sent twice, made once: an applicant's own key of an application (a form's, a batch row's, another system's).

A phone that lost the answer sends again; so does a job that was killed. The key is held until the end of the
transaction, so that two at the same moment make one inspection too.
"""

import hashlib
from dataclasses import asdict

from app.domain.applications import Application
from app.domain.errors import Refused
from app.domain.facts import canonical_json
from app.domain.inspections import Inspection
from app.domain.times import rfc3339
from app.store import inspections as inspection_store
from app.store.models import ApplicationKey
from app.store.unit_of_work import UnitOfWork


def made_before(work: UnitOfWork, unit: str, application: Application) -> Inspection | None:
    """The inspection that this key made, or None; the key is then held.

    Raises Refused("sent_before") where it made another application than this one.
    """
    key = application.client_key
    if key is None:
        return None
    work.lock(f"application-key:{unit}:{key}")
    kept = work.session.get(ApplicationKey, (unit, key))
    if kept is None:
        return None
    found = inspection_store.get(work.session, kept.inspection)
    assert found is not None
    if kept.digest != _digest(application):
        raise Refused("sent_before", "form", number=found.number)
    return found


def keep(work: UnitOfWork, unit: str, application: Application, inspection_id: str) -> None:
    """Remembers what a key made, in the transaction that made it."""
    if application.client_key is not None:
        row = ApplicationKey(
            unit=unit, key=application.client_key, inspection=inspection_id, digest=_digest(application)
        )
        work.session.add(row)


def _digest(application: Application) -> bytes:
    """What an application says, whenever the device says that it was begun."""
    said = asdict(application) | {"begun_at": None}
    said |= {"slots": [[rfc3339(s.start), rfc3339(s.end)] for s in application.slots]}
    for name in ("window_start", "window_end", "clue_at", "started_at"):
        said[name] = rfc3339(said[name]) if said[name] else None
    return hashlib.sha256(canonical_json(said).encode()).digest()
