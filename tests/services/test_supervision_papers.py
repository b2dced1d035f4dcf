"""Papers of supervision as a rulebook: who drafts, who signs, which numbers, who reads, and what is never told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.actors import Actor
from app.domain.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from app.domain.flags.advise import sentence
from app.domain.flags.catalogue import CATALOGUE, GB54, GB54_LAW
from app.domain.papers.kinds import KINDS, SUPERVISION
from app.domain.papers.lifecycle import Paper
from app.domain.supervision import STATES, FlagAction, possible
from app.domain.times import shanghai_day
from app.queries import papers as queries
from app.services.auditing.state_audit import state_discrepancies
from app.services.flagging import flags
from app.services.keeping import settings
from app.services.paperwork import paper_rendering, papers, supervision_papers
from app.services.people import accounts
from app.services.supervising import flag_actions
from app.store import actors
from app.store.models import FindingRow, PaperRow
from app.typesetting import engine
from tests.house import House


@pytest.fixture
def flagged(house: House) -> str:
    """A flag of 应急管理局: a visit that nobody scanned."""
    house.completed()
    house.clock.move(days=35)
    house.perform(flags.sweep)
    with house.installation.reading() as session:
        return session.scalars(select(FindingRow.id).where(FindingRow.rule == "code.not_shown")).one()


def step(house: House, flag: str, *actions: str) -> None:
    for action in actions:
        house.perform(flag_actions.act, house.people["supervisor"], flag, FlagAction(action, f"{action} 的话"))


def typed(house: House, flag: str, kind: str) -> dict[str, str]:
    with house.installation.reading() as session:
        row = session.get_one(FindingRow, flag)
        today = shanghai_day(house.clock.now)
        return supervision_papers.proposed(session, row, house.people["supervisor"], kind, today)


def drafted(house: House, flag: str, kind: str, **changes: str) -> Paper:
    said = typed(house, flag, kind) | changes
    return house.perform(supervision_papers.start, house.people["supervisor"], flag, kind, said)


def signed(house: House, flag: str, kind: str) -> Paper:
    return house.perform(supervision_papers.sign_off, house.people["supervisor"], drafted(house, flag, kind).id)


def colleague(house: House) -> Actor:
    """Another person at the justice bureau."""
    actor_id = house.perform(accounts.add_actor, "person", "另一位监督人员", "YT-SFJ", "supervisor")
    with house.installation.reading() as session:
        found = actors.by_id(session, actor_id, shanghai_day(house.clock.now))
    assert found is not None
    return found


def reads(house: House, who: str, paper: Paper) -> bool:
    with house.installation.reading() as session:
        try:
            queries.seen(session, house.people[who], paper.id)
        except NotFound:
            return False
    return True


def to_sign(house: House, who: str) -> list[str]:
    with house.installation.reading() as session:
        return [p.row.id for p in queries.to_sign_for(session, house.people[who])]


def test_each_step_of_the_ladder_has_its_paper_and_the_unit_signs_for_it(house: House, flagged: str) -> None:
    house.perform(papers.set_numbering, house.people["supervisor"], "云司", reviewed=False)
    step(house, flagged, "send")
    made = [signed(house, flagged, "followup_letter")]
    house.perform(flag_actions.act, house.people["inspector"], flagged, FlagAction("answer", "当时没有网络"))
    step(house, flagged, "uphold")
    made.append(signed(house, flagged, "supervision_opinion"))
    step(house, flagged, "order_correction")
    made += [signed(house, flagged, k) for k in ("supervision_decision", "interview_notice", "situation_report")]
    assert [p.number for p in made] == [f"云司{k.word}〔2026〕1号" for k in SUPERVISION]
    assert sorted(to_sign(house, "inspector")) == sorted(p.id for p in made) and to_sign(house, "inspector2") == []
    for paper in made:
        assert reads(house, "inspector", paper) and reads(house, "head", paper)
        assert not reads(house, "inspector2", paper) and not reads(house, "neighbour", paper)
        with pytest.raises(NotFound):
            house.perform(supervision_papers.sign_for, house.people["inspector2"], paper.id)
        assert house.perform(supervision_papers.sign_for, house.people["inspector"], paper.id).state == "served"
        with pytest.raises(Refused):
            house.perform(supervision_papers.sign_for, house.people["head"], paper.id)
    assert to_sign(house, "inspector") == []
    opinion = str(made[1].content["blocks"])
    for said in ("uphold 的话", "当时没有网络", "云汀示例一食品有限公司", "对认定有异议"):
        assert said in opinion
    with house.installation.reading() as session:
        assert list(state_discrepancies(session)) == []
        receipt = paper_rendering.receipt(session, house.installation.vault, made[0])
        vault = house.installation.vault
        for paper in made if engine.can_set() and session.bind.dialect.name == "sqlite" else ():
            assert paper_rendering.pdf(paper_rendering.rendering(session, vault, paper)).startswith(b"%PDF")
    assert made[0].content["addressee"] in str(receipt.content)
    assert ["云汀区司法局（检查码平台）"] in [row["values"] for row in receipt.content["blocks"][0]["rows"]]


def test_discipline_inspection_reads_them_and_takes_no_step(house: House, flagged: str) -> None:
    step(house, flagged, "send")
    paper, watcher = signed(house, flagged, "followup_letter"), house.people["discipline"]
    assert reads(house, "discipline", paper)
    assert all(possible(state, watcher.role) == [] for state in STATES)
    said = typed(house, flagged, "followup_letter")
    for verb, more in (
        (supervision_papers.start, (flagged, "followup_letter", said)), (supervision_papers.change, (paper.id, said)),
        (papers.review, (paper.id,)), (supervision_papers.sign_off, (paper.id,)), (papers.send_back, (paper.id, "不")),
        (papers.withdraw, (paper.id, "不")), (supervision_papers.sign_for, (paper.id,)),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            house.perform(verb, watcher, *more)


def test_a_practice_of_some_city_is_never_the_basis_of_a_decision(house: House, flagged: str) -> None:
    step(house, flagged, "send", "uphold", "order_correction")
    assert "深圳" in CATALOGUE["code.not_shown"].source
    assert typed(house, flagged, "supervision_decision")["law"] == "《行政执法监督条例》"
    assert "深圳" not in str(drafted(house, flagged, "supervision_decision").content)
    assert {rule.law for rule in CATALOGUE.values()} == {"", GB54_LAW}
    assert all(rule.source.startswith(GB54) and "待核" not in rule.source for rule in CATALOGUE.values() if rule.law)


def test_moments_are_told_in_the_time_of_the_place() -> None:
    said = sentence("not_approved", {"start": "2026-11-05T01:00:00Z", "approved": "2026-11-05T18:14:00Z"}, "zh")
    assert said == "检查于 2026-11-05 09:00 开始，2026-11-06 02:14 才批准。"


def test_another_person_reviews_where_the_bureau_wants_it(house: House, flagged: str) -> None:
    supervisor, other = house.people["supervisor"], colleague(house)
    house.perform(papers.set_numbering, supervisor, "云司", reviewed=True)
    step(house, flagged, "send")
    paper = drafted(house, flagged, "followup_letter")
    for verb, code in ((supervision_papers.sign_off, "not_reviewed"), (papers.review, "own_draft")):
        with pytest.raises(DomainError) as refused:
            house.perform(verb, supervisor, paper.id)
        assert refused.value.code == code
    house.perform(papers.review, other, paper.id)
    assert house.perform(supervision_papers.sign_off, supervisor, paper.id).number == "云司督〔2026〕1号"


def test_a_unit_never_sees_a_draft_nor_drafts_signs_or_withdraws_one(house: House, flagged: str) -> None:
    step(house, flagged, "send")
    paper = drafted(house, flagged, "followup_letter")
    assert not reads(house, "head", paper) and to_sign(house, "head") == []
    for verb in (supervision_papers.sign_off, papers.review, supervision_papers.sign_for):
        with pytest.raises((NotFound, Forbidden)):
            house.perform(verb, house.people["head"], paper.id)
    with pytest.raises(Forbidden):
        house.perform(supervision_papers.start, house.people["head"], flagged, "followup_letter", {})
    house.perform(papers.withdraw, house.people["supervisor"], paper.id, "写错了")
    assert not reads(house, "head", paper)


def test_numbers_have_no_gaps_and_a_refused_signature_takes_none(house: House, flagged: str) -> None:
    letter = drafted(house, flagged, "followup_letter")
    with pytest.raises(Refused) as refused:  # the unit knows nothing of the flag yet
        house.perform(supervision_papers.sign_off, house.people["supervisor"], letter.id)
    assert refused.value.code == "paper_before_send"
    step(house, flagged, "send")
    house.perform(supervision_papers.sign_off, house.people["supervisor"], letter.id)
    second = signed(house, flagged, "followup_letter")
    assert second.serial == 2
    house.perform(papers.withdraw, house.people["supervisor"], second.id, "重复")
    assert signed(house, flagged, "followup_letter").serial == 3


def test_a_paper_fits_the_state_of_its_flag_when_it_is_drafted_and_when_it_is_signed(
    house: House, flagged: str
) -> None:
    with pytest.raises(Refused) as refused:
        drafted(house, flagged, "supervision_decision")
    assert refused.value.code == "paper_not_for_this_flag"
    step(house, flagged, "send")
    letter = drafted(house, flagged, "followup_letter")
    step(house, flagged, "dismiss")
    with pytest.raises(Refused):
        house.perform(supervision_papers.sign_off, house.people["supervisor"], letter.id)


def test_nothing_typed_may_be_missing_or_lie_in_the_past(house: House, flagged: str) -> None:
    with pytest.raises(Invalid) as problem:
        drafted(house, flagged, "followup_letter", matter=" ", reply_by=str(house.clock.now.date() - timedelta(days=1)))
    assert [(name, code) for name, code, _ in problem.value.problems] == [
        ("matter", "missing"), ("reply_by", "deadline_passed"),
    ]  # fmt: skip


def test_no_paper_is_made_of_what_somebody_said(house: House, flagged: str) -> None:
    """Promise 4: a flag that rests on a rating or report never becomes a paper to the unit."""
    with house.installation.unit_of_work() as work:
        speech = {"rule": "feedback.conduct", "sent_at": house.clock.now, "state": "upheld"}
        work.session.execute(update(FindingRow).where(FindingRow.id == flagged).values(**speech))
    for kind in SUPERVISION:
        with pytest.raises(Refused) as refused:
            house.perform(supervision_papers.start, house.people["supervisor"], flagged, kind.code, {})
        assert refused.value.code == "rests_on_speech"
    with house.installation.reading() as session:
        assert supervision_papers.draftable(session.get_one(FindingRow, flagged)) == []
        assert session.scalar(select(PaperRow.id).where(PaperRow.subject_kind == "finding")) is None


def test_the_jurisdiction_names_its_papers(house: House, flagged: str) -> None:
    tomorrow = shanghai_day(house.clock.now) + timedelta(days=1)
    admin: Any = house.people["admin"]
    house.perform(settings.set_value, admin, "paper_followup_letter", "行政执法督办通知", "", tomorrow)
    house.clock.move(days=1)
    paper = drafted(house, flagged, "followup_letter")
    assert paper.content["title"] == "行政执法督办通知" != KINDS["followup_letter"].title
    with pytest.raises(Invalid):
        house.perform(settings.set_value, admin, "paper_followup_letter", "长" * 41, "", tomorrow + timedelta(days=9))
