"""The other systems whose codes a jurisdiction recognises, as its dated setting says."""

import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.codes.issuers import Issuer
from app.store.models import JurisdictionSetting

KEY = "recognised_issuers"


def recognised(session: Session, region: str, day: date) -> tuple[Issuer, ...]:
    """The issuers that `region` recognises on `day`, in their order."""
    in_force = (
        JurisdictionSetting.region == region,
        JurisdictionSetting.key == KEY,
        JurisdictionSetting.valid_from <= day,
    )
    newest = select(JurisdictionSetting.value).where(*in_force).order_by(JurisdictionSetting.valid_from.desc())
    value = session.scalar(newest.limit(1))
    return tuple(Issuer.from_json(issuer) for issuer in json.loads(value)) if value else ()
