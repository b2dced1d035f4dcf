"""The supervisor's start page: what needs attention today, the last weeks, and where flags come from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.figures import Period
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import CLOSED, DISMISSED, WITHDRAWN
from app.queries.figures import Figures, against, as_of
from app.store.models import Enterprise, FindingRow, InspectionRow, Region, Speech, Unit

WEEKS, RECENT = 13, 30  # RECENT: days
DONE = (CLOSED, DISMISSED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `first`: visits that began, and flags raised for them by severity."""

    first: date
    visits: int
    red: int
    yellow: int
    blue: int

    @property
    def flags(self) -> int:
        return self.red + self.yellow + self.blue


@dataclass(frozen=True, slots=True)
class Dashboard:
    overdue: int
    new_red: int
    reports_waiting: int
    weeks: list[Week]
    columns: list[tuple[Period, Figures]]
    by_rule: list[tuple[str, str, int]]
    by_unit: list[tuple[str, str, int]]
    by_town: list[tuple[str, str, int]]
    as_of: datetime | None


def dashboard(session: Session, actor: Actor, today: date) -> Dashboard:
    """All figures of the start page; a dozen grouped queries over indexed days."""
    first = today - timedelta(days=7 * WEEKS - 1)
    mine = FindingRow.jurisdiction.in_(actor.regions)
    still_open = (mine, FindingRow.state.not_in(DONE))
    return Dashboard(
        overdue=_count(session, *still_open, FindingRow.due_on < today),
        new_red=_count(session, mine, FindingRow.state == "raised", FindingRow.severity == "red"),
        reports_waiting=session.scalar(
            select(func.count())
            .select_from(Speech)
            .where(Speech.jurisdiction.in_(actor.regions), Speech.kind == "report", Speech.state == "received")
        )
        or 0,
        weeks=_weeks(session, actor, first, today),
        columns=against(session, actor.regions, Period(today - timedelta(days=RECENT - 1), today)),
        by_rule=_by_rule(session, still_open),
        by_unit=_by(session, still_open, FindingRow.unit, Unit.code, Unit.name),
        by_town=_by_town(session, still_open),
        as_of=as_of(session, actor.regions),
    )


def _count(session: Session, *where: object) -> int:
    return session.scalar(select(func.count()).select_from(FindingRow).where(*where)) or 0  # type: ignore[arg-type]


def _weeks(session: Session, actor: Actor, first: date, last: date) -> list[Week]:
    visits: Counter[int] = Counter()
    query = (
        select(InspectionRow.visit_day, func.count())
        .where(InspectionRow.jurisdiction.in_(actor.regions), InspectionRow.counts)
        .where(InspectionRow.visit_day.between(first, last))
        .group_by(InspectionRow.visit_day)
    )
    for day, count in session.execute(query):
        if day is not None:
            visits[(day - first).days // 7] += count
    flags: Counter[tuple[int, str]] = Counter()
    raised = (
        select(FindingRow.raised_for, FindingRow.severity, func.count())
        .where(FindingRow.jurisdiction.in_(actor.regions), FindingRow.standing)
        .where(FindingRow.raised_for.between(first, last))
        .group_by(FindingRow.raised_for, FindingRow.severity)
    )
    for day, severity, count in session.execute(raised):
        flags[(day - first).days // 7, severity] += count
    return [
        Week(first + timedelta(days=7 * n), visits[n], flags[n, "red"], flags[n, "yellow"], flags[n, "blue"])
        for n in range(WEEKS)
    ]


def _by_rule(session: Session, where: tuple[object, ...]) -> list[tuple[str, str, int]]:
    query = select(FindingRow.rule, func.count()).where(*where).group_by(FindingRow.rule)  # type: ignore[arg-type]
    rows = sorted(session.execute(query), key=lambda r: (-r[1], r[0]))
    return [(rule, CATALOGUE[rule].name, count) for rule, count in rows]


def _by(
    session: Session, where: tuple[object, ...], column: object, key: object, name: object
) -> list[tuple[str, str, int]]:
    query = (
        select(key, name, func.count())  # type: ignore[call-overload]
        .join(FindingRow, column == key)
        .where(*where)
        .group_by(key, name)
        .order_by(func.count().desc(), key)
        .limit(30)
    )
    return [(code, text, count) for code, text, count in session.execute(query)]


def _by_town(session: Session, where: tuple[object, ...]) -> list[tuple[str, str, int]]:
    query = (
        select(Region.code, Region.name, func.count())
        .join(Enterprise, Enterprise.region == Region.code)
        .join(FindingRow, FindingRow.enterprise_id == Enterprise.id)
        .where(*where)  # type: ignore[arg-type]
        .group_by(Region.code, Region.name)
        .order_by(func.count().desc(), Region.code)
        .limit(30)
    )
    return [(code, text, count) for code, text, count in session.execute(query)]
