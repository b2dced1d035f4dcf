"""What the enterprise's page shows around a verdict: names, the jurisdiction's own settings, whom to call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.rectifications import Rectification
from app.store import rectifications
from app.store.inspections import Holder
from app.store.reference import Setting, current
from app.store.visit_details import Registers


@dataclass(frozen=True, slots=True)
class Around:
    """An inspection's names: enterprise, units in order and by code, items in order."""

    enterprise: str
    uscc: str | None
    units: tuple[str, ...]
    unit_names: Mapping[str, str]
    items: tuple[tuple[str, str], ...]


def around(session: Session, inspection: Inspection | None, holder: Holder | None) -> Around | None:
    """The names of what an inspection refers to, for what a look at a code found; None where it found none."""
    if inspection is None or holder is None:
        return None
    known = current(session)
    return Around(
        enterprise=holder.name,
        uscc=holder.uscc,
        units=tuple(known.units[u].name for u in inspection.units),
        unit_names={u: known.units[u].name for u in inspection.units},
        items=tuple((known.items[c].name, known.items[c].basis) for c in inspection.items),
    )


def to_check(session: Session, inspection: Inspection, day: date) -> frozenset[str]:
    """The certificates of a visit's officers of which the register does not say that they hold on `day`.

    Why (expired, suspended, unknown) is not for whoever scans a code. Of another system's officers only those that are known
    here count (docs/decisions/0058).
    """
    registers, numbers = Registers(), tuple(o.certificate_no for o in inspection.officers)
    registers.learn_officers(session, set(numbers))
    carried = registers.certificates(numbers, day)
    return frozenset(c.certificate_no for c in carried if not c.is_fit and (c.known or not inspection.mirrored))


def rectification(session: Session, inspection: Inspection) -> Rectification | None:
    """The rectification that a visit ordered, if any."""
    return rectifications.get(session, inspection.id)


def settings(session: Session, region: str, today: date) -> Mapping[str, Setting]:
    """A jurisdiction's own texts and numbers in force today."""
    return current(session).settings(region, today)
