"""What was said aloud with a report: kept sealed like a paper, without a name, an hour or a device, and without the speaker.

Who may read a report may hear it: the justice bureau, or discipline inspection where it became a lead; never the unit.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain import uploads
from app.domain.actors import SYSTEM
from app.domain.errors import NotFound
from app.domain.ids import random_id
from app.domain.times import day_start, shanghai_day
from app.domain.uploads import SOUNDS, Upload
from app.services import files
from app.store.models import FileRow
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

SUBJECT, FIELD = "voice", "voice"
LONGEST_SECONDS = 180  # the page stops recording there; the server holds to the size of domain.uploads


def keep(work: UnitOfWork, jurisdiction: str, upload: Upload | None) -> dict[str, dict[str, str]]:
    """Keeps a recording; what the report's body says of it, nothing where nothing was recorded.

    Its id says no time and the row only the week, like the report. Raises Invalid("file_…") at `voice`.
    """
    if upload is None:
        return {}
    file_id, today = random_id(work.random), shanghai_day(work.now)
    kind = uploads.check(upload, SOUNDS, FIELD)
    row = files.store(
        work, SYSTEM, Upload("", files.quiet(upload, kind, FIELD)), kind, purpose=SUBJECT,
        subject=(SUBJECT, file_id), jurisdiction=jurisdiction, file_id=file_id,
        recorded_at=day_start(today - timedelta(days=today.weekday())),
    )  # fmt: skip
    return {FIELD: files.reference(row)}


def opened(session: Session, vault: Vault, said: Mapping[str, Any]) -> files.KeptFile:
    """The recording that a body speaks of. Raises NotFound("no_such_file") where there is none, or none any more."""
    reference = said.get(FIELD)
    if not reference:
        raise NotFound("no_such_file")
    return files.opened(session, vault, reference["file"], (SUBJECT, reference["file"]))


def is_there(session: Session, said: Mapping[str, Any]) -> bool:
    """Whether the recording that a body speaks of is kept and is the one (`log verify`)."""
    reference = said.get(FIELD)
    row = session.get(FileRow, reference["file"]) if reference else None
    return not reference or (row is not None and row.sha256.hex() == reference["sha256"])


def forget(work: UnitOfWork, said: Mapping[str, Any]) -> None:
    """Erases the recording of a body whose words are erased."""
    row = work.session.get(FileRow, said[FIELD]["file"]) if said.get(FIELD) else None
    if row is not None and row.sealed is not None:
        files.erase(work, row)
