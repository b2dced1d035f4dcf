"""The other systems whose codes a jurisdiction recognises, as its dated setting says."""

from datetime import date

from sqlalchemy.orm import Session

from app.domain.codes.issuers import Issuer
from app.store.reference import RECOGNISED_ISSUERS, current

KEY = RECOGNISED_ISSUERS


def recognised(session: Session, region: str, day: date) -> tuple[Issuer, ...]:
    """The issuers that `region` recognises on `day`, in their order."""
    return current(session).issuers(region, day)
