"""The comparison number (对照码) against impostors: who only holds a picture of a code can read nothing aloud first."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.services.visiting import scans
from tests.house import House


def officers_see(house: House, who: str, inspection_id: str) -> set[str]:
    """What stands on an officer's phone now, asked like the page does."""
    answer = house.signed_in(who).get(f"/inspect/{inspection_id}/live")
    assert answer.status_code == 200, answer.text
    return {digits.replace(" ", "") for digits in answer.get_json()["challenges"]}


def scanned(house: House, code: str, device: str, action: str = "arrive") -> str:
    outcome = house.perform(scans.record_scan, code, action, device)
    assert outcome.challenge is not None
    return outcome.challenge.digits


def test_each_person_who_scans_has_a_number_and_every_officers_phone_shows_all(house: House) -> None:
    inspection = house.approved()
    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(lambda n: scanned(house, inspection.code.short_code, f"phone {n}"), range(6)))
    assert len(set(numbers)) == 6
    for officer in ("inspector", "head"):  # two signed-in phones of the unit at once
        assert officers_see(house, officer, inspection.id) == set(numbers)


def test_a_phone_has_one_number_however_often_it_scans(house: House) -> None:
    inspection = house.approved()
    code = inspection.code.short_code
    seen = scanned(house, code, "phone", "seen")
    assert officers_see(house, "inspector", inspection.id) == {seen}
    arrived = scanned(house, code, "phone")
    assert arrived != seen
    assert scanned(house, code, "phone", "seen") == arrived  # a page that tells late takes no number away
    assert officers_see(house, "inspector", inspection.id) == {arrived}
    other = scanned(house, code, "another phone")
    again = scanned(house, code, "phone")
    assert officers_see(house, "inspector", inspection.id) == {other, again}


def test_the_page_that_tells_and_the_button_are_one_phone_from_the_first_visit_on(house: House) -> None:
    inspection = house.approved()
    code, phone = inspection.code.short_code, house.client()
    seen = {"json": {"code": code, "action": "seen"}, "headers": {"Origin": "http://localhost"}}
    assert phone.post("/api/v1/scans", **seen).status_code == 200  # what the page's script sends
    arrived = re.search(r"\d{3} \d{3}", phone.post(f"/q/{code}/arrive").text)
    assert arrived and officers_see(house, "inspector", inspection.id) == {arrived[0].replace(" ", "")}


def test_who_holds_a_screenshot_sees_his_own_number_and_never_the_enterprises(house: House) -> None:
    inspection = house.approved()
    code = inspection.code.short_code
    enterprises = scanned(house, code, "the enterprise")
    impostor = house.client()
    own = scanned(house, code, "the impostor")
    assert own != enterprises
    spoken = [
        impostor.get(f"/q/{code}").text,
        impostor.post(f"/q/{code}/arrive").text,
        impostor.post("/api/v1/verify", json={"code": code}).text,
        impostor.post("/api/v1/scans", json={"code": code, "action": "seen"}).text,
        impostor.get("/api/v1/inspections/" + inspection.id).text,
        impostor.get(f"/inspect/{inspection.id}/live").text,
        impostor.get(f"/inspect/{inspection.id}/code").text,
    ]
    for text in spoken:
        assert enterprises not in re.sub(r"(?<=\d) (?=\d)", "", text)


def test_an_officer_of_another_unit_sees_no_number(house: House) -> None:
    inspection = house.approved()
    scanned(house, inspection.code.short_code, "the enterprise")
    for stranger in ("inspector2", "head2"):
        assert house.signed_in(stranger).get(f"/inspect/{inspection.id}/live").status_code == 404


def test_the_number_of_another_visit_does_not_serve(house: House) -> None:
    """An impostor with a visit of his own elsewhere reads a number from there: it is not the one on this phone."""
    here, there = house.approved(), house.approved(items=("YJ-02",))
    mine = scanned(house, here.code.short_code, "the enterprise")
    theirs = scanned(house, there.code.short_code, "an accomplice")
    assert officers_see(house, "inspector", there.id) == {theirs} and mine != theirs
    assert officers_see(house, "inspector", here.id) == {mine}


def test_a_number_written_down_is_worth_nothing_after_two_minutes_or_for_the_next_scan(house: House) -> None:
    inspection = house.approved()
    first = scanned(house, inspection.code.short_code, "the enterprise")
    again = scanned(house, inspection.code.short_code, "the enterprise")
    assert first != again
    house.clock.move(seconds=121)
    assert officers_see(house, "inspector", inspection.id) == set()
    assert scanned(house, inspection.code.short_code, "the enterprise") not in (first, again)


def test_guessing_is_a_chance_in_a_million_each_and_never_more_than_twenty_stand_open(house: House) -> None:
    inspection = house.approved()
    for n in range(30):
        house.clock.now += timedelta(seconds=1)
        scanned(house, inspection.code.short_code, f"phone {n}", "seen")
    assert len(officers_see(house, "inspector", inspection.id)) == 20


@pytest.mark.parametrize("state", ["cancelled", "expired", "future"])
def test_a_code_that_is_not_good_now_has_no_number(house: House, state: str) -> None:
    start = house.clock.now + timedelta(days=2 if state == "future" else 0)
    inspection = house.approved(window_start=start, window_end=start + timedelta(hours=2))
    if state == "expired":
        house.clock.move(hours=3)
    if state == "cancelled":
        from app.services.visiting import visits

        house.perform(visits.cancel, house.people["inspector"], inspection.id, "取消", on_advice=False)
    assert house.perform(scans.record_scan, inspection.code.short_code, "arrive", "phone").challenge is None
