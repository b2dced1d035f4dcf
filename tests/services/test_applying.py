"""Before the code: sent twice makes one, drafts, templates, advance notices, deputies, approvals pressed twice."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.actors import PUBLIC
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Slot
from app.domain.times import shanghai_day
from app.services.applying import announcements, applications, decisions, deputies, drafts, templates
from app.services.auditing.register_audit import register_discrepancies
from app.services.auditing.state_audit import state_discrepancies
from app.services.people import accounts
from app.store import actors
from app.store.models import CodeRow, Deputy, Draft, FactRow, InspectionRow
from tests.house import House

KEY = "form-0123456789abcdef"


def at_once(times: int, call: Any) -> list[Any]:
    """What `times` threads got from `call`, or what it raised."""
    barrier, out = threading.Barrier(times), []

    def run() -> None:
        barrier.wait()
        try:
            out.append(call())
        except Exception as error:
            out.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out


def count(house: House, model: Any, *where: Any) -> int:
    with house.installation.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def last_body(house: House, kind: str) -> dict[str, Any]:
    with house.installation.reading() as session:
        text = session.scalar(select(FactRow.body).where(FactRow.kind == kind).order_by(FactRow.seq.desc()).limit(1))
        return json.loads(text or "{}")


def audit(house: House) -> list[Any]:
    with house.installation.reading() as session:
        return [*state_discrepancies(session), *register_discrepancies(session)]


# sent twice, pressed twice


def test_an_application_sent_twice_at_the_same_moment_is_one(house: House) -> None:
    application = house.application(client_key=KEY, begun_at=house.clock.now)
    made = at_once(2, lambda: house.perform(applications.apply, house.people["inspector"], application))
    assert {m.inspection.id for m in made if not isinstance(m, Exception)} == {made[0].inspection.id}
    assert count(house, InspectionRow) == 1


def test_the_same_key_with_other_contents_is_refused_and_names_what_it_made(house: House) -> None:
    first = house.applied(client_key=KEY, clue_no="a")
    with pytest.raises(Refused, match="sent_before") as refused:
        house.applied(client_key=KEY, clue_no="b")
    assert refused.value.data["number"] == first.number
    assert house.applied("inspector2", client_key=KEY, clue_no="b", items=("SJ-01",)).number != first.number


def test_the_same_approval_pressed_twice_at_once_gives_one_code(house: House) -> None:
    applied = house.applied()
    got = at_once(2, lambda: house.perform(decisions.approve, house.people["head"], applied.id, "急"))
    assert [type(g).__name__ for g in got] == ["Inspection", "Inspection"]
    assert got[0].code == got[1].code
    assert (count(house, CodeRow), count(house, FactRow, FactRow.kind == "inspection.approved")) == (1, 1)


def test_an_approval_that_was_taken_back_is_not_given_again(house: House) -> None:
    from app.services.visiting import visits

    approved = house.approved()
    house.perform(visits.cancel, house.people["head"], approved.id, "改期", on_advice=False)
    with pytest.raises(Refused, match="not_in_this_state"):
        house.perform(decisions.approve, house.people["head"], approved.id, "急")


def test_an_offline_application_keeps_both_times(house: House) -> None:
    begun = house.clock.now - timedelta(hours=5)
    applied = house.applied(begun_at=begun)
    assert (applied.begun_at, applied.applied_at) == (begun, house.clock.now)
    assert last_body(house, "inspection.applied")["begun_at"] == "2026-03-01T20:00:00Z"


# drafts and templates


def save(house: House, who: str = "inspector", **given: Any) -> Draft:
    plain: dict[str, Any] = {"client_key": KEY, "typed": {"enterprise.name": "云汀店"}, "title": "云汀店"}
    return house.perform(drafts.save, house.people[who], **(plain | given))


def test_a_draft_is_one_however_often_it_is_saved_and_the_unit_continues_it(house: House) -> None:
    at_once(2, lambda: save(house))
    draft = save(house, "head", typed={"enterprise.name": "云汀二店"}, title="云汀二店", revision=1)
    assert (draft.revision, draft.begun_by, draft.saved_by) == (
        2, house.people["inspector"].id, house.people["head"].id,
    )  # fmt: skip
    assert count(house, Draft) == 1
    with house.installation.reading() as session, pytest.raises(NotFound):
        drafts.of_unit(session, house.people["inspector2"], draft.id)


def test_two_colleagues_do_not_overwrite_each_other_unknowingly(house: House) -> None:
    save(house)
    save(house, "head", typed={"x": "1"}, revision=1)
    with pytest.raises(Refused, match="draft_changed"):
        save(house, typed={"x": "2"}, revision=1)
    assert json.loads(save(house, typed={"x": "1"}).typed) == {"x": "1"}


def test_a_sent_draft_is_over_and_names_its_inspection(house: House) -> None:
    draft = save(house)
    application = house.application(client_key=KEY)
    applied = house.perform(drafts.apply, house.people["head"], application)
    again = house.perform(drafts.apply, house.people["head"], application)
    assert again.inspection.id == applied.inspection.id
    assert last_body(house, "inspection.applied")["draft"] == draft.id
    with house.installation.reading() as session:
        kept = session.get(Draft, draft.id)
        assert (kept.state, kept.inspection, kept.typed) == ("applied", applied.inspection.id, "{}")
    with pytest.raises(Refused, match="draft_over"):
        save(house)


def test_deleting_a_draft_is_a_fact(house: House) -> None:
    draft = save(house)
    with pytest.raises(NotFound):
        house.perform(drafts.discard, house.people["head2"], draft.id)
    house.perform(drafts.discard, house.people["head"], draft.id)
    assert last_body(house, "draft.discarded")["begun_by"] == house.people["inspector"].id
    with pytest.raises(Refused, match="draft_over"):
        house.perform(drafts.discard, house.people["head"], draft.id)
    assert audit(house) == []


def test_a_template_is_the_own_or_the_units(house: House) -> None:
    applied, inspector, head = house.applied(), house.people["inspector"], house.people["head"]
    own = house.perform(templates.save_from, inspector, applied.id, "我的", for_unit=False)
    shared = house.perform(templates.save_from, inspector, applied.id, "单位的", for_unit=True)
    assert json.loads(own.typed)["items"] == ["YJ-01"]
    assert "enterprise.uscc" not in json.loads(own.typed)
    with house.installation.reading() as session:
        assert [t.name for t in templates.usable(session, inspector)] == ["我的", "单位的"]
        assert [t.name for t in templates.usable(session, head)] == ["单位的"]
        assert templates.usable(session, house.people["head2"]) == []
    again = house.perform(templates.save_from, inspector, applied.id, " 我的 ", for_unit=False)
    assert again.id != own.id
    with pytest.raises(NotFound):
        house.perform(templates.remove, head, again.id)
    house.perform(templates.remove, head, shared.id)
    with pytest.raises(Invalid, match="missing"):
        house.perform(templates.save_from, inspector, applied.id, " ", for_unit=False)


# advance notice


def slots(house: House, *days: int) -> tuple[Slot, ...]:
    return tuple(Slot(house.clock.now + timedelta(days=d), house.clock.now + timedelta(days=d, hours=2)) for d in days)


def test_the_slot_that_the_enterprise_chose_is_the_window(house: House) -> None:
    applied = house.applied(slots=slots(house, 1, 2, 3))
    assert (applied.announced_at, len(applied.slots)) == (house.clock.now, 3)
    chosen = house.perform(announcements.choose_slot, PUBLIC, applied.id, 1)
    assert (chosen.slot_chosen, chosen.window_start) == (1, house.clock.now + timedelta(days=2))
    other = house.perform(announcements.choose_slot, PUBLIC, applied.id, 0)
    assert other.window_start == house.clock.now + timedelta(days=1)
    with pytest.raises(Refused, match="slot_chosen_already"):
        house.perform(announcements.announce, house.people["inspector"], applied.id, slots(house, 5))
    approved = house.perform(decisions.approve, house.people["head"], applied.id, "急")
    assert approved.code.not_before == other.window_start
    with pytest.raises(Refused, match="not_in_this_state"):
        house.perform(announcements.choose_slot, PUBLIC, applied.id, 2)
    assert audit(house) == []


def test_a_surprise_inspection_is_never_announced(house: House) -> None:
    with pytest.raises(Invalid, match="surprise_not_announced"):
        house.applied(surprise=True, slots=slots(house, 1))
    applied = house.applied(surprise=True)
    with pytest.raises(Refused, match="surprise_not_announced"):
        house.perform(announcements.announce, house.people["inspector"], applied.id, slots(house, 1))


def test_what_was_not_offered_or_is_over_cannot_be_chosen(house: House) -> None:
    plain = house.applied()
    with pytest.raises(NotFound, match="no_such_announcement"):
        house.perform(announcements.choose_slot, PUBLIC, plain.id, 0)
    inspector = house.people["inspector"]
    for wrong in ((), slots(house, 1, 2, 3, 4), slots(house, 0), slots(house, 1, 1)):
        with pytest.raises(Invalid):
            house.perform(announcements.announce, inspector, plain.id, wrong)
    house.perform(announcements.announce, inspector, plain.id, slots(house, 1, 2))
    with pytest.raises(Invalid, match="no_such_slot"):
        house.perform(announcements.choose_slot, PUBLIC, plain.id, 2)
    house.clock.move(days=1)
    with pytest.raises(Refused, match="slot_over"):
        house.perform(announcements.choose_slot, PUBLIC, plain.id, 0)
    with pytest.raises(NotFound):
        house.perform(announcements.announce, house.people["inspector2"], plain.id, slots(house, 1))


# deputies


def deputise(house: House, first: int = 0, last: int = 6) -> Deputy:
    today = shanghai_day(house.clock.now)
    return house.perform(
        deputies.name, house.people["head"], house.people["inspector"].id,
        today + timedelta(days=first), today + timedelta(days=last),
    )  # fmt: skip


def acting(house: House, name: str = "inspector") -> Any:
    with house.installation.reading() as session:
        return actors.by_id(session, house.people[name].id, shanghai_day(house.clock.now))


def test_a_deputy_is_head_on_those_days_only_and_the_fact_says_for_whom(house: House) -> None:
    head = house.people["head"]
    deputise(house, first=1, last=2)
    assert acting(house).role == "inspector"
    house.clock.move(days=1)
    deputy = acting(house)
    assert (deputy.role, deputy.acting_for, deputy.acting_for_name) == ("head", head.id, head.name)
    with house.installation.unit_of_work() as work:
        other = house.perform  # another inspector of the unit applies
        third = actors.by_id(
            work.session, accounts.add_actor(work, "person", "第三人", "YT-YJJ", "inspector"),
            shanghai_day(work.now),
        )  # fmt: skip
    applied = other(applications.apply, third, house.application()).inspection
    approved = other(decisions.approve, deputy, applied.id, "急")
    assert approved.decided_for == head.id
    assert last_body(house, "inspection.approved")["acting_for"] == head.id
    house.clock.move(days=2)
    assert acting(house).role == "inspector"
    assert audit(house) == []


def test_a_deputy_approves_neither_the_own_nor_the_heads_application_where_another_head_could(house: House) -> None:
    deputise(house)
    house.perform(accounts.add_actor, "person", "另一位负责人", "YT-YJJ", "head")
    own, of_head = house.applied(), house.applied(who="head")
    for inspection, code in ((own, "own_application"), (of_head, "deputys_head_applied")):
        with pytest.raises(Forbidden, match=code):
            house.perform(decisions.approve, acting(house), inspection.id, "急")


def test_in_a_unit_with_one_head_the_deputy_approves_what_the_head_applied_for(house: House) -> None:
    deputise(house)
    own, of_head = house.applied(), house.applied(who="head")
    with pytest.raises(Forbidden, match="own_application"):
        house.perform(decisions.approve, house.people["head"], of_head.id, "急")
    approved = house.perform(decisions.approve, acting(house), of_head.id, "急")
    assert approved.decided_for == house.people["head"].id != approved.decided_by
    with pytest.raises(Forbidden, match="own_application"):
        house.perform(decisions.approve, acting(house), own.id, "急")


def test_a_deputy_names_no_deputy_and_an_ended_one_is_none(house: House) -> None:
    row = deputise(house)
    deputy, today = acting(house), shanghai_day(house.clock.now)
    with pytest.raises(Forbidden, match="deputies_of_a_deputy"):
        house.perform(deputies.name, deputy, house.people["head"].id, today, today)
    with pytest.raises(Forbidden, match="deputies_of_a_deputy"):
        house.perform(deputies.end, deputy, row.id)
    with pytest.raises(NotFound):
        house.perform(deputies.end, house.people["head2"], row.id)
    house.perform(deputies.end, house.people["head"], row.id)
    assert acting(house).role == "inspector"
    with pytest.raises(Refused, match="deputy_over"):
        house.perform(deputies.end, house.people["head"], row.id)


def test_only_an_inspector_of_the_unit_becomes_deputy(house: House) -> None:
    today = shanghai_day(house.clock.now)
    head = house.people["head"]
    for person in ("inspector2", "head", "supervisor"):
        with pytest.raises(Invalid, match="no_such_deputy"):
            house.perform(deputies.name, head, house.people[person].id, today, today)
    with pytest.raises(Forbidden):
        house.perform(deputies.name, house.people["inspector"], house.people["inspector"].id, today, today)
    inspector = house.people["inspector"].id
    for first, last in ((today, today - timedelta(days=1)), (today, today + timedelta(days=400))):
        with pytest.raises(Invalid):
            house.perform(deputies.name, head, inspector, first, last)
    admin = house.people["admin"]
    named = house.perform(deputies.name, admin, inspector, today, today, head.id)
    assert (named.unit, named.head, named.named_by) == ("YT-YJJ", head.id, admin.id)


def test_a_deputy_that_nobody_named_is_found_by_the_audit(house: House) -> None:
    row = deputise(house)
    with house.installation.unit_of_work() as work:
        work.session.get(Deputy, row.id).valid_until += timedelta(days=300)
        added = Deputy(**{c.key: getattr(row, c.key) for c in Deputy.__table__.columns} | {"id": "x"})
        work.session.add(added)
    assert sorted(found[0] for found in audit(house)) == ["row_added", "row_changed"]
