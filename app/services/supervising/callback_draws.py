"""The weekly draw of call-backs: pools under keyed marks, promised in the log, drawn once the log shows the promise.

What is published of a pool must not tell which visits were rated (promise 4). So the pool of closed visits holds all of
them, the draw gives all of them a place, and only here, unpublished, the first ones of which nobody was heard become
call-backs.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, true

from app.domain import callbacks as domain
from app.domain.actors import SUPERVISOR, Actor
from app.domain.callbacks import CLOSED, DOUBTFUL, POOLS, UNVISITED
from app.domain.errors import Refused
from app.domain.figures import Period, period_of
from app.domain.ids import crockford
from app.domain.lots import ABANDONED, COMMITTED, DRAWN, Pool
from app.domain.times import day_end, day_start, shanghai_day
from app.services.planning import lots
from app.services.planning.lots import Commission
from app.services.supervising import callbacks
from app.store import registry
from app.store.models import Callback, CallbackDraw, Enterprise, InspectionRow, Lot, Region, Speech, Unit
from app.store.unit_of_work import UnitOfWork

PURPOSE = "callback"
RESTS = 90  # days in which an enterprise that was drawn is not drawn again
i = InspectionRow


def weekly(work: UnitOfWork) -> None:
    """What time brings about: last week's pools are fixed, drawn once the log shows it, and old call-backs lapse."""
    week = domain.last_week(work.now)
    for bureau in bureaus(work):
        commit_week(work, bureau, week)
        draw_waiting(work, bureau)
        _lapse(work, bureau)


def bureaus(work: UnitOfWork) -> list[Actor]:
    """The platform, acting for the supervising unit of each district."""
    query = select(Unit).join(Region, Region.code == Unit.region).where(Unit.role == SUPERVISOR)
    found: dict[str, Actor] = {}
    for unit in work.session.scalars(query.where(Region.level == "district").order_by(Unit.code)):
        regions = registry.regions_below(work.session, unit.region)
        found.setdefault(
            unit.region,
            Actor("system", "system", "平台", SUPERVISOR, unit.code, unit.region, regions),
        )
    return list(found.values())


def commit_week(work: UnitOfWork, bureau: Actor, week: str) -> int:
    """Fixes the pools of an ISO week that is over, once; how many there are to draw. Raises Invalid("wrong_type"),
    Refused("callback_week_not_over")."""
    days, jurisdiction = period_of(week), str(bureau.region)
    if "W" not in week or days.last >= shanghai_day(work.now):
        raise Refused("callback_week_not_over")
    there = select(CallbackDraw.id).where(CallbackDraw.jurisdiction == jurisdiction, CallbackDraw.week == week)
    if work.session.scalar(there.limit(1)) is not None:
        return 0
    work.lock(f"callbacks:{jurisdiction}:{week}")
    if work.session.scalar(there.limit(1)) is not None:
        return 0
    return sum(_commit(work, bureau, week, pool, days) for pool in POOLS)


def draw_waiting(work: UnitOfWork, bureau: Actor) -> int:
    """Draws what the log shows as promised; how many call-backs there are from it."""
    query = select(CallbackDraw, Lot).join(Lot, Lot.id == CallbackDraw.lot)
    query = query.where(CallbackDraw.jurisdiction == bureau.region, CallbackDraw.drawn_at.is_(None))
    made = 0
    for draw, lot in work.session.execute(query.where(Lot.state != ABANDONED).order_by(CallbackDraw.id)).all():
        if lot.state == COMMITTED and lots.position(work.session, lot.id, "lot.committed") is not None:
            lot = lots.draw(work, bureau, lot.id)
        if lot.state == DRAWN:
            made += _ask(work, bureau, draw, [mark for mark, _ in lots.pairs(lot)])
    return made


def wanted(work: UnitOfWork, jurisdiction: str, pool: str) -> int:
    """How many a week of a pool (setting callbacks_<pool>); 0 is none."""
    return _setting(work, jurisdiction, f"callbacks_{pool}", domain.PRESETS[pool], domain.MOST_WANTED)


def _setting(work: UnitOfWork, jurisdiction: str, key: str, preset: int, most: int) -> int:
    value = registry.setting(work.session, jurisdiction, key, shanghai_day(work.now)) or ""
    return int(value) if value.isascii() and value.isdecimal() and int(value) <= most else preset


def _commit(work: UnitOfWork, bureau: Actor, week: str, pool: str, of_week: Period) -> int:
    jurisdiction = str(bureau.region)
    days = max(_setting(work, jurisdiction, "callbacks_days", domain.DAYS, domain.MOST_DAYS), domain.FEWEST_DAYS)
    asked, many = domain.asked_about(of_week, pool, days), wanted(work, jurisdiction, pool)
    subjects = _subjects(work, bureau, pool, asked) if many else []
    size = len(subjects)
    if pool == UNVISITED:
        resting = _resting(work)
        subjects = [s for s in subjects if s not in resting]
    marks = tuple(_marks(work, jurisdiction, week, pool, subjects))
    lot = None
    if marks:
        count = len(marks) if pool == CLOSED else min(many, len(marks))
        title = f"回访抽查 {week} · {pool}"
        lot = lots.commit(work, bureau, Commission(PURPOSE, title, str(bureau.unit), Pool(marks, count))).id
    row = CallbackDraw(
        id=work.new_id(), jurisdiction=jurisdiction, week=week, pool=pool, lot=lot, first_day=asked.first,
        last_day=asked.last, size=size, registered=_registered(work, jurisdiction, asked), wanted=many,
    )  # fmt: skip
    days_of = {"first_day": asked.first.isoformat(), "last_day": asked.last.isoformat()}
    body = {name: getattr(row, name) for name in ("week", "pool", "lot", "size", "registered", "wanted")} | days_of
    work.store_fact(work.fact("callback_draw.committed", ("callback_draw", row.id), body, bureau, jurisdiction))
    work.session.add(row)
    work.session.flush()
    return int(lot is not None)


def _subjects(work: UnitOfWork, bureau: Actor, pool: str, asked: Period) -> list[str]:
    """Ids of the enterprises (unvisited) or visits that belong to a pool; ratings are not looked at."""
    begin, end = day_start(asked.first), day_end(asked.last)
    if pool == UNVISITED:
        overlapping = and_(or_(i.code_cti.is_not(None), i.mirrored), i.window_start < end, i.window_end >= begin)
        visited = select(i.enterprise_id).where(or_(and_(i.counts, i.visit_day.between(*_ends(asked))), overlapping))
        query = select(Enterprise.id).where(_of_the_bureau(work, bureau), Enterprise.id.not_in(visited))
        return list(work.session.scalars(query.order_by(Enterprise.id)))
    query = select(i.id).where(i.jurisdiction == bureau.region, _IN_POOL[pool](begin, end))
    return list(work.session.scalars(query.order_by(i.id)))


def _closed(begin: datetime, end: datetime) -> Any:
    return and_(
        i.state == "completed", i.imported.is_(False), i.result_recorded_at >= begin, i.result_recorded_at < end
    )


def _doubtful(begin: datetime, end: datetime) -> Any:
    """Not approved, let lapse, or entered after it began."""
    return or_(
        and_(i.state == "rejected", i.decided_at >= begin, i.decided_at < end),
        and_(i.state == "lapsed", i.lapsed_at >= begin, i.lapsed_at < end),
        and_(i.counts, i.imported.is_(False), i.applied_at >= begin, i.applied_at < end, i.visit_start < i.applied_at),
    )


_IN_POOL = {CLOSED: _closed, DOUBTFUL: _doubtful}


def _ends(days: Period) -> tuple[date, date]:
    return days.first, days.last


def _of_the_bureau(work: UnitOfWork, bureau: Actor) -> Any:
    """Enterprises of the district; those of which no region is known belong to the installation's own."""
    inside = Enterprise.region.in_(bureau.regions)
    return or_(inside, Enterprise.region.is_(None)) if bureau.region == work.default_jurisdiction else inside


def _registered(work: UnitOfWork, jurisdiction: str, asked: Period) -> int:
    where = (i.jurisdiction == jurisdiction, i.counts, i.visit_day.between(*_ends(asked)))
    return work.session.scalar(select(func.count()).select_from(i).where(*where)) or 0


def _resting(work: UnitOfWork) -> set[str]:
    """Enterprises that were drawn lately: nobody is asked every week."""
    since = day_start(date.fromordinal(shanghai_day(work.now).toordinal() - RESTS))
    return set(work.session.scalars(select(Callback.enterprise).where(Callback.drawn_at >= since)))


def _marks(work: UnitOfWork, jurisdiction: str, week: str, pool: str, subjects: Iterable[str]) -> dict[str, str]:
    """The ids that are published instead: another one each week, and none leads back without the installation's key."""
    purpose = f"callbacks:{jurisdiction}:{week}:{pool}"
    return {crockford(int.from_bytes(work.vault.mark(purpose, s)[:10], "big"), 16): s for s in subjects}


def _ask(work: UnitOfWork, bureau: Actor, draw: CallbackDraw, order: Sequence[str]) -> int:
    """Makes call-backs of what was drawn, in its order, and notes that the draw is done."""
    resting = _resting(work)
    behind = _behind(work, draw, order)
    made = 0
    for place, mark in enumerate(order, 1):
        if made == draw.wanted:
            break
        enterprise, inspection, is_fit = behind.get(mark, ("", None, False))
        if not is_fit or enterprise in resting:
            continue
        resting.add(enterprise)
        _store(work, bureau, draw, place, mark, enterprise, inspection)
        made += 1
    draw.drawn_at = work.now
    work.store_fact(work.fact("callback_draw.drawn", ("callback_draw", draw.id), {}, bureau, draw.jurisdiction))
    work.session.flush()
    return made


def _behind(work: UnitOfWork, draw: CallbackDraw, order: Sequence[str]) -> dict[str, tuple[str, str | None, bool]]:
    """(enterprise, visit, whether it is to be asked) behind the marks. Of closed visits those are, of which neither a scan
    of the enterprise nor a rating told anything."""
    key = (draw.jurisdiction, draw.week, draw.pool)
    if draw.pool == UNVISITED:
        ids = list(work.session.scalars(select(Enterprise.id)))
        of_mark = _marks(work, *key, ids)
        return {m: (of_mark[m], None, True) for m in order if m in of_mark}
    since = day_start(draw.first_day)
    touched = or_(*(column >= since for column in (i.result_recorded_at, i.decided_at, i.lapsed_at, i.applied_at)))
    rated = select(Speech.id).where(Speech.inspection == i.id, Speech.kind == "rating").correlate(i).exists()
    silent = and_(i.first_seen_at.is_(None), i.enterprise_arrived_at.is_(None), ~rated)
    fit = silent if draw.pool == CLOSED else true()
    rows = work.session.execute(select(i.id, i.enterprise_id, fit).where(i.jurisdiction == draw.jurisdiction, touched))
    found = {inspection: (enterprise, inspection, bool(is_fit)) for inspection, enterprise, is_fit in rows}
    of_mark = _marks(work, *key, found)
    return {m: found[of_mark[m]] for m in order if m in of_mark}


def _store(
    work: UnitOfWork, bureau: Actor, draw: CallbackDraw, place: int, mark: str, enterprise: str, inspection: str | None
) -> None:
    named = {"draw": draw.id, "pool": draw.pool, "place": place, "mark": mark, "enterprise": enterprise}
    days = {"first_day": draw.first_day, "last_day": draw.last_day, "drawn_at": work.now}
    callback_id = work.new_id()
    body = domain.drawn_body(named | days | {"inspection": inspection})
    fact = work.fact("callback.drawn", ("callback", callback_id), body, bureau, draw.jurisdiction, held=True)
    columns = domain.changes({}, fact.kind, body, bureau.id, work.now)
    work.session.add(Callback(id=callback_id, jurisdiction=draw.jurisdiction, revision=1, **columns))
    work.store_fact(fact)


def _lapse(work: UnitOfWork, bureau: Actor) -> None:
    """What nobody could be reached about for four weeks is over: from then on the counts of its draw stay."""
    where = (Callback.jurisdiction == bureau.region, Callback.state == domain.OPEN)
    over = Callback.drawn_at < work.now - domain.LAPSES_AFTER
    for row in work.session.scalars(select(Callback).where(*where, over).limit(500)):
        callbacks.step(work, bureau, row, "callback.lapsed", {})
