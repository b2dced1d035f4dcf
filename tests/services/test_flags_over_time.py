"""Rules that look at a quarter, a plan, a device's day and a unit's year, through the services."""

from datetime import date, timedelta
from itertools import product
from typing import Any

from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.applications import EnterpriseRef
from app.domain.plans import Content, Dates, Line
from app.domain.supervision import FlagAction
from app.services import registers
from app.services.flagging import flag_rebuild, flags
from app.services.imports.kinds import KINDS
from app.services.imports.rows import Row
from app.services.imports.running import run
from app.services.planning import plans
from app.services.speaking import speech
from app.services.supervising import flag_actions
from app.services.trust.codes import drawn
from app.services.visiting import scans
from app.store.models import Certificate, Enterprise, FindingRow, Policy, RuleClock
from app.store.unit_of_work import UnitOfWork
from tests.house import House, uscc


def standing(house: House, rule: str) -> list[FindingRow]:
    with house.installation.reading() as session:
        query = select(FindingRow).where(FindingRow.rule == rule, FindingRow.standing).order_by(FindingRow.subject_id)
        return list(session.scalars(query))


def agrees(house: House) -> bool:
    return house.perform(flag_rebuild.rebuild) == 0


def test_a_unit_that_only_ever_follows_leads_is_named_once_the_quarter_has_closed(house: House) -> None:
    policy = Policy(
        id="P" * 26, region="990101", version=1, valid_from=date(2026, 1, 1), proposed_by="a", confirmed_by="b",
        settings='{"share.triggered":{"visits":4}}', recorded_at=house.clock.now,
    )  # fmt: skip
    with house.installation.unit_of_work() as work:
        work.session.add(policy)
    for n in range(4):
        house.completed(enterprise=EnterpriseRef(uscc=uscc(100 + n), name=f"云汀示例{n}店"))
    planned: dict[str, Any] = {"kind": "planned", "cause": None, "clue_no": None}
    planned |= {"items": ("SJ-01",), "officers": ("99020001", "99020002")}
    for n in range(9):
        enterprise = EnterpriseRef(uscc=uscc(200 + n), name="云汀店")
        inspection = house.approved("inspector2", "head2", enterprise=enterprise, **planned)
        house.perform(scans.record_scan, inspection.code.short_code, "arrive", f"phone {n}")
    house.perform(flags.sweep)
    assert standing(house, "share.triggered") == []
    house.clock.now = house.clock.now.replace(month=3, day=31, hour=15, minute=59)
    house.perform(flags.sweep)
    assert standing(house, "share.triggered") == []
    house.clock.move(minutes=1)  # midnight in Shanghai
    house.perform(flags.sweep)
    (found,) = standing(house, "share.triggered")
    assert (found.unit, found.period, found.raised_for) == ("YT-YJJ", "2026Q1", date(2026, 3, 31))
    assert agrees(house)


def test_a_unit_that_visits_in_two_districts_is_judged_in_each(house: House) -> None:
    """A joint visit counts for each of its units, in the district of the one that leads it."""
    with house.installation.unit_of_work() as work:
        for region in ("990101", "990102"):
            own = {"region": region, "id": region.rjust(26, "P"), "version": 1, "valid_from": date(2025, 1, 1)}
            said = '{"share.triggered":{"times":1,"visits":1}}'
            work.session.add(Policy(**own, settings=said, proposed_by="a", confirmed_by="b", recorded_at=work.now))
    rows = []
    for n, (lead, joint, kind) in enumerate(product(("YT-SCJG", "GB-YJJ"), ("YT-YJJ", ""), ("triggered", "planned"))):
        if joint or kind == "planned":
            fields = {
                "number": f"Z-{n}", "uscc": uscc(500 + n), "enterprise_name": f"云汀示例{n}店", "unit": lead,
                "joint_units": joint, "kind": "triggered" if joint else kind, "cause": "complaint" if joint else "",
                "clue_no": f"X-{n}" if joint else "", "started_at": f"2025-11-{n + 10}T10:00:00+08:00",
                "outcome": "no_problem", "officers": "G1;G2",
            }  # fmt: skip
            rows.append(Row(n + 2, fields))
    outcome, _ = run(KINDS["inspections"], house.perform, rows, lambda n: None, SYSTEM)
    assert outcome.errors == []
    own = [f for f in standing(house, "share.triggered") if f.unit == "YT-YJJ"]
    assert sorted((f.jurisdiction, f.period) for f in own) == [("990101", "2025Q4"), ("990102", "2025Q4")]
    assert agrees(house)


def test_a_late_visit_can_take_back_what_was_said_of_a_key_enterprise(house: House) -> None:
    house.completed()  # so that there is a clock
    today = house.clock.now.date()

    def plan(work: UnitOfWork) -> None:
        ids = list(work.session.scalars(select(Enterprise.id)))
        other = Enterprise(
            id=work.new_id(),
            uscc=uscc(77),
            name="云汀另一店",
            search="云汀另一店",
            initials="YTLYD",
            first_known_at=work.now,
        )
        work.session.add(other)
        work.session.flush()
        registers.record(work, SYSTEM, "990101", [other])
        keys, end = (*ids, other.id), today + timedelta(days=9)
        content = Content("计划", "yearly", today, end, (Line("YJ-01"),), keys)
        plans.bring(work, SYSTEM, "YT-YJJ", "P-1", content, Dates(today, today, today), known=None)

    house.perform(plan)
    house.clock.move(days=9)
    house.perform(flags.sweep)
    assert standing(house, "under_inspected") == []
    house.clock.move(days=1)
    house.perform(flags.sweep)
    assert [f.unit for f in standing(house, "under_inspected")] == ["YT-YJJ"]  # the other one was visited
    assert agrees(house)
    house.completed(
        enterprise=EnterpriseRef(uscc=uscc(77), name="云汀另一店"),
        started_at=house.clock.now - timedelta(days=3), exception="system_failure", exception_reason="断网",
    )  # fmt: skip
    assert standing(house, "under_inspected") == []
    assert agrees(house)


def test_one_phone_at_five_enterprises_in_a_day_is_no_five_enterprises(house: House) -> None:
    numbers = []
    for n in range(6):
        inspection = house.approved(enterprise=EnterpriseRef(uscc=uscc(300 + n), name=f"云汀示例{n}店"))
        with house.installation.reading() as session:
            url = drawn(session, inspection, "http://localhost").url
        house.perform(scans.record_scan, url, "arrive", "one phone")
        numbers.append(inspection.id)
    assert {f.subject_id for f in standing(house, "code.self_scan")} == set(numbers[4:])
    assert agrees(house)


def test_the_second_upheld_report_of_a_year_warns_and_the_third_is_red(house: House) -> None:
    supervisor = house.people["supervisor"]
    ids = []
    for n in range(3):
        told = speech.Report("云汀某店", house.clock.now.date() - timedelta(days=n), "没有亮码", unit_code="YT-YJJ")
        house.perform(speech.report, told)
    ids = [f.id for f in standing(house, "unregistered.report")]
    assert {f.severity for f in standing(house, "unregistered.report")} == {"blue"}
    for finding in ids:
        house.perform(flag_actions.act, supervisor, finding, FlagAction("uphold", "属实"))
    by_day = sorted(standing(house, "unregistered.report"), key=lambda f: f.raised_for)
    assert [f.severity for f in by_day] == ["blue", "yellow", "red"]
    assert [f.state for f in by_day] == ["upheld"] * 3
    house.perform(flag_actions.act, supervisor, by_day[0].id, FlagAction("close", "已办"))
    assert agrees(house)


def test_a_certificate_that_turns_out_to_be_valid_takes_its_flag_back_at_once(house: House) -> None:
    house.completed(officers=("99010001", "99010003"))  # ran out in January
    assert len(standing(house, "unfit.certificate")) == 1

    def renew(work: UnitOfWork) -> None:
        row = Certificate(certificate_no="99010003", valid_from=date(2026, 2, 1), valid_until=None)
        work.session.add(row)
        work.session.flush()
        registers.record(work, SYSTEM, "990101", [row])

    house.perform(renew)
    assert standing(house, "unfit.certificate") == []
    assert agrees(house)


def test_the_clock_of_the_rules_is_the_last_sweep(house: House) -> None:
    house.completed()
    house.clock.move(days=2)
    assert standing(house, "code.not_shown") == [] and agrees(house)
    house.perform(flags.sweep)
    assert len(standing(house, "code.not_shown")) == 1 and agrees(house)
    with house.installation.reading() as session:
        assert session.get(RuleClock, "990101").as_of == house.clock.now
