"""What inspections cost an enterprise in a year, whoever made them; and who an officer is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.figures import Period
from app.queries.figures import counted_visits, visits_where
from app.store.burden import Body, Burden, Mark, hours_between, of_enterprise
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
    seen = select(o.name).join(i, i.id == o.inspection).where(o.certificate_no == certificate_no)
    named = session.execute(seen.where(i.jurisdiction.in_(regions)).limit(1)).first()
    if named is None and (unit is None or unit.region not in regions):
        return None
    periods = [
        list(session.scalars(select(m).where(m.certificate_no == certificate_no).order_by(m.valid_from.desc())))
        for m in (Certificate, CertificateSuspension)
    ]
    name = row.name if row else (named.name if named else None) or ""
    return ShownOfficer(certificate_no, name, unit, *periods)


def hours_of(session: Session, certificate_no: str, regions: Iterable[str], period: Period) -> tuple[float, int]:
    """How long an officer's visits of a period lasted together, and how many have no end on record."""
    regions = tuple(regions)
    query = select(InspectionRow.visit_start, InspectionRow.ended_at).where(*visits_where(regions, period))
    query = counted_visits(query, regions, None, {"officer": certificate_no})
    lasted = [hours_between(start, end) for start, end in session.execute(query)]
    known = [hours for hours in lasted if hours is not None]
    return sum(known), len(lasted) - len(known)


def flags_of(session: Session, certificate_no: str, regions: Iterable[str], period: Period) -> list[FindingRow]:
    """Standing flags of a period that name an officer, or rest on one of the officer's visits, the newest first."""
    visits = select(InspectionOfficer.inspection).where(InspectionOfficer.certificate_no == certificate_no)
    about = (FindingRow.officer == certificate_no) | FindingRow.inspection_id.in_(visits)
    query = select(FindingRow).where(about, FindingRow.standing, FindingRow.jurisdiction.in_(tuple(regions)))
    query = query.where(FindingRow.raised_for.between(period.first, period.last))
    return list(session.scalars(query.order_by(FindingRow.raised_for.desc(), FindingRow.id).limit(MOST)))


def officer_names(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """Names by certificate number, of those in the register."""
    query = select(Officer.certificate_no, Officer.name).where(Officer.certificate_no.in_(tuple(numbers)))
    return {row.certificate_no: row.name for row in session.execute(query)}


def places(session: Session, regions: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Where regions lie, of those whose place was entered."""
    query = select(RegionPlace).where(RegionPlace.region.in_(tuple(regions)))
    return {row.region: (row.lat, row.lon) for row in session.scalars(query)}
