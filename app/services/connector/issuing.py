"""Who issues the codes of a jurisdiction: this platform, another system, or both. A dated setting that two persons change.

Where another system issues, nobody applies for a code here and nobody approves one: what is registered there comes in by
itself (services/connector) and is not typed again.
"""

from datetime import date

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Invalid, Refused
from app.domain.facts import canonical_json
from app.domain.inspections import CONTACT, Inspection
from app.domain.mirroring import OWN, Issuing, check
from app.domain.times import shanghai_day
from app.services import registers
from app.store.issuing import KEY, issuing_on
from app.store.mirroring import add, by_number
from app.store.models import InspectionRow, JurisdictionSetting, Region
from app.store.unit_of_work import UnitOfWork


def set_issuing(work: UnitOfWork, actor: Actor, region: str, issuing: Issuing, first: date) -> bool:
    """What holds for `region` from a day on; False where that holds already. Raises Invalid at each field.

    A page asks two administrators (two_persons.ISSUING); the command on the server does the same alone.
    """
    check(issuing)
    if work.session.get(Region, region) is None:
        raise Invalid("unknown_region", "region", region=region)
    if issuing_on(work.session, region, first) == issuing:
        return False
    key = (
        JurisdictionSetting.region == region,
        JurisdictionSetting.key == KEY,
        JurisdictionSetting.valid_from == first,
    )
    row = work.session.scalar(select(JurisdictionSetting).where(*key))
    if row is None:
        row = JurisdictionSetting(region=region, key=KEY, valid_from=first)
        work.session.add(row)
    row.value, row.recorded_at = canonical_json(issuing.to_json()), work.now
    work.session.flush()
    registers.record(work, actor, region, [row])
    return True


def require_own(work: UnitOfWork, jurisdiction: str, kind: str) -> None:
    """Raises Refused("issued_elsewhere") where a visit of that kind is applied for in another system today.

    What is no inspection (走访, 调研 …) gets no code anywhere and is recorded here.
    """
    if kind == CONTACT:
        return
    found = issuing_on(work.session, jurisdiction, shanghai_day(work.now))
    if found.is_elsewhere:
        raise Refused("issued_elsewhere", system=found.system, entry=found.entry or "—")


def claim(work: UnitOfWork, inspection: Inspection) -> None:
    """Keeps that an application names a visit of another system. Raises Refused("registered_elsewhere_already")."""
    system, number = inspection.external_system, inspection.external_number
    if not system or not number:
        return
    work.lock(f"mirror:{system}:{number}")
    known = by_number(work.session, system, number)
    if known is not None:
        there = work.session.get_one(InspectionRow, known.inspection)
        raise Refused("registered_elsewhere_already", "external.number", number=there.number)
    add(work.session, inspection, work.now)


def require_mirroring(work: UnitOfWork, jurisdiction: str) -> None:
    """Raises Refused("issued_here") where this platform alone issues: then a visit of another system is no visit here."""
    if issuing_on(work.session, jurisdiction, shanghai_day(work.now)).mode == OWN:
        raise Refused("issued_here")


def require_ours(inspection: Inspection) -> None:
    """Raises Refused("mirrored_step") for a visit registered elsewhere: what it says is changed there."""
    if inspection.mirrored:
        raise Refused("mirrored_step", system=inspection.external_system)
