"""企业码 and the officer's arrival: right enterprise?, what it clears and what it must not, and who confirms whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.applications import EnterpriseRef
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound
from app.domain.inspections import Inspection, Result
from app.services.applying import joint
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flag_rebuild, flags
from app.services.visiting import arrivals, enterprise_codes, scans, visits
from app.services.visiting.arrivals import Arrival
from app.store.models import EnterpriseCode, FindingRow
from tests.house import House, uscc
from tests.services.test_joint import OFFER, at_once, stored
from tests.services.test_one_visit import code_of

LICENCE = "http://www.gsxt.gov.cn/indexReduction?uniscid={}&source=qr"


def permanent(house: House, inspection: Inspection) -> str:
    return house.perform(enterprise_codes.issue, house.people["inspector"], inspection.enterprise_id).code


def officer_arrives(house: House, inspection: Inspection, text: str, how: str = "camera") -> Inspection:
    return house.perform(arrivals.arrive, house.people["inspector"], inspection.id, Arrival(text, how))


def confirmed(house: House, inspection: Inspection, **how: bool) -> None:
    house.perform(scans.record_scan, code_of(house, inspection).url, "arrive", "a phone", **how)


def done(house: House, inspection: Inspection) -> set[str]:
    """Completed an hour later, and everything that is found two days after that."""
    house.clock.move(hours=1)
    completion = visits.Completion((Result("YJ-01", "no_problem"),), house.clock.now)
    house.perform(visits.complete, house.people["inspector"], inspection.id, completion)
    house.clock.move(days=2)
    house.perform(flags.sweep)
    assert house.perform(flag_rebuild.rebuild) == 0
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []
        query = select(FindingRow.rule).where(FindingRow.inspection_id == inspection.id, FindingRow.standing)
        return set(session.scalars(query))


def test_scanning_the_enterprises_code_begins_the_visit(house: House) -> None:
    approved = house.approved()
    text = f"https://anywhere.example/e/{permanent(house, approved)}"
    house.clock.move(minutes=5)
    after = officer_arrives(house, approved, text)
    assert (after.state, after.visit_start, after.mutually_confirmed) == ("in_progress", house.clock.now, False)
    confirmed(house, after)
    assert stored(house, approved.id).mutually_confirmed


def test_both_ways_round_end_in_the_same(house: House) -> None:
    approved = house.approved()
    confirmed(house, approved)
    assert officer_arrives(house, approved, permanent(house, approved)).mutually_confirmed


def test_an_officers_arrival_does_not_show_the_code(house: House) -> None:
    approved = house.approved()
    officer_arrives(house, approved, permanent(house, approved))
    assert "code.not_shown" in done(house, approved)


def test_the_enterprises_own_confirmation_shows_it(house: House) -> None:
    approved = house.approved()
    officer_arrives(house, approved, permanent(house, approved))
    confirmed(house, approved)
    assert not {"code.not_shown", "code.self_scan"} & done(house, approved)


def test_an_officers_arrival_does_not_clear_a_self_scan(house: House) -> None:
    approved = house.approved()
    officer_arrives(house, approved, permanent(house, approved))
    confirmed(house, approved, by_staff=True)
    assert not stored(house, approved.id).mutually_confirmed
    assert "code.self_scan" in done(house, approved)


def test_an_officers_arrival_alone_is_no_self_scan(house: House) -> None:
    approved = house.approved()
    officer_arrives(house, approved, permanent(house, approved))
    assert "code.self_scan" not in done(house, approved)


def test_what_is_typed_is_an_arrival_and_no_scan(house: House) -> None:
    approved = house.approved()
    confirmed(house, approved)
    typed = officer_arrives(house, approved, uscc(1).lower(), "typed")
    assert typed.officer_arrived_at and not typed.mutually_confirmed
    assert officer_arrives(house, typed, uscc(1), "typed") == typed
    assert officer_arrives(house, approved, LICENCE.format(uscc(1))).mutually_confirmed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://www.gsxt.gov.cn/x?token=1234", "no_uscc_in_text"),
        (f"{uscc(1)} {uscc(2)}", "several_uscc_in_text"),
        (uscc(9), "uscc_not_registered"),
        ("0000-0000-0000", "no_such_enterprise_code"),
        ("", "no_uscc_in_text"),
    ],
)
def test_what_names_no_enterprise_is_told_why(house: House, text: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        officer_arrives(house, house.approved(), text)


def test_an_inspection_code_is_not_taken_for_an_enterprise_code(house: House) -> None:
    approved = house.approved()
    drawn = code_of(house, approved)
    for text in (drawn.url, drawn.token, drawn.short_code):
        with pytest.raises(Invalid, match="inspection_code_scanned"):
            officer_arrives(house, approved, text)


def test_another_enterprise_and_another_time_are_refused(house: House) -> None:
    approved, other = house.approved(), house.approved(enterprise=EnterpriseRef(uscc(2), "云汀示例二店"))
    with pytest.raises(Invalid, match="not_this_enterprise"):
        officer_arrives(house, approved, permanent(house, other))
    code = permanent(house, approved)
    house.clock.move(hours=3)
    with pytest.raises(Invalid, match="outside_window"):
        officer_arrives(house, approved, code)
    with pytest.raises(NotFound):
        house.perform(arrivals.arrive, house.people["inspector2"], approved.id, Arrival(code, "camera"))
    with pytest.raises(Forbidden):
        house.perform(arrivals.arrive, house.people["supervisor"], approved.id, Arrival(code, "camera"))


def test_the_page_tells_this_enterprise_from_others(house: House) -> None:
    here_now = house.approved()
    house.approved(enterprise=EnterpriseRef(uscc(2), "云汀示例二店"))
    later = house.clock.now + timedelta(days=1)
    house.approved(window_start=later, window_end=later + timedelta(hours=1))
    with house.installation.reading() as session:
        here = arrivals.here(session, "YT-YJJ", permanent(house, here_now), house.clock.now)
    assert [i.id for i in here.visits] == [here_now.id]
    assert len(here.elsewhere) == 1


def test_a_partners_officer_may_record_the_arrival(house: House) -> None:
    own = house.applied()
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    house.perform(joint.join, house.people["inspector2"], own.id, OFFER)
    house.perform(joint.join, house.people["head2"], own.id)
    from app.services.applying import decisions

    house.perform(decisions.approve, house.people["head"], own.id)
    arrival = Arrival(permanent(house, own), "photo")
    assert house.perform(arrivals.arrive, house.people["inspector2"], own.id, arrival).officer_scanned_at


def test_both_sides_at_the_same_moment_lose_nothing(house: House) -> None:
    approved = house.approved()
    code, url = permanent(house, approved), code_of(house, approved).url
    results = at_once(
        lambda: officer_arrives(house, approved, code),
        lambda: house.perform(scans.record_scan, url, "arrive", "a phone"),
        lambda: officer_arrives(house, approved, code),
    )
    assert not [r for r in results if isinstance(r, DomainError)]
    assert stored(house, approved.id).mutually_confirmed


def test_an_enterprise_has_one_code_however_often_it_is_asked_for(house: House) -> None:
    enterprise = house.approved().enterprise_id
    supervisor = house.people["supervisor"]
    made = at_once(*[lambda: house.perform(enterprise_codes.issue, supervisor, enterprise).code] * 3)
    assert len(set(made)) == 1


def test_a_replaced_code_says_so_and_counts_no_longer(house: House) -> None:
    approved = house.approved()
    old = permanent(house, approved)
    with pytest.raises(Forbidden):
        house.perform(enterprise_codes.replace, house.people["inspector"], approved.enterprise_id, "丢失")
    with pytest.raises(Invalid, match="reason_missing"):
        house.perform(enterprise_codes.replace, house.people["supervisor"], approved.enterprise_id, " ")
    new = house.perform(enterprise_codes.replace, house.people["supervisor"], approved.enterprise_id, "丢失").code
    assert new != old
    with pytest.raises(Invalid, match="enterprise_code_replaced"):
        officer_arrives(house, approved, old)
    assert officer_arrives(house, approved, new).officer_scanned_at


def test_the_missing_codes_are_made_at_once_and_once(house: House) -> None:
    approved = house.approved()
    kept = permanent(house, approved)
    house.applied(enterprise=EnterpriseRef(uscc(2), "云汀示例二店"))
    admin = house.people["admin"]
    told: list[tuple[int, int]] = []
    first = enterprise_codes.make_all(house.perform, admin, {}, lambda done, total: told.append((done, total)))
    assert enterprise_codes.make_all(house.perform, admin, {}, lambda *_: None) == {"made": 0}
    with house.installation.reading() as session:
        codes = list(session.scalars(select(EnterpriseCode.code)))
    assert first["made"] == len(codes) - 1 and kept in codes and told[-1] == (len(codes), len(codes))
