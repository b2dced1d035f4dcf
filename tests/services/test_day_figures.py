"""Figures from sums by day are the figures of the rows: before the sums are made, after, and in between."""

import contextlib
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, delete, func, select, text, update

from app.cli.worker import run_job
from app.domain.actors import SYSTEM
from app.domain.errors import Refused
from app.domain.figures import Period
from app.queries import figures
from app.services import day_figures
from app.services.retention import housekeeping
from app.store import day_figures as sums
from app.store.models import DayFigures, Enterprise, FigureMark, FindingRow, Region, Speech
from app.store.unit_of_work import UnitOfWork
from bench.district import enterprise_id, fill
from tests.figures_from_rows import YEAR, agree, told
from tests.house import House
from tests.services.test_flags_histories import ACTIONS, History


def refreshed(house: House) -> None:
    while house.perform(day_figures.refresh):
        pass


@pytest.fixture
def grown(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(day_figures, "AT_ONCE", 1000)
    fill(house.installation.database, 80, years=1)
    refreshed(house)
    return house


def test_sums_by_day_say_what_the_rows_say(grown: House) -> None:
    with grown.installation.reading() as session:
        assert session.scalar(select(func.count()).select_from(FigureMark)) == 0
        regions = ("990101",)
        by_hour = figures.heat(session, regions, YEAR)
        whole = figures.figures(session, regions, YEAR)[""]
        rules = figures.flags_by_rule(session, regions, YEAR)
        listed = select(func.count()).select_from(FindingRow).where(*figures.flags_where(regions, YEAR))
        assert sum(rules.values()) == whole["raised"] == session.scalar(listed) > 0
    assert sum(by_hour.values()) == whole["visits"] > 20
    assert len(by_hour) > 5
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
            assert session.scalar(select(func.count(FigureMark.day.distinct())))
        agree(grown)
        refreshed(grown)
        agree(grown)


def test_of_many_changed_visits_the_last_sums_are_read_and_how_many_days_are_behind_is_said(
    grown: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are no sums at all, no figure is shown that lacks days."""
    monkeypatch.setattr(sums, "MOST_COUNTED", 3)

    def seen() -> tuple[int, int, bytes]:
        with grown.installation.reading() as session:
            own = figures.figures(session, ["990101"], YEAR)[""]
            page = grown.signed_in("supervisor").get(f"/supervise/figures?from={YEAR.first}&to={YEAR.last}")
            return own["planned"], figures.behind(session, ["990101"], YEAR), page.data

    planned, behind, page = seen()
    assert behind == 0
    assert "正在汇总".encode() not in page
    grown.perform(lambda work: work.session.execute(text("UPDATE inspections SET kind = 'triggered'")))
    old, behind, page = seen()
    assert (old, behind > 20) == (planned, True)
    assert "正在汇总".encode() in page
    asked = f"/api/v1/stats?from={YEAR.first}&to={YEAR.last}"
    assert grown.client().get(asked, headers=grown.bearer("supervisor")).json["behind"] == behind
    run_job(grown.installation, housekeeping.refresh_figures)
    assert seen()[:2] == (0, 0)
    grown.perform(lambda work: work.session.execute(delete(DayFigures)))
    grown.perform(lambda work: sums.mark_all(work.session))
    with grown.installation.reading() as session, pytest.raises(Refused) as refused:
        figures.figures(session, ["990101"], YEAR)
    assert refused.value.code == "figures_being_summed"
    client = grown.signed_in("supervisor")
    assert client.get(f"/supervise/figures?from={YEAR.first}&to={YEAR.last}").status_code == 409
    assert client.get("/supervise/").status_code == 200
    run_job(grown.installation, housekeeping.refresh_figures)
    agree(grown)


def test_sums_of_an_older_version_are_never_read(grown: House) -> None:
    grown.perform(lambda work: work.session.execute(update(DayFigures).values(shape="older", counts="{}")))
    with grown.installation.reading() as session:
        assert figures.figures(session, ["990101"], YEAR)[""]["visits"] > 20
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


SIDES = tuple(side + part for side in ("flags", "speech") for part in ("", ".unit", ".town", ".rule", ".officers"))
GRAINS = ("", "unit", "town", "item", "hour", "officer", "unit.officers", *SIDES)
ANY = "(SELECT id FROM inspections WHERE visit_day IS NOT NULL ORDER BY substr(id, :n, 1), id LIMIT 1)"
FLAG = "(SELECT id FROM findings ORDER BY substr(id, :n, 1), id LIMIT 1)"
# Whatever a statement does to what is counted; `:n` chooses the row.
STATEMENTS = {
    "another day": f"UPDATE inspections SET visit_day = '2026-02-03' WHERE id = {ANY}",
    "no day": f"UPDATE inspections SET visit_day = NULL, counts = false WHERE id = {ANY}",
    "all of one kind": "UPDATE inspections SET kind = 'triggered' WHERE lead_unit = 'YT-B00'",
    "what was found": f"UPDATE inspection_items SET outcome = 'problem_found' WHERE inspection = {ANY}",
    "an item less": f"DELETE FROM inspection_items WHERE inspection = {ANY}",
    "a unit more": f"INSERT INTO inspection_units (inspection, unit, position) SELECT {ANY}, 'YT-B02', 7 WHERE NOT EXISTS "
    f"(SELECT 1 FROM inspection_units WHERE inspection = {ANY} AND (unit = 'YT-B02' OR position = 7))",
    "a unit less": f"DELETE FROM inspection_units WHERE position > 0 AND inspection = {ANY}",
    "an officer less": f"DELETE FROM inspection_officers WHERE position > 0 AND inspection = {ANY}",
    "another officer": f"UPDATE inspection_officers SET certificate_no = '98000000' WHERE inspection = {ANY} AND position = 0",
    "a visit without an end": f"UPDATE inspections SET ended_at = NULL WHERE id = {ANY}",
    "a flag that names an officer": f"UPDATE findings SET officer = '98000000' WHERE id = {FLAG}",
    "a flag of another rule": f"UPDATE findings SET rule = 'code.not_shown', unit = 'YT-B01' WHERE id = {FLAG}",
    "a flag that falls": f"UPDATE findings SET standing = false WHERE id = {FLAG}",
    "a flag less": f"DELETE FROM findings WHERE id = {FLAG}",
    "all flags closed": "UPDATE findings SET state = 'closed' WHERE unit = 'YT-B00'",
    "a rating less": "DELETE FROM speech WHERE kind = 'rating' AND id = (SELECT min(id) FROM speech)",
    "ratings erased": "UPDATE speech SET inspection = NULL, body = NULL, salt = NULL WHERE rating = :n",
    "a town": "UPDATE enterprises SET region = '990101005' WHERE substr(id, 24, 1) < CAST(:n AS CHAR(1))",
    "a unit let go": "UPDATE units SET supervised = NOT supervised WHERE code IN ('YT-B01', 'YT-B02')",
}
MOMENTS = st.sampled_from(sorted((*STATEMENTS, "visit", "summed", "confirmed", "rolled back")))
LIVES = st.lists(st.tuples(MOMENTS, st.integers(1, 2**16), st.booleans()), min_size=6, max_size=14)


def cell_by_cell(house: House) -> None:
    """What a reader gets of every cell, and what the rows say of it."""
    with house.installation.reading() as session:
        regions = tuple(session.scalars(select(Region.code)))
        days = set(session.scalars(text("SELECT DISTINCT visit_day FROM inspections").columns(visit_day=Date())))
        days |= set(session.scalars(select(FindingRow.raised_for).distinct()))
        known = sorted(day for day in days if day is not None)
        found: dict[Any, sums.Tally] = defaultdict(sums.Tally)
        for day, grain, key, tally in sums.read(session, regions, known[0], known[-1], GRAINS):
            marks = dict(sums.marks(session, regions, grain, [day], [key]))[tally.digest] if tally.digest else ()
            found[day, grain, key].add(tally.counts, {*tally.enterprises, *marks})
        said: dict[Any, sums.Tally] = defaultdict(sums.Tally)
        for (_, day, grain, key), tally in sums.counted(session, regions, known).items():
            said[day, grain, key].add(tally.counts, tally.enterprises)
    assert found == said


class _NotNow(Exception):
    pass


def _live(house: House, moment: str, n: int) -> None:
    if moment == "summed":
        house.perform(day_figures.refresh)
    elif moment == "rolled back":
        with contextlib.suppress(_NotNow), house.installation.database.write() as session:
            session.execute(text("UPDATE inspections SET counts = NOT counts"))
            raise _NotNow
    elif moment == "confirmed":  # a step of a flag that leaves its row alone
        house.perform(_confirm)
    elif moment in STATEMENTS:
        values = {"n": n % 9 + 1} if ":n" in STATEMENTS[moment] else {}
        house.perform(lambda work: work.session.execute(text(STATEMENTS[moment]), values))
    else:
        house.completed(kind="planned", cause=None)


def _confirm(work: UnitOfWork) -> None:
    row = work.session.scalar(select(FindingRow).where(FindingRow.state == "closed").limit(1))
    if row is not None:
        for step in ("finding.uphold", "finding.corrected"):
            work.store_fact(work.fact(step, ("finding", row.id), {}, SYSTEM, row.jurisdiction))


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(LIVES)
def test_a_reader_gets_the_rows_own_numbers_at_every_moment(grown: House, life: list[tuple[str, int, bool]]) -> None:
    """Whatever is changed, and whenever days are summed. The database lives on between examples."""
    for moment, n, look in life:
        _live(grown, moment, n)
        if look:
            cell_by_cell(grown)
    cell_by_cell(grown)
    refreshed(grown)
    cell_by_cell(grown)


def test_a_life_through_the_services_is_counted_as_its_rows_say(house: House) -> None:
    history, source = History(house), random.Random(20261127)
    house.completed(kind="planned", cause=None)
    refreshed(house)
    for n in range(16):
        history.step(source.choice((*ACTIONS, "visit")), source.randrange(2**32))
        if n % 3 == 0:
            cell_by_cell(house)
            house.perform(day_figures.refresh)
    cell_by_cell(house)
    refreshed(house)
    cell_by_cell(house)


def test_each_way_of_changing_is_seen_at_once(grown: House) -> None:
    for moment in (*STATEMENTS, "confirmed"):
        _live(grown, moment, 3)
        cell_by_cell(grown)
        refreshed(grown)


def test_rows_poured_in_count_at_once(grown: House) -> None:
    """PostgreSQL's COPY, and many rows by one statement."""
    database = grown.installation.database
    if database.is_sqlite:
        return  # it knows no other way than statements
    with closing(database.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        with cursor.copy("COPY (SELECT * FROM inspection_items) TO STDOUT") as copy:
            lines = b"".join(bytes(line) for line in copy)
        cursor.execute("DELETE FROM inspection_items")
        raw.commit()
        cell_by_cell(grown)
        refreshed(grown)
        with cursor.copy("COPY inspection_items FROM STDIN") as copy:
            copy.write(lines)
        raw.commit()
    cell_by_cell(grown)


def test_a_change_in_flight_counts_from_its_commit(grown: House) -> None:
    """Its day is summed while it is not committed yet; a reader that began before keeps its moment. On SQLite one writes."""
    database = grown.installation.database
    if database.is_sqlite:
        return
    period = Period(date(2020, 1, 1), date(2030, 1, 1))
    change = text("UPDATE inspections SET kind = 'triggered', counts = NOT counts WHERE lead_unit = 'YT-B00'")

    def now() -> dict[str, Any]:
        with grown.installation.reading() as session:
            return told(figures.figures(session, ("990101",), period))

    before = now()
    with grown.installation.browsing() as early:
        read = sums.read(early, ("990101",), period.first, period.last, ("",))
        with database.write() as session:
            session.execute(change)
            grown.perform(sums_marked_by_others)
            assert now() == before
        cell_by_cell(grown)
        assert now() != before
        refreshed(grown)
        cell_by_cell(grown)
        assert sum(tally.counts["visits"] for *_, tally in read) == before[""][0]["visits"]


def sums_marked_by_others(work: UnitOfWork) -> None:
    sums.mark_all(work.session)
    day_figures.refresh(work)
