"""Sums by day made again where rows have changed, by the worker; `log verify` holds them against the rows."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.services.auditing.audit_facts import Found
from app.store import day_figures
from app.store.models import DayFigures, FigureMark
from app.store.unit_of_work import UnitOfWork

AT_ONCE = 10  # days: the transaction stays short
CHUNK = 1000


def refresh(work: UnitOfWork, before: date = date.max) -> int:
    """Sums the latest of the marked days again, of days before one; how many days. Marks that come meanwhile stay, so no
    change is missed."""
    work.lock("day-figures")
    if work.session.scalar(select(DayFigures.shape).where(DayFigures.shape != day_figures.SHAPE).limit(1)):
        _another_shape(work.session)
    m = FigureMark
    of_day = select(m.jurisdiction, m.day).distinct().where(m.day < before)
    days: dict[str, list[date]] = defaultdict(list)
    for jurisdiction, day in work.session.execute(of_day.order_by(m.day.desc(), m.jurisdiction).limit(AT_ONCE)):
        days[jurisdiction].append(day)
    for jurisdiction, own in days.items():
        marked = select(m.id).where(m.jurisdiction == jurisdiction, m.day.in_(own))
        taken = list(work.session.scalars(marked))
        day_figures.store(work.session, jurisdiction, own)
        for at in range(0, len(taken), CHUNK):
            work.session.execute(delete(m).where(m.id.in_(taken[at : at + CHUNK])))
    return sum(map(len, days.values()))


def _another_shape(session: Session) -> None:
    """A newer version counts something else: nothing that was summed before holds."""
    day_figures.mark_all(session)
    session.execute(delete(DayFigures).where(DayFigures.shape != day_figures.SHAPE))


def day_figure_discrepancies(session: Session) -> Iterator[Found]:
    """Sums that do not follow from the rows. A marked day is not held against them: nobody reads its sums."""
    marked = {(j, day) for j, day in session.execute(select(FigureMark.jurisdiction, FigureMark.day))}
    kept = {(j, day) for j, day in session.execute(select(DayFigures.jurisdiction, DayFigures.day).distinct())}
    for jurisdiction, day in sorted(kept - marked):
        of_day = (DayFigures.jurisdiction == jurisdiction, DayFigures.day == day)
        stored = {
            (r.grain, r.key): (r.counts, bytes(r.enterprises))
            for r in session.scalars(select(DayFigures).where(*of_day))
        }
        said = {}
        for cell, tally in day_figures.counted(session, [jurisdiction], [day]).items():
            row = day_figures.columns(cell, tally)
            said[row["grain"], row["key"]] = (row["counts"], row["enterprises"])
        if stored != said:
            wrong = sorted(k for k in stored.keys() | said.keys() if stored.get(k) != said.get(k))
            text = f"the figures of {day} in {jurisdiction} do not follow from its visits and flags: {wrong[:3]}"
            yield "row_changed", "day_figures", f"{jurisdiction}:{day}", text
