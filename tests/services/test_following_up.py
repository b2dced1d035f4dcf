"""督办 as a rulebook: who may take which step when, what is told to whom, and that two at once are one."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.deadlines import GREEN, RED, YELLOW, Terms, light
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.flags.policy import WorkingDays
from app.domain.supervision import (
    ACTIONS,
    CLOSED,
    UNIT_ACTIONS,
    UNIT_READS,
    WITHOUT_NOTE,
    FlagAction,
    possible,
    suggested,
)
from app.domain.uploads import Upload
from app.queries import flags as flag_queries
from app.queries import followup
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flags
from app.services.supervising import flag_actions
from app.store.models import FindingRow
from tests.house import House

PDF = Upload("说明.pdf", b"%PDF-1.4 a paper")


@pytest.fixture
def flagged(house: House) -> list[str]:
    """Three flags of 应急管理局 at one enterprise: visits that nobody scanned."""
    for _ in range(3):
        house.completed(clue_no=None)
        house.clock.move(days=35)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        where = (FindingRow.rule == "code.not_shown", FindingRow.standing)
        return list(session.scalars(select(FindingRow.id).where(*where).order_by(FindingRow.id)))


def step(house: House, who: str, flag: str, action: str, note: str = "", **more: Any) -> FindingRow:
    return house.perform(flag_actions.act, house.people[who], flag, FlagAction(action, note, **more))


def row(house: House, flag: str) -> FindingRow:
    with house.installation.reading() as session:
        return session.get_one(FindingRow, flag)


def sees(house: House, who: str) -> list[str]:
    with house.installation.reading() as session:
        return [f.row.id for f in flag_queries.listed(session, house.people[who], {}, None, 50)[0]]


def test_the_whole_path_and_every_step_is_a_fact_that_the_state_follows_from(house: House, flagged: list[str]) -> None:
    one = flagged[0]
    step(house, "supervisor", one, "investigate")
    sent = step(house, "supervisor", one, "send", "为什么没有亮码？", working_days=5)
    assert sent.due_on == house.clock.now.date() + timedelta(days=7)  # five working days and a weekend
    assert step(house, "inspector", one, "sign_for").signed_at == house.clock.now
    step(house, "inspector", one, "answer", "当时没有网络", files=(PDF,))
    step(house, "supervisor", one, "check", "已电话核实")
    upheld = step(house, "supervisor", one, "uphold", "理由不成立")
    assert upheld.object_until and upheld.due_on is None
    step(house, "supervisor", one, "order_correction", "请整改", working_days=10)
    step(house, "inspector", one, "report_correction", "已培训", files=(PDF,))
    step(house, "supervisor", one, "corrected", "已看过材料")
    assert step(house, "supervisor", one, "close", "已改正").state == CLOSED
    with house.installation.reading() as session:
        taken = [s.action for s in followup.steps(session, one)]
        assert list(state_discrepancies(session)) == []
    assert taken == [
        "raised", "investigate", "send", "sign_for", "answer", "check", "uphold", "order_correction",
        "report_correction", "corrected", "close",
    ]  # fmt: skip


def test_what_was_ordered_to_be_corrected_is_closed_only_once_it_was(house: House, flagged: list[str]) -> None:
    one = flagged[0]
    step(house, "supervisor", one, "uphold", "成立")
    step(house, "supervisor", one, "order_correction", "请整改")
    for time in ("first", "second"):
        step(house, "inspector", one, "report_correction", "已改")
        with pytest.raises(Refused) as refused:
            step(house, "supervisor", one, "close", "办结")
        assert refused.value.code == "not_corrected_yet"
        step(house, "supervisor", one, "corrected", "已核实")
        if time == "first":
            step(house, "inspector", one, "object", "不同意")
            step(house, "supervisor", one, "uphold", "异议不成立")
            step(house, "supervisor", one, "order_correction", "再整改")
    assert step(house, "supervisor", one, "close", "办结").state == CLOSED


def test_an_objection_does_not_end_an_order_to_correct_and_a_dismissal_does(house: House, flagged: list[str]) -> None:
    one = flagged[0]
    step(house, "supervisor", one, "uphold", "成立")
    step(house, "supervisor", one, "order_correction", "请整改")
    step(house, "inspector", one, "object", "不同意")
    step(house, "supervisor", one, "uphold", "异议不成立")
    with pytest.raises(Refused) as refused:
        step(house, "supervisor", one, "close", "办结")
    assert refused.value.code == "not_corrected_yet"
    step(house, "supervisor", one, "order_correction", "仍按原决定改正")
    step(house, "inspector", one, "object", "还是不同意")
    step(house, "supervisor", one, "dismiss", "异议成立")
    assert step(house, "supervisor", one, "close", "办结").state == CLOSED


@pytest.mark.parametrize("column", ["assignee", "due_on", "signed_at", "case_id", "object_until", "state"])
def test_a_follow_up_changed_past_the_platform_is_found(house: House, flagged: list[str], column: str) -> None:
    step(house, "supervisor", flagged[0], "send", "请说明")
    value = {"due_on": date(2030, 1, 1), "object_until": date(2030, 1, 1), "signed_at": house.clock.now}
    with house.installation.unit_of_work() as work:
        setattr(work.session.get_one(FindingRow, flagged[0]), column, value.get(column, "closed"))
    with house.installation.reading() as session:
        found = list(state_discrepancies(session))
    assert [(f[0], f[2]) for f in found] == [("row_changed", flagged[0])]
    assert column in found[0][3]


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - set(UNIT_ACTIONS)))
def test_a_unit_takes_no_step_of_the_bureau_and_never_closes_its_own(
    house: House, flagged: list[str], action: str
) -> None:
    step(house, "supervisor", flagged[0], "send", "请说明")
    for who in ("inspector", "head"):
        with pytest.raises(Forbidden):
            step(house, who, flagged[0], action, "x")


def test_a_unit_sees_only_its_own_and_only_what_was_sent(house: House, flagged: list[str]) -> None:
    assert sees(house, "inspector") == []
    step(house, "supervisor", flagged[0], "send", "请说明")
    assert sees(house, "inspector") == [flagged[0]] and sees(house, "inspector2") == []
    with pytest.raises(NotFound):
        step(house, "inspector2", flagged[0], "sign_for")
    with pytest.raises(NotFound):
        step(house, "inspector", flagged[1], "sign_for")


def test_a_unit_reads_no_inner_step(house: House, flagged: list[str]) -> None:
    one = flagged[0]
    step(house, "supervisor", one, "assign")
    step(house, "supervisor", one, "send", "请说明")
    step(house, "inspector", one, "answer", "说明")
    step(house, "supervisor", one, "check", "内部意见")
    with house.installation.reading() as session:
        told = followup.steps(session, one, for_unit=True)
    assert {s.action for s in told} <= set(UNIT_READS)
    assert "内部意见" not in " ".join(s.note for s in told)


def test_flags_of_a_case_take_each_step_together_and_one_can_be_taken_out(house: House, flagged: list[str]) -> None:
    step(house, "supervisor", flagged[0], "merge", flags=tuple(flagged))
    assert len({row(house, f).case_id for f in flagged}) == 1
    step(house, "supervisor", flagged[2], "split")
    step(house, "supervisor", flagged[1], "send", "请一并说明")
    assert [row(house, f).state for f in flagged] == ["sent", "sent", "investigating"]
    step(house, "inspector", flagged[0], "answer", "一并答复", files=(PDF,))
    assert [row(house, f).state for f in flagged] == ["answered", "answered", "investigating"]
    with house.installation.reading() as session:
        paper = followup.steps(session, flagged[1])[-1].files[0]  # the other flag of the case names it, too
        kept = followup.kept_file(session, house.installation.vault, flagged[1], paper["file"], for_unit=True)
        assert kept.data == PDF.data
        with pytest.raises(NotFound):
            followup.kept_file(session, house.installation.vault, flagged[2], paper["file"], for_unit=True)
        assert list(state_discrepancies(session)) == []


def test_an_objection_has_its_own_term(house: House, flagged: list[str]) -> None:
    one, two = flagged[:2]
    for flag in (one, two):
        step(house, "supervisor", flag, "send", "请说明")
        step(house, "supervisor", flag, "uphold", "成立")
    until = row(house, one).object_until
    assert until == WorkingDays().after(house.clock.now.date(), 10)
    house.clock.move(days=(until - house.clock.now.date()).days)
    assert step(house, "head", one, "object", "不同意").state == "answered"
    house.clock.move(days=1)
    with pytest.raises(Refused, match="objection_too_late"):
        step(house, "head", two, "object", "不同意")


def test_an_order_tells_the_unit_even_where_it_was_never_asked(house: House, flagged: list[str]) -> None:
    step(house, "supervisor", flagged[0], "uphold", "事实清楚")
    assert sees(house, "inspector") == []
    step(house, "supervisor", flagged[0], "order_correction", "请整改")
    assert sees(house, "inspector") == [flagged[0]]
    assert row(house, flagged[0]).object_until is not None


def test_what_is_set_aside_comes_back(house: House, flagged: list[str]) -> None:
    aside = step(house, "supervisor", flagged[0], "set_aside", "等案件材料", working_days=3)
    assert (aside.state, aside.due_on) == ("raised", None)

    def shown() -> bool:
        with house.installation.reading() as session:
            filters = {"not_aside_on": house.clock.now.date()}
            found = flag_queries.listed(session, house.people["supervisor"], filters, None, 50)[0]
            return flagged[0] in [f.row.id for f in found]

    assert not shown()
    house.clock.move(days=7)
    assert shown()


def test_a_flag_is_given_to_a_supervisor_of_its_region_only(house: House, flagged: list[str]) -> None:
    city = house.people["city"]
    assert step(house, "supervisor", flagged[0], "assign", assignee=city.id).assignee == city.id
    with pytest.raises(Refused, match="already_assigned"):
        step(house, "supervisor", flagged[0], "assign", assignee=city.id)
    for other in ("neighbour", "inspector"):
        with pytest.raises(Invalid, match="no_such_supervisor"):
            step(house, "supervisor", flagged[0], "assign", assignee=house.people[other].id)


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (FlagAction("send", "x", due=date(2020, 1, 1)), "due_in_the_past"),
        (FlagAction("send", "x", working_days=0), "out_of_range"),
        (FlagAction("send", "x", files=(PDF,)), "no_files_here"),
        (FlagAction("set_aside"), "note_needed"),
        (FlagAction("merge"), "merge_needs_flags"),
        (FlagAction("split"), "in_no_case"),
        (FlagAction("investigate", revision=99), "changed_meanwhile"),
        (FlagAction("no such"), "unknown_choice"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    house: House, flagged: list[str], action: FlagAction, error: str
) -> None:
    with pytest.raises(DomainError, match=error):
        house.perform(flag_actions.act, house.people["supervisor"], flagged[0], action)


@pytest.mark.parametrize("action", ["investigate", "assign", "send", "set_aside", "sign_for", "answer", "uphold"])
def test_of_sixteen_who_take_the_same_step_at_once_exactly_one_succeeds(
    house: House, flagged: list[str], action: str
) -> None:
    who = "inspector" if action in UNIT_ACTIONS else "supervisor"
    if action in UNIT_ACTIONS:
        step(house, "supervisor", flagged[0], "send", "请说明")
    barrier, out = threading.Barrier(16), []

    def run() -> None:
        barrier.wait()
        try:
            step(house, who, flagged[0], action, "同一句话")
            out.append("done")
        except Refused as refusal:
            out.append(refusal.code)

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(out) == 16 and out.count("done") == 1


@pytest.mark.parametrize(
    "actions", [("assign", "set_aside", "merge"), ("merge", "merge", "merge"), ("uphold", "dismiss", "send")]
)
def test_of_three_supervisors_with_one_list_one_takes_the_flags_and_two_are_told(
    house: House, flagged: list[str], actions: tuple[str, ...]
) -> None:
    with house.installation.reading() as session:
        seen = {row.id: row.revision for row in session.scalars(select(FindingRow).where(FindingRow.id.in_(flagged)))}
    barrier, out = threading.Barrier(3), []

    def run(name: str, action: str, first: str) -> None:
        others = tuple(flagged) if action == "merge" else ()
        note = "" if action in WITHOUT_NOTE else f"{name} 的话"
        barrier.wait()
        try:
            wanted = FlagAction(action, note, flags=others, seen=seen)
            house.perform(flag_actions.act, house.people[name], first, wanted)
            out.append("done")
        except Refused as refusal:
            out.append(refusal.code)

    who = ("supervisor", "supervisor2", "supervisor2")
    firsts = (flagged[0], flagged[1] if actions[0] == "merge" else flagged[0], flagged[0])
    threads = [threading.Thread(target=run, args=each) for each in zip(who, actions, firsts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(out) == ["changed_meanwhile", "changed_meanwhile", "done"]


def test_lights_follow_from_the_deadline_and_the_working_days() -> None:
    friday = date(2026, 3, 6)
    calendar = WorkingDays({date(2026, 3, 9): False})  # Monday is free
    wanted = {date(2026, 3, 5): RED, friday: YELLOW, date(2026, 3, 10): YELLOW, date(2026, 3, 11): YELLOW}
    wanted |= {date(2026, 3, 12): GREEN}
    assert {day: light(day, friday, calendar, near=2) for day in wanted} == wanted


def test_a_jurisdictions_own_terms_hold_and_nonsense_is_left_out() -> None:
    own = Terms.of({"followup_objection_days": "20", "followup_answer_days": "-3", "followup_check_days": "soon"})
    assert own == Terms(objection=20)


@pytest.mark.parametrize(("state", "taken", "left_out", "first"), [
    ("raised", "raised", "", "investigate"),
    ("investigating", "raised investigate", "", "send"),
    ("investigating", "raised investigate", "send", "uphold dismiss"),
    ("sent", "raised send", "", ""),
    ("answered", "raised send answer", "", "uphold dismiss"),
    ("upheld", "send uphold", "", "order_correction"),
    ("correcting", "uphold order_correction", "close", ""),
    ("correcting", "order_correction report_correction", "close", "corrected"),
    ("correcting", "order_correction report_correction object uphold order_correction", "close", ""),
    ("correcting", "order_correction report_correction corrected", "", "close"),
    ("dismissed", "dismiss", "", "close"), ("closed", "close", "", ""), ("withdrawn", "withdrawn", "", ""),
])  # fmt: skip
def test_a_state_asks_for_one_step_and_waits_where_it_is_the_units_turn(
    state: str, taken: str, left_out: str, first: str
) -> None:
    can = [action for action in possible(state, "supervisor") if action not in left_out.split()]
    assert list(suggested(state, [f"finding.{one}" for one in taken.split()], can)) == first.split()
