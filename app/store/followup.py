"""What deadlines rest on: the working-day calendar and a jurisdiction's own terms."""

from datetime import date

from sqlalchemy.orm import Session

from app.domain.deadlines import SETTING, Terms
from app.domain.flags.policy import WorkingDays
from app.store.reference import current


def calendar(session: Session) -> WorkingDays:
    return current(session).calendar


def terms(session: Session, region: str, today: date) -> Terms:
    """The days of each node in a jurisdiction as they hold today."""
    in_force = current(session).settings(region, today)
    return Terms.of({key: said.value for key, said in in_force.items() if key.startswith(SETTING)})
