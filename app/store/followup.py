"""What deadlines rest on: the working-day calendar and a jurisdiction's own terms."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.deadlines import SETTING, Terms
from app.domain.flags.policy import WorkingDays
from app.store.flag_facts import calendar_of
from app.store.models import JurisdictionSetting


def calendar(session: Session) -> WorkingDays:
    return calendar_of(session)


def terms(session: Session, region: str, today: date) -> Terms:
    """The days of each node in a jurisdiction as they hold today."""
    query = select(JurisdictionSetting.key, JurisdictionSetting.value).where(
        JurisdictionSetting.region == region,
        JurisdictionSetting.valid_from <= today,
        JurisdictionSetting.key.startswith(SETTING, autoescape=True),
    )
    rows = session.execute(query.order_by(JurisdictionSetting.valid_from))
    return Terms.of({row.key: row.value for row in rows})
