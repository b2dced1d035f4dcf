"""Lists page by page: every row once, in one order, whatever the list is narrowed by."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from app.domain.figures import Period
from app.queries import flags, inspections
from app.store.models import InspectionRow
from bench.district import fill
from tests.house import House

FIRST, LAST = date(2025, 3, 3), date(2025, 9, 26)
SINCE, UNTIL = datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 9, 26, 4, tzinfo=UTC)


def test_a_list_of_a_period_is_in_its_order_and_no_row_comes_twice(house: House) -> None:
    fill(house.installation.database, 1500)  # two visits a day
    undone = house.approved().id  # without a day: it began and was withdrawn, say
    who = house.people["supervisor"]
    with house.installation.reading() as session:
        ids = [i.id for i in _all(lambda c: inspections.listed(session, who, c, 70, days=Period(FIRST, LAST)))]
        rows = [session.get_one(InspectionRow, own) for own in ids]
        assert (
            len(rows) > 200 and {r.visit_day for r in rows if r.visit_day and not FIRST <= r.visit_day <= LAST} == set()
        )
        assert [(r.visit_day, r.id) for r in rows] == sorted({(r.visit_day, r.id) for r in rows}, reverse=True)
        for narrowed in ({"from": SINCE, "to": UNTIL}, {"from": SINCE}, {"to": UNTIL}):
            found = _all(lambda c, asked=narrowed: inspections.listed(session, who, c, 200, **asked))
            assert all(narrowed.get("from", SINCE.min.replace(tzinfo=UTC)) <= i.window_start for i in found)
            assert all(i.window_start < narrowed.get("to", UNTIL.max.replace(tzinfo=UTC)) for i in found)
            assert [(i.window_start, i.id) for i in found] == sorted(
                {(i.window_start, i.id) for i in found}, reverse=True
            )
            query = inspections.filtered(who, narrowed)
            assert {i.id for i in found} == {row.id for row in session.scalars(query)}
        told = {"from": FIRST.isoformat(), "to": LAST.isoformat()}
        flagged = [f.row for f in _all(lambda c: flags.listed(session, who, told, c, 20))]
        assert [(f.raised_for, f.id) for f in flagged] == sorted({(f.raised_for, f.id) for f in flagged}, reverse=True)
        assert {f.id for f in flagged} == {f.id for f in session.scalars(flags.filtered(who, told))} != set()
        later = inspections.listed(session, who, None, 1, days=Period(date(2025, 10, 1), date.max))[0][0].id
        for place in (
            later,
            undone,
        ):  # a place that is none in the period shows nothing beyond it, and does not end the list
            shown, _ = inspections.listed(session, who, place, 50, days=Period(FIRST, LAST))
            assert shown and {i.id for i in shown} <= set(ids)


def _all(ask: Callable[[str | None], tuple[list[Any], str | None]]) -> list[Any]:
    found, cursor = ask(None)
    while cursor:
        more, cursor = ask(cursor)
        found += more
    return found
