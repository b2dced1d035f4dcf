"""The supervisor's start page: what needs attention today, the last weeks, and where flags come from."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.figures import Period
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import OPEN
from app.queries.figures import Figures, against, as_of, figures
from app.store.models import Enterprise, FindingRow, Region, Speech, Unit

WEEKS, RECENT = 13, 30  # RECENT: days


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
    still_open = (mine, FindingRow.state.in_(OPEN))
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
        by_town=_by(session, still_open, Enterprise.region, Region.code, Region.name),
        as_of=as_of(session, actor.regions),
    )


def _count(session: Session, *where: object) -> int:
    return session.scalar(select(func.count()).select_from(FindingRow).where(*where)) or 0  # type: ignore[arg-type]


def _weeks(session: Session, actor: Actor, first: date, last: date) -> list[Week]:
    visits: Counter[int] = Counter()
    for said, own in figures(session, actor.regions, Period(first, last), "day").items():
        visits[(date.fromisoformat(said) - first).days // 7] += own["visits"]
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


def _by(session: Session, where: tuple[Any, ...], column: Any, key: Any, name: Any) -> list[tuple[str, str, int]]:
    """(code, name, how many) by a column of flags or of their enterprises, most first. Flags are counted before names are
    looked up, so that the database begins with the few that are open."""
    query = select(column, func.count()).select_from(FindingRow)
    if column.class_ is Enterprise:
        query = query.join(Enterprise, Enterprise.id == FindingRow.enterprise_id)
    counts = {row[0]: row[1] for row in session.execute(query.where(*where).group_by(column))}
    named = select(key, name).where(key.in_([code for code in counts if code]))
    names = {row[0]: row[1] for row in session.execute(named)}
    found = [(code, names[code], count) for code, count in counts.items() if code in names]
    return sorted(found, key=lambda one: (-one[2], one[0]))[:30]
