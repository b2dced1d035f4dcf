"""Visits of other systems in the database: found by their number or by the code they carry."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.mirroring import presented_digest, qr_digest
from app.store import inspections as inspection_store
from app.store.models import MirroredVisit


def by_number(session: Session, system: str, number: str) -> MirroredVisit | None:
    query = select(MirroredVisit).where(MirroredVisit.system == system, MirroredVisit.number == number)
    return session.scalar(query)


def add(session: Session, inspection: Inspection, now: datetime) -> MirroredVisit:
    """Keeps which visit of another system an inspection is."""
    qr = inspection.external_qr
    row = MirroredVisit(
        inspection=inspection.id,
        system=inspection.external_system,
        number=inspection.external_number,
        learned_at=now,
        qr_digest=qr_digest(qr) if qr else None,
    )
    session.add(row)
    session.flush()
    return row


def by_code(session: Session, text: str, *, lock: bool = False) -> Inspection | None:
    """The mirrored inspection that a code of another system belongs to; the newest, where a system uses a code again.

    `text` is the code as scanned, or `e-` and its hash. The row only leads to the inspection: what that itself says decides.
    """
    digest = presented_digest(text)
    query = select(MirroredVisit.inspection).where(MirroredVisit.qr_digest == digest)
    for inspection_id in session.scalars(query.order_by(MirroredVisit.inspection.desc()).limit(3)):
        found = inspection_store.get(session, inspection_id, lock=lock)
        if found and found.mirrored and found.external_qr and qr_digest(found.external_qr) == digest:
            return found
    return None
