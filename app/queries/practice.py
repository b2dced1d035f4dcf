"""How far a trainee has come, read from the room itself: from what was recorded since it was begun."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.codes.token import to_digits
from app.domain.inspections import COMPLETED
from app.domain.supervision import RAISED
from app.store.models import CodeRow, FindingRow, InspectionRow, Speech

APPLY, APPROVE, SCAN, RECORD, RATE, FOLLOW = STEPS = ("apply", "approve", "scan", "record", "rate", "follow")


@dataclass(frozen=True, slots=True)
class Standing:
    """The trainee's newest visit, the digits of its code, the first flag it raised, and which steps are done."""

    visit: str | None
    begins: datetime | None
    code: str | None
    flag: str | None
    done: frozenset[str]

    @property
    def step(self) -> str | None:
        """What comes next; None when all is done."""
        return next((step for step in STEPS if step not in self.done), None)

    @property
    def number(self) -> int:
        return STEPS.index(self.step) + 1 if self.step else len(STEPS)


def standing(session: Session, since: datetime) -> Standing:
    """Where the trainee stands who began at `since`."""
    newest = select(InspectionRow).where(InspectionRow.applied_at >= since)
    visit = session.scalars(newest.order_by(InspectionRow.applied_at.desc()).limit(1)).first()
    if visit is None:
        return Standing(None, None, None, None, frozenset())
    code = session.scalar(
        select(CodeRow.token).where(CodeRow.inspection == visit.id).order_by(CodeRow.version.desc()).limit(1)
    )
    rated = session.scalar(select(Speech.id).where(Speech.inspection == visit.id).limit(1))
    about = FindingRow.enterprise_id == visit.enterprise_id
    of_it = select(FindingRow.id).where(FindingRow.inspection_id == visit.id, FindingRow.standing)
    flag = session.scalar(of_it.order_by(FindingRow.raised_at, FindingRow.id).limit(1))
    followed = session.scalar(select(FindingRow.id).where(about, FindingRow.state != RAISED).limit(1))
    done = {
        APPLY: True,
        APPROVE: code is not None,
        SCAN: visit.first_arrive_at is not None,
        RECORD: visit.state == COMPLETED,
        RATE: rated is not None,
        FOLLOW: followed is not None,
    }
    digits = to_digits(code) if code else None
    return Standing(visit.id, visit.window_start, digits, flag, frozenset(step for step in STEPS if done[step]))
