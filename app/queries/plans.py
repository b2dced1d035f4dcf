"""Plans for reading: lists by who may see them, one with its progress, the visits behind each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain import plans as domain
from app.domain.actors import SUPERVISOR, Actor
from app.domain.inspections import APPLIED, APPROVED, IN_PROGRESS, Inspection
from app.domain.plans import OPEN, Plan
from app.queries.paging import page
from app.services.planning.lots import pairs
from app.store import inspections as inspection_store
from app.store import plans as plan_store
from app.store.models import Enterprise, InspectionItem, InspectionRow, Item, Lot, Unit
from app.store.models import Plan as Row
from app.store.models import PlanRow as LineRow

MOST = 500
DONE, UNDER_WAY = "done", "open"


@dataclass(frozen=True, slots=True)
class Progress:
    """Objects `wanted` (None: the plan names no number), enterprises `visited`, `visits` made, and those `under_way`."""

    wanted: int | None
    visited: int
    visits: int
    under_way: int

    @property
    def percent(self) -> int | None:
        return min(100, self.visited * 100 // self.wanted) if self.wanted else None


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan with names: its unit, items by code, progress in all and row by row, its drawings by lot."""

    plan: Plan
    unit_name: str
    items: dict[str, Item]
    total: Progress
    rows: tuple[Progress, ...]
    lots: tuple[Lot, ...]


def listed(
    session: Session, actor: Actor, cursor: str | None, limit: int, **filters: Any
) -> tuple[list[Plan], str | None]:
    """Plans that an actor may see, newest first: the own unit's in any state, the region's for its supervisor, and with
    `everybody` what is published. Filters: state, kind, unit, year, item."""
    rows, following = page(session, filtered(actor, filters), Row.id, cursor, limit)
    return plan_store.assemble(session, rows), following


def filtered(actor: Actor, filters: Mapping[str, Any]) -> Any:
    """The query of `listed`, without an order."""
    query = select(Row)
    if filters.get("everybody"):
        seen = Row.published_on.is_not(None)
        own = Row.jurisdiction.in_(actor.regions) if actor.role == SUPERVISOR else Row.unit == actor.unit
        query = query.where(or_(seen, own) if actor.unit else seen)
    elif actor.role == SUPERVISOR:
        query = query.where(Row.jurisdiction.in_(actor.regions))
    else:
        query = query.where(Row.unit == actor.unit)
    for name in ("state", "kind", "unit"):
        if filters.get(name):
            query = query.where(getattr(Row, name) == filters[name])
    if year := filters.get("year"):
        query = query.where(Row.starts_on <= date(int(year), 12, 31), Row.ends_on >= date(int(year), 1, 1))
    if filters.get("item"):
        query = query.where(Row.id.in_(select(LineRow.plan).where(LineRow.item == filters["item"])))
    return query


def waiting(session: Session, actor: Actor) -> list[Plan]:
    """What waits for the supervisor: approved, to be filed; filed, to be published."""
    where = (Row.jurisdiction.in_(actor.regions), Row.state.in_((domain.APPROVED, domain.FILED)))
    rows = list(session.scalars(select(Row).where(*where).order_by(Row.approved_on, Row.id).limit(MOST)))
    return plan_store.assemble(session, rows)


def open_plans(session: Session, unit: str, day: date) -> list[Plan]:
    """The unit's plans that visits may rest on that day: filed, in their time, not withdrawn. For the application form."""
    where = (Row.unit == unit, Row.state.in_(OPEN), Row.starts_on <= day, Row.ends_on >= day)
    rows = list(session.scalars(select(Row).where(*where).order_by(Row.kind.desc(), Row.code).limit(MOST)))
    return plan_store.assemble(session, rows)


def by_code(session: Session, actor: Actor, code: str) -> Plan | None:
    """The plan of that code, of the actor's own region first."""
    rows = list(session.scalars(select(Row).where(Row.code == code).order_by(Row.jurisdiction)))
    rows.sort(key=lambda row: row.jurisdiction not in actor.regions)
    found = plan_store.assemble(session, rows[:1])
    return found[0] if found else None


def shown(session: Session, found: Sequence[Plan]) -> list[ShownPlan]:
    """Plans with everything around them; five queries however many there are, and one a plan."""
    units = dict(session.execute(select(Unit.code, Unit.name).where(Unit.code.in_({p.unit for p in found}))).all())
    codes = {line.item for p in found for line in p.lines}
    items = {i.code: i for i in session.scalars(select(Item).where(Item.code.in_(codes)))}
    lots: dict[str, list[Lot]] = {p.id: [] for p in found}
    for lot in session.scalars(select(Lot).where(Lot.plan.in_(lots)).order_by(Lot.committed_at, Lot.id)):
        lots[str(lot.plan)].append(lot)
    out = []
    for plan in found:
        rows, total = _progress(session, plan, lots[plan.id])
        own = {line.item: items[line.item] for line in plan.lines}
        out.append(ShownPlan(plan, units[plan.unit], own, total, rows, tuple(lots[plan.id])))
    return out


def _progress(session: Session, plan: Plan, lots: Sequence[Lot]) -> tuple[tuple[Progress, ...], Progress]:
    """One statement for the rows: enterprises and visits by item; one for the plan in all."""
    where = (InspectionRow.jurisdiction == plan.jurisdiction, InspectionRow.plan_code == plan.code)
    counts = (
        func.count(InspectionRow.id.distinct()).filter(InspectionRow.counts),
        func.count(InspectionRow.enterprise_id.distinct()).filter(InspectionRow.counts),
        func.count(InspectionRow.id.distinct()).filter(_under_way()),
    )
    total = session.execute(select(*counts).where(*where)).one()
    by_item = select(InspectionItem.item, *counts).join(InspectionRow, InspectionRow.id == InspectionItem.inspection)
    found = {item: rest for item, *rest in session.execute(by_item.where(*where).group_by(InspectionItem.item))}
    wanted = [_wanted(line, position, lots) for position, line in enumerate(plan.lines, start=1)]
    rows = []
    for line, number in zip(plan.lines, wanted, strict=True):
        visits, enterprises, under_way = found.get(line.item, (0, 0, 0))
        rows.append(Progress(number, enterprises, visits, under_way))
    known = [n for n in wanted if n is not None]
    return tuple(rows), Progress(
        sum(known) if len(known) == len(wanted) and known else None, total[1], total[0], total[2]
    )


def _under_way() -> Any:
    return InspectionRow.state.in_((APPLIED, APPROVED, IN_PROGRESS)) & ~InspectionRow.counts


def _wanted(line: domain.Line, position: int, lots: Sequence[Lot]) -> int | None:
    """The row's number, else how many were drawn for it."""
    if line.wanted is not None:
        return line.wanted
    drawn = [lot for lot in lots if lot.plan_row == position and lot.result]
    return sum(len(pairs(lot)) for lot in drawn) if drawn else None


def visits(session: Session, plan: Plan, item: str | None, which: str) -> list[tuple[Inspection, str]]:
    """The visits behind a number (`done` or `open`), newest first, with the enterprise's name."""
    query = select(InspectionRow).where(
        InspectionRow.jurisdiction == plan.jurisdiction,
        InspectionRow.plan_code == plan.code,
        _under_way() if which == UNDER_WAY else InspectionRow.counts,
    )
    if item:
        query = query.where(InspectionRow.id.in_(select(InspectionItem.inspection).where(InspectionItem.item == item)))
    found = inspection_store.select_where(session, query.order_by(InspectionRow.window_start.desc()).limit(MOST))
    ids = {i.enterprise_id for i in found}
    names = dict(session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids))).all())
    return [(i, names[i.enterprise_id]) for i in found]


def keys(session: Session, plan: Plan) -> list[tuple[Enterprise, domain.KeyEnterprise, date | None]]:
    """Key enterprises that stand, with the day of their last visit under the plan."""
    ids = [k.enterprise for k in plan.keys if k.valid_until is None]
    query = (
        select(InspectionRow.enterprise_id, func.max(InspectionRow.visit_day))
        .where(
            InspectionRow.jurisdiction == plan.jurisdiction,
            InspectionRow.plan_code == plan.code,
            InspectionRow.counts,
            InspectionRow.enterprise_id.in_(ids),
        )
        .group_by(InspectionRow.enterprise_id)
    )
    last = dict(session.execute(query).all())
    rows = {e.id: e for e in session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))}
    standing = [k for k in plan.keys if k.valid_until is None and k.enterprise in rows]
    return [(rows[k.enterprise], k, last.get(k.enterprise)) for k in standing]


def published_units(session: Session) -> list[Unit]:
    """Units that have a published plan."""
    own = select(Row.unit).where(Row.published_on.is_not(None))
    return list(session.scalars(select(Unit).where(Unit.code.in_(own)).order_by(Unit.code)))


def published_years(session: Session) -> list[int]:
    """The years that published plans cover, newest first."""
    days = session.execute(select(Row.starts_on, Row.ends_on).where(Row.published_on.is_not(None)).distinct())
    return sorted({year for first, last in days for year in range(first.year, last.year + 1)}, reverse=True)
