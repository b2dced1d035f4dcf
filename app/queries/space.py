"""What the enterprise's space shows: visits, what was laid before units, people; and what staff see of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain import matters as domain
from app.domain.flags.for_enterprise import SENTENCES
from app.domain.inspections import CONTACT, DRAFT, REJECTED, Inspection
from app.domain.matters import SELFCHECK, SHARED, WISH
from app.domain.space import shows
from app.domain.times import shanghai_day
from app.queries.paging import page
from app.services.space import persons
from app.services.visiting import matters
from app.store import inspections as inspection_store
from app.store.counting import flag_condition
from app.store.inspections import clue_key
from app.store.models import (
    ActorRow,
    Enterprise,
    FindingRow,
    InspectionRow,
    InspectionUnit,
    Item,
    ItemTerm,
    MatterRow,
    SpaceMember,
    SpacePerson,
    Unit,
)  # fmt: skip
from app.store.vault import Vault

MOST = 100


@dataclass(frozen=True, slots=True)
class Visit:
    """An inspection as its enterprise sees it."""

    inspection: Inspection
    enterprise: Enterprise
    units: tuple[Unit, ...]
    items: dict[str, Item]


@dataclass(frozen=True, slots=True)
class ShownMatter:
    """A matter with names around it. `findings` only where the reader may see them; `visit` of a wish: what came of it."""

    row: MatterRow
    enterprise: str
    unit: str
    item: str
    findings: dict[str, dict[str, str]]
    visit: str | None
    state: str


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member for the other members: with the name; for staff `name` and `address` are empty."""

    row: SpaceMember
    name: str
    address: str
    verified: bool
    visit: str
    handed_by: str


def visits(
    session: Session, enterprises: Sequence[str], cursor: str | None, limit: int, site: str = ""
) -> tuple[list[Visit], str | None]:
    """The visits that the space of these enterprises shows, newest first."""
    query = select(InspectionRow).where(InspectionRow.enterprise_id.in_(enterprises), InspectionRow.state != DRAFT)
    if site:
        query = query.where(InspectionRow.place_address == site)
    rows, following = page(session, query, InspectionRow.id, cursor, limit)
    return around(session, [i for i in inspection_store.get_many(session, [r.id for r in rows]) if shows(i)]), following


def year(session: Session, enterprises: Sequence[str], year: int) -> list[Visit]:
    """All that took place in an Asia/Shanghai year, oldest first: inspections that count, off-site ones, contacts."""
    query = (
        select(InspectionRow)
        .where(
            InspectionRow.enterprise_id.in_(enterprises),
            InspectionRow.visit_day.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(InspectionRow.visit_start, InspectionRow.id)
    )
    return around(session, [i for i in inspection_store.select_where(session, query) if shows(i)])


def visit(session: Session, enterprises: Sequence[str], inspection_id: str) -> Visit | None:
    found = inspection_store.get(session, inspection_id)
    if found is None or found.enterprise_id not in enterprises or not shows(found):
        return None
    return around(session, [found])[0]


def flags_told(session: Session, inspection_id: str) -> list[tuple[str, dict[str, Any], bool]]:
    """(rule, evidence, upheld) of the flags of a visit that the bureau has not dismissed: of rules that concern its
    enterprise, never of one that rests on somebody's words (promise 4)."""
    upheld = flag_condition("upheld")
    query = select(FindingRow.rule, FindingRow.evidence, upheld).where(
        FindingRow.inspection_id == inspection_id,
        FindingRow.standing,
        FindingRow.rule.in_(SENTENCES),
        or_(FindingRow.state.not_in(("dismissed", "closed")), upheld),
    )
    found = session.execute(query.order_by(FindingRow.rule, FindingRow.id))
    return [(rule, json.loads(evidence), bool(judged)) for rule, evidence, judged in found]


def around(session: Session, found: Sequence[Inspection]) -> list[Visit]:
    """The names of what inspections refer to: three queries however many there are."""
    enterprises = _by(session, Enterprise, Enterprise.id, [i.enterprise_id for i in found])
    units = _by(session, Unit, Unit.code, [u for i in found for u in i.units])
    items = _by(session, Item, Item.code, [c for i in found for c in i.items])
    return [
        Visit(
            i,
            enterprises[i.enterprise_id],
            tuple(units[u] for u in i.units if u in units),
            {c: items[c] for c in i.items if c in items},
        )
        for i in found
    ]


def sites(session: Session, enterprises: Sequence[str]) -> list[str]:
    """Where these enterprises were visited, apart from their registered addresses."""
    query = select(InspectionRow.place_address).where(
        InspectionRow.enterprise_id.in_(enterprises), InspectionRow.place_address.is_not(None),
        or_(~InspectionRow.surprise, InspectionRow.visit_start.is_not(None)),
    )  # fmt: skip
    return sorted({str(a) for a in session.scalars(query.distinct().limit(MOST))})


def enterprises(session: Session, ids: Sequence[str]) -> list[Enterprise]:
    found = _by(session, Enterprise, Enterprise.id, ids)
    return [found[i] for i in ids if i in found]


def matters_of(
    session: Session, vault: Vault, *, own: bool, enterprises: Sequence[str] = (), inspection: str | None = None
) -> list[ShownMatter]:
    """Matters of enterprises, or of one inspection; `own`: the reader belongs to the enterprise, and reads its
    self-checks although they are not shared."""
    query = select(MatterRow)
    if inspection is not None:
        query = query.where(MatterRow.inspection == inspection).order_by(MatterRow.id)
    else:
        query = query.where(MatterRow.enterprise.in_(enterprises)).order_by(MatterRow.id.desc()).limit(MOST)
    rows = [m for m in session.scalars(query) if own or m.kind != SELFCHECK or m.state == SHARED]
    return _shown(session, vault, rows)


def before_unit(session: Session, vault: Vault, unit: str) -> list[ShownMatter]:
    """What waits for a unit's word: recusals first, then wishes that nobody applied for, then statements."""
    visits_of = select(InspectionRow.id).where(_with_unit(unit))
    query = select(MatterRow).where(
        MatterRow.state == domain.OPEN, or_(MatterRow.unit == unit, MatterRow.inspection.in_(visits_of))
    )
    shown = _shown(session, vault, list(session.scalars(query.order_by(MatterRow.id).limit(MOST))))
    order = {"recusal": 0, "wish": 1, "statement": 2}
    return sorted((m for m in shown if m.visit is None), key=lambda m: order.get(m.row.kind, 3))


def people(session: Session, vault: Vault, enterprise: str) -> list[ShownMember]:
    """The members of now, for each other."""
    query = select(SpaceMember, SpacePerson).join(SpacePerson, SpacePerson.id == SpaceMember.person)
    query = query.where(SpaceMember.enterprise == enterprise, SpaceMember.removed_at.is_(None))
    found = session.execute(query.order_by(SpaceMember.added_at, SpaceMember.id)).all()
    return [_member(session, row, persons.details(vault, person)) for row, person in found]


def people_for_staff(session: Session, enterprise: str) -> list[ShownMember]:
    """Who was added by which visit and whose page, and who left: without names and addresses."""
    query = select(SpaceMember).where(SpaceMember.enterprise == enterprise)
    rows = session.scalars(query.order_by(SpaceMember.added_at.desc(), SpaceMember.id).limit(MOST))
    return [_member(session, row, None) for row in rows]


def uncovered(session: Session) -> list[Unit]:
    """Bodies that this installation does not supervise: it knows of their visits only what they tell."""
    return list(session.scalars(select(Unit).where(~Unit.supervised, Unit.role == "inspecting").order_by(Unit.code)))


def published_items(session: Session, now: datetime) -> list[Item]:
    """What may be inspected at all: the published items of today, by unit."""
    today = shanghai_day(now)
    still = or_(ItemTerm.valid_until.is_(None), ItemTerm.valid_until >= today)
    published = select(ItemTerm.item).where(ItemTerm.published, ItemTerm.valid_from <= today, still)
    return list(session.scalars(select(Item).where(Item.code.in_(published)).order_by(Item.unit, Item.code)))


def _member(session: Session, row: SpaceMember, details: persons.Details | None) -> ShownMember:
    visit = session.get(InspectionRow, row.inspection) if row.inspection else None
    officer = session.get(ActorRow, row.handed_by) if row.handed_by else None
    return ShownMember(
        row=row,
        name=details.name if details else "",
        address=details.address.masked if details and details.address else "",
        verified=details.verified if details else False,
        visit=visit.number if visit else "",
        handed_by=officer.name if officer else "",
    )


def _shown(session: Session, vault: Vault, rows: list[MatterRow]) -> list[ShownMatter]:
    enterprises = _by(session, Enterprise, Enterprise.id, [m.enterprise for m in rows])
    units = _by(session, Unit, Unit.code, [m.unit for m in rows if m.unit])
    items = _by(session, Item, Item.code, [m.item for m in rows if m.item])
    came = _came_of(session, [m for m in rows if m.kind == WISH])
    return [
        ShownMatter(
            row=m,
            enterprise=enterprises[m.enterprise].name,
            unit=units[m.unit].name if m.unit else "",
            item=items[m.item].name if m.item else "",
            findings=matters.findings_of(vault, m) if m.kind == SELFCHECK else {},
            visit=came.get(m.id),
            state="taken" if m.id in came and m.state == domain.OPEN else m.state,
        )
        for m in rows
    ]


def _came_of(session: Session, wishes: list[MatterRow]) -> dict[str, str]:
    """The inspections that were applied for by the number of a wish, at its enterprise: {wish: inspection}."""
    keys = {clue_key(w.number): w for w in wishes}
    query = select(InspectionRow.id, InspectionRow.clue_key, InspectionRow.enterprise_id).where(
        InspectionRow.clue_key.in_([k for k in keys if k]),
        InspectionRow.kind != CONTACT,
        InspectionRow.state.not_in([DRAFT, REJECTED, "cancelled"]),
    )
    found = session.execute(query) if wishes else ()
    return {keys[key].id: i for i, key, enterprise in found if keys[key].enterprise == enterprise}


def _with_unit(unit: str) -> Any:
    return InspectionRow.id.in_(select(InspectionUnit.inspection).where(InspectionUnit.unit == unit))


def _by(session: Session, model: Any, column: Any, keys: Sequence[str]) -> dict[str, Any]:
    return {getattr(row, column.key): row for row in session.scalars(select(model).where(column.in_(set(keys))))}
