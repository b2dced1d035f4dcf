"""综合查一次: whom to join, inviting, joining, declining, and that of two visits exactly one is left."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from app.domain.actors import SYSTEM
from app.domain.applications import EnterpriseRef
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Inspection, Result
from app.domain.plans import Content, Dates, Line
from app.domain.times import shanghai_day
from app.queries import joint as queries
from app.services.applying import decisions, joint
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flag_rebuild
from app.services.planning import plans
from app.services.visiting import scans, visits
from app.store import inspections as inspection_store
from app.store import plans as plan_store
from app.store.models import FindingRow
from tests.house import House, uscc
from tests.services.test_one_visit import code_of

MARKET = {"items": ("SJ-01",), "officers": ("99020001", "99020002")}
OFFER = joint.Offer(("SJ-01",), ("99020001", "99020002"))


def stored(house: House, inspection_id: str) -> Inspection:
    with house.installation.reading() as session:
        found = inspection_store.get(session, inspection_id)
    assert found is not None
    return found


def partners(house: House, inspection: Inspection, days: int = 30) -> list[queries.Partner]:
    with house.installation.reading() as session:
        places = queries.places_of(session, [inspection])
        return queries.partners(session, places, timedelta(days=days), house.clock.now)[inspection.id]


def joined(house: House, inspection: Inspection) -> Inspection:
    """The market bureau comes along: invited, offered by its inspector, confirmed by its head."""
    house.perform(joint.invite, house.people["inspector"], inspection.id, "YT-SCJG")
    house.perform(joint.join, house.people["inspector2"], inspection.id, OFFER)
    return house.perform(joint.join, house.people["head2"], inspection.id)


def test_the_platform_names_who_else_is_to_go_there(house: House) -> None:
    own = house.applied()
    later = house.clock.now + timedelta(days=3)
    house.applied("inspector2", window_start=later, window_end=later + timedelta(hours=2), **MARKET)
    (found,) = partners(house, own)
    assert (found.unit, found.days, found.same_enterprise) == ("YT-SCJG", 3, True)
    assert partners(house, own, days=2) == []


def test_the_same_address_is_found_however_it_is_written(house: House) -> None:
    own = house.applied(enterprise=EnterpriseRef(uscc(5), "示例五", "示例市云汀区示例路 12 号"))
    beside = EnterpriseRef(uscc(6), "示例六", "云汀区示例路12号")
    house.applied("inspector2", enterprise=beside, **MARKET)
    elsewhere = EnterpriseRef(uscc(7), "示例七", "云汀区示例路13号")
    house.applied("inspector2", enterprise=elsewhere, **MARKET)
    (found,) = partners(house, own)
    assert (found.enterprise, found.same_enterprise) == ("示例六", False)


def test_a_visit_at_another_place_is_found_by_that_place(house: House) -> None:
    own = house.applied(place_address="云汀区工地路1号")
    house.applied("inspector2", enterprise=EnterpriseRef(uscc(6), "示例六"), place_address="工地路1号", **MARKET)
    assert [p.enterprise for p in partners(house, own)] == ["示例六"]


def test_a_partner_comes_with_its_items_and_officers_once_its_head_confirms(house: House) -> None:
    own = house.applied()
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    offered = house.perform(joint.join, house.people["inspector2"], own.id, OFFER)
    assert offered.units == ("YT-YJJ",)
    after = house.perform(joint.join, house.people["head2"], own.id)
    assert after.units == ("YT-YJJ", "YT-SCJG")
    assert after.items == ("YJ-01", "SJ-01")
    assert [o.certificate_no for o in after.officers] == ["99010001", "99010002", "99020001", "99020002"]
    with pytest.raises(Forbidden, match="not_the_lead_unit"):
        house.perform(decisions.approve, house.people["head2"], own.id)
    approved = house.perform(decisions.approve, house.people["head"], own.id)
    assert stored(house, own.id) == approved


def test_nobody_confirms_what_they_offered(house: House) -> None:
    own = house.applied()
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    house.perform(joint.join, house.people["head2"], own.id, OFFER)
    with pytest.raises(Forbidden, match="own_offer"):
        house.perform(joint.join, house.people["head2"], own.id)
    house.perform(joint.join, house.people["inspector2"], own.id, OFFER)
    with pytest.raises(Forbidden, match="wrong_role"):
        house.perform(joint.join, house.people["inspector2"], own.id)


def test_joining_cancels_the_own_application_and_names_the_visit(house: House) -> None:
    own, theirs = house.applied(), house.approved("inspector2", "head2", **MARKET)
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    house.perform(joint.join, house.people["inspector2"], own.id)  # one tap: with what theirs names
    after = house.perform(joint.join, house.people["head2"], own.id)
    assert after.items == ("YJ-01", "SJ-01")
    merged = stored(house, theirs.id)
    assert merged.state == "cancelled" and own.number in str(merged.note)


def test_a_recheck_is_not_merged(house: House) -> None:
    own = house.applied()
    kept = house.applied("inspector2", cause="recheck", clue_no=None, **MARKET)
    joined(house, own)
    assert stored(house, kept.id).state == "applied"


def test_whom_the_merged_visit_had_with_it_is_invited(house: House) -> None:
    own = house.applied()
    theirs = house.applied("inspector2", joint_units=("YT-T05",), **MARKET)
    after = joined(house, own)
    assert stored(house, theirs.id).state == "cancelled"
    assert [i.unit for i in after.invitations if i.is_open] == ["YT-T05"]


def test_declining_and_leaving_need_a_reason_that_stays(house: House) -> None:
    own = house.applied()
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    with pytest.raises(Invalid, match="reason_missing"):
        house.perform(joint.decline, house.people["inspector2"], own.id, " ")
    after = house.perform(joint.decline, house.people["inspector2"], own.id, "人手不够")
    assert after.invitation("YT-SCJG").reason == "人手不够"
    with pytest.raises(Refused, match="invitation_closed"):
        house.perform(joint.join, house.people["inspector2"], own.id, OFFER)
    joined(house, own)  # invited again
    left = house.perform(joint.leave, house.people["inspector2"], own.id, "改派")
    assert (left.units, left.items, len(left.officers)) == (("YT-YJJ",), ("YJ-01",), 2)


def test_who_was_not_invited_sees_nothing(house: House) -> None:
    own = house.applied()
    for use_case, *more in ((joint.join, OFFER), (joint.decline, "不去"), (joint.leave, "不去")):
        with pytest.raises(NotFound):
            house.perform(use_case, house.people["inspector2"], own.id, *more)
    with pytest.raises(NotFound):
        house.perform(joint.invite, house.people["inspector2"], own.id, "YT-T05")


def test_each_unit_records_its_own_items_and_the_visit_ends_with_the_last(house: House) -> None:
    own = joined(house, house.applied())
    approved = house.perform(decisions.approve, house.people["head"], own.id)
    house.perform(scans.record_scan, code_of(house, approved).url, "arrive", "a phone")
    house.clock.move(hours=1)
    partner, lead = house.people["inspector2"], house.people["inspector"]
    foreign = visits.Completion((Result("YJ-01", "no_problem"),), house.clock.now)
    with pytest.raises(Invalid, match="item_of_other_unit"):
        house.perform(visits.complete, partner, own.id, foreign)
    part = visits.Completion((Result("SJ-01", "problem_found"),), house.clock.now)
    assert house.perform(visits.complete, partner, own.id, part).state == "in_progress"
    with pytest.raises(Refused, match="has_results"):
        house.perform(visits.not_carried_out, lead, own.id, "closed", None)
    done = house.perform(visits.complete, lead, own.id, foreign)
    assert (done.state, done.outcome, len(done.results)) == ("completed", "problem_found", 2)
    assert stored(house, own.id) == done


def test_a_partner_neither_cancels_nor_ends_the_visit(house: House) -> None:
    own = joined(house, house.applied())
    with pytest.raises(Forbidden, match="only_the_lead_unit"):
        house.perform(visits.cancel, house.people["inspector2"], own.id, None, on_advice=False)


def test_a_joint_visit_counts_once_and_the_rules_agree_on_a_rebuild(house: House) -> None:
    own = joined(house, house.applied())
    approved = house.perform(decisions.approve, house.people["head"], own.id)
    house.perform(scans.record_scan, code_of(house, approved).url, "arrive", "a phone")
    house.clock.move(days=3)
    again = house.approved()
    house.perform(scans.record_scan, code_of(house, again).url, "arrive", "a phone")
    with house.installation.reading() as session:
        rules = set(session.scalars(select(FindingRow.rule).where(FindingRow.inspection_id == again.id)))
    assert "repeat.week" not in rules  # two visits in a week, though three units came
    assert house.perform(flag_rebuild.rebuild) == 0


def test_the_log_tells_an_invitation_changed_by_hand(house: House) -> None:
    joined(house, house.applied())
    with house.installation.database.write() as session:
        assert list(state_discrepancies(session)) == []
        session.execute(text("UPDATE inspection_invitations SET state = 'declined', reason = '没人'"))
        assert "invitations" in next(state_discrepancies(session))[3]


@pytest.fixture
def two_open_visits(house: House) -> Iterator[tuple[Inspection, Inspection]]:
    """Each unit has a visit, has invited the other one, and both inspectors have offered."""
    a, b = house.applied(), house.applied("inspector2", **MARKET)
    house.perform(joint.invite, house.people["inspector"], a.id, "YT-SCJG")
    house.perform(joint.invite, house.people["inspector2"], b.id, "YT-YJJ")
    house.perform(joint.join, house.people["inspector2"], a.id)
    house.perform(joint.join, house.people["inspector"], b.id)
    yield a, b


def at_once(*calls: object) -> list[object]:
    """Each call in a thread of its own, begun together; results or refusals."""
    barrier, results = threading.Barrier(len(calls)), []

    def run(call: object) -> None:
        barrier.wait()
        try:
            results.append(call())  # type: ignore[operator]
        except DomainError as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_units_that_join_each_other_at_once_end_in_one_visit(
    house: House, two_open_visits: tuple[Inspection, Inspection]
) -> None:
    a, b = two_open_visits
    results = at_once(
        lambda: house.perform(joint.join, house.people["head2"], a.id),
        lambda: house.perform(joint.join, house.people["head"], b.id),
    )
    states = sorted(stored(house, i.id).state for i in (a, b))
    assert states == ["applied", "cancelled"]
    assert [type(r).__name__ for r in results if isinstance(r, DomainError)] == ["Refused"]
    left = next(i for i in (stored(house, a.id), stored(house, b.id)) if i.state == "applied")
    assert set(left.units) == {"YT-YJJ", "YT-SCJG"} and set(left.items) == {"YJ-01", "SJ-01"}


def test_joining_and_approving_at_once_leaves_one_code_at_most(
    house: House, two_open_visits: tuple[Inspection, Inspection]
) -> None:
    a, b = two_open_visits
    at_once(
        lambda: house.perform(joint.join, house.people["head2"], a.id),
        lambda: house.perform(decisions.approve, house.people["head2"], b.id),
        lambda: house.perform(joint.invite, house.people["inspector"], a.id, "YT-T05"),
    )
    assert stored(house, b.id).state == "cancelled"
    assert stored(house, a.id).units == ("YT-YJJ", "YT-SCJG")


def test_a_partners_items_stand_in_its_own_plan(house: House) -> None:
    today = shanghai_day(house.clock.now)
    filed = Dates(approved_on=today, filed_on=today)

    def bring(code: str, unit: str, item: str, dates: Dates) -> None:
        content = Content("计划", "yearly", date(2026, 1, 1), date(2026, 12, 31), (Line(item),))
        with house.installation.reading() as session:
            known = plan_store.by_code(session, "990101", code)
        house.perform(plans.bring, SYSTEM, unit, code, content, dates, known=known)

    def unplanned() -> bool:
        assert house.perform(flag_rebuild.rebuild) == 0
        with house.installation.reading() as session:
            query = select(FindingRow.id).where(FindingRow.rule == "unplanned", FindingRow.standing)
            return session.scalar(query) is not None

    bring("P-YJJ", "YT-YJJ", "YJ-01", filed)
    bring("P-SCJG", "YT-SCJG", "SJ-01", Dates(approved_on=today))
    planned = {"kind": "planned", "cause": None, "clue_no": None}
    own = house.applied(plan_code="P-YJJ", **planned)
    house.applied("inspector2", plan_code="P-SCJG", **planned, **MARKET)
    house.perform(joint.invite, house.people["inspector"], own.id, "YT-SCJG")
    house.perform(joint.join, house.people["inspector2"], own.id)
    assert house.perform(joint.join, house.people["head2"], own.id).invitation("YT-SCJG").plan_code == "P-SCJG"
    approved = house.perform(decisions.approve, house.people["head"], own.id, "理由")
    house.perform(scans.record_scan, code_of(house, approved).url, "arrive", "a phone")
    assert unplanned()  # the partner's plan is not filed
    bring("P-SCJG", "YT-SCJG", "SJ-01", filed)
    assert not unplanned()


def test_a_key_enterprise_of_another_units_plan_is_named_until_that_unit_went(house: House) -> None:
    own = house.applied()
    today = shanghai_day(house.clock.now)
    keyed = Content("计划", "yearly", date(2026, 1, 1), date(2026, 12, 31), (Line("SJ-01"),), (own.enterprise_id,))
    filed = Dates(approved_on=today, filed_on=today)
    house.perform(plans.bring, SYSTEM, "YT-SCJG", "P-K", keyed, filed, known=None)
    (found,) = partners(house, own)
    assert (found.kind, found.unit, found.number) == ("plan", "YT-SCJG", "P-K")
    theirs = house.approved("inspector2", "head2", **MARKET)
    assert [p.kind for p in partners(house, own)] == ["visit"]
    house.perform(scans.record_scan, code_of(house, theirs).url, "arrive", "a phone")
    assert partners(house, own) == []
