"""Service of papers as a rulebook: who signs for what, what a refusal needs, what an enterprise may open."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.amendments import Amendment
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.inspections import Result
from app.domain.papers import document
from app.domain.papers.lifecycle import SERVED, WITHDRAWN
from app.queries import papers as queries
from app.services.applying import amendments
from app.services.paperwork import paper_rendering, paper_service, papers
from app.services.paperwork.paper_service import Refusal
from app.services.visiting import visits
from app.typesetting import engine
from tests.house import House
from tests.services.test_papers import drafted, inspection_of, of, pdf, service, signature


def test_a_served_notice_counts_as_shown(house: House) -> None:
    inspection = house.approved()
    notice = of(house, inspection, "notice")
    house.clock.move(minutes=10)
    house.perform(paper_service.serve, house.people["inspector"], notice.id, service(house))
    done = visits.Completion(tuple(Result(i, "no_problem") for i in inspection.items), house.clock.now)
    after = house.perform(visits.complete, house.people["inspector"], inspection.id, done)
    assert after.served_at == house.clock.now
    house.clock.move(days=2)
    with house.installation.reading() as session:
        flags = session.execute(text("SELECT rule FROM findings WHERE rule = 'code.not_shown'")).all()
    assert flags == []


def test_a_signature_on_the_screen_is_kept_and_stands_in_the_pdf(house: House) -> None:
    record = drafted(house, "record")
    house.perform(papers.sign_off, house.people["inspector"], record.id)
    before = pdf(house, of(house, inspection_of(house, record), "record"))
    signed = service(house, typed="", signature=signature())
    served = house.perform(paper_service.serve, house.people["inspector"], record.id, signed)
    assert served.state == SERVED
    with house.installation.reading() as session:
        made = paper_rendering.rendering(session, house.installation.vault, served)
    assert made.filled[document.RECIPIENT]["drawing"] in made.drawings
    assert len(engine.pdf(made)) > len(before)


def test_in_person_somebody_signs_or_the_refusal_has_a_witness(house: House) -> None:
    notice = of(house, house.approved(), "notice")
    who = house.people["inspector"]
    with pytest.raises(Invalid, match="signature_missing"):
        house.perform(paper_service.serve, who, notice.id, service(house, typed=""))
    with pytest.raises(Invalid) as refused:
        house.perform(paper_service.refuse, who, notice.id, Refusal("张三", "", house.clock.now, "", ""))
    assert [p[0] for p in refused.value.problems] == ["reason", "witness"]
    left = house.perform(
        paper_service.refuse, who, notice.id, Refusal("张三", "店长", house.clock.now, "要等老板", "李四（物业）")
    )
    assert (left.state, left.served_at) == ("refused", house.clock.now)


@pytest.mark.parametrize(("minutes", "code"), [(-5, "served_before_signed"), (5, "in_the_future")])
def test_nothing_is_served_before_it_is_signed_nor_tomorrow(house: House, minutes: int, code: str) -> None:
    notice = of(house, house.approved(), "notice")
    at = house.clock.now + timedelta(minutes=minutes)
    with pytest.raises(Invalid, match=code):
        house.perform(paper_service.serve, house.people["inspector"], notice.id, service(house, at=at))


def test_an_inner_paper_is_served_to_nobody(house: House) -> None:
    sheet = of(house, house.approved(), "approval_sheet")
    with pytest.raises(Refused, match="paper_stays_here"):
        house.perform(paper_service.serve, house.people["inspector"], sheet.id, service(house))


def test_an_enterprise_opens_only_what_reached_it(house: House) -> None:
    inspection = house.approved()
    notice = of(house, inspection, "notice")
    sheet = of(house, inspection, "approval_sheet")
    with house.installation.reading() as session:
        assert queries.served_to(session, inspection.enterprise_id) == []
        with pytest.raises(NotFound):
            queries.served_paper(session, inspection.enterprise_id, notice.id)
    house.perform(paper_service.serve, house.people["inspector"], notice.id, service(house))
    with house.installation.reading() as session:
        assert [p.row.id for p in queries.served_to(session, inspection.enterprise_id)] == [notice.id]
        assert queries.served_paper(session, inspection.enterprise_id, notice.id).number == notice.number
        for enterprise, paper in (("another", notice), (inspection.enterprise_id, sheet)):
            with pytest.raises(NotFound):
                queries.served_paper(session, enterprise, paper.id)


def test_an_approved_amendment_has_a_notice_of_its_own(house: House) -> None:
    inspection = house.approved(assisting=2)
    first = of(house, inspection, "notice")
    amendment = Amendment(reason="现场发现还有一个仓库", add_items=("YJ-02",))
    asked = house.perform(amendments.request, house.people["inspector"], inspection.id, amendment)
    house.clock.move(minutes=5)
    n = asked.inspection.pending_amendment
    after = house.perform(amendments.approve, house.people["head"], inspection.id, n, "同意")
    with house.installation.reading() as session:
        newest = queries.notice_of(session, inspection.id)
    assert newest is not None and newest.serial == 2
    said = str(newest.content)
    assert "《危险化学品安全管理条例》第七条" in said and "2人，只协助、不单独检查" in said
    assert after.code is not None and after.code.cti in said
    with house.installation.reading() as session:
        assert queries.seen(session, house.people["head"], first.id).state == WITHDRAWN
