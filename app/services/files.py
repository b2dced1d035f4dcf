"""Keeping what people send: photographs made anew, voice without its metadata, papers as they are; all sealed."""

import hashlib
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import sounds, uploads
from app.domain.actors import Actor
from app.domain.errors import Invalid, NotFound
from app.domain.uploads import IMAGES, JPEG, SOUNDS, Upload
from app.store.models import FileRow
from app.store.unit_of_work import UnitOfWork
from app.store.vault import Vault

LONGEST_SIDE = 2000  # enough to read a label in a photograph
MOST_PIXELS = 60_000_000
QUALITY = 82
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
IN_ORDER = (FileRow.recorded_at, FileRow.id)  # an id alone orders only to the millisecond


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file opened for somebody who may see it."""

    id: str
    name: str
    media_type: str
    data: bytes


def keep(
    work: UnitOfWork,
    actor: Actor,
    upload: Upload,
    *,
    purpose: str,
    subject: tuple[str, str],
    jurisdiction: str,
    kinds: tuple[str, ...] = IMAGES,
    field: str = "file",
    file_id: str | None = None,
) -> FileRow:
    """Stores a file of one of `kinds` for a subject (kind, id). Pictures are drawn anew as JPEG: nothing of their
    metadata (place, device) stays, and nothing hidden in them either. Sound loses its titles, places and devices.

    The caller records the fact that names it (`reference`). Raises Invalid("file_…") at `field`.
    """
    kind = uploads.check(upload, kinds, field)
    data = _redrawn(upload, field) if kind in IMAGES else quiet(upload, kind, field)
    media_type = JPEG if kind in IMAGES else kind
    return store(
        work, actor, Upload(upload.name, data), media_type,
        purpose=purpose, subject=subject, jurisdiction=jurisdiction, file_id=file_id,
    )  # fmt: skip


def store(
    work: UnitOfWork,
    actor: Actor,
    upload: Upload,
    media_type: str,
    *,
    purpose: str,
    subject: tuple[str, str],
    jurisdiction: str,
    file_id: str | None = None,
    recorded_at: datetime | None = None,
) -> FileRow:
    """Stores bytes as they are, sealed: what the caller has checked, or will check before anybody sees it. `recorded_at`
    is given where the minute would tell who sent it."""
    row = FileRow(
        id=file_id or work.new_id(),
        jurisdiction=jurisdiction,
        subject_kind=subject[0],
        subject_id=subject[1],
        purpose=purpose,
        media_type=media_type,
        name=uploads.safe_name(upload.name),
        size=len(upload.data),
        sha256=hashlib.sha256(upload.data).digest(),
        sealed=b"",
        recorded_at=recorded_at or work.now,
        recorded_by=actor.id,
    )
    row.sealed = work.vault.seal(upload.data, f"file:{row.id}")
    work.session.add(row)
    work.session.flush()
    return row


def keep_all(
    work: UnitOfWork, actor: Actor, uploads: Sequence[Upload], *, field: str, **where: Any
) -> tuple[list[FileRow], tuple[Invalid, ...]]:
    """`keep` for several: those that were kept, and the refusal of each of the others.

    They share one instant, so their ids are drawn before and given in order: `IN_ORDER` is the order of the sending.
    """
    ids = sorted(work.new_id() for _ in uploads)
    kept: list[FileRow] = []
    refused: list[Invalid] = []
    for upload, file_id in zip(uploads, ids, strict=True):
        try:
            kept.append(keep(work, actor, upload, field=field, file_id=file_id, **where))
        except Invalid as error:
            refused.append(error)
    return kept, tuple(refused)


def reference(row: FileRow) -> dict[str, str]:
    """How a fact names a file."""
    return {"file": row.id, "sha256": row.sha256.hex()}


def of(session: Session, subject: tuple[str, str], purpose: str | None = None) -> Sequence[FileRow]:
    """The files of a subject, oldest first, without the erased ones."""
    query = select(FileRow).where(
        FileRow.subject_kind == subject[0], FileRow.subject_id == subject[1], FileRow.erased_at.is_(None)
    )
    if purpose is not None:
        query = query.where(FileRow.purpose == purpose)
    return list(session.scalars(query.order_by(*IN_ORDER)))


def opened(session: Session, vault: Vault, file_id: str, subject: tuple[str, str]) -> KeptFile:
    """A file of this subject; whether the reader may see the subject is for the caller to decide.

    Raises NotFound("no_such_file"), also for an erased file.
    """
    row = session.get(FileRow, file_id)
    if row is None or row.sealed is None or (row.subject_kind, row.subject_id) != subject:
        raise NotFound("no_such_file")
    return KeptFile(row.id, row.name, row.media_type, vault.open(row.sealed, f"file:{row.id}"))


def erase(work: UnitOfWork, row: FileRow) -> None:
    """Forgets the bytes; that there was a file, and which, stays."""
    row.sealed, row.erased_at = None, work.now
    work.session.flush()


def quiet(upload: Upload, kind: str, field: str) -> bytes:
    """The bytes of a paper as they are; those of sound without what it tells beside the sound. Raises Invalid."""
    if kind not in SOUNDS:
        return upload.data
    try:
        return sounds.stripped(upload.data, kind)
    except ValueError as error:
        raise Invalid("file_broken", field, name=uploads.safe_name(upload.name)) from error


def _redrawn(upload: Upload, field: str) -> bytes:
    """The picture as a JPEG of our own making, upright, at most LONGEST_SIDE pixels a side."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(upload.data), formats=("JPEG", "PNG", "WEBP")) as opened_image:
                upright = ImageOps.exif_transpose(opened_image).convert("RGB")
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = Image.new("RGB", upright.size)
        plain.paste(upright)
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=QUALITY)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("file_broken", field, name=uploads.safe_name(upload.name)) from error
    return out.getvalue()
