"""Plans as a rulebook: who may do which step, what the rules then say, and what log verify notices."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text

from app.domain.actors import SYSTEM
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.plans import TRANSITIONS, Dates, Line
from app.queries import plans as queries
from app.services.auditing.plan_audit import plan_discrepancies
from app.services.flagging import flag_rebuild
from app.services.planning import plans
from app.store import plans as plan_store
from app.store.models import FindingRow
from tests.house import House
from tests.plans import content, filed

PLANNED = {"kind": "planned", "cause": None, "clue_no": None, "reason": None, "items": ("YJ-01",)}


def standing(house: House) -> list[str]:
    with house.installation.reading() as session:
        return sorted(session.scalars(select(FindingRow.rule).where(FindingRow.standing)))


def audit(house: House) -> list[tuple[str, str]]:
    with house.installation.reading() as session:
        return [(found, table) for found, table, _, _ in plan_discrepancies(session)]


def test_dates_are_the_days_of_the_steps(house: House) -> None:
    who = house.people
    plan = house.perform(plans.draft, who["inspector"], "P-1", content())
    house.perform(plans.submit, who["inspector"], plan.id)
    house.clock.move(days=1)
    house.perform(plans.approve, who["head"], plan.id)
    house.clock.move(days=2)
    house.perform(plans.file, who["supervisor"], plan.id)
    house.clock.move(days=4)
    plan = house.perform(plans.publish, who["head"], plan.id)
    assert plan.dates == Dates(date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 9))
    assert not plan.imported and audit(house) == []


def test_nobody_approves_what_they_wrote_a_line_of(house: House) -> None:
    plan = house.perform(plans.draft, house.people["inspector"], "P-1", content())
    house.perform(plans.revise, house.people["head"], plan.id, 1, content(title="改过"))
    house.perform(plans.submit, house.people["inspector"], plan.id)
    with pytest.raises(Forbidden, match="own_plan"):
        house.perform(plans.approve, house.people["head"], plan.id)
    with pytest.raises(Forbidden):
        house.perform(plans.approve, house.people["inspector"], plan.id)


@pytest.mark.parametrize("step", ["file", "publish", "approve", "submit", "withdraw", "give_back"])
def test_a_unit_and_a_foreign_supervisor_never_touch_anothers_plan(house: House, step: str) -> None:
    plan = house.perform(plans.draft, house.people["inspector"], "P-1", content())
    for who in ("inspector2", "head2", "neighbour"):
        with pytest.raises((NotFound, Forbidden)):
            arguments = ("理由",) if step in ("withdraw", "give_back") else ()
            house.perform(getattr(plans, step), house.people[who], plan.id, *arguments)


def test_every_step_that_is_not_in_the_table_is_refused(house: House) -> None:
    steps = {
        "plan.submitted": (plans.submit, "inspector"),
        "plan.approved": (plans.approve, "head"),
        "plan.filed": (plans.file, "supervisor"),
        "plan.published": (plans.publish, "supervisor"),
    }
    plan = house.perform(plans.draft, house.people["inspector"], "P-1", content())
    for following, _ in [
        ("submit", "inspector"),
        ("approve", "head"),
        ("file", "supervisor"),
        ("publish", "head"),
        (None, None),
    ]:
        for kind, (verb, who) in steps.items():
            if plan.state not in TRANSITIONS[kind]:
                with pytest.raises(Refused, match="plan_not_in_this_state"):
                    house.perform(verb, house.people[who], plan.id)
        if following:
            plan = house.perform(getattr(plans, following), house.people[_], plan.id)
    with pytest.raises(Refused):
        house.perform(plans.revise, house.people["inspector"], plan.id, plan.revision, content(title="x"))


def test_a_returned_plan_is_a_draft_with_a_reason(house: House) -> None:
    plan = house.perform(plans.draft, house.people["inspector"], "P-1", content())
    house.perform(plans.submit, house.people["inspector"], plan.id)
    house.perform(plans.approve, house.people["head"], plan.id)
    with pytest.raises(Invalid, match="reason_missing"):
        house.perform(plans.give_back, house.people["supervisor"], plan.id, " ")
    plan = house.perform(plans.give_back, house.people["supervisor"], plan.id, "缺少依据")
    assert (plan.state, plan.reason, plan.approved_on) == ("draft", "缺少依据", None)


def test_a_visit_outside_its_filed_plan_is_flagged_and_filing_mends_it(house: House) -> None:
    plan = house.perform(plans.draft, house.people["inspector"], "P-1", content())
    house.perform(plans.submit, house.people["inspector"], plan.id)
    house.perform(plans.approve, house.people["head"], plan.id)
    house.completed(plan_code="P-1", **PLANNED)
    assert "unplanned" in standing(house)
    house.perform(plans.file, house.people["supervisor"], plan.id)  # on the day of the visit
    assert "unplanned" not in standing(house)
    assert house.perform(flag_rebuild.rebuild) == 0


def test_a_plan_that_becomes_known_late_explains_the_visits_before(house: House) -> None:
    house.completed(plan_code="P-9", **PLANNED)
    assert "unplanned" in standing(house)
    january = date(2026, 1, 5)
    dates = Dates(january, january, january)
    house.perform(plans.bring, SYSTEM, "YT-YJJ", "P-9", content(), dates, known=None)
    assert "unplanned" not in standing(house)
    assert house.perform(flag_rebuild.rebuild) == 0


def test_a_row_holds_only_in_its_time_and_a_withdrawn_plan_only_before(house: House) -> None:
    lines = (Line("YJ-01", timing="4月", starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30)), Line("YJ-02"))
    plan = filed(house, lines=lines)
    house.completed(plan_code="P-1", **PLANNED)  # in March
    assert standing(house).count("unplanned") == 1
    house.completed(plan_code="P-1", **PLANNED | {"items": ("YJ-02",)})
    assert standing(house).count("unplanned") == 1
    house.clock.move(days=1)
    house.perform(plans.withdraw, house.people["head"], plan.id, "调整")
    house.completed(plan_code="P-1", **PLANNED | {"items": ("YJ-02",)})
    assert standing(house).count("unplanned") == 2
    assert house.perform(flag_rebuild.rebuild) == 0


def test_a_special_plan_published_too_late_is_flagged_when_it_is_published(house: House) -> None:
    plan = filed(house, kind="special")
    house.completed(plan_code="P-1", **PLANNED)
    assert "plan.special" not in standing(house)
    house.clock.move(days=40)
    house.perform(plans.publish, house.people["head"], plan.id)
    assert "plan.special" in standing(house)
    assert house.perform(flag_rebuild.rebuild) == 0


def test_progress_counts_enterprises_and_lists_what_it_counts(house: House) -> None:
    filed(house)
    house.completed(plan_code="P-1", **PLANNED)
    house.applied(plan_code="P-1", **PLANNED)
    with house.installation.reading() as session:
        plan = queries.by_code(session, house.people["inspector"], "P-1")
        s = queries.shown(session, [plan])[0]
        assert (s.rows[0].wanted, s.rows[0].visited, s.rows[0].visits, s.rows[0].under_way) == (20, 1, 1, 1)
        assert (s.rows[1].wanted, s.rows[1].visited) == (None, 0)
        assert len(queries.visits(session, plan, "YJ-01", "done")) == 1
        assert len(queries.visits(session, plan, None, "open")) == 1
        today = house.clock.now.date()
        assert [p.code for p in queries.open_plans(session, "YT-YJJ", today)] == ["P-1"]
        assert queries.open_plans(session, "YT-YJJ", date(2027, 1, 1)) == []


def test_key_enterprises_of_an_approved_plan_change_only_with_a_reason(house: House) -> None:
    enterprise = house.applied().enterprise_id
    plan = filed(house)
    with pytest.raises(Invalid, match="reason_missing"):
        house.perform(plans.change_keys, house.people["head"], plan.id, [enterprise], "")
    plan = house.perform(plans.change_keys, house.people["head"], plan.id, [enterprise], "新增重大危险源")
    assert [(k.enterprise, k.valid_from) for k in plan.keys] == [(enterprise, date(2026, 3, 2))]
    house.clock.move(days=3)
    plan = house.perform(plans.change_keys, house.people["head"], plan.id, [], "已停产")
    assert plan.keys[0].valid_until == date(2026, 3, 4) and audit(house) == []


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE plans SET filed_on = '2026-01-02'", ("row_changed", "plans")),
        ("UPDATE plans SET state = 'withdrawn'", ("row_changed", "plans")),
        ("UPDATE plan_rows SET item = 'YJ-02'", ("row_changed", "plans")),
        ("DELETE FROM plan_rows", ("row_changed", "plans")),
        ("UPDATE plans SET id = 'x' || substr(id, 2)", ("row_removed", "plans")),
    ],
)
def test_log_verify_names_a_plan_changed_past_the_platform(house: House, sql: str, found: tuple[str, str]) -> None:
    filed(house)
    assert audit(house) == []
    with house.installation.database.write() as session:
        if "SET id" in sql:
            session.execute(text("DELETE FROM plan_rows"))
        session.execute(text(sql))
    assert found in audit(house)


def test_one_code_in_a_jurisdiction_also_when_two_draft_at_once(house: House) -> None:
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            house.perform(plans.draft, house.people["inspector"], "P-7", content())
            outcomes.append("drafted")
        except DomainError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["drafted", *["plan_code_taken"] * 3]


def test_two_who_revise_the_same_draft_do_not_overwrite_each_other(house: House) -> None:
    plan = house.perform(plans.draft, house.people["inspector"], "P-1", content())
    house.perform(plans.revise, house.people["inspector"], plan.id, 1, content(title="甲"))
    with pytest.raises(Refused, match="changed_meanwhile"):
        house.perform(plans.revise, house.people["head"], plan.id, 1, content(title="乙"))


def test_plans_from_before_are_adopted_once(house: House) -> None:
    plan = filed(house)
    with house.installation.database.write() as session:
        session.execute(text("DELETE FROM facts WHERE subject_kind = 'plan'"))
    assert audit(house) == [("row_added", "plans")]
    assert house.perform(plans.adopt) == ["recorded 1 plans that were there before"]
    assert house.perform(plans.adopt) == []
    assert [f for f in audit(house) if f[0] != "row_changed"] == []
    with house.installation.reading() as session:
        assert plan_store.get(session, plan.id).filed_on == date(2026, 3, 2)
