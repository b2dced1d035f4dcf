"""The rules as a rulebook, through the services, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import Refused
from app.domain.inspections import Result
from app.domain.supervision import FlagAction
from app.services.flagging import flag_rebuild, flags
from app.services.speaking import speech
from app.services.supervising import flag_actions
from app.services.trust.codes import drawn
from app.services.visiting import scans, visits
from app.store.models import CertificateSuspension, DoNotDisturb, FindingRow
from tests.house import House, uscc


def standing(house: House) -> list[str]:
    with house.installation.reading() as session:
        return sorted(session.scalars(select(FindingRow.rule).where(FindingRow.standing)))


def code(house: House, inspection) -> str:
    with house.installation.reading() as session:
        return drawn(session, inspection, "http://localhost").url


def visit(house: House, **changes):
    """Approved an hour before, shown and confirmed, finished without a problem."""
    inspection = house.approved(
        **{"window_start": house.clock.now + timedelta(hours=1), "window_end": house.clock.now + timedelta(hours=4)}
        | changes
    )
    house.clock.move(hours=1, minutes=1)
    house.perform(scans.record_scan, code(house, inspection), "arrive", "a phone")
    house.clock.move(minutes=30)
    results = tuple(Result(i, "no_problem") for i in inspection.items)
    return house.perform(
        visits.complete, house.people["inspector"], inspection.id, visits.Completion(results, house.clock.now)
    )


def test_an_ordinary_triggered_visit_raises_nothing(house: House) -> None:
    visit(house)
    house.clock.move(days=30)
    house.perform(flags.sweep)
    assert standing(house) == []


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"officers": ("99010001",)}, ["unfit.too_few"]),
        ({"officers": ("99010001", "99010003")}, ["unfit.certificate"]),  # ran out in January
        ({"officers": ("99010001", "99010004")}, ["unfit.certificate"]),  # suspended
        ({"officers": ("99010001", "NOBODY")}, ["unfit.certificate"]),
        ({"officers": ("99010001", "99020001")}, ["unfit.unit"]),
        ({"clue_no": None}, ["clue.missing"]),
        ({"clue_no": "  "}, ["clue.missing"]),
        ({"cause": "enterprise_request", "clue_no": None}, []),
        ({"items": ("YJ-01", "YJ-99")}, ["item.unpublished"]),
        ({"kind": "planned", "cause": None, "clue_no": None, "plan_code": "NO-SUCH"}, ["unplanned"]),
    ],
)
def test_rules_over_one_visit(house: House, changes: dict, rules: list[str]) -> None:
    visit(house, **changes)
    assert standing(house) == rules


def test_a_completed_visit_that_nobody_scanned_is_flagged_a_day_later_and_not_before(house: House) -> None:
    house.completed()
    house.clock.move(hours=23, minutes=59)
    house.perform(flags.sweep)
    assert standing(house) == []
    house.clock.move(minutes=1)
    house.perform(flags.sweep)
    assert standing(house) == ["code.not_shown"]


def test_a_visit_that_began_before_its_approval(house: House) -> None:
    visit(house, started_at=house.clock.now - timedelta(hours=1))
    assert standing(house) == ["code.afterwards", "not_approved"]


def test_an_emergency_is_approved_until_the_end_of_the_next_working_day(house: House) -> None:
    visit(house, started_at=house.clock.now - timedelta(hours=1), exception="emergency", exception_reason="险情")
    assert standing(house) == []


def test_a_clue_is_for_one_enterprise(house: House) -> None:
    visit(house, clue_no="ＺＪ-1")
    house.clock.move(days=40)
    from app.domain.applications import EnterpriseRef

    visit(house, clue_no="ZJ-1 ", enterprise=EnterpriseRef(uscc=uscc(2), name="云汀示例二店"))
    assert standing(house) == ["clue.reused"]


def test_an_enterprise_on_the_list_is_visited_with_a_trigger_only(house: House) -> None:
    first = visit(house)
    with house.installation.unit_of_work() as work:
        work.session.add(
            DoNotDisturb(subject_kind="enterprise", subject_id=first.enterprise_id, valid_from=date(2026, 1, 1))
        )
    house.clock.move(days=100)
    visit(house)
    assert standing(house) == []
    house.clock.move(days=100)
    visit(house, kind="planned", cause=None, clue_no=None)
    assert standing(house) == [
        "do_not_disturb",
        "low_yield",
        "low_yield",
        "unplanned",
    ]  # three times nothing, two officers


def test_a_report_is_explained_only_by_what_was_registered_before_it(house: House) -> None:
    visit(house)
    day = house.clock.now.date()
    told = speech.Report("云汀示例一食品有限公司", day, "没看到码", uscc=uscc(1))
    house.perform(speech.report, told)
    assert standing(house) == []
    house.perform(
        speech.report, speech.Report("云汀示例一食品有限公司", day, "没看到码", uscc=uscc(1), unit_code="YT-SCJG")
    )
    assert standing(house) == ["unregistered.report"]


def test_a_bad_rating_is_the_supervisors_alone(house: House) -> None:
    inspection = visit(house)
    house.perform(speech.rate, speech.Rating(code(house, inspection), 5), "one")
    assert standing(house) == []
    house.perform(speech.rate, speech.Rating(code(house, inspection), 1), "two")
    assert standing(house) == ["feedback.conduct"]
    with house.installation.reading() as session:
        row = session.scalar(select(FindingRow))
    assert not flag_actions.may_see(house.people["inspector"], row)
    with pytest.raises(Refused, match="rests_on_speech"):
        house.perform(flag_actions.act, house.people["supervisor"], row.id, FlagAction("send", "请说明"))


def test_what_no_longer_follows_is_withdrawn_and_may_be_raised_again(house: House) -> None:
    visit(house, officers=("99010001", "99010004"))
    with house.installation.unit_of_work() as work:
        for row in work.session.scalars(select(CertificateSuspension)):
            row.valid_until = date(2021, 1, 1)  # the suspension turns out to have ended
    assert house.perform(flag_rebuild.rebuild) == 1
    assert standing(house) == []
    with house.installation.unit_of_work() as work:
        for row in work.session.scalars(select(CertificateSuspension)):
            row.valid_until = None
    assert house.perform(flag_rebuild.rebuild) == 1
    assert standing(house) == ["unfit.certificate"]
