"""Taking back the last step of a flag: what was decided among ourselves, by who decided it, for ten minutes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.domain.errors import Forbidden, Refused
from app.domain.supervision import FlagAction
from app.services.auditing.state_audit import state_discrepancies
from app.services.supervising import flag_actions, undoing
from app.store.models import FactRow, FindingRow
from app.store.unit_of_work import history
from tests.house import House


def act(house: House, flag: str, action: str, who: str = "supervisor", **more: object) -> FindingRow:
    return house.perform(flag_actions.act, house.people[who], flag, FlagAction(action, **more))  # type: ignore[arg-type]


def undo(house: House, flag: str, who: str = "supervisor") -> FindingRow:
    return house.perform(undoing.undo, house.people[who], flag)


def kinds(house: House, flag: str) -> list[str]:
    with house.installation.reading() as session:
        return [fact.kind for fact in history(session, "finding", flag)]


def test_what_is_taken_back_is_as_before_and_both_stay_on_record(house: House, flagged: list[str]) -> None:
    flag = flagged[0]
    act(house, flag, "assign", assignee=house.people["supervisor2"].id)
    assert act(house, flag, "assign").assignee == house.people["supervisor"].id
    assert undo(house, flag).assignee == house.people["supervisor2"].id
    assert act(house, flag, "set_aside", note="等材料", working_days=3).aside_until is not None
    assert undo(house, flag).aside_until is None
    assert kinds(house, flag)[-5:] == [
        "finding.assign", "finding.assign", "finding.undo", "finding.set_aside", "finding.undo",
    ]  # fmt: skip
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []
    with pytest.raises(Refused, match="nothing_to_undo"):  # one step, not a way back through all of them
        undo(house, flag)


def test_only_the_own_last_step_can_be_taken_back_and_only_for_ten_minutes(house: House, flagged: list[str]) -> None:
    flag, other = flagged
    act(house, flag, "set_aside", note="等材料")
    with pytest.raises(Refused, match="nothing_to_undo"):
        undo(house, flag, "supervisor2")
    with pytest.raises(Forbidden):
        undo(house, flag, "discipline")
    with pytest.raises(Forbidden):
        undo(house, flag, "inspector")
    act(house, other, "assign")
    act(house, other, "send", note="请说明")  # the unit knows: not to be taken back
    with pytest.raises(Refused, match="nothing_to_undo"):
        undo(house, other)
    house.clock.move(minutes=11)
    with pytest.raises(Refused, match="nothing_to_undo"):
        undo(house, flag)


def test_what_a_case_did_together_is_taken_back_together(house: House, flagged: list[str]) -> None:
    act(house, flagged[0], "merge", flags=tuple(flagged))
    act(house, flagged[0], "set_aside", note="一起等")
    undo(house, flagged[1])
    with house.installation.reading() as session:
        assert {row.aside_until for row in session.scalars(select(FindingRow).where(FindingRow.id.in_(flagged)))} == {
            None
        }
        assert len(list(session.scalars(select(FactRow).where(FactRow.kind == "finding.undo")))) == 2


def test_the_list_offers_it_right_after_a_step_of_several(house: House, flagged: list[str]) -> None:
    desk = house.signed_in("supervisor")
    done = desk.post("/supervise/flags?open=1", data={"action": "set_aside", "note": "等材料", "flags": flagged})
    assert 'id="undo"' in done.text and flagged[0] not in desk.get("/supervise/flags?open=1").text
    back = desk.post("/supervise/flags/undo?open=1", data={"flags": flagged})
    assert "2 条已撤销" in back.text and flagged[0] in back.text and 'id="undo"' not in back.text
    assert desk.post("/supervise/flags/undo", data={"flags": flagged}).status_code == 422
    page = f"/supervise/flags/{flagged[0]}"
    desk.post(page, data={"action": "assign"})
    assert 'id="undo"' in desk.get(page).text
    assert desk.post("/supervise/flags/undo", data={"flags": flagged[0], "back": "flag"}).location == page
    assert 'id="undo"' not in desk.get(page).text and "撤销上一步" in desk.get(page).text


@pytest.mark.parametrize("others", [0, 3])
def test_of_eight_who_take_the_same_step_back_one_does_and_nothing_is_half_undone(
    house: House, flagged: list[str], others: int
) -> None:
    act(house, flagged[0], "merge", flags=tuple(flagged))
    act(house, flagged[0], "set_aside", note="一起等")
    start = Barrier(8 + others)

    def go(n: int) -> str:
        start.wait()
        try:
            if n >= 8:  # meanwhile a colleague takes them over
                act(house, flagged[n % 2], "assign", who="supervisor2")
                return "assigned"
            undo(house, flagged[n % 2])
        except Refused as refused:
            return refused.code
        return "undone"

    with ThreadPoolExecutor(8 + others) as pool:
        told = list(pool.map(go, range(8 + others)))
    undone, assigned = told.count("undone"), told.count("assigned")
    assert set(told) <= {"undone", "assigned", "nothing_to_undo", "changed_meanwhile", "already_assigned"}
    assert undone == 1 if not others else undone <= 1 <= undone + assigned, told
    with house.installation.reading() as session:
        rows = list(session.scalars(select(FindingRow).where(FindingRow.id.in_(flagged))))
        assert {(row.aside_until is None, row.assignee) for row in rows} == {
            (undone == 1, house.people["supervisor2"].id if assigned else None)
        }
        for kind, times in (("finding.undo", undone), ("finding.assign", assigned)):
            assert len(list(session.scalars(select(FactRow).where(FactRow.kind == kind)))) == 2 * times
        assert list(state_discrepancies(session)) == []
