"""Call-backs for reading: the list, one with what was done, how the draws stand, and what the estimate rests on."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.domain import callbacks as domain
from app.domain.actors import OBSERVER, Actor
from app.domain.errors import NotFound
from app.domain.unseen import Asked
from app.store.models import (
    ActorRow,
    Callback,
    CallbackDraw,
    Enterprise,
    EnterprisePhone,
    FactRow,
    InspectionRow,
    Region,
    Unit,
)
from app.store.vault import Vault

c = Callback
VIEWS = ("open", "mine", "told", "done", "not_reached")
# came without a code, or did not come although a visit is registered: what somebody should look at
TOLD: ColumnElement[bool] = and_(
    c.state == domain.DONE,
    ((c.came == domain.YES) & (c.code == domain.NO)) | ((c.came == domain.NO) & (c.pool == domain.CLOSED)),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A call-back with the enterprise it asks; `holder` is the name of who asks it now, until `held_until`; `given_to`
    that of the observer who does; `is_mine`: the reader."""

    row: Callback
    name: str
    uscc: str | None
    address: str | None
    town: str | None
    holder: str | None
    given_to: str | None
    held_until: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Step:
    kind: str
    at: datetime
    by: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One call-back: the visit behind it (pools of visits), the note, the steps, and the report that it became."""

    of: Listed
    visit: tuple[InspectionRow, str] | None
    note: str
    unit_name: str | None
    steps: tuple[Step, ...]
    report: str | None
    has_phone: bool


@dataclass(frozen=True, slots=True)
class ToAsk:
    """All that an observer sees of a call-back: whom to ask about which days. Not why it was drawn, no visit, no code of
    the enterprise, nothing that others noted."""

    id: str
    name: str
    address: str | None
    town: str | None
    first_day: date
    last_day: date
    attempts: int
    has_phone: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """A draw of a week, and how many of its call-backs stand where."""

    draw: CallbackDraw
    counts: dict[str, int]

    @property
    def asked(self) -> int:
        return sum(self.counts.values())


def listed(
    session: Session, actor: Actor, view: str, cursor: str | None, limit: int, now: datetime
) -> tuple[list[Listed], str | None]:
    """A page of the region's call-backs: open ones in the order of the draw, others newest first; the cursor after it."""
    query = _query().where(*where(actor, view, now))
    is_upward = view in ("open", "mine")
    if cursor:
        query = query.where(c.id > cursor if is_upward else c.id < cursor)
    found = session.execute(query.order_by(c.id if is_upward else c.id.desc()).limit(limit + 1)).all()
    names = _names(session, [who for row, *_ in found for who in (row.claimed_by, row.assigned_to)])
    shown = [_listed(actor, now, names, *one) for one in found[:limit]]
    return shown, shown[-1].row.id if len(found) > limit else None


def counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """How many there are in each view."""
    columns = [_of_view(actor, view, now) for view in VIEWS]
    query = select(*(func.count().filter(condition) for condition in columns))
    row = session.execute(query.where(c.jurisdiction.in_(actor.regions))).one()
    return dict(zip(VIEWS, row, strict=True))


def where(actor: Actor, view: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What narrows the list: the actor's regions and one of VIEWS."""
    return c.jurisdiction.in_(actor.regions), _of_view(actor, view, now)


def _of_view(actor: Actor, view: str, now: datetime) -> ColumnElement[bool]:
    conditions: dict[str, ColumnElement[bool]] = {
        "open": c.state == domain.OPEN,
        "mine": _mine(actor, now),
        "told": TOLD,
        "done": c.state == domain.DONE,
        "not_reached": c.state == domain.NOT_REACHED,
    }
    return conditions[view]


def one(session: Session, vault: Vault, actor: Actor, callback_id: str, now: datetime) -> Shown:
    """A call-back of the actor's region. Raises NotFound("no_such_callback")."""
    found = session.execute(_query().where(c.id == callback_id)).first()
    if found is None or found[0].jurisdiction not in actor.regions:
        raise NotFound("no_such_callback")
    row = found[0]
    query = select(FactRow).where(FactRow.subject_kind == "callback", FactRow.subject_id == row.id)
    facts = list(session.scalars(query.order_by(FactRow.seq)))
    names = _names(session, [row.claimed_by, row.assigned_to, *(f.recorded_by for f in facts)])
    steps = tuple(Step(f.kind, f.recorded_at, names.get(f.recorded_by, ""), json.loads(f.body)) for f in facts)
    note = vault.open(row.note, f"callback:{row.id}").decode() if row.note else ""
    report = next((s.body["report"] for s in steps if s.body.get("report")), None)
    unit = session.get(Unit, row.unit) if row.unit else None
    of = _listed(actor, now, names, *found)
    has_phone = has_number(session, row.enterprise)
    return Shown(of, _visit(session, row), note, unit.name if unit else None, steps, report, has_phone)


def has_number(session: Session, enterprise: str) -> bool:
    """Whether a telephone number of an enterprise is kept; what it is nobody reads here."""
    return session.scalar(select(EnterprisePhone.id).where(EnterprisePhone.id == enterprise)) is not None


def given(session: Session, actor: Actor) -> list[ToAsk]:
    """What an observer was given to ask and has not, in the order of the draw."""
    actor.require(OBSERVER)
    found = session.execute(_query().where(c.assigned_to == actor.id, c.state == domain.OPEN).order_by(c.id))
    return [_to_ask(session, *one) for one in found.all()]


def given_one(session: Session, actor: Actor, callback_id: str) -> ToAsk:
    """One of those. Raises NotFound("no_such_callback") for every other one, an ended one too."""
    found = next((one for one in given(session, actor) if one.id == callback_id), None)
    if found is None:
        raise NotFound("no_such_callback")
    return found


def _to_ask(
    session: Session, row: Callback, name: str, _uscc: str | None, address: str | None, town: str | None
) -> ToAsk:
    days = row.first_day, row.last_day
    return ToAsk(row.id, name, address, town, *days, row.attempts, has_number(session, row.enterprise))


def progress(session: Session, regions: Iterable[str], most: int) -> list[Progress]:
    """The newest draws with where their call-backs stand."""
    query = select(CallbackDraw).where(CallbackDraw.jurisdiction.in_(tuple(regions)))
    draws = list(session.scalars(query.order_by(CallbackDraw.week.desc(), CallbackDraw.id).limit(most)))
    grouped = select(c.draw, c.state, func.count()).where(c.draw.in_([d.id for d in draws])).group_by(c.draw, c.state)
    found: dict[str, dict[str, int]] = {d.id: {} for d in draws}
    for draw, state, count in session.execute(grouped):
        found[draw][state] = count
    draws.sort(key=lambda d: (d.week, -domain.POOLS.index(d.pool)), reverse=True)
    return [Progress(d, found[d.id]) for d in draws]


def _mine(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(c.state == domain.OPEN, c.claimed_by == actor.id, c.claimed_at > now - domain.CLAIM_HOLDS)


def asked(session: Session, regions: Iterable[str], year: int, drawn_before: datetime | None = None) -> list[Asked]:
    """What the estimate of a year rests on: the draws among enterprises without a visit whose days end in it.

    `drawn_before`: only those drawn until then of which no call-back is open any more, so that the counts stay.
    """
    told = and_(c.state == domain.DONE, c.came == domain.YES, c.code == domain.NO)
    query = (
        select(
            CallbackDraw.size, CallbackDraw.registered, func.count(c.id), _many(c.state == domain.DONE), _many(told),
            _many(c.state == domain.OPEN),
        )
        .join(c, c.draw == CallbackDraw.id)
        .where(CallbackDraw.jurisdiction.in_(tuple(regions)), CallbackDraw.pool == domain.UNVISITED)
        .where(CallbackDraw.last_day.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(CallbackDraw.id, CallbackDraw.size, CallbackDraw.registered)
        .order_by(CallbackDraw.id)
    )  # fmt: skip
    if drawn_before is not None:
        query = query.where(CallbackDraw.drawn_at <= drawn_before)
    rows = session.execute(query)
    return [Asked(n, r, int(d), int(done), int(k)) for n, r, d, done, k, open_ in rows if not (drawn_before and open_)]


def _many(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _query() -> Any:
    query = select(c, Enterprise.name, Enterprise.uscc, Enterprise.address, Region.name)
    return query.join(Enterprise, Enterprise.id == c.enterprise).outerjoin(Region, Region.code == Enterprise.region)


def _listed(
    actor: Actor, now: datetime, names: dict[str, str], row: Callback, name: str, uscc: str | None,
    address: str | None, town: str | None,
) -> Listed:  # fmt: skip
    held_by = domain.holder(row.claimed_by, row.claimed_at, now) if row.state == domain.OPEN else None
    holder = names.get(held_by, held_by) if held_by else None
    until = row.claimed_at + domain.CLAIM_HOLDS if held_by and row.claimed_at else None
    given_to = names.get(row.assigned_to) if row.assigned_to and row.state == domain.OPEN else None
    return Listed(row, name, uscc, address, town, holder, given_to, until, held_by == actor.id)


def _names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    wanted = {i for i in ids if i}
    return {a.id: a.name for a in session.scalars(select(ActorRow).where(ActorRow.id.in_(wanted)))}


def _visit(session: Session, row: Callback) -> tuple[InspectionRow, str] | None:
    if row.inspection is None:
        return None
    query = select(InspectionRow, Unit.name).join(Unit, Unit.code == InspectionRow.lead_unit)
    found = session.execute(query.where(InspectionRow.id == row.inspection)).first()
    return (found[0], found[1]) if found else None
