"""A tenth of the dismissed flags is reviewed by another person; file review by two alone; observers are answered."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.domain.applications import EnterpriseRef
from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.file_review import USUAL_SHEET, parse_sheet
from app.domain.supervision import FlagAction
from app.queries import overseeing, watching
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flag_rebuild
from app.services.people import accounts
from app.services.planning import lots
from app.services.supervising import file_review, flag_actions, flag_reviews, observers
from app.services.transparency import log
from app.store.models import Accompanying, CaseFile, FindingRow, FlagReview, Lot, Observation
from tests.house import House, uscc

FULL = {f"item-{n}": str(i.points) for n, i in enumerate(parse_sheet(USUAL_SHEET))}


def sound(house: House) -> None:
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []


def drawn(house: House, dismissals: int = 12) -> list[FlagReview]:
    """So many flags dismissed in March by `supervisor`, and the round of April."""
    who = house.people["supervisor"]
    for number in range(dismissals):
        house.completed(
            enterprise=EnterpriseRef(uscc=uscc(number + 1), name=f"云汀示例{number}店"), officers=("99010001",)
        )
    with house.installation.reading() as session:
        where = (FindingRow.rule == "unfit.too_few", FindingRow.standing)
        ids = list(session.scalars(select(FindingRow.id).where(*where).order_by(FindingRow.id)))[:dismissals]
    for flag in ids:
        house.perform(flag_actions.act, who, flag, FlagAction("dismiss", "情况特殊"))
    house.clock.now = house.clock.now.replace(month=4, day=2)
    house.perform(flag_reviews.run)
    log.advance(house.perform)
    house.perform(flag_reviews.run)
    with house.installation.reading() as session:
        return list(session.scalars(select(FlagReview)))


def test_a_tenth_of_dismissed_flags_is_drawn_and_reviewed_by_another_person(house: House) -> None:
    reviews = drawn(house)
    assert len(reviews) == 2  # a tenth of twelve, rounded up
    assert {r.reviewer for r in reviews} == {house.people["supervisor2"].id}
    house.perform(flag_reviews.run)  # again, and nothing is drawn twice
    first, other = reviews
    with pytest.raises(Refused, match="not_the_reviewer"):
        house.perform(flag_reviews.decide, house.people["supervisor"], first.id, True, "")
    with pytest.raises(Forbidden):
        house.perform(flag_reviews.decide, house.people["admin"], first.id, True, "")
    who = house.people["supervisor2"]
    house.perform(flag_reviews.decide, who, first.id, True, "")
    with pytest.raises(Invalid, match="note_needed"):
        house.perform(flag_reviews.decide, who, other.id, False, " ")
    house.perform(flag_reviews.decide, who, other.id, False, "理由不成立")
    with pytest.raises(Refused, match="step_not_now"):
        house.perform(flag_reviews.decide, who, other.id, True, "")
    with house.installation.reading() as session:
        assert session.get_one(FindingRow, other.finding).state == "investigating"
        assert session.get_one(FindingRow, first.finding).state == "dismissed"
        lot = session.scalars(select(Lot)).one()
        assert [p for p in lots.problems(session, lot) if p != "order"] == []
        assert len(overseeing.reviews(session, who)) == 2
    assert house.client().get(f"/lots/{lot.id}").status_code == 404  # its size would tell of protected flags
    sound(house)


def test_where_there_is_one_supervisor_discipline_inspection_reviews(house: House) -> None:
    house.perform(accounts.set_open, "supervisor2", False)
    (review,) = drawn(house, 3)
    assert review.reviewer == house.people["discipline"].id
    client = house.signed_in("discipline")
    assert "待复核" in client.get("/supervise/reviews").text
    assert client.post(f"/supervise/reviews/{review.id}", data={"go": "agree"}).status_code == 303
    assert "同意驳回" in house.signed_in("supervisor").get("/supervise/reviews").text


def campaign(house: House, way: str = "lot", wanted: int = 1) -> str:
    house.completed()
    house.completed(officers=("99010001",))  # too few: a flag
    today = house.clock.now.date()
    plan = file_review.Plan("春季评查", way, today - timedelta(days=9), today, wanted, USUAL_SHEET)
    made = house.perform(file_review.open_campaign, house.people["supervisor"], plan)
    if way == "lot":
        with pytest.raises(Refused, match="lot_not_logged"):
            house.perform(file_review.draw, house.people["supervisor"], made.id, "")
        log.advance(house.perform)
        house.perform(file_review.draw, house.people["supervisor"], made.id, "口令")
    return made.id


def files_of(house: House, campaign_id: str) -> list[CaseFile]:
    with house.installation.reading() as session:
        return list(session.scalars(select(CaseFile).where(CaseFile.campaign == campaign_id)))


def test_two_score_alone_settle_one_score_and_faults_become_a_flag(house: House) -> None:
    made = campaign(house)
    (file,) = files_of(house, made)
    one, two = house.people["supervisor"], house.people["supervisor2"]
    assert {file.reviewer_a, file.reviewer_b} == {one.id, two.id}
    house.perform(file_review.score, one, file.id, FULL)
    path = f"/supervise/files/{made}/{file.id}"
    with pytest.raises(Refused, match="scored_already"):
        house.perform(file_review.score, one, file.id, FULL)
    with pytest.raises(Refused, match="step_not_now"):
        house.perform(file_review.settle, one, file.id, FULL, "")
    page = house.signed_in("supervisor2").get(path).text
    assert 'name="item-0"' in page and '<th scope="col" class="num">supervisor' not in page  # alone
    with pytest.raises(Invalid, match="score_range"):
        house.perform(file_review.score, two, file.id, FULL | {"item-0": "16"})
    house.perform(file_review.score, two, file.id, FULL | {"item-0": "9"})
    house.perform(file_review.settle, two, file.id, FULL | {"item-0": "10"}, "没有亮码")
    with house.installation.reading() as session:
        flag = session.scalars(select(FindingRow).where(FindingRow.rule == "file.fault")).one()
        assert (flag.unit, flag.inspection_id) == ("YT-YJJ", file.inspection)
        row, shown = overseeing.campaign(session, one, made)
        report = overseeing.report(row, shown)
    assert (report.settled, report.average, report.faults) == (1, 95.0, 1)
    assert house.perform(flag_rebuild.rebuild) == 0  # the same set, computed again
    assert "平均 95.0 分" in house.signed_in("supervisor").get(f"/supervise/files/{made}").text
    assert house.client().get(f"/lots/{row.lot}").status_code == 200  # the seed is public
    house.perform(file_review.close, one, made)
    with pytest.raises(Refused, match="step_not_now"):
        house.perform(file_review.score, two, file.id, FULL)
    sound(house)


def test_by_risk_the_visit_with_the_gravest_flags_comes_first(house: House) -> None:
    made = campaign(house, "risk")
    (file,) = files_of(house, made)
    with house.installation.reading() as session:
        rules = set(session.scalars(select(FindingRow.rule).where(FindingRow.inspection_id == file.inspection)))
    assert "unfit.too_few" in rules


@pytest.mark.parametrize(
    ("sheet", "code"), [("合法性 | 有依据", "sheet_line"), ("合法性 | 有依据 | 90", "sheet_total")]
)
def test_a_sheet_that_does_not_add_up_is_refused_at_its_line(sheet: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        parse_sheet(sheet)


def test_an_observer_is_answered_and_the_unit_reads_nothing(house: House) -> None:
    visit = house.approved()
    said = observers.Said("opinion", "检查时间太长", "YT-YJJ", "YJ-01", visit.number, "云汀示例一食品有限公司")
    house.perform(observers.observe, house.people["observer"], said)
    with house.installation.reading() as session:
        (row,) = session.scalars(select(Observation))
    for who in ("inspector", "head", "admin", "neighbour"):
        with pytest.raises((Forbidden, NotFound)):
            house.perform(observers.answer, house.people[who], row.id, "知道了", "explained")
    assert house.signed_in("inspector").get("/supervise/observers").status_code == 403
    house.perform(observers.answer, house.people["supervisor"], row.id, "已约谈，缩短时间", "taken_up")
    client = house.signed_in("observer")
    assert "已约谈，缩短时间" in client.get("/observe/").text
    assert "检查时间太长" in house.signed_in("supervisor").get("/supervise/observers").text
    with house.installation.reading() as session:
        year = overseeing.year_of(session, house.people["observer"].id, 2026)
    assert year == {"sent": 1, "answered": 1, "taken_up": 1, "invited": 0, "accompanied": 0}
    for path in ("/supervise/", "/supervise/flags", "/inspect/", "/admin/", "/discipline/", "/supervise/observers"):
        assert client.get(path).status_code == 403, path
    sound(house)


def test_what_an_observer_says_of_money_or_of_the_bureau_goes_to_discipline(house: House) -> None:
    who = house.people["observer"]
    house.perform(observers.observe, who, observers.Said("opinion", "说要送红包", "YT-YJJ"))
    assert house.perform(observers.observe, who, observers.Said("observation", "监督人员拖着不办", "YT-SFJ")) is None
    with house.installation.reading() as session:
        found = watching.leads(session, house.people["discipline"], house.installation.vault, "")
        assert len(list(session.scalars(select(Observation)))) == 1
    assert {lead.row.way for lead in found} == {"observation"} and len(found) == 2


def test_recusal_keeps_an_observer_from_visits_where_he_does_business(house: House) -> None:
    visit, who, boss = house.approved(), house.people["observer"], house.people["supervisor"]
    house.perform(observers.invite, boss, visit.id, who.id)
    with pytest.raises(Refused, match="invited_already"):
        house.perform(observers.invite, boss, visit.id, who.id)
    house.perform(observers.recuse, who, visit.enterprise_id, "亲属任职")
    with house.installation.reading() as session:
        assert session.scalars(select(Accompanying.state)).one() == "taken_back"
    with pytest.raises(Refused, match="recused_here"):
        house.perform(observers.observe, who, observers.Said("observation", "很好", number=visit.number))
    another = house.approved()
    with pytest.raises(Refused, match="observer_recused"):
        house.perform(observers.invite, boss, another.id, who.id)
    with pytest.raises(Invalid, match="no_such_observer"):
        house.perform(observers.invite, boss, another.id, house.people["inspector"].id)
    sound(house)


def test_an_invitation_is_accepted_and_told_of_on_the_phone(house: House) -> None:
    visit = house.approved()
    boss = house.signed_in("supervisor")
    page = boss.get(f"/supervise/inspections/{visit.id}")
    assert f'action="/supervise/inspections/{visit.id}/invite"' in page.text
    data = {"observer": house.people["observer"].id}
    assert boss.post(f"/supervise/inspections/{visit.id}/invite", data=data).status_code == 303
    client = house.signed_in("observer")
    assert visit.number in client.get("/observe/").text
    with house.installation.reading() as session:
        one = session.scalars(select(Accompanying.id)).one()
    assert client.post(f"/observe/invitations/{one}", data={"go": "accepted"}).status_code == 303
    assert client.post(f"/observe/invitations/{one}", data={"go": "told", "note": " "}).status_code == 422
    assert client.post(f"/observe/invitations/{one}", data={"go": "told", "note": "亮码规范"}).status_code == 303
    assert "亮码规范" in boss.get(f"/supervise/inspections/{visit.id}").text
    refused = client.post("/observe/", data={"kind": "observation", "text": "不错", "number": "没有"})
    assert refused.status_code == 422 and "不错" in refused.text and 'id="number-error"' in refused.text
    assert 'name="q" value="云汀示例"' in client.get("/observe/recusals?q=云汀示例").text
    assert client.get("/observe/year").status_code == 200
    sound(house)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE observations SET answer = '别的'",
        "UPDATE observations SET state = 'answered'",
        "DELETE FROM observations",
    ],
)
def test_what_observers_said_cannot_be_changed_unnoticed(house: House, change: str) -> None:
    house.perform(observers.observe, house.people["observer"], observers.Said("observation", "很好"))
    with house.installation.unit_of_work() as work:
        work.session.execute(text(change))
    with house.installation.reading() as session:
        assert list(state_discrepancies(session))
