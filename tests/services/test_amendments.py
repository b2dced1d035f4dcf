"""More time, more items, other officers: only by a new approval, which changes the code."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.amendments import Amendment
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Inspection, Result
from app.queries import papers as paper_queries
from app.services.applying import amendments
from app.services.flagging import flag_rebuild, flags
from app.services.transparency import log, log_audit
from app.services.trust import unit_keys, verification
from app.services.visiting import scans, visits
from app.store import inspections as inspection_store
from app.store.models import CodeRow, FindingRow
from tests.house import House


def verdict(house: House, short_code: str) -> str:
    with house.installation.reading() as session:
        return verification.look(session, short_code, house.clock.now).verdict


def begun(house: House, **changes) -> Inspection:
    """A visit that the enterprise confirmed half an hour ago."""
    inspection = house.approved(**changes)
    house.perform(scans.record_scan, inspection.code.short_code, "arrive", "a phone")
    house.clock.move(minutes=30)
    return current(house, inspection)


def current(house: House, inspection: Inspection) -> Inspection:
    with house.installation.reading() as session:
        found = inspection_store.get(session, inspection.id)
        assert found is not None
        return found


def ask(house: House, inspection: Inspection, who: str = "inspector", **changes) -> amendments.Requested:
    amendment = Amendment(**({"reason": "现场发现还有一个仓库"} | changes))
    return house.perform(amendments.request, house.people[who], inspection.id, amendment)


def amended(house: House, inspection: Inspection, **changes) -> Inspection:
    n = ask(house, inspection, **changes).inspection.pending_amendment
    return house.perform(amendments.approve, house.people["head"], inspection.id, n, "同意")


def test_the_visit_goes_on_under_the_old_code_until_the_head_approves(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, add_items=("YJ-02",))
    assert verdict(house, inspection.code.short_code) == "valid"
    assert current(house, inspection).items == ("YJ-01",)


def test_an_approved_amendment_issues_the_next_code_and_replaces_the_old_one(house: House) -> None:
    inspection = begun(house)
    end = inspection.window_end + timedelta(hours=2)
    after = amended(house, inspection, add_items=("YJ-02",), window_end=end, officers=("99010002", "99010001"))
    assert (after.id, after.number, after.state) == (inspection.id, inspection.number, "in_progress")
    assert after.items == ("YJ-01", "YJ-02")
    assert after.window_end == end
    assert [o.certificate_no for o in after.officers] == ["99010002", "99010001"]
    assert (after.code.version, after.pending_amendment) == (2, None)
    assert verdict(house, inspection.code.short_code) == "replaced"
    assert verdict(house, after.code.short_code) == "valid"
    house.clock.now = inspection.window_end + timedelta(minutes=1)
    assert verdict(house, after.code.short_code) == "valid"
    assert verdict(house, inspection.code.short_code) == "replaced"


def test_the_signed_status_list_says_replaced_for_who_reads_offline(house: House) -> None:
    inspection = begun(house)
    amended(house, inspection, add_items=("YJ-02",))
    house.perform(unit_keys.publish_status)
    with house.installation.reading() as session:
        listed = unit_keys.published(session, unit_keys.STATUS)
    assert "replaced" in str(listed)


def test_an_arrival_on_the_old_code_is_refused_and_noted(house: House) -> None:
    inspection = begun(house)
    amended(house, inspection, add_items=("YJ-02",))
    outcome = house.perform(scans.record_scan, inspection.code.short_code, "arrive", "another phone")
    assert (outcome.look.verdict, outcome.challenge) == ("replaced", None)


def test_a_rejected_amendment_changes_nothing_and_another_can_be_asked_for(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, add_items=("YJ-02",))
    house.perform(amendments.reject, house.people["head"], inspection.id, 1, "另行申请")
    after = current(house, inspection)
    assert (after.items, after.code, after.pending_amendment) == (("YJ-01",), inspection.code, None)
    assert ask(house, inspection, add_items=("YJ-02",)).inspection.pending_amendment == 2
    with pytest.raises(NotFound):
        house.perform(amendments.approve, house.people["head"], inspection.id, 1)


def test_who_asked_takes_the_amendment_back_until_it_is_decided(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, add_items=("YJ-02",))
    with pytest.raises(Forbidden, match="not_the_applicant"):
        house.perform(amendments.withdraw, house.people["head"], inspection.id, 1)
    with pytest.raises(NotFound):
        house.perform(amendments.withdraw, house.people["inspector2"], inspection.id, 1)
    after = house.perform(amendments.withdraw, house.people["inspector"], inspection.id, 1)
    assert (after.pending_amendment, after.items, after.code) == (None, ("YJ-01",), inspection.code)
    with pytest.raises(NotFound):
        house.perform(amendments.approve, house.people["head"], inspection.id, 1, "同意")
    amended(house, inspection, add_items=("YJ-02",))
    with pytest.raises(NotFound):
        house.perform(amendments.withdraw, house.people["inspector"], inspection.id, 2)


def test_nobody_approves_what_they_asked_for(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, who="head", add_items=("YJ-02",))
    with pytest.raises(Forbidden, match="own_application"):
        house.perform(amendments.approve, house.people["head"], inspection.id, 1, "同意")
    for who in ("inspector", "head2"):
        with pytest.raises((Forbidden, NotFound)):
            house.perform(amendments.approve, house.people[who], inspection.id, 1, "同意")


def test_one_request_waits_at_a_time(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, add_items=("YJ-02",))
    with pytest.raises(Refused, match="amendment_pending"):
        ask(house, inspection, officers=("99010002",))


WRONG = [
    ({}, "window_end", "nothing_to_amend"),
    ({"officers": ("99010001", "99010002")}, "window_end", "nothing_to_amend"),
    ({"reason": "  ", "add_items": ("YJ-02",)}, "reason", "reason_missing"),
    ({"add_items": ("YJ-01",)}, "add_items", "named_twice"),
    ({"add_items": ("XX-01",)}, "add_items", "unknown_item"),
    ({"officers": ("1", "1")}, "officers", "named_twice"),
    ({"officers": ("9" * 41,)}, "officers", "too_long"),
    ({"window_end": timedelta(minutes=-1)}, "window_end", "window_not_longer"),
    ({"window_end": timedelta(days=400)}, "window_end", "window_too_long"),
]


def test_what_makes_no_amendment_is_told_at_its_field(house: House) -> None:
    inspection = begun(house)
    for changes, field, code in WRONG:
        if "window_end" in changes:
            changes = changes | {"window_end": inspection.window_end + changes["window_end"]}
        with pytest.raises(Invalid) as refused:
            ask(house, inspection, **changes)
        assert refused.value.problems[0][:2] == (field, code), changes


def test_the_head_sees_what_the_rules_say_of_the_amended_visit(house: House) -> None:
    inspection = begun(house)
    said = ask(house, inspection, add_items=("YJ-99",), officers=("99010003",)).advisories
    assert {a.rule for a in said} >= {"item.unpublished", "unfit.too_few", "unfit.certificate"}


def test_the_rules_judge_the_amended_visit_and_the_new_code_is_not_made_afterwards(house: House) -> None:
    inspection = begun(house)
    amended(house, inspection, officers=("99010003", "99010001"))
    house.clock.move(minutes=20)
    results = (Result("YJ-01", "no_problem"),)
    house.perform(
        visits.complete, house.people["inspector"], inspection.id, visits.Completion(results, house.clock.now)
    )
    house.clock.move(days=30)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        found = sorted(session.scalars(select(FindingRow.rule).where(FindingRow.standing)))
    assert found == ["unfit.certificate"]
    assert house.perform(flag_rebuild.rebuild) == 0


def test_log_verify_holds_after_an_amendment_and_names_a_code_put_back(house: House) -> None:
    inspection = begun(house)
    amended(house, inspection, add_items=("YJ-02",))
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert list(log_audit.audit(session)) == []
    for sql in (
        f"UPDATE inspections SET code_cti = '{inspection.code.cti}'",
        "UPDATE inspections SET pending_amendment = 1",
        "UPDATE inspections SET window_end = '2026-03-02 09:00:00+00'",
        "DELETE FROM inspection_items WHERE item = 'YJ-02'",
    ):
        with house.installation.database.engine.connect() as connection:
            connection.execute(text(sql))
            session = Session(bind=connection)
            assert "inspections" in {d.table for d in log_audit.audit(session)}, sql
            connection.rollback()


def test_two_heads_who_approve_at_once_issue_one_code(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, add_items=("YJ-02",))
    outcomes: list[str] = []

    def press() -> None:
        try:
            house.perform(amendments.approve, house.people["head"], inspection.id, 1, "同意")
            outcomes.append("approved")
        except DomainError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["approved"] * 4  # a second press says what the first one did
    with house.installation.reading() as session:
        versions = session.scalars(select(CodeRow.version).where(CodeRow.inspection == inspection.id)).all()
    assert sorted(versions) == [1, 2]


def test_a_finished_visit_is_not_amended(house: House) -> None:
    inspection = begun(house)
    ask(house, inspection, add_items=("YJ-02",))
    results = (Result("YJ-01", "no_problem"),)
    house.perform(
        visits.complete, house.people["inspector"], inspection.id, visits.Completion(results, house.clock.now)
    )
    with pytest.raises(Refused, match="not_in_this_state"):
        house.perform(amendments.approve, house.people["head"], inspection.id, 1, "同意")
    assert verdict(house, inspection.code.short_code) == "completed"


def test_a_changed_visit_has_a_new_notice_with_the_new_code_and_the_assistants_fixed_beforehand(house: House) -> None:
    inspection = begun(house, assisting=2)
    after = amended(house, inspection, add_items=("YJ-02",))
    with house.installation.reading() as session:
        notice = paper_queries.notice_of(session, inspection.id)
    assert notice is not None
    said = str(notice.content)
    assert after.code.cti in said and inspection.code.cti not in said
    assert "危险化学品" in said and "2人，只协助" in said
