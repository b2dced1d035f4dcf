"""The versions of a jurisdiction's policy: in force, to come, proposed, past."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.flags.settings import Change, differences
from app.services.flagging.policies import settings_of
from app.store.models import ActorRow, Policy
from app.store.reference import current

IN_FORCE, COMING, DRAFT, PAST, WITHDRAWN = "in_force", "coming", "draft", "past", "withdrawn"


@dataclass(frozen=True, slots=True)
class Version:
    """One version, with what it changes against the one before it in time."""

    row: Policy
    state: str
    proposed_by: str
    confirmed_by: str | None
    changes: tuple[Change, ...]


def versions(session: Session, region: str, today: date) -> list[Version]:
    """All versions of a jurisdiction, the newest first."""
    rows = list(session.scalars(select(Policy).where(Policy.region == region).order_by(Policy.version.desc())))
    people = {a for r in rows for a in (r.proposed_by, r.confirmed_by) if a}
    names = {a.id: a.name for a in session.scalars(select(ActorRow).where(ActorRow.id.in_(people)))}
    confirmed = [r for r in rows if r.confirmed_by]
    current = max((r for r in confirmed if r.valid_from <= today), key=_order, default=None)
    return [
        Version(
            row,
            _state(row, current, today),
            names.get(row.proposed_by, "—"),
            names.get(row.confirmed_by, "—") if row.confirmed_by else None,
            tuple(differences(_before(row, confirmed), settings_of(row))),
        )
        for row in rows
    ]


def in_force(session: Session, region: str, day: date) -> dict[str, dict[str, object]]:
    """The settings that hold on a day, as far as they differ from the preset."""
    timeline = current(session).policies.get(region)
    return {rule: dict(own) for rule, own in timeline.on(day).own.items()} if timeline else {}


def _order(row: Policy) -> tuple[date, int]:
    return row.valid_from, row.version


def _before(row: Policy, confirmed: list[Policy]) -> dict[str, dict[str, object]]:
    earlier = [r for r in confirmed if r.id != row.id and _order(r) < _order(row)]
    return settings_of(max(earlier, key=_order)) if earlier else {}


def _state(row: Policy, current: Policy | None, today: date) -> str:
    if row.withdrawn_at:
        return WITHDRAWN
    if not row.confirmed_by:
        return DRAFT
    if row.valid_from > today:
        return COMING
    return IN_FORCE if row is current else PAST
