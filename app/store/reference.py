"""The registers that nearly every request reads and hardly anybody changes: units, items, regions, settings, policies, the
calendar, the keys that sign. Read once a process and kept under their version.

The version is a random value in one row, exchanged by triggers in the transaction that changes one of these tables
(docs/decisions/0028): whoever sees the version sees its registers, on every process and both databases. What a transaction
changed and rolled back had a version that nobody will see again.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, wraps
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.codes.issuers import Issuer
from app.domain.codes.keys import KeyEntry
from app.domain.flags.policy import Policies, PolicyTimeline, WorkingDays
from app.domain.steps_of_days import Steps
from app.store.database import ONE_MOMENT
from app.store.models import (
    CalendarDay,
    Item,
    ItemTerm,
    JurisdictionSetting,
    Policy,
    Region,
    RegisterVersion,
    Unit,
    UnitKey,
    UnitTerritory,
)
from app.store.models.base import table_of
from app.store.prepared import Prepared

KEPT = 8  # versions; a reader's moment may be older than the newest, and tests open one installation after another
ATTEMPTS = 5
RECOGNISED_ISSUERS = "recognised_issuers"
UseCase = TypeVar("UseCase", bound=Callable[..., Any])
_SEEN, _HELD = "reference", "reference held"  # in the info of sessions: the registers, and that they stay


@dataclass(frozen=True, slots=True)
class Setting:
    value: str
    source: str | None


class Reference:
    """Read only: threads and requests share it. Rows are named by code; `terms`, `territories` and settings by their date."""

    def __init__(self, session: Session) -> None:
        self.units = _by_code(session, Unit)
        self.items = _by_code(session, Item)
        self.regions = _by_code(session, Region)
        self.supervised = {code: unit.supervised for code, unit in self.units.items()}
        self.item_unit: dict[str, str] = {code: item.unit for code, item in self.items.items()}
        self.parents = {code: region.parent for code, region in self.regions.items()}
        self.territories = _grouped(_rows(session, UnitTerritory, "id"), "unit")
        self.item_terms = _grouped(_rows(session, ItemTerm, "valid_from"), "item")
        self.policies = policies(session)
        self.calendar = calendar_of(session)
        self.keys = {row.kid: entry_of(row) for row in session.execute(_KEYS)}
        self._settings = _grouped(_rows(session, JurisdictionSetting, "valid_from"), "region")
        self._in_force: dict[tuple[str, date], Mapping[str, Setting]] = {}
        self._supervised_of: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._caps: dict[tuple[str, ...], Steps[Mapping[str, int]]] = {}
        self._unpublished: dict[tuple[str, ...], Steps[tuple[str, ...]]] = {}
        self._areas: dict[tuple[str, str | None], Steps[bool | None]] = {}
        self._issuers: dict[str, tuple[Issuer, ...]] = {}  # by the text of the setting

    def supervised_of(self, units: tuple[str, ...]) -> tuple[str, ...]:
        known = self._supervised_of.get(units)
        if known is None:
            known = self._supervised_of[units] = tuple(u for u in units if self.supervised.get(u))
        return known

    def term(self, item: str, day: date) -> Any:
        """What held for an item on a day: the newest term that covers it."""
        terms = self.item_terms.get(item)
        return next((t for t in reversed(terms) if covers(t, day)), None) if terms else None

    def caps(self, items: tuple[str, ...], day: date) -> Mapping[str, int]:
        """The lowest cap in force on a day among the items of each unit."""
        steps = self._caps.get(items)
        if steps is None:
            steps = self._caps[items] = Steps(self._terms(items), partial(self._caps_on, items))
        return steps.on(day)

    def unpublished(self, items: tuple[str, ...], day: date) -> tuple[str, ...]:
        """Those of the items that are not in the published list on a day."""
        steps = self._unpublished.get(items)
        if steps is None:
            steps = self._unpublished[items] = Steps(self._terms(items), partial(self._unpublished_on, items))
        return steps.on(day)

    def _terms(self, items: Iterable[str]) -> list[Any]:
        return [term for item in items for term in self.item_terms.get(item, ())]

    def _unpublished_on(self, items: Sequence[str], day: date) -> tuple[str, ...]:
        return tuple(i for i in items if (term := self.term(i, day)) is None or not term.published)

    def _caps_on(self, items: Sequence[str], day: date) -> Mapping[str, int]:
        caps: dict[str, int] = {}
        for item in items:
            term, unit = self.term(item, day), self.item_unit.get(item)
            if unit and term and term.yearly_cap is not None:
                caps[unit] = min(term.yearly_cap, caps.get(unit, term.yearly_cap))
        return caps

    def in_area(self, unit: str, region: str | None, day: date) -> bool | None:
        """Whether a region lies in a unit's territories on a day; None where either is not known."""
        steps = self._areas.get((unit, region))
        if steps is None:
            make = partial(self._in_area_on, unit, region)
            steps = self._areas[unit, region] = Steps(self.territories.get(unit, ()), make)
        return steps.on(day)

    def _in_area_on(self, unit: str, region: str | None, day: date) -> bool | None:
        own = {t.region for t in self.territories.get(unit, ()) if covers(t, day)}
        if not own or region not in self.parents:
            return None
        at: str | None = region
        while at is not None:
            if at in own:
                return True
            at = self.parents.get(at)
        return False

    def district_of(self, region: str | None) -> str | None:
        """The district that a region lies in (itself, or the nearest above it), or None above districts."""
        while region is not None:
            row = self.regions.get(region)
            if row is None:
                return None
            if row.level == "district":
                return str(row.code)
            region = row.parent
        return None

    def jurisdiction_of(self, unit_region: str | None, enterprise_region: str | None, default: str) -> str:
        """architecture.md: the unit's district, else the enterprise's, else the installation's."""
        return self.district_of(unit_region) or self.district_of(enterprise_region) or default

    def settings(self, region: str, today: date) -> Mapping[str, Setting]:
        """A jurisdiction's own texts and numbers in force today: of each the newest that has begun."""
        found = self._in_force.get((region, today))
        if found is None:
            begun = (row for row in self._settings.get(region, ()) if row.valid_from <= today)
            found = self._in_force[region, today] = {row.key: Setting(row.value, row.source) for row in begun}
        return found

    def issuers(self, region: str, day: date) -> tuple[Issuer, ...]:
        """The other systems whose codes `region` recognises on `day`, in their order."""
        said = self.settings(region, day).get(RECOGNISED_ISSUERS)
        if said is None or not said.value:
            return ()
        if said.value not in self._issuers:
            self._issuers[said.value] = tuple(Issuer.from_json(issuer) for issuer in json.loads(said.value))
        return self._issuers[said.value]

    def find(self, kid: bytes) -> KeyEntry | None:
        """Whose key it is, for a verification (app.domain.codes.verify.Keys)."""
        return self.keys.get(kid.hex())


def current(session: Session) -> Reference:
    """The registers as this transaction sees them: one small row where a request of this process read them before."""
    seen: Reference | None = session.info.get(_SEEN)
    if seen is not None:
        return seen
    found = _known(session)
    if session.info.get(ONE_MOMENT) or session.info.get(_HELD):
        session.info[_SEEN] = found
    return found


def rests_on_registers(use_case: UseCase) -> UseCase:
    """Marks a use case that changes no register: it rests on them as they are when it first asks, as it rests on its
    frozen `now`. What comes after it in the same transaction asks again."""

    @wraps(use_case)
    def held(work: Any, *args: Any, **kwargs: Any) -> Any:
        info = work.session.info
        if info.get(_HELD):
            return use_case(work, *args, **kwargs)
        info[_HELD] = True
        try:
            return use_case(work, *args, **kwargs)
        finally:
            del info[_HELD]
            info.pop(_SEEN, None)

    return cast(UseCase, held)


_cache: dict[str, Reference] = {}
_lock = threading.Lock()
_VERSION = Prepared(select(table_of(RegisterVersion).c.version))


def _known(session: Session) -> Reference:
    version: str = _VERSION.value(session)
    for _ in range(ATTEMPTS):
        found = _cache.get(version)
        if found is not None:
            return found
        loaded = Reference(session)
        before, version = version, _VERSION.value(session)
        if version == before:  # nobody changed them while they were read
            with _lock:
                while len(_cache) >= KEPT:
                    _cache.pop(next(iter(_cache)))
                _cache[version] = loaded
            return loaded
    return loaded


def policies(session: Session) -> Policies:
    """The confirmed policies of every jurisdiction, by the day they begin."""
    versions: dict[str, dict[date, Any]] = defaultdict(dict)
    for row in session.scalars(select(Policy).where(Policy.confirmed_by.is_not(None)).order_by(Policy.version)):
        versions[row.region][row.valid_from] = json.loads(row.settings)
    return {region: PolicyTimeline(by_day.items()) for region, by_day in versions.items()}


def calendar_of(session: Session) -> WorkingDays:
    days = session.execute(select(CalendarDay.day, CalendarDay.working).order_by(CalendarDay.version))
    return WorkingDays({row.day: row.working for row in days})


def covers(row: Any, day: date) -> bool:
    """Whether a dated row holds on a day; both ends included."""
    if row.valid_from > day:
        return False
    until = row.valid_until
    return until is None or bool(until >= day)


def entry_of(row: Any, unit_name: str = "") -> KeyEntry:
    """A unit's key, without its private part."""
    return KeyEntry(
        kid=bytes.fromhex(row.kid),
        unit=row.unit,
        unit_name=unit_name,
        suite=row.suite,
        jwk=json.loads(row.jwk),
        not_before=row.not_before,
        not_after=row.not_after,
        revoked_at=row.revoked_at,
        revoked_reason=row.revoked_reason,
        use=row.use,
    )


_KEYS = select(*(column for column in table_of(UnitKey).c if column.name != "private"))


def _rows(session: Session, model: Any, order: str) -> Sequence[Any]:
    own = table_of(model)
    return session.execute(select(own).order_by(own.c[order])).all()


def _by_code(session: Session, model: Any) -> Mapping[str, Any]:
    return {row.code: row for row in _rows(session, model, "code")}


def _grouped(rows: Iterable[Any], name: str) -> Mapping[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(getattr(row, name), []).append(row)
    return grouped
