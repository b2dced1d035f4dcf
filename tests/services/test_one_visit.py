"""One visit through the services: apply, approve, scan, arrive, complete, rate."""

from datetime import timedelta

import pytest
from argon2 import Type

from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Result
from app.services.applying import applications, decisions
from app.services.speaking import speech
from app.services.trust import codes, verification
from app.services.visiting import scans, visits
from tests.house import COSTLY_HASHER, House


def code_of(house: House, inspection) -> codes.Code:
    with house.installation.reading() as session:
        return codes.drawn(session, inspection, "http://localhost")


def look(house: House, text: str) -> verification.Look:
    with house.installation.reading() as session:
        return verification.look(session, text, house.clock.now)


def test_a_visit_from_application_to_rating(house: House) -> None:
    applied = house.applied()
    assert (applied.state, applied.number) == ("applied", "YT-YJJ-2026-000001")
    approved = house.perform(decisions.approve, house.people["head"], applied.id)
    code = code_of(house, approved)
    assert look(house, code.url).verdict == "valid"
    assert look(house, code.short_code.lower()).verdict == "valid"
    seen = house.perform(scans.record_scan, code.url, "seen", "device-1")
    assert seen.challenge is not None and len(seen.challenge.digits) == 6
    house.clock.move(minutes=40)
    arrived = house.perform(scans.record_scan, code.token, "arrive", "device-1")
    assert arrived.look.inspection.state == "in_progress"
    house.clock.move(minutes=20)
    done = house.perform(
        visits.complete,
        house.people["inspector"],
        approved.id,
        visits.Completion((Result("YJ-01", "no_problem"),), house.clock.now),
    )
    assert (done.state, done.outcome) == ("completed", "no_problem")
    assert look(house, code.url).verdict == "completed"
    receipt = house.perform(speech.rate, speech.Rating(code.url, 5, {"gifts": False}), "device-1")
    with house.installation.reading() as session:
        assert speech.receipt(session, receipt.lower()).state == "received"


def test_the_same_phone_rates_once(house: House) -> None:
    code = code_of(house, house.completed())
    house.perform(speech.rate, speech.Rating(code.url, 5), "device-1")
    with pytest.raises(Refused, match="already_rated"):
        house.perform(speech.rate, speech.Rating(code.url, 1), "device-1")
    house.perform(speech.rate, speech.Rating(code.url, 1), "device-2")


def test_nobody_approves_their_own_application(house: House) -> None:
    applied = house.applied(who="head")
    with pytest.raises(Forbidden, match="own_application"):
        house.perform(decisions.approve, house.people["head"], applied.id)


def test_another_units_inspection_does_not_exist(house: House) -> None:
    applied = house.applied()
    with pytest.raises(NotFound):
        house.perform(decisions.approve, house.people["head2"], applied.id)


def test_what_cannot_be_understood_is_refused_with_every_problem(house: House) -> None:
    with pytest.raises(Invalid) as caught:
        house.applied(items=(), officers=(), window_end=house.clock.now - timedelta(hours=1))
    assert {p[1] for p in caught.value.problems} == {
        "items_missing",
        "officers_missing",
        "window_ends_before_start",
    }
    with pytest.raises(Invalid, match="unknown_item"):
        house.applied(items=("NO-SUCH",))


def test_an_unused_code_lapses_when_its_window_is_over_and_may_still_get_its_result(house: House) -> None:
    approved = house.approved()
    house.clock.move(hours=3)
    assert look(house, code_of(house, approved).url).verdict == "lapsed"
    assert house.perform(visits.lapse) == 1
    completion = visits.Completion((Result("YJ-01", "no_problem"),), house.clock.now)
    done = house.perform(visits.complete, house.people["inspector"], approved.id, completion)
    assert done.state == "completed"


def test_an_application_of_an_unknown_enterprise_enters_it_once(house: House) -> None:
    first, second = house.applied(), house.applied()
    assert first.enterprise_id == second.enterprise_id
    assert first.number != second.number


def test_a_preview_records_nothing(house: House) -> None:
    with house.installation.unit_of_work() as work:
        applications.preview(work, house.people["inspector"], house.application())
        work.session.rollback()
    assert house.applied().number.endswith("000001")


def test_a_password_costs_a_thief_what_owasp_asks() -> None:
    """OWASP's cheat sheet: argon2id with 46 MiB and one pass. Tests use a cheaper one; the product does not."""
    assert (COSTLY_HASHER.memory_cost, COSTLY_HASHER.time_cost, COSTLY_HASHER.type) == (47104, 1, Type.ID)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_visit_has_no_result_before_the_time_it_was_approved_for(house: House) -> None:
    """Nobody has been there yet. A visit entered afterwards, or begun in an emergency, says itself when it began."""
    coming = house.approved(
        window_start=house.clock.now + timedelta(days=7), window_end=house.clock.now + timedelta(days=8)
    )
    results = tuple(Result(item, "no_problem") for item in coming.items)
    with pytest.raises(Invalid) as refused:
        house.perform(
            visits.complete, house.people["inspector"], coming.id, visits.Completion(results, house.clock.now)
        )
    assert (refused.value.code, refused.value.field) == ("ends_before_start", "ended_at")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_end_in_the_minute_of_the_arrival_is_no_earlier_than_it(house: House) -> None:
    """People say times to the minute, other systems to the second: a visit that ended at 9:00 began at 9:00 and a half."""
    visit = house.approved()
    house.clock.move(seconds=30)
    arrived = house.clock.now
    house.perform(scans.record_scan, code_of(house, visit).url, "arrive", "device-1")
    results = tuple(Result(item, "no_problem") for item in visit.items)
    completion = visits.Completion(results, arrived.replace(second=0) - timedelta(seconds=1))
    with pytest.raises(Invalid, match="ends_before_start"):
        house.perform(visits.complete, house.people["inspector"], visit.id, completion)
    completion = visits.Completion(results, arrived.replace(second=0))
    assert house.perform(visits.complete, house.people["inspector"], visit.id, completion).ended_at == arrived
