"""What the pages of reviews, file review and observers show."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from app.domain import file_review as domain
from app.domain.actors import OBSERVER, Actor
from app.domain.errors import NotFound
from app.domain.flags.catalogue import CATALOGUE
from app.domain.lots import Pool
from app.services.planning import lots
from app.store.models import (
    Accompanying,
    ActorRow,
    Campaign,
    CaseFile,
    Enterprise,
    FactRow,
    FindingRow,
    FlagReview,
    InspectionRow,
    Item,
    Lot,
    Observation,
    Recusal,
    RoleAssignment,
    Unit,
    User,
)

MOST = 200


def names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of actors by id."""
    query = select(ActorRow.id, ActorRow.name).where(ActorRow.id.in_(set(ids)))
    return {who: name for who, name in session.execute(query)}  # noqa: C416 rows are no pairs to mypy


@dataclass(frozen=True, slots=True)
class ShownReview:
    row: FlagReview
    flag: FindingRow
    rule: Any
    enterprise: str | None
    unit: str | None
    reason: str


def reviews(session: Session, actor: Actor) -> list[ShownReview]:
    """Reviews of the region, the waiting ones first, newest first; MOST at most. `reason` is why it was dismissed."""
    query = (
        select(FlagReview, FindingRow, Enterprise.name, Unit.name)
        .join(FindingRow, FindingRow.id == FlagReview.finding)
        .outerjoin(Enterprise, Enterprise.id == FindingRow.enterprise_id)
        .outerjoin(Unit, Unit.code == FindingRow.unit)
        .where(FlagReview.jurisdiction.in_(actor.regions))
        .order_by((FlagReview.state != "waiting"), FlagReview.id.desc())
        .limit(MOST)
    )
    rows = list(session.execute(query))
    said = select(FactRow.subject_id, FactRow.body).where(
        FactRow.subject_kind == "finding",
        FactRow.kind == "finding.dismiss",
        FactRow.subject_id.in_([flag.id for _, flag, _, _ in rows]),
    )
    why = {flag: json.loads(body).get("note", "") for flag, body in session.execute(said.order_by(FactRow.seq))}
    return [ShownReview(r, f, CATALOGUE[f.rule], e, u, why.get(f.id, "")) for r, f, e, u in rows]


def review_lots(session: Session, actor: Actor) -> list[tuple[Lot, int, list[str]]]:
    """Drawings of dismissed flags with the size of the pool and what is wrong with each, the draw repeated."""
    where = (Lot.purpose == "dismissal", Lot.jurisdiction.in_(actor.regions))
    found = session.scalars(select(Lot).where(*where).order_by(Lot.committed_at.desc()).limit(12))
    return [
        (lot, len(domain_pool(lot)), [p for p in lots.problems(session, lot) if p not in ("not_drawn", "order")])
        for lot in found
    ]


def domain_pool(lot: Lot) -> tuple[str, ...]:
    return Pool.parse(lot.pool).subjects


def campaigns(session: Session, actor: Actor) -> list[tuple[Campaign, int, int]]:
    """Campaigns with how many files each has and how many are settled."""
    counted = select(CaseFile.campaign, CaseFile.state, func.count()).group_by(CaseFile.campaign, CaseFile.state)
    per: dict[str, Counter[str]] = defaultdict(Counter)
    for campaign, state, count in session.execute(counted):
        per[campaign][state] = count
    query = select(Campaign).where(Campaign.jurisdiction.in_(actor.regions)).order_by(Campaign.id.desc()).limit(MOST)
    return [(c, per[c.id].total(), per[c.id]["settled"]) for c in session.scalars(query)]


@dataclass(frozen=True, slots=True)
class ShownFile:
    row: CaseFile
    number: str
    enterprise: str
    unit: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class Report:
    """The campaign's figures: of the settled files alone. `lost`: per item, in how many files points were lost, and the
    average; `units`: (name, files, average, with faults), in the order of their codes, never ranked."""

    files: int
    settled: int
    average: float | None
    parts: tuple[tuple[str, float, int], ...]
    lost: tuple[tuple[domain.Item, int, float], ...]
    units: tuple[tuple[str, int, float, int], ...]
    faults: int


def campaign(session: Session, actor: Actor, campaign_id: str) -> tuple[Campaign, list[ShownFile]]:
    """One campaign with its files. Raises NotFound."""
    row = session.get(Campaign, campaign_id)
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_campaign")
    query = (
        select(CaseFile, InspectionRow.number, Enterprise.name, Unit.name, Unit.code)
        .join(InspectionRow, InspectionRow.id == CaseFile.inspection)
        .join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
        .join(Unit, Unit.code == InspectionRow.lead_unit)
        .where(CaseFile.campaign == campaign_id)
        .order_by(Unit.code, InspectionRow.number)
    )
    return row, [ShownFile(*found) for found in session.execute(query)]


def report(row: Campaign, files: Sequence[ShownFile]) -> Report:
    sheet = domain.from_text(row.sheet)
    done = [(f, json.loads(f.row.settled)) for f in files if f.row.settled]
    count = len(done)
    parts, lost = [], []
    for part in domain.PARTS:
        inside = [n for n, item in enumerate(sheet) if item.part == part]
        full = sum(sheet[n].points for n in inside)
        if full and count:
            parts.append((part, sum(points[n] for _, points in done for n in inside) / count, full))
    for n, item in enumerate(sheet):
        given = [points[n] for _, points in done]
        if given:
            lost.append((item, sum(g < item.points for g in given), sum(given) / count))
    per: dict[tuple[str, str], list[CaseFile]] = defaultdict(list)
    for f, _ in done:
        per[f.unit_code, f.unit].append(f.row)
    units = [
        (name, len(own), sum(f.score or 0 for f in own) / len(own), sum(bool(f.faults) for f in own))
        for (_, name), own in sorted(per.items())
    ]
    average = sum(f.row.score or 0 for f, _ in done) / count if count else None
    faults = sum(bool(f.row.faults) for f, _ in done)
    return Report(len(files), count, average, tuple(parts), tuple(lost), tuple(units), faults)


def observations(session: Session, actor: Actor, state: str = "") -> list[tuple[Observation, dict[str, str]]]:
    """What observers sent: a supervisor the region's, an observer the own; with the names around each."""
    query = select(Observation)
    if actor.role == OBSERVER:
        query = query.where(Observation.made_by == actor.id)
    else:
        query = query.where(Observation.jurisdiction.in_(actor.regions))
    if state in ("received", "answered"):
        query = query.where(Observation.state == state)
    rows = list(session.scalars(query.order_by(Observation.id.desc()).limit(MOST)))
    who = names(session, [r.made_by for r in rows])
    units = dict.fromkeys(r.unit for r in rows if r.unit)
    unit_names = {u.code: u.name for u in session.scalars(select(Unit).where(Unit.code.in_(units)))}
    items = {
        i.code: i.name for i in session.scalars(select(Item).where(Item.code.in_({r.item for r in rows if r.item})))
    }
    visits = select(InspectionRow.id, InspectionRow.number).where(
        InspectionRow.id.in_({r.inspection for r in rows if r.inspection})
    )
    numbers = {i: number for i, number in session.execute(visits)}  # noqa: C416
    return [
        (
            r,
            {
                "by": who.get(r.made_by, ""),
                "unit": unit_names.get(r.unit or "", ""),
                "item": items.get(r.item or "", ""),
                "number": numbers.get(r.inspection or "", ""),
            },
        )
        for r in rows
    ]


def invitations(session: Session, observer: str) -> list[tuple[Accompanying, InspectionRow, str, str]]:
    """(invitation, visit, enterprise, unit) of an observer, newest first."""
    query = (
        select(Accompanying, InspectionRow, Enterprise.name, Unit.name)
        .join(InspectionRow, InspectionRow.id == Accompanying.inspection)
        .join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
        .join(Unit, Unit.code == InspectionRow.lead_unit)
        .where(Accompanying.observer == observer)
        .order_by(Accompanying.id.desc())
        .limit(MOST)
    )
    return [(a, i, e, u) for a, i, e, u in session.execute(query)]


def invited_to(session: Session, inspection: str) -> list[tuple[Accompanying, str]]:
    query = select(Accompanying, ActorRow.name).join(ActorRow, ActorRow.id == Accompanying.observer)
    return [(a, name) for a, name in session.execute(query.where(Accompanying.inspection == inspection))]


def recusals(session: Session, observer: str) -> list[tuple[Recusal, str]]:
    query = select(Recusal, Enterprise.name).join(Enterprise, Enterprise.id == Recusal.enterprise)
    return [(r, e) for r, e in session.execute(query.where(Recusal.made_by == observer).order_by(Recusal.id.desc()))]


def observers(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the region's observers whose accounts are open."""
    query = (
        select(ActorRow.id, ActorRow.name)
        .join(RoleAssignment, RoleAssignment.actor == ActorRow.id)
        .join(Unit, Unit.code == RoleAssignment.unit)
        .join(User, User.actor == ActorRow.id)
        .where(RoleAssignment.role == OBSERVER, Unit.region.in_(actor.regions), User.disabled_at.is_(None))
        .distinct()
        .order_by(ActorRow.name)
    )
    return [(who, name) for who, name in session.execute(query)]


def year_of(session: Session, observer: str, year: int) -> dict[str, int]:
    """The yearly record (履职记录) of an observer: sent, answered, taken up; invited and accompanied. Years are UTC."""
    own = (Observation.made_by == observer, extract("year", Observation.made_at) == year)
    sent = Counter((s, o) for s, o in session.execute(select(Observation.state, Observation.outcome).where(*own)))
    asked = (Accompanying.observer == observer, extract("year", Accompanying.made_at) == year)
    states = Counter(session.scalars(select(Accompanying.state).where(*asked)))
    return {
        "sent": sent.total(),
        "answered": sum(n for (state, _), n in sent.items() if state == "answered"),
        "taken_up": sum(n for (_, outcome), n in sent.items() if outcome == "taken_up"),
        "invited": states.total(),
        "accompanied": states["attended"],
    }
