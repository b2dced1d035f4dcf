"""Who issues the codes of a jurisdiction, as its dated setting says."""

import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.mirroring import OWN, Issuing
from app.store.models import JurisdictionSetting
from app.store.reference import current

KEY = "issuing"


def issuing_on(session: Session, region: str, day: date) -> Issuing:
    """What holds for `region` on `day`: its own codes where nothing was set."""
    said = current(session).settings(region, day).get(KEY)
    return Issuing(**json.loads(said.value)) if said else Issuing()


def mirrors(session: Session, day: date) -> bool:
    """Whether visits of another system come in anywhere here on `day`: then what is not among them is not registered."""
    return any(issuing_on(session, region, day).mode != OWN for region in current(session).regions)


def to_come(session: Session, region: str, day: date) -> list[tuple[date, Issuing]]:
    """What will hold from later days on."""
    where = (
        JurisdictionSetting.region == region,
        JurisdictionSetting.key == KEY,
        JurisdictionSetting.valid_from > day,
    )
    query = select(JurisdictionSetting).where(*where).order_by(JurisdictionSetting.valid_from)
    return [(row.valid_from, Issuing(**json.loads(row.value))) for row in session.scalars(query)]
