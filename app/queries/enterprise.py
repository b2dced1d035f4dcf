"""What the enterprise's page shows around a verdict: names, the jurisdiction's own settings, whom to call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inspections import Inspection
from app.domain.rectifications import Rectification
from app.store import rectifications
from app.store.models import Enterprise, Item, JurisdictionSetting, Unit


@dataclass(frozen=True, slots=True)
class Setting:
    value: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """An inspection's names: enterprise, units in order and by code, items in order."""

    enterprise: str
    uscc: str | None
    units: tuple[str, ...]
    unit_names: Mapping[str, str]
    items: tuple[tuple[str, str], ...]


def around(session: Session, inspection: Inspection) -> Around:
    """The names of what an inspection refers to."""
    enterprise = session.get_one(Enterprise, inspection.enterprise_id)
    units = _names(session, inspection.units)
    items = {i.code: i for i in session.scalars(select(Item).where(Item.code.in_(inspection.items)))}
    return Around(
        enterprise=enterprise.name,
        uscc=enterprise.uscc,
        units=tuple(units[u] for u in inspection.units),
        unit_names=units,
        items=tuple((items[c].name, items[c].basis) for c in inspection.items),
    )


def rectification(session: Session, inspection: Inspection) -> Rectification | None:
    """The rectification that a visit ordered, if any."""
    return rectifications.get(session, inspection.id)


def settings(session: Session, region: str, today: date) -> dict[str, Setting]:
    """A jurisdiction's own texts and numbers in force today."""
    query = select(JurisdictionSetting).where(
        JurisdictionSetting.region == region, JurisdictionSetting.valid_from <= today
    )
    ordered = session.scalars(query.order_by(JurisdictionSetting.valid_from))
    return {s.key: Setting(s.value, s.source) for s in ordered}


def _names(session: Session, codes: Sequence[str]) -> dict[str, str]:
    return {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_(codes)))}
