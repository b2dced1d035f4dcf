"""A tenth of the dismissed flags of each month, drawn by lot from a committed seed, is reviewed by another person.

The worker commits when a month is over and draws once the log shows the commitment. Neither pool nor result is public:
their size would tell how many flags rest on what enterprises said (promise 4). The commitment stands in the public log,
and discipline inspection and supervisors repeat the draw on their page.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from app.domain.actors import DISCIPLINE, SUPERVISOR, SYSTEM, Actor
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.flags.catalogue import CATALOGUE
from app.domain.lots import COMMITTED, Pool
from app.domain.supervision import CLOSED, DISMISSED, INVESTIGATING, columns_after
from app.domain.times import day_start, shanghai_day
from app.services import kept
from app.services.planning import lots
from app.store import actors
from app.store.models import ActorRow, FactRow, FindingRow, FlagReview, Lot, RoleAssignment, RuleClock, Unit, User
from app.store.unit_of_work import UnitOfWork

PURPOSE = "dismissal"
SHARE = 10  # one in ten, rounded up


def run(work: UnitOfWork) -> None:
    """Opens the review of the month that is over, and draws what the log shows as promised; safe to run again."""
    first = shanghai_day(work.now).replace(day=1)
    month = (first - timedelta(days=1)).replace(day=1)
    for jurisdiction in sorted(work.session.scalars(select(RuleClock.jurisdiction))):
        work.lock(f"flag-reviews:{jurisdiction}")
        commit(work, jurisdiction, month, first)
    waiting = select(Lot).where(Lot.purpose == PURPOSE, Lot.state == COMMITTED)
    for lot in list(work.session.scalars(waiting.with_for_update())):
        if lots.position(work.session, lot.id, "lot.committed") is not None:
            _draw(work, lot)


def commit(work: UnitOfWork, jurisdiction: str, first: date, until: date) -> Lot | None:
    """Promises the drawing of the flags dismissed from `first` on and before `until`, once; None where there is none."""
    subject = ("review_round", f"{jurisdiction}:{first:%Y-%m}")
    done = select(FactRow.id).where(FactRow.subject_kind == subject[0], FactRow.subject_id == subject[1]).limit(1)
    if work.session.scalar(done):
        return None
    dismissed = _dismissed(work, jurisdiction, day_start(first), day_start(until))
    able = reviewers(work, jurisdiction)
    unit = work.session.scalar(select(Unit.code).where(Unit.role == "supervisor", Unit.region == jurisdiction).limit(1))
    lot = None
    if dismissed and able and unit:
        pool = Pool(
            subjects=tuple(sorted(dismissed)),
            wanted=-(-len(dismissed) // SHARE),
            persons=tuple(sorted(able)),
            each=1,
            conflicts=frozenset((who, flag) for flag, who in dismissed.items() if who in able),
        )
        who = replace(SYSTEM, region=jurisdiction)
        lot = lots.commit(work, who, lots.Commission(PURPOSE, f"驳回复核 {first:%Y-%m}", unit, pool))
    body = {"lot": lot.id if lot else None, "dismissed": len(dismissed)}
    work.store_fact(work.fact("review_round.opened", subject, body, SYSTEM, jurisdiction, held=True))
    return lot


def _dismissed(work: UnitOfWork, jurisdiction: str, since: datetime, until: datetime) -> dict[str, str]:
    """Flags dismissed in a period that stayed so, with who dismissed each last."""
    query = (
        select(FactRow.subject_id, FactRow.recorded_by)
        .join(FindingRow, FindingRow.id == FactRow.subject_id)
        .where(
            FactRow.jurisdiction == jurisdiction,
            FactRow.kind == "finding.dismiss",
            FactRow.recorded_at >= since,
            FactRow.recorded_at < until,
            FindingRow.state.in_((DISMISSED, CLOSED)),
        )
        .order_by(FactRow.seq)
    )
    found: dict[str, str] = {}
    for flag, who in work.session.execute(query):
        found[flag] = who
    return found


def reviewers(work: UnitOfWork, jurisdiction: str) -> list[str]:
    """The supervisors of a district; with fewer than two of them, discipline inspection too."""
    found = {role: people_of(work, jurisdiction, role) for role in (SUPERVISOR, DISCIPLINE)}
    few = len(found[SUPERVISOR]) < 2
    return found[SUPERVISOR] + (found[DISCIPLINE] if few else [])


def people_of(work: UnitOfWork, jurisdiction: str, role: str) -> list[str]:
    today = shanghai_day(work.now)
    query = (
        select(ActorRow.id)
        .join(RoleAssignment, RoleAssignment.actor == ActorRow.id)
        .join(Unit, Unit.code == RoleAssignment.unit)
        .join(User, User.actor == ActorRow.id)
        .where(
            RoleAssignment.role == role,
            Unit.region == jurisdiction,
            User.disabled_at.is_(None),
            RoleAssignment.valid_from <= today,
            or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until >= today),
        )
    )
    return sorted(set(work.session.scalars(query)))


def _draw(work: UnitOfWork, lot: Lot) -> None:
    drawn = lots.reveal(work, SYSTEM, lot)
    dismissers = {flag: who for who, flag in Pool.parse(lot.pool).conflicts}
    for flag, persons in lots.pairs(drawn):
        said = {"finding": flag, "lot": lot.id, "reviewer": persons[0], "dismisser": dismissers.get(flag, "")}
        kept.make(work, SYSTEM, "review.drawn", lot.jurisdiction, said)


def decide(work: UnitOfWork, actor: Actor, review_id: str, agree: bool, note: str) -> FlagReview:
    """The drawn person agrees, or reopens the flag with a reason. Raises Forbidden, NotFound, Invalid, Refused."""
    actor.require(SUPERVISOR, DISCIPLINE)
    row: FlagReview | None = kept.locked(work, "review", review_id)
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_review")
    if not may_decide(work, actor, row):
        raise Refused("not_the_reviewer")
    if not agree and not note.strip():
        raise Invalid("note_needed", "note")
    kept.step(work, actor, row, "review.agreed" if agree else "review.reopened", {"note": note.strip()[:2000] or None})
    if not agree:
        _reopen(work, actor, row)
    return row


def may_decide(work: UnitOfWork, actor: Actor, row: FlagReview) -> bool:
    """The person drawn; another one, never who dismissed it, where the person drawn can no longer."""
    if actor.id == row.reviewer:
        return True
    drawn = actors.by_id(work.session, row.reviewer, shanghai_day(work.now))
    gone = row.reviewer not in reviewers(work, row.jurisdiction) or drawn is None
    return gone and actor.id != row.dismisser


def _reopen(work: UnitOfWork, actor: Actor, review: FlagReview) -> None:
    flag = work.session.scalar(select(FindingRow).where(FindingRow.id == review.finding).with_for_update())
    if flag is None or flag.state not in (DISMISSED, CLOSED):
        raise Refused("reopened_already")
    body = {"state": INVESTIGATING, "note": review.note, "by": actor.name, "review": review.id}
    for name, value in columns_after("finding.reopened", body, actor.id, work.now).items():
        setattr(flag, name, value)
    flag.changed_at, flag.revision = work.now, flag.revision + 1
    held = CATALOGUE[flag.rule].rests_on_speech
    work.store_fact(work.fact("finding.reopened", ("finding", flag.id), body, actor, flag.jurisdiction, held=held))
    work.session.flush()
