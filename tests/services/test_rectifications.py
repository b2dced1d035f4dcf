"""What was found must be put right: a deadline, an answer, a second look, and nothing closes by itself."""

from datetime import date, timedelta

import pytest

from app.domain.actors import PUBLIC
from app.domain.errors import DomainError, Invalid, NotFound, Refused
from app.domain.inspections import Inspection
from app.domain.onsite import USUALLY, Rectify
from app.domain.rectifications import GREEN, RED, YELLOW, Rectification, light
from app.domain.times import shanghai_day
from app.domain.uploads import Upload
from app.queries import chains
from app.services.transparency import log, log_audit
from app.services.visiting import rectifications
from app.store import rectifications as store
from tests.house import House, uscc
from tests.services.test_onsite import complete, picture


def found(house: House, rectify: Rectify = USUALLY, **changes) -> Inspection:
    """A visit that found a problem, an hour ago."""
    inspection = house.approved(**changes)
    house.clock.move(hours=1)
    return complete(house, inspection, "problem_found", rectify=rectify)


def of(house: House, inspection: Inspection) -> Rectification | None:
    with house.installation.reading() as session:
        return store.get(session, inspection.id)


def rechecked(house: House, inspection: Inspection, outcome: str, rectify: Rectify = USUALLY, **changes) -> Inspection:
    again = house.approved(cause="recheck", clue_no=None, recheck_of=inspection.id, **changes)
    house.clock.move(hours=1)
    return complete(house, again, outcome, rectify=rectify)


def day(house: House, days: int) -> date:
    return shanghai_day(house.clock.now) + timedelta(days=days)


def test_a_found_problem_opens_a_rectification_with_the_usual_deadline(house: House) -> None:
    r = of(house, found(house))
    assert r is not None
    assert (r.state, r.due_on, r.unit) == ("open", day(house, 15), "YT-YJJ")
    assert of(house, house.completed()) is None


def test_the_unit_sets_the_deadline_within_a_year(house: House) -> None:
    r = of(house, found(house, Rectify(due=day(house, 5), demand="补齐灭火器")))
    assert r is not None and r.due_on == day(house, 5)
    for days in (0, -1, 400):
        with pytest.raises(Invalid, match="due_out_of_range"):
            found(house, Rectify(due=day(house, days)))


def test_what_was_put_right_before_they_left_is_closed_at_once(house: House) -> None:
    r = of(house, found(house, Rectify(on_the_spot=True)))
    assert r is not None and (r.state, r.closed_at) == ("closed", house.clock.now)


def test_a_recheck_without_a_problem_closes_the_chain_and_counts_for_nothing_else(house: House) -> None:
    first = found(house)
    house.clock.move(days=10)
    again = rechecked(house, first, "no_problem")
    r = of(house, first)
    assert r is not None and r.state == "closed"
    assert of(house, again) is None


def test_a_recheck_that_finds_it_again_sends_it_back_until_one_does_not(house: House) -> None:
    first = found(house)
    house.clock.move(days=10)
    second = rechecked(house, first, "problem_found", Rectify(due=day(house, 7)))
    r = of(house, first)
    assert r is not None
    assert (r.state, r.due_on, r.rounds, of(house, second)) == ("open", day(house, 7), 1, None)
    house.clock.move(days=6)
    third = rechecked(house, second, "no_problem")  # of the re-check, not of the first visit
    r = of(house, first)
    assert r is not None and r.state == "closed"
    with house.installation.reading() as session:
        chain = chains.chain(session, third)
    assert [v.id for v in chain.visits] == [first.id, second.id, third.id]
    kinds = [s.kind for s in chain.steps]
    assert kinds == ["rectification.opened", "rectification.returned", "rectification.verified", "rectification.closed"]


def test_a_recheck_of_another_enterprises_or_units_visit_changes_nothing_there(house: House) -> None:
    from app.domain.applications import EnterpriseRef

    first = found(house)
    rechecked(house, first, "no_problem", enterprise=EnterpriseRef(uscc(2), "云汀示例二有限公司"))
    elsewhere = house.approved(
        "inspector2", "head2", cause="recheck", clue_no=None, recheck_of=first.id, items=("SJ-01",),
        officers=("99020001", "99020002"),
    )  # fmt: skip
    from app.domain.inspections import Result
    from app.services.visiting import visits

    done = visits.Completion((Result("SJ-01", "no_problem"),), house.clock.now)
    house.perform(visits.complete, house.people["inspector2"], elsewhere.id, done)
    r = of(house, first)
    assert r is not None and r.state == "open"


def test_the_enterprise_answers_with_photographs_and_the_unit_closes_from_papers(house: House) -> None:
    first = found(house)
    sent = [Upload("1.png", picture()), Upload("2.png", b"no picture")]
    answered = house.perform(rectifications.answer, PUBLIC, first.id, "已补齐灭火器", sent)
    assert (answered.rectification.state, [e.code for e in answered.refused]) == ("answered", ["file_kind"])
    with pytest.raises(Invalid, match="note_needed"):
        house.perform(rectifications.verify, house.people["inspector"], first.id, " ")
    house.perform(rectifications.verify, house.people["inspector"], first.id, "照片可见已整改")
    r = of(house, first)
    assert r is not None and r.state == "closed"
    for late in (
        lambda: house.perform(rectifications.answer, PUBLIC, first.id, "再说一句"),
        lambda: house.perform(rectifications.extend, house.people["inspector"], first.id, day(house, 40), "晚了"),
        lambda: house.perform(rectifications.verify, house.people["inspector"], first.id, "再看"),
    ):
        with pytest.raises(Refused):
            late()


def test_more_time_needs_a_reason_and_a_later_day(house: House) -> None:
    first = found(house)
    inspector = house.people["inspector"]
    for due, reason, code in ((day(house, 30), " ", "reason_missing"), (day(house, 15), "x", "due_not_later")):
        with pytest.raises(Invalid, match=code):
            house.perform(rectifications.extend, inspector, first.id, due, reason)
    assert house.perform(rectifications.extend, inspector, first.id, day(house, 30), "设备到货晚").due_on == day(
        house, 30
    )


def test_what_is_not_put_right_gets_a_new_deadline(house: House) -> None:
    first = found(house)
    house.perform(rectifications.answer, PUBLIC, first.id, "已整改")
    r = house.perform(rectifications.send_back, house.people["inspector"], first.id, day(house, 20), "照片看不清")
    assert (r.state, r.due_on, r.rounds) == ("open", day(house, 20), 1)


def test_only_the_unit_of_the_visit_decides(house: House) -> None:
    first = found(house)
    for step in (
        lambda: house.perform(rectifications.verify, house.people["inspector2"], first.id, "看过"),
        lambda: house.perform(rectifications.extend, house.people["inspector2"], first.id, day(house, 30), "x"),
        lambda: house.perform(rectifications.verify, house.people["supervisor"], first.id, "看过"),
    ):
        with pytest.raises(DomainError) as refused:
            step()
        assert refused.value.code in ("no_such_inspection", "wrong_role")


def test_nothing_found_nothing_to_put_right(house: House) -> None:
    done = house.completed()
    with pytest.raises(Refused, match="no_problem_found"):
        house.perform(rectifications.open_, house.people["inspector"], done.id, Rectify())
    with pytest.raises(NotFound):
        house.perform(rectifications.answer, PUBLIC, done.id, "已整改")


def test_the_desk_lists_what_is_open_by_deadline_with_its_light(house: House) -> None:
    later, sooner = found(house), found(house, Rectify(due=day(house, 2)))
    found(house, Rectify(on_the_spot=True))
    with house.installation.reading() as session:
        assert [r.inspection for r in chains.open_of(session, "YT-YJJ")] == [sooner.id, later.id]
        assert chains.open_of(session, "YT-SCJG") == []


def test_the_light_is_red_from_the_day_after_the_deadline() -> None:
    due = date(2026, 3, 20)
    from datetime import UTC, datetime

    r = Rectification("i", "990101", "U", "E", "open", due, datetime(2026, 3, 1, tzinfo=UTC))
    days = {date(2026, 3, 16): GREEN, date(2026, 3, 17): YELLOW, due: YELLOW, date(2026, 3, 21): RED}
    assert {d: light(r, d) for d in days} == days


def test_log_verify_holds_over_a_whole_chain(house: House) -> None:
    first = found(house)
    house.perform(rectifications.answer, PUBLIC, first.id, "已整改", [Upload("1.png", picture())])
    rechecked(house, first, "no_problem")
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []
