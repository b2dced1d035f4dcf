"""The supervisor's start page: what needs attention today, the last weeks, and where flags come from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import Refused
from app.domain.figures import Period
from app.domain.flags.catalogue import CATALOGUE
from app.domain.supervision import OPEN
from app.queries.figures import Figures, against, as_of, behind, by_day
from app.queries.flags import ShownFlag, shown
from app.store.models import Enterprise, FindingRow, Region, Speech, Unit

WEEKS, RECENT = 13, 30  # RECENT: days
MOST = 30
WORST = 5  # flags told on the start page: as many as are seen without moving the page
SEVERITIES = ("red", "yellow", "blue")


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
class Lately:
    """The last weeks and the last days against others. `behind`: days whose latest changes are not in yet."""

    weeks: list[Week]
    columns: list[tuple[Period, Figures]]
    behind: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`lately` is None while its days are being summed."""

    overdue: int
    new_red: int
    reports_waiting: int
    worst: list[ShownFlag]
    lately: Lately | None
    by_rule: list[tuple[str, str, int]]
    by_unit: list[tuple[str, str, int]]
    by_town: list[tuple[str, str, int]]
    as_of: datetime | None


def dashboard(session: Session, actor: Actor, today: date) -> Dashboard:
    """All figures of the start page; a dozen grouped queries over indexed days."""
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
        worst=shown(session, _worst(session, still_open, today)),
        lately=_lately(session, actor, today),
        **_open(session, still_open),
        as_of=as_of(session, actor.regions),
    )


def _count(session: Session, *where: object) -> int:
    return session.scalar(select(func.count()).select_from(FindingRow).where(*where)) or 0  # type: ignore[arg-type]


def _worst(session: Session, where: tuple[Any, ...], today: date) -> list[FindingRow]:
    """The open flags that cannot wait, not those set aside: by severity, what is overdue first, then the newest."""
    waiting = or_(FindingRow.aside_until.is_(None), FindingRow.aside_until < today)
    order = (case((FindingRow.due_on < today, 0), else_=1), FindingRow.raised_for.desc(), FindingRow.id)
    found: list[FindingRow] = []
    for severity in SEVERITIES:  # one after the other: the few that are red, and not all that are open, are sorted
        query = select(FindingRow).where(*where, waiting, FindingRow.severity == severity).order_by(*order)
        found += session.scalars(query.limit(WORST - len(found)))
        if len(found) == WORST:
            break
    return found


def _lately(session: Session, actor: Actor, today: date) -> Lately | None:
    last_weeks = Period(today - timedelta(days=7 * WEEKS - 1), today)
    try:
        return Lately(
            weeks=_weeks(session, actor, last_weeks),
            columns=against(session, actor.regions, Period(today - timedelta(days=RECENT - 1), today)),
            behind=behind(session, actor.regions, last_weeks),
        )
    except Refused:
        return None


def _weeks(session: Session, actor: Actor, period: Period) -> list[Week]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for day, counts in by_day(session, actor.regions, period):
        found[(day - period.first).days // 7].update(counts)
    names = ("visits", "red", "yellow", "blue")
    return [Week(period.first + timedelta(days=7 * n), *(found[n][name] for name in names)) for n in range(WEEKS)]


def _open(session: Session, where: tuple[Any, ...]) -> dict[str, list[tuple[str, str, int]]]:
    """(code, name, how many) of open flags by rule, unit and town, most first.

    They are grouped by expressions: by the columns, SQLite walks all flags in their order instead of the few that are open.
    """
    # looked up for each open flag: joined, PostgreSQL reads every enterprise there is
    region = select(Enterprise.region).where(Enterprise.id == FindingRow.enterprise_id).scalar_subquery()
    rule, unit, town = FindingRow.rule + "", FindingRow.unit + "", func.coalesce(region, "")
    query = (
        select(rule, unit, town, func.count())
        .where(*where)
        .group_by(literal_column("1"), literal_column("2"), literal_column("3"))
    )
    rules, units, towns = Counter[str](), Counter[str](), Counter[str]()
    for own_rule, own_unit, own_town, count in session.execute(query):
        rules[own_rule] += count
        units[own_unit] += count
        towns[own_town] += count
    return {
        "by_rule": _most({rule: CATALOGUE[rule].name for rule in rules}, rules),
        "by_unit": _most(_names(session, Unit, units), units)[:MOST],
        "by_town": _most(_names(session, Region, towns), towns)[:MOST],
    }


def _names(session: Session, model: Any, codes: Iterable[str | None]) -> dict[str, str]:
    named = select(model.code, model.name).where(model.code.in_([code for code in codes if code]))
    return {row[0]: row[1] for row in session.execute(named)}


def _most(names: Mapping[str, str], counts: Mapping[Any, int]) -> list[tuple[str, str, int]]:
    found = [(code, name, counts[code]) for code, name in names.items()]
    return sorted(found, key=lambda one: (-one[2], one[0]))
