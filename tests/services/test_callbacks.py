"""Call-backs by lot: promised, drawn, asked by several at once, and what an answer brings about."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.domain.callbacks import CLAIM_HOLDS, LAPSES_AFTER, Answer
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.lots import Pool
from app.domain.times import shanghai_day
from app.queries import callbacks as queries
from app.services.applying import decisions
from app.services.auditing.state_audit import state_discrepancies
from app.services.keeping import settings
from app.services.planning import lots
from app.services.speaking import speech
from app.services.supervising import callback_draws, callbacks
from app.services.transparency import log as log_service
from app.services.visiting import scans
from app.store.models import Callback, CallbackDraw, FactRow, FindingRow, Lot, Speech
from tests.house import House
from tests.services.callback_week import draw_week, drawn, enterprises, rows

NO_CODE = Answer("telephone", "yes", "no", "badly", date(2026, 3, 3), "YT-YJJ", "来了两个人，看了仓库")


def test_nothing_is_drawn_before_the_log_shows_the_promise_and_nothing_twice(house: House) -> None:
    enterprises(house, 3)
    house.clock.move(days=7)
    house.perform(callback_draws.weekly)
    house.perform(callback_draws.weekly)
    assert rows(house, Callback) == []
    log_service.advance(house.perform)
    house.perform(callback_draws.weekly)
    house.perform(callback_draws.weekly)
    assert len(rows(house, Callback)) == 3
    log_service.advance(house.perform)
    with house.installation.reading() as session:
        assert [lots.problems(session, lot) for lot in session.scalars(select(Lot))] == [[]]
        assert list(state_discrepancies(session)) == []


def test_a_week_that_is_not_over_is_not_drawn(house: House) -> None:
    bureau = house.installation.perform(callback_draws.bureaus)[0]
    for week in ("2026-W10", "2026-03"):
        with pytest.raises(Refused, match="callback_week_not_over"):
            house.perform(callback_draws.commit_week, bureau, week)


def test_the_published_pool_of_closed_visits_is_the_same_whoever_rated(house: House) -> None:
    """Promise 4: all closed visits are in the pool, all get a place, under ids that lead nowhere."""
    silent = house.completed()
    rated = house.completed(items=("YJ-02",))
    assert rated.code is not None
    house.perform(speech.rate, speech.Rating(rated.code.short_code, 5, {}, None), "a phone")
    scanned = house.approved(items=("YJ-02",))
    assert scanned.code is not None
    house.perform(scans.record_scan, scanned.code.short_code, "seen", "another phone")
    house.clock.move(days=7)
    draw_week(house)
    lot = next(one for one in rows(house, Lot) if one.title.endswith("closed"))
    pool = Pool.parse(lot.pool)
    assert len(pool.subjects) == pool.wanted == len(lots.pairs(lot)) == 2
    assert not {silent.id, rated.id} & set(pool.subjects)
    asked = [c.inspection for c in rows(house, Callback) if c.pool == "closed"]
    assert asked == [silent.id]


def test_rejected_and_late_cases_are_asked_about_visited_enterprises_are_not(house: House) -> None:
    rejected = house.applied()
    house.perform(decisions.reject, house.people["head"], rejected.id, "不需要检查")
    house.approved(items=("YJ-02",))  # issued and not begun: no enterprise without a visit
    house.clock.move(days=7)
    draw_week(house)
    assert [(c.pool, c.inspection) for c in rows(house, Callback)] == [("doubtful", rejected.id)]


def test_how_many_are_drawn_is_a_setting_and_who_was_drawn_rests(house: House) -> None:
    enterprises(house, 12)
    admin, today = house.people["admin"], shanghai_day(house.clock.now)
    for wrong in ("201", "-1", "four", "٤"):
        with pytest.raises(Invalid, match="out_of_range"):
            house.perform(settings.set_value, admin, "callbacks_unvisited", wrong, "", today)
    house.perform(settings.set_value, admin, "callbacks_unvisited", "4", "", today)
    drawn(house)
    first = {c.enterprise for c in rows(house, Callback)}
    house.clock.move(days=7)
    draw_week(house)
    second = {c.enterprise for c in rows(house, Callback)} - first
    assert len(first) == len(second) == 4
    sizes = [d.size for d in rows(house, CallbackDraw) if d.pool == "unvisited" and d.jurisdiction == "990101"]
    assert sizes == [12, 12]  # the estimate is about all of them


def test_only_who_claimed_records_and_a_forgotten_claim_holds_nobody_up(house: House) -> None:
    enterprises(house, 1)
    (one,) = drawn(house)
    supervisor, city = house.people["supervisor"], house.people["city"]
    with pytest.raises(Refused, match="callback_not_claimed"):
        house.perform(callbacks.answer, supervisor, one, NO_CODE)
    house.perform(callbacks.claim, supervisor, one)
    house.perform(callbacks.claim, supervisor, one)
    with pytest.raises(Refused, match="callback_claimed"):
        house.perform(callbacks.claim, city, one)
    with pytest.raises(Refused, match="callback_not_claimed"):
        house.perform(callbacks.attempt, city, one, "telephone", "no_answer")
    house.clock.now += CLAIM_HOLDS
    house.perform(callbacks.claim, city, one)
    with pytest.raises(Refused, match="callback_not_claimed"):
        house.perform(callbacks.answer, supervisor, one, NO_CODE)
    with pytest.raises(NotFound):
        house.perform(callbacks.claim, house.people["neighbour"], one)
    with pytest.raises(Forbidden):
        house.perform(callbacks.claim, house.people["head"], one)


def test_three_at_once_claim_one_call_back_once(house: House) -> None:
    enterprises(house, 1)
    (one,) = drawn(house)
    said: list[str] = []
    gate = Barrier(2)

    def go(name: str) -> None:
        gate.wait()
        try:
            house.perform(callbacks.claim, house.people[name], one)
            said.append("claimed")
        except DomainError as error:
            said.append(error.code)

    threads = [Thread(target=go, args=(name,)) for name in ("supervisor", "city")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) in (["callback_claimed", "claimed"], ["changed_meanwhile", "claimed"])
    with house.installation.reading() as session:
        kinds = list(session.scalars(select(FactRow.kind).where(FactRow.subject_kind == "callback")))
    assert sorted(kinds) == ["callback.claimed", "callback.drawn"]


def test_somebody_who_came_without_a_code_raises_a_flag_that_no_unit_sees(house: House) -> None:
    (enterprise,) = enterprises(house, 1)
    (one,) = drawn(house)
    supervisor = house.people["supervisor"]
    house.perform(callbacks.claim, supervisor, one)
    house.perform(callbacks.answer, supervisor, one, NO_CODE)
    with pytest.raises(Refused, match="callback_done"):
        house.perform(callbacks.answer, supervisor, one, NO_CODE)
    (flag,) = rows(house, FindingRow)
    assert (flag.rule, flag.severity, flag.unit) == ("unregistered.report", "blue", "YT-YJJ")
    assert (flag.enterprise_id, flag.raised_for) == (enterprise, date(2026, 3, 3))
    (report,) = rows(house, Speech)
    assert supervisor.name not in str(report.body) and one not in str(report.body)
    with house.installation.reading() as session:
        shown = queries.one(session, house.installation.vault, supervisor, one, house.clock.now)
        assert (shown.note, shown.report) == (NO_CODE.note, report.id)
        bodies = list(session.scalars(select(FactRow.body).where(FactRow.subject_kind == "callback")))
        assert not any("仓库" in body for body in bodies)  # what was said can be erased
        assert list(state_discrepancies(session)) == []
    page = house.signed_in("head").get("/inspect/flags").text
    assert flag.id not in page


def test_an_answer_needs_the_day_where_no_code_was_shown(house: House) -> None:
    enterprises(house, 1)
    (one,) = drawn(house)
    supervisor = house.people["supervisor"]
    house.perform(callbacks.claim, supervisor, one)
    for wrong, code in (
        (Answer("telephone", "yes", "no"), "callback_day_needed"),
        (Answer("telephone", "yes"), "callback_choose"),
        (Answer("by_post", "no"), "callback_choose"),
        (Answer("telephone", "yes", "yes", visited_on=date(2026, 12, 1)), "in_the_future"),
        (Answer("telephone", "yes", "yes", visited_on=date(2025, 12, 1)), "callback_day_before"),
        (Answer("telephone", "no", note="x" * 1001), "too_long"),
    ):
        with pytest.raises(Invalid, match=code):
            house.perform(callbacks.answer, supervisor, one, wrong)
    house.perform(callbacks.answer, supervisor, one, Answer("telephone", "no", code="no", visited_on=date(2026, 3, 3)))
    (row,) = rows(house, Callback)
    assert (row.state, row.came, row.code, row.visited_on) == ("done", "no", None, None)
    assert rows(house, Speech) == []


def test_three_attempts_in_vain_and_four_weeks_end_a_call_back(house: House) -> None:
    enterprises(house, 3)
    tried, gone, forgotten = drawn(house)
    supervisor = house.people["supervisor"]
    for _ in range(3):
        house.perform(callbacks.claim, supervisor, tried)
        house.perform(callbacks.attempt, supervisor, tried, "telephone", "no_answer")
    house.perform(callbacks.claim, supervisor, gone)
    house.perform(callbacks.attempt, supervisor, gone, "on_the_spot", "moved")
    states = {c.id: c.state for c in rows(house, Callback)}
    assert states == {tried: "not_reached", gone: "not_reached", forgotten: "open"}
    house.clock.now += LAPSES_AFTER + timedelta(minutes=1)
    house.perform(callback_draws.weekly)
    assert {c.id: c.state for c in rows(house, Callback)}[forgotten] == "not_reached"
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []
        assert [a.reached for a in queries.asked(session, ["990101"], 2026)] == [0]


def test_a_changed_answer_is_found(house: House) -> None:
    enterprises(house, 1)
    (one,) = drawn(house)
    with house.installation.unit_of_work() as work:
        work.session.get_one(Callback, one).state = "done"
        work.session.query(CallbackDraw).filter_by(pool="unvisited", jurisdiction="990101").one().size = 9
    with house.installation.reading() as session:
        found = {(table, code) for code, table, _, _ in state_discrepancies(session)}
    assert found == {("callbacks", "row_changed"), ("callback_draws", "row_changed")}


def test_the_list_and_the_sheet(house: House) -> None:
    """One walk over the pages: claim, a wrong answer keeps what was typed, the right one, the note beside it."""
    enterprises(house, 2)
    one, other = drawn(house)
    browser = house.signed_in("supervisor")
    sheet = f"/supervise/callbacks/{one}"
    assert one in browser.get("/supervise/callbacks").text
    assert browser.post(f"{sheet}/answer", data={}).status_code == 409
    assert browser.post(f"{sheet}/claim").status_code == 303
    typed = {"way": "telephone", "came": "yes", "code": "no", "note": "说得很清楚", "visited_on": "2026-13-01"}
    wrong = browser.post(f"{sheet}/answer", data=typed)
    assert wrong.status_code == 422 and "说得很清楚" in wrong.text
    assert browser.post(f"{sheet}/answer", data=typed | {"visited_on": "2026-03-03"}).status_code == 303
    assert "说得很清楚" in browser.get(sheet).text
    assert one in browser.get("/supervise/callbacks?view=told").text
    assert browser.post(f"/supervise/callbacks/{other}/claim").status_code == 303
    attempt = {"way": "telephone", "why": "no_answer"}
    assert browser.post(f"/supervise/callbacks/{other}/attempt", data=attempt).status_code == 303
    assert house.signed_in("neighbour").get(sheet).status_code == 404
    assert browser.get("/supervise/callbacks/none").status_code == 404
    lot = next(d.lot for d in rows(house, CallbackDraw) if d.lot)
    public = house.client().get(f"/lots/{lot}")
    assert public.status_code == 200 and "重做一遍，结果相同" in public.text and "E0000" not in public.text
