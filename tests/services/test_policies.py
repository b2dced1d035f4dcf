"""A policy is two persons' act; a draft is tried on the past before it is made."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.applications import EnterpriseRef
from app.domain.errors import DomainError, Forbidden, Invalid, Refused
from app.domain.flags import settings
from app.domain.flags.policy import DEFAULTS, PRESETS
from app.services import jobs
from app.services.flagging import backtest, flag_rebuild, policies
from app.services.job_handlers import HANDLERS
from app.services.transparency import log, log_audit
from app.store.models import FindingRow, Job, Policy
from tests.house import House, uscc

DRAFT = {"repeat.day": {"most": 2}}


def second(house: House):
    """Another supervisor of the same bureau."""
    return house.people["supervisor2"]


def proposed(house: House, days: int = 7, draft=DRAFT) -> Policy:
    return house.perform(
        policies.propose, house.people["supervisor"], draft, house.clock.now.date() + timedelta(days=days), "试行一季度"
    )


def test_nobody_confirms_their_own_proposal_and_nobody_confirms_twice(house: House) -> None:
    row = proposed(house)
    with pytest.raises(Forbidden, match="own_proposal"):
        house.perform(policies.confirm, house.people["supervisor"], row.id)
    other = second(house)
    house.perform(policies.confirm, other, row.id)
    for step in (policies.confirm, policies.withdraw):
        with pytest.raises(Refused, match="policy_decided"):
            house.perform(step, other, row.id)


def test_a_version_never_changes_what_earlier_days_meant(house: House) -> None:
    with pytest.raises(Invalid, match="policy_not_later"):
        proposed(house, days=0)
    row = proposed(house, days=1)
    house.clock.move(days=1)
    with pytest.raises(Refused, match="policy_too_late"):
        house.perform(policies.confirm, second(house), row.id)


def test_another_district_does_not_see_it(house: House) -> None:
    row = proposed(house)
    with pytest.raises(DomainError, match="no_such_policy"):
        house.perform(policies.confirm, house.people["neighbour"], row.id)


def two_visits_a_day(house: House) -> None:
    for n in (1, 1, 2):
        house.completed(enterprise=EnterpriseRef(uscc=uscc(n), name=f"云汀示例{n}店"))


def standing(house: House) -> list[str]:
    with house.installation.reading() as session:
        return sorted(session.scalars(select(FindingRow.rule).where(FindingRow.standing)))


def test_a_confirmed_version_holds_from_its_day_and_not_before(house: House) -> None:
    house.perform(policies.confirm, second(house), proposed(house).id)
    two_visits_a_day(house)
    assert standing(house) == ["repeat.day"]
    house.clock.move(days=40)
    two_visits_a_day(house)
    assert standing(house).count("repeat.day") == 1
    assert house.perform(flag_rebuild.rebuild) == 0
    log.advance(house.perform)
    with house.installation.reading() as session:
        assert [d.text for d in log_audit.audit(session)] == []


def run(house: House, draft, first: date, last: date) -> backtest.Backtest:
    own, now = settings.checked(draft), house.clock.now
    with house.installation.reading() as session:
        return backtest.run(session, now, "990101", own, first, last, lambda done, total: None)


@pytest.mark.parametrize(
    "draft",
    [
        {"repeat.day": {"most": 2}},
        {"repeat.month": {"most": 1}},
        {"repeat.60d": {"days": 5}, "repeat.60d.region": {"from": 1}},
        {"unfit.too_few": {"fewest": 3}},
        {"low_yield": {"visits": 2}},
        {"code.not_shown": {"hours": 0}},
        {"clue.reused": {"on": False}},
        {"repeat.day": {"on": False}, "cap.reasonable": {"factor": 1}},
    ],
)
def test_a_backtest_equals_what_the_policy_would_have_flagged(house: House, draft) -> None:
    """The draft is tried first; then it is put in force from the beginning by SQL, and everything rebuilt."""
    two_visits_a_day(house)
    house.clock.move(days=3)
    two_visits_a_day(house)
    house.completed(enterprise=EnterpriseRef(uscc=uscc(1), name="云汀示例1店"), clue_no="X-1")
    house.completed(enterprise=EnterpriseRef(uscc=uscc(3), name="云汀示例3店"), clue_no="X-1")
    today = house.clock.now.date()
    found = run(house, draft, today - timedelta(days=30), today)
    before = {rule: standing(house).count(rule) for rule in DEFAULTS}
    assert sum(line.today for line in found.lines) == sum(before.values())
    with house.installation.unit_of_work() as work:
        work.session.add(
            Policy(
                id="P" * 26, region="990101", version=1, valid_from=date(2000, 1, 1), proposed_by="a", confirmed_by="b",
                settings=policies.canonical_json(settings.checked(draft)), recorded_at=work.now,
            )
        )  # fmt: skip
    house.perform(flag_rebuild.rebuild)
    drafted: dict[str, int] = dict.fromkeys(DEFAULTS, 0)
    for line in found.lines:
        drafted[line.rule] += line.draft
    assert drafted == {rule: standing(house).count(rule) for rule in DEFAULTS}
    assert drafted != before or found.rules


def test_a_backtest_runs_as_a_job_and_its_samples_can_be_opened(house: House) -> None:
    two_visits_a_day(house)
    client = house.signed_in("supervisor")
    page = client.get("/supervise/policy/new?from=chengdu")
    assert page.status_code == 200
    form = {"go": "backtest", "first": "2026-01-01", "last": "2026-12-31"}
    form |= {f"{rule}|{name}": "2" if name == "most" and rule == "repeat.day" else str(value)
             for rule, own in DEFAULTS.items() for name, value in own.items() if not isinstance(value, bool)}  # fmt: skip
    form |= {f"{rule}|on": "1" for rule in DEFAULTS}
    form |= {f"{rule}|count_triggered": "1" for rule in ("repeat.day", "repeat.week", "repeat.month")}
    answer = client.post("/supervise/policy/new", data=form)
    assert answer.status_code == 303, answer.text
    assert jobs.run_waiting(house.perform, HANDLERS) == 1
    with house.installation.reading() as session:
        job = session.scalar(select(Job))
        assert job.state == "done", job.problem
    report = client.get(f"/supervise/policy/backtest/{job.id}")
    assert "只有现行设置" in report.text and "一天内重复检查" in report.text
    assert standing(house) == ["repeat.day"]  # nothing was stored


def test_wrong_settings_are_told_at_their_field_and_nothing_is_lost(house: House) -> None:
    client = house.signed_in("supervisor")
    form = {"go": "propose", "repeat.day|most": "一", "valid_from": "2026-01-01", "note": "想再想想"}
    answer = client.post("/supervise/policy/new", data=form)
    assert answer.status_code == 422
    assert 'value="一"' in answer.text and "想再想想" in answer.text and 'href="#repeat-day-most"' in answer.text


def test_the_public_page_tells_the_rules_in_force(house: House) -> None:
    page = house.client().get("/policy").text
    assert "一天内重复检查" in page and "还没有调整过" in page


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_policy(name: str) -> None:
    assert settings.differences({}, settings.preset(name)) or name in (
        "default",
        "shanghai",
        "district",
        "hainan",
        "shenzhen",
    )


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=2)
)
NAMES = st.sampled_from(["most", "on", "exempt", "times", "x"])
RULES = st.sampled_from([*DEFAULTS, "no.such.rule"])


@how(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a loaded machine is no failure
@given(st.dictionaries(RULES, JUNK | st.dictionaries(NAMES, JUNK, max_size=3), max_size=3))
def test_whatever_a_policy_file_holds_it_is_taken_or_told(junk: dict) -> None:
    try:
        kept = settings.checked(junk)
    except Invalid as error:
        assert error.problems
    else:
        assert settings.checked(kept) == kept
