"""What inspections cost an enterprise in a year, whoever made them; and who an officer is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session

from app.domain.figures import Period
from app.queries.figures import flags_where
from app.store.burden import Body, Burden, Mark, of_enterprise
from app.store.models import (
    Certificate,
    CertificateSuspension,
    FindingRow,
    InspectionOfficer,
    InspectionRow,
    Officer,
    RegionPlace,
    Unit,
)

__all__ = ["Body", "Burden", "Mark", "of_enterprise"]
MOST = 200


@dataclass(frozen=True, slots=True)
class ShownOfficer:
    """An officer with certificates and suspensions as (from, until), the newest first."""

    certificate_no: str
    name: str
    unit: Unit | None
    valid: list[Any]
    suspended: list[Any]


def officer(session: Session, certificate_no: str, regions: Iterable[str]) -> ShownOfficer | None:
    """An officer of a unit of the regions, or one who visited there; else None."""
    regions = tuple(regions)
    row = session.scalar(select(Officer).where(Officer.certificate_no == certificate_no))
    unit = session.get(Unit, row.unit) if row and row.unit else None
    o, i = InspectionOfficer, InspectionRow
    named = None
    if unit is None or unit.region not in regions:
        seen = select(o.name).join(i, i.id == o.inspection).where(o.certificate_no == certificate_no)
        named = session.execute(seen.where(i.jurisdiction.in_(regions)).limit(1)).first()
        if named is None:
            return None
    periods = [
        list(session.scalars(select(m).where(m.certificate_no == certificate_no).order_by(m.valid_from.desc())))
        for m in (Certificate, CertificateSuspension)
    ]
    name = row.name if row else (named.name if named else None) or ""
    return ShownOfficer(certificate_no, name, unit, *periods)


def flags_of(session: Session, certificate_no: str, regions: Iterable[str], period: Period) -> list[FindingRow]:
    """Standing flags of a period that name an officer, or rest on one of the officer's visits, the newest first."""
    f, o = FindingRow, InspectionOfficer
    # said literally, as the index of those that name one says it
    named = (f.officer == certificate_no, f.officer != literal_column("''"))
    query = select(f).where(*flags_where(regions, period)).order_by(f.raised_for.desc(), f.id).limit(MOST)
    resting = query.join(o, o.inspection == f.inspection_id).where(o.certificate_no == certificate_no)
    found = {row.id: row for one in (query.where(*named), resting) for row in session.scalars(one)}
    return sorted(found.values(), key=lambda row: (-row.raised_for.toordinal(), row.id))[:MOST]


def officer_names(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """Names by certificate number, of those in the register."""
    query = select(Officer.certificate_no, Officer.name).where(Officer.certificate_no.in_(tuple(numbers)))
    return {row.certificate_no: row.name for row in session.execute(query)}


def places(session: Session, regions: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Where regions lie, of those whose place was entered."""
    query = select(RegionPlace).where(RegionPlace.region.in_(tuple(regions)))
    return {row.region: (row.lat, row.lon) for row in session.scalars(query)}
