"""What rules may see. Whatever is dated has been resolved to the visit's day by whoever loads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, Protocol

from app.domain.inspections import TRIGGERED, Invitation

RECHECK = "recheck"


class Visit(NamedTuple):
    """A visit as the rules over one enterprise see it (rules.md: Visit, Start, Day, Order).

    `units` has the lead unit first; `supervised` are those of them that a finding may name; `caps` is the lowest cap in
    force on `day` among the visit's items of each unit, where there is one.
    """

    id: str
    number: str
    jurisdiction: str
    enterprise_id: str
    start: datetime
    day: date
    kind: str
    cause: str | None
    units: tuple[str, ...]
    supervised: tuple[str, ...]
    officers: tuple[str, ...] = ()
    outcome: str | None = None
    is_completed: bool = False
    caps: Mapping[str, int] = MappingProxyType({})

    @property
    def is_triggered(self) -> bool:
        return self.kind == TRIGGERED

    @property
    def is_recheck(self) -> bool:
        """A re-check is neither counted nor flagged by repeat.*, cap.*, several_heads."""
        return self.cause == RECHECK


@dataclass(frozen=True, slots=True)
class CertificateOnDay:
    """An officer's certificate on the day of the visit. `unit` None: not known, so no finding."""

    certificate_no: str
    known: bool
    valid: bool
    suspended: bool
    unit: str | None

    @property
    def is_fit(self) -> bool:
        return self.known and self.valid and not self.suspended


@dataclass(frozen=True, slots=True)
class PlanOnDay:
    """The plan that a visit names, as far as it covers the visit."""

    code: str
    kind: str
    covers: bool
    approved_on: date | None
    filed_on: date | None
    published_on: date | None


class Registered(Protocol):
    """What the rules over one visit read of its inspection: the inspection itself, or a row of a long history."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def imported(self) -> bool: ...
    @property
    def mirrored(self) -> bool: ...
    @property
    def surprise(self) -> bool: ...
    @property
    def plan_code(self) -> str | None: ...
    @property
    def clue_no(self) -> str | None: ...
    @property
    def exception(self) -> str | None: ...
    @property
    def place_region(self) -> str | None: ...
    @property
    def self_scanned(self) -> bool: ...
    @property
    def device_enterprises(self) -> int | None: ...
    @property
    def applied_at(self) -> datetime: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def code_issued_at(self) -> datetime | None: ...
    @property
    def window_end(self) -> datetime: ...
    @property
    def first_seen_at(self) -> datetime | None: ...
    @property
    def first_arrive_at(self) -> datetime | None: ...
    @property
    def enterprise_arrived_at(self) -> datetime | None: ...
    @property
    def served_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def result_recorded_at(self) -> datetime | None: ...
    @property
    def items(self) -> Sequence[str]: ...
    @property
    def invitations(self) -> Sequence[Invitation]: ...


class VisitDetails(NamedTuple):
    """One visit with everything that the rules over the visit alone read. None: not known."""

    visit: Visit
    inspection: Registered
    certificates: tuple[CertificateOnDay, ...]
    unpublished_items: tuple[str, ...]
    protected_enterprise: bool
    protected_items: bool
    in_area: bool | None
    plan: PlanOnDay | None


@dataclass(frozen=True, slots=True)
class Clue:
    """A visit that carries a clue number. `applied_at` decides whether an earlier one was finished before."""

    visit: Visit
    applied_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class KnownInspection:
    """An inspection that was issued before a report arrived. `days` are those its window or its visit covers."""

    units: tuple[str, ...]
    first_day: date
    last_day: date
    visit_day: date | None
    stands: bool  # neither cancelled nor replaced


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a visit without a code, with the inspections of the enterprise known when it arrived.

    `upheld` is its place among the upheld reports of its unit in the year of the visit; 0 where it is not upheld.
    """

    id: str
    jurisdiction: str
    enterprise_id: str | None
    unit: str | None
    visited_on: date
    known: tuple[KnownInspection, ...]
    upheld: int = 0


@dataclass(frozen=True, slots=True)
class Rating:
    """The lowest rating of a visit, and every question that any answer said yes to."""

    visit: Visit
    lowest: int
    yes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Presentation:
    """A posted verification or attempted arrival that ended badly."""

    id: str
    jurisdiction: str
    day: date
    verdict: str
    inspection_id: str | None
    enterprise_id: str | None


order_key = attrgetter("start", "number")
"""rules.md, Order, of visits: start instant, then number by code point. Never the order of arrival."""
