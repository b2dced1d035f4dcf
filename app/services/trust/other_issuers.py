"""Other systems whose codes a jurisdiction recognises: a dated setting, published in the signed key list.

They are named with the place to check them. Nothing that such a code holds is followed.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.codes.issuers import Issuer
from app.domain.facts import canonical_json
from app.services import registers
from app.services.trust import unit_keys
from app.store.models import JurisdictionSetting
from app.store.other_issuers import KEY
from app.store.unit_of_work import UnitOfWork


def set_recognised(
    work: UnitOfWork, actor: Actor, issuers: Sequence[Issuer], valid_from: date, source: str | None = None
) -> bool:
    """These and no others are recognised from a day on; signs the key list anew. False where that held already."""
    value = canonical_json([issuer.to_json() for issuer in issuers])
    region = work.default_jurisdiction
    row = work.session.scalar(
        select(JurisdictionSetting).where(
            JurisdictionSetting.region == region,
            JurisdictionSetting.key == KEY,
            JurisdictionSetting.valid_from == valid_from,
        )
    )
    if row is not None and row.value == value:
        return False
    if row is None:
        row = JurisdictionSetting(region=region, key=KEY, valid_from=valid_from)
        work.session.add(row)
    row.value, row.source, row.recorded_at = value, source, work.now
    work.session.flush()
    registers.record(work, actor, region, [row])
    unit_keys.publish_keys(work)
    return True
