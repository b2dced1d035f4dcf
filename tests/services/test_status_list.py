"""The signed list of codes that are no longer good: signed when it says something new, or half of its life is over."""

from app.services.trust import unit_keys
from app.services.visiting import visits
from app.store.documents import published
from app.store.models import Unit
from tests.house import House


def version(house: House) -> int:
    with house.installation.reading() as session:
        found = published(session, unit_keys.STATUS)
    return int(found["version"]) if found else 0


def test_a_list_that_says_the_same_is_not_signed_again(house: House) -> None:
    inspection = house.approved()
    house.perform(unit_keys.renew_lists)
    first = version(house)
    house.clock.move(hours=1)
    house.perform(unit_keys.renew_lists)
    assert version(house) == first
    house.perform(visits.cancel, house.people["inspector"], inspection.id, "停业", on_advice=False)
    house.perform(unit_keys.renew_lists)
    second = version(house)
    assert second > first
    house.clock.move(hours=12, minutes=1)
    house.perform(unit_keys.renew_lists)
    assert version(house) > second


def test_without_a_supervisor_nothing_is_signed_and_nothing_breaks(house: House) -> None:
    with house.installation.database.write() as session:
        for unit in session.query(Unit).filter_by(role="supervisor"):
            unit.role = "inspecting"
    house.perform(unit_keys.renew_lists)
    assert version(house) == 0
