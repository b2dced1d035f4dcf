"""综合查一次 after the code is issued: a unit comes along by an amendment, and the visit that is left is one."""

import pytest

from app.domain.amendments import Amendment
from app.domain.errors import DomainError, Forbidden, NotFound, Refused
from app.domain.inspections import Inspection
from app.domain.times import shanghai_day
from app.services.applying import amendments, decisions, joint
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flag_rebuild
from app.services.people import accounts
from app.services.trust import verification
from app.services.visiting import scans
from app.store import actors
from tests.house import House
from tests.services.test_joint import MARKET, OFFER, at_once, joined, stored
from tests.services.test_one_visit import code_of


def offered_after_the_code(house: House, *, own: bool = False) -> tuple[Inspection, Inspection | None]:
    """An approved visit to which the market bureau's inspector offers to come along, with or without a visit of its own."""
    theirs = house.approved("inspector2", "head2", **MARKET) if own else None
    visit = house.approved()
    house.perform(joint.invite, house.people["inspector"], visit.id, "YT-SCJG")
    house.perform(joint.join, house.people["inspector2"], visit.id, None if own else OFFER)
    return visit, theirs


def approve_amendment(house: House, inspection: Inspection, who: str = "head", n: int = 1) -> Inspection:
    return house.perform(amendments.approve, house.people[who], inspection.id, n, "同意")


def test_after_the_code_a_unit_joins_by_an_amendment_that_the_lead_units_head_approves(house: House) -> None:
    visit, theirs = offered_after_the_code(house, own=True)
    waits = house.perform(joint.join, house.people["head2"], visit.id)
    assert (waits.units, waits.pending_amendment, waits.code) == (("YT-YJJ",), 1, visit.code)
    assert waits.invitation("YT-SCJG").state == "confirmed"
    assert stored(house, theirs.id).state == "approved"  # nothing is merged before the decision
    with pytest.raises(NotFound):
        approve_amendment(house, visit, "head2")
    after = approve_amendment(house, visit)
    assert (after.units, after.items) == (("YT-YJJ", "YT-SCJG"), ("YJ-01", "SJ-01"))
    assert [o.certificate_no for o in after.officers] == ["99010001", "99010002", "99020001", "99020002"]
    assert (after.invitation("YT-SCJG").state, after.code.version) == ("joined", 2)
    merged = stored(house, theirs.id)
    assert merged.state == "cancelled" and visit.number in str(merged.note)
    with house.installation.reading() as session:
        verdicts = [verification.look(session, v.code.short_code, house.clock.now).verdict for v in (visit, after)]
        assert verdicts == ["replaced", "valid"]
        assert list(state_discrepancies(session)) == []
    assert stored(house, visit.id) == after
    assert house.perform(flag_rebuild.rebuild) == 0


def test_the_same_approval_of_a_joining_unit_pressed_twice_is_one(house: House) -> None:
    visit, theirs = offered_after_the_code(house, own=True)
    house.perform(joint.join, house.people["head2"], visit.id)
    results = at_once(*[lambda: approve_amendment(house, visit)] * 3)
    assert {r.code.version for r in results} == {2}  # type: ignore[attr-defined]
    assert stored(house, theirs.id).state == "cancelled"


def test_who_joins_is_not_refused_twice_and_the_visit_goes_on(house: House) -> None:
    visit, theirs = offered_after_the_code(house, own=True)
    house.perform(joint.join, house.people["head2"], visit.id)
    house.perform(amendments.reject, house.people["head"], visit.id, 1, "现场太小")
    after = stored(house, visit.id)
    assert (after.units, after.code, after.pending_amendment) == (("YT-YJJ",), visit.code, None)
    assert (after.invitation("YT-SCJG").state, after.invitation("YT-SCJG").reason) == ("withdrawn", "现场太小")
    assert stored(house, theirs.id).state == "approved"
    house.perform(joint.invite, house.people["inspector"], visit.id, "YT-SCJG")  # may be asked again


def test_who_confirmed_takes_it_back_until_it_is_decided_and_nobody_else_does(house: House) -> None:
    visit, _ = offered_after_the_code(house)
    house.perform(joint.join, house.people["head2"], visit.id)
    for who, refused in (("head", Forbidden), ("inspector2", Forbidden), ("supervisor", Forbidden)):
        with pytest.raises(refused):
            house.perform(amendments.withdraw, house.people[who], visit.id, 1)
    after = house.perform(amendments.withdraw, house.people["head2"], visit.id, 1)
    assert (after.invitation("YT-SCJG").state, after.pending_amendment) == ("offered", None)
    with pytest.raises(NotFound):
        approve_amendment(house, visit)
    assert house.perform(joint.join, house.people["head2"], visit.id).pending_amendment == 2


def test_nobody_joins_a_visit_that_has_begun_and_the_own_application_stays(house: House) -> None:
    visit, theirs = offered_after_the_code(house, own=True)
    house.perform(joint.join, house.people["head2"], visit.id)
    house.perform(scans.record_scan, code_of(house, visit).url, "arrive", "a phone")
    with pytest.raises(Refused, match="joins_too_late"):
        approve_amendment(house, visit)
    with pytest.raises(Refused, match="not_in_this_state"):
        house.perform(joint.invite, house.people["inspector"], visit.id, "YT-T05")
    assert stored(house, theirs.id).state == "approved"


def test_two_units_that_confirm_at_once_both_come_along_in_the_end(house: House) -> None:
    visit, _ = offered_after_the_code(house)
    with house.installation.unit_of_work() as work:
        for role in ("inspector", "head"):
            person = accounts.add_actor(work, "person", f"镇 {role}", "YT-T05", role)
            house.people[f"{role}3"] = actors.by_id(work.session, person, shanghai_day(work.now))
        work.session.commit()
    house.perform(joint.invite, house.people["inspector"], visit.id, "YT-T05")
    house.perform(joint.join, house.people["inspector3"], visit.id, joint.Offer(("YJ-02",), ("99010004",)))
    confirming = [lambda who=who: house.perform(joint.join, house.people[who], visit.id) for who in ("head2", "head3")]
    (refused,) = [r for r in at_once(*confirming) if isinstance(r, DomainError)]
    assert refused.code == "amendment_pending_join"
    approve_amendment(house, visit)
    late = next(i.unit for i in stored(house, visit.id).invitations if i.state == "offered")
    house.perform(joint.join, house.people["head2" if late == "YT-SCJG" else "head3"], visit.id)
    after = approve_amendment(house, visit, n=2)
    assert set(after.units) == {"YT-YJJ", "YT-SCJG", "YT-T05"} and set(after.items) == {"YJ-01", "SJ-01", "YJ-02"}
    assert (len(after.officers), after.code.version) == (5, 3)


def test_two_approved_visits_that_join_each_other_end_in_one(house: House) -> None:
    visit, theirs = offered_after_the_code(house, own=True)
    house.perform(joint.invite, house.people["inspector2"], theirs.id, "YT-YJJ")
    house.perform(joint.join, house.people["inspector"], theirs.id)
    house.perform(joint.join, house.people["head2"], visit.id)
    house.perform(joint.join, house.people["head"], theirs.id)
    results = at_once(lambda: approve_amendment(house, visit), lambda: approve_amendment(house, theirs, "head2"))
    assert [type(r).__name__ for r in results if isinstance(r, DomainError)] == ["Refused"]
    left = [i for i in (stored(house, visit.id), stored(house, theirs.id)) if i.state == "approved"]
    assert [set(i.units) for i in left] == [{"YT-YJJ", "YT-SCJG"}]


def test_a_unit_changes_its_own_officers_and_drops_nobody_elses(house: House) -> None:
    own = joined(house, house.applied())
    house.perform(decisions.approve, house.people["head"], own.id)
    asked = Amendment(reason="换人", officers=("99010001", "99010004"))
    house.perform(amendments.request, house.people["inspector"], own.id, asked)
    after = approve_amendment(house, own)
    assert [o.certificate_no for o in after.officers] == ["99010001", "99010004", "99020001", "99020002"]
