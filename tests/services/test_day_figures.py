"""Figures from sums by day are the figures of the rows, at every moment: before the sums are made, after, and in between."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app.domain.figures import Period
from app.queries import figures
from app.services import day_figures
from app.store import day_figures as sums
from app.store.models import DayFigures, Enterprise, FigureMark, FindingRow, Region, Speech
from bench.district import enterprise_id, fill
from tests.house import House

YEAR, WINTER = Period(date(2025, 1, 1), date(2025, 12, 31)), Period(date(2026, 2, 2), date(2026, 3, 31))
ASKED: tuple[tuple[str | None, str | None], ...] = (
    (None, None), ("unit", None), ("town", None), ("item", None), ("month", None), ("day", None), (None, "YT-B00"),
    ("month", "YT-B01"),
)  # fmt: skip


def refreshed(house: House) -> None:
    while house.perform(day_figures.refresh):
        pass


@pytest.fixture
def grown(house: House) -> House:
    fill(house.installation.database, 500, years=1)
    refreshed(house)
    return house


def told(found: dict[str, figures.Figures]) -> dict[str, Any]:
    names = (*sums.NAMES, *sums.FLAGS)
    own = {k: ({n: f[n] for n in names if f[n]}, f.enterprises, f.days_to_close) for k, f in found.items()}
    return {key: one for key, one in own.items() if one[0]}


def agree(house: House) -> None:
    """Every way of asking, from sums and from rows."""
    with house.installation.reading() as session:
        regions = tuple(session.scalars(select(Region.code)))
        for period in (YEAR, WINTER):
            for by, unit in ASKED:
                for everybody in (False, True) if by is None else (False,):
                    one, other = (
                        way(session, regions, period, by, unit, everybody)
                        for way in (figures._from_sums, figures._from_rows)
                    )
                    assert one is not None
                    assert told(one) == told(other), (period, by, unit)


def test_sums_by_day_say_what_the_rows_say(grown: House) -> None:
    with grown.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(FigureMark)) == 0
        regions = ("990101",)
        by_hour = figures.heat(session, regions, YEAR)
        whole = figures.figures(session, regions, YEAR)[""]
        rules = figures.flags_by_rule(session, regions, YEAR)
        listed = select(func.count()).select_from(FindingRow).where(*figures.flags_where(regions, YEAR))
        assert sum(rules.values()) == whole["raised"] == session.scalar(listed) > 0
    assert sum(by_hour.values()) == whole["visits"] > 100
    assert len(by_hour) > 20
    agree(grown)


def test_what_changes_counts_at_once_and_not_only_after_the_next_summing(grown: House) -> None:
    """A visit with its flags, a rating, a flag that is settled, an enterprise that moves, a unit that is let go."""
    visit = grown.completed(kind="planned", cause=None)
    changes: list[Any] = [
        lambda s: s.execute(update(Enterprise).where(Enterprise.id == enterprise_id(0)).values(region="990101005")),
        lambda s: s.execute(
            update(FindingRow)
            .where(
                FindingRow.id == select(func.max(FindingRow.id)).where(FindingRow.state == "raised").scalar_subquery()
            )
            .values(state="closed")
        ),
        lambda s: s.execute(text("UPDATE units SET supervised = NOT supervised WHERE code = 'YT-B01'")),
        lambda s: s.execute(update(Speech).where(Speech.inspection.is_not(None)).values(inspection=visit.id)),
    ]
    agree(grown)
    for change in changes:
        grown.perform(lambda work, change=change: change(work.session))
        with grown.installation.reading() as session:
            if (session.scalar(select(func.count(FigureMark.day.distinct()))) or 0) <= sums.MOST_MARKED:
                agree(grown)
        refreshed(grown)
        agree(grown)


def test_too_many_changed_days_are_counted_from_rows(grown: House) -> None:
    grown.perform(lambda work: sums.mark_all(work.session))
    with grown.installation.reading() as session:
        assert sums.read(session, ["990101"], YEAR.first, YEAR.last, [""]) is None
        before = figures.figures(session, ["990101"], YEAR)[""]
    refreshed(grown)
    with grown.installation.reading() as session:
        assert sums.read(session, ["990101"], YEAR.first, YEAR.last, [""]) is not None
        assert told({"": figures.figures(session, ["990101"], YEAR)[""]}) == told({"": before})


def test_sums_of_an_older_version_are_never_read(grown: House) -> None:
    grown.perform(lambda work: work.session.execute(update(DayFigures).values(shape="older", counts="{}")))
    with grown.installation.reading() as session:
        assert figures.figures(session, ["990101"], YEAR)[""]["visits"] > 100
    refreshed(grown)
    agree(grown)


def test_the_log_tells_of_sums_that_somebody_changed(grown: House) -> None:
    def wrong() -> Iterator[tuple[str, str, str, str]]:
        with grown.installation.reading() as session:
            yield from day_figures.day_figure_discrepancies(session)

    assert not list(wrong())
    where = (DayFigures.grain == "unit", DayFigures.key == "YT-B00", DayFigures.day > date(2026, 1, 1))
    with grown.installation.reading() as session:
        row = session.scalars(select(DayFigures).where(*where).limit(1)).one()
    more = row.counts.replace('"visits": ', '"visits": 1')
    own = (*where, DayFigures.day == row.day)
    grown.perform(lambda work: work.session.execute(update(DayFigures).where(*own).values(counts=more)))
    assert [found[0] for found in wrong()] == ["row_changed"]


def test_a_visit_recorded_while_its_day_is_summed_is_not_forgotten(
    grown: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its mark comes after those that the summing took, and stays. On SQLite nobody writes meanwhile."""
    visit = grown.completed()
    database = grown.installation.database
    if database.is_sqlite:
        return
    original = sums.store

    def slowly(*args: Any) -> None:
        original(*args)
        with database.write() as other:
            other.execute(text("UPDATE inspections SET imported = true WHERE id = :id"), {"id": visit.id})

    monkeypatch.setattr(sums, "store", slowly)
    grown.perform(day_figures.refresh)
    agree(grown)
    monkeypatch.setattr(sums, "store", original)
    refreshed(grown)
    agree(grown)
