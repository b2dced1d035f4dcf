"""Papers as a rulebook: who drafts, reviews, signs; numbers without gaps; what is signed stays; what is served is shown."""

import io
import json
import threading
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, text

from app.domain.errors import Forbidden, Invalid, NotFound, Refused
from app.domain.inspections import Inspection, Result
from app.domain.papers.lifecycle import SERVED, SIGNED, TRANSITIONS, WITHDRAWN, Paper
from app.domain.uploads import Upload
from app.queries import papers as queries
from app.services import files
from app.services.applying import decisions
from app.services.auditing import state_audit
from app.services.paperwork import paper_rendering, paper_service, papers, visit_papers
from app.services.paperwork.paper_service import Refusal, Service
from app.services.visiting import onsite, visits
from app.store import inspections
from app.store.models import FileRow, PaperRow
from app.store.unit_of_work import history
from tests.house import House
from tests.services.test_onsite import picture

TYPED = {
    "result": {"opinion": "未发现问题。"},
    "record": {"present": "张三（店长）", "findings": "未发现问题。", "statement": ""},
    "correction": {
        "problems": "灭火器过期",
        "basis": "《安全生产法》第三十六条",
        "requirement": "更换灭火器",
        "deadline": "2026-03-20",
    },
}


def of(house: House, inspection: Inspection, kind: str) -> Paper:
    with house.installation.reading() as session:
        rows = queries.of_subject(session, ("inspection", inspection.id))
        return queries.seen(session, house.people["head"], [p.row.id for p in rows if p.row.kind == kind][-1])


def drafted(house: House, kind: str = "result", who: str = "inspector", outcome: str = "problem_found") -> Paper:
    inspection = house.completed(outcome)
    return house.perform(visit_papers.start, house.people[who], inspection.id, kind, TYPED[kind])


def signature() -> Upload:
    picture = Image.new("RGB", (960, 360), "white")
    picture.paste("black", (100, 150, 800, 170))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Upload("signature.png", out.getvalue())


def service(house: House, **changes: Any) -> Service:
    plain: dict[str, Any] = {"how": "in_person", "name": "张三", "role": "店长", "at": house.clock.now, "typed": "张三"}
    return Service(**(plain | changes))


def pdf(house: House, paper: Paper) -> bytes:
    with house.installation.reading() as session:
        return paper_rendering.pdf(paper_rendering.rendering(session, house.installation.vault, paper))


def test_the_approval_signs_the_notice_and_numbers_it(house: House) -> None:
    inspection = house.approved()
    notice = of(house, inspection, "notice")
    assert notice.state == SIGNED
    assert notice.number == "云汀区应急管理局检通〔2026〕1号"
    assert (notice.drafter, notice.signer) == (house.people["inspector"].identity, house.people["head"].identity)
    assert of(house, inspection, "approval_sheet").number == "云汀区应急管理局检批〔2026〕1号"


def test_a_new_approval_replaces_the_notice_that_nobody_was_given(house: House) -> None:
    inspection = house.approved()
    for served in (False, True):
        before = of(house, inspection, "notice")
        if served:
            house.perform(paper_service.serve, house.people["inspector"], before.id, service(house))
        house.clock.move(minutes=1)
        house.perform(visit_papers.on_approval, house.people["head"], inspection)
        with house.installation.reading() as session:
            now = queries.seen(session, house.people["head"], before.id)
            newest = queries.notice_of(session, inspection.id)
        assert now.state == (SERVED if served else WITHDRAWN)
        assert newest is not None and newest.id != before.id


def test_a_rejected_application_has_no_papers(house: House) -> None:
    inspection = house.applied()
    house.perform(decisions.reject, house.people["head"], inspection.id, "材料不全")
    with house.installation.reading() as session:
        assert queries.of_subject(session, ("inspection", inspection.id)) == []


def test_the_record_carries_the_photographs_of_the_site_small_with_item_and_time(house: House) -> None:
    inspection = house.approved()
    big = io.BytesIO()
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(big, "JPEG", quality=90)
    sent = [Upload(f"{n}.jpg", big.getvalue()) for n in range(2)] + [Upload("p.png", picture("#fff"))] * 11
    kept, _ = house.perform(onsite.keep_photos, house.people["inspector"], inspection.id, "YJ-01", sent)
    house.clock.move(hours=1)
    completion = visits.Completion((Result("YJ-01", "problem_found"),), house.clock.now)
    house.perform(visits.complete, house.people["inspector"], inspection.id, completion)
    paper = house.perform(visit_papers.start, house.people["inspector"], inspection.id, "record", TYPED["record"])
    (block,) = [b for b in paper.content["blocks"] if b["block"] == "photos"]
    named = {p["file"] for p in block["photos"]}
    assert len(named) == 12 and named < {row.id for row in kept}
    assert "对生产经营单位执行" in block["photos"][0]["words"] and "2026年3月2日9时00分" in block["photos"][0]["words"]
    assert "另有现场照片1张" in str(paper.content)
    page = house.signed_in("supervisor").get(f"/papers/{paper.id}").text
    assert page.count("<figure>") == page.count("<figure><img") == 12
    made = pdf(house, paper)
    assert len(made) < 1_000_000
    with house.installation.unit_of_work() as work:
        files.erase(work, work.session.get_one(FileRow, min(named)))
        work.session.commit()
    assert house.signed_in("supervisor").get(f"/papers/{paper.id}").text.count("<figure><img") == 11
    assert pdf(house, paper)


def test_numbers_count_by_unit_kind_and_year(house: House) -> None:
    house.perform(papers.set_numbering, house.people["head"], "云应急", reviewed=False)
    assert of(house, house.approved(), "notice").number == "云应急检通〔2026〕1号"
    assert of(house, house.approved(), "notice").number == "云应急检通〔2026〕2号"
    other = house.approved("inspector2", "head2", items=("SJ-01",), officers=("99020001", "99020002"))
    with house.installation.reading() as session:
        notice = queries.notice_of(session, other.id)
    assert notice is not None and notice.number == "云汀区市场监督管理局检通〔2026〕1号"
    house.clock.move(days=366)
    assert of(house, house.approved(), "notice").number == "云应急检通〔2027〕1号"


def test_two_units_never_have_the_same_letters(house: House) -> None:
    house.perform(papers.set_numbering, house.people["head"], "云应急", reviewed=False)
    house.approved()
    house.perform(papers.set_numbering, house.people["head"], "云急", reviewed=False)
    for taken in ("云急", "云应急"):  # in use, and used before
        with pytest.raises(Invalid, match="prefix_taken"):
            house.perform(papers.set_numbering, house.people["head2"], taken, reviewed=False)
    with pytest.raises(Forbidden):
        house.perform(papers.set_numbering, house.people["inspector"], "云", reviewed=False)


def test_numbers_have_no_gaps_when_many_sign_at_once_and_some_fail(house: House) -> None:
    drafts = [drafted(house) for _ in range(6)]
    failed = []

    def sign(paper: Paper) -> None:
        def fails(work: Any) -> None:
            papers.sign_off(work, house.people["head"], paper.id)
            raise RuntimeError("after the number was taken")

        if paper in drafts[::3]:
            with pytest.raises(RuntimeError):
                house.perform(fails)
        try:
            house.perform(papers.sign_off, house.people["head"], paper.id)
        except Refused:
            failed.append(paper)

    threads = [threading.Thread(target=sign, args=(paper,)) for paper in [*drafts, drafts[1]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.installation.reading() as session:
        serials = session.scalars(select(PaperRow.serial).where(PaperRow.kind == "result"))
        assert sorted(serials) == [1, 2, 3, 4, 5, 6]
    assert len(failed) == 1  # the one that two pressed


def test_what_was_signed_stays_as_it_was(house: House) -> None:
    notice = of(house, house.approved(), "notice")
    before = pdf(house, notice)
    with house.installation.database.write() as session:
        session.execute(text("UPDATE items SET name = '换了名称'"))
        session.execute(text("UPDATE units SET name = '换了名称'"))
    after = of(house, inspection_of(house, notice), "notice")
    assert after.content == notice.content
    assert pdf(house, after) == before


def test_the_fact_of_signing_holds_the_whole_paper(house: House) -> None:
    paper = drafted(house)
    signed = house.perform(papers.sign_off, house.people["head"], paper.id)
    with house.installation.reading() as session:
        facts = history(session, "paper", paper.id)
    body = json.loads(facts[-1].body)
    assert [f.kind for f in facts] == ["paper.drafted", "paper.signed_off"]
    assert body["content"] == signed.content
    assert body["content"]["number"] == body["number"] == "云汀区应急管理局检告〔2026〕1号"
    assert body["content"]["closing"]["day"] == "2026年3月2日"


def test_where_the_unit_says_so_another_person_reviews_first(house: House) -> None:
    house.perform(papers.set_numbering, house.people["head"], "云应急", reviewed=True)
    paper = drafted(house)
    with pytest.raises(Refused, match="not_reviewed"):
        house.perform(papers.sign_off, house.people["head"], paper.id)
    with pytest.raises(Forbidden, match="own_draft"):
        house.perform(papers.review, house.people["inspector"], paper.id)
    house.perform(papers.review, house.people["head"], paper.id)
    assert house.perform(papers.sign_off, house.people["head"], paper.id).state == SIGNED


def test_a_change_after_the_review_is_reviewed_again(house: House) -> None:
    house.perform(papers.set_numbering, house.people["head"], "云应急", reviewed=True)
    paper = drafted(house)
    house.perform(papers.review, house.people["head"], paper.id)
    house.perform(visit_papers.change, house.people["inspector"], paper.id, {"opinion": "改了"})
    with pytest.raises(Refused, match="not_reviewed"):
        house.perform(papers.sign_off, house.people["head"], paper.id)


def test_only_heads_sign_and_only_of_the_own_unit(house: House) -> None:
    paper = drafted(house)
    with pytest.raises(Forbidden, match="wrong_role"):
        house.perform(papers.sign_off, house.people["inspector"], paper.id)
    with pytest.raises(NotFound):
        house.perform(papers.sign_off, house.people["head2"], paper.id)
    record = drafted(house, "record")
    assert house.perform(papers.sign_off, house.people["inspector"], record.id).number is None


def test_a_returned_draft_waits_for_its_drafter(house: House) -> None:
    paper = drafted(house)
    back = house.perform(papers.send_back, house.people["head"], paper.id, "请写明依据")
    assert back.returned_reason == "请写明依据"
    with pytest.raises(Invalid, match="reason_missing"):
        house.perform(papers.send_back, house.people["head"], paper.id, "  ")


def test_a_withdrawn_number_is_not_used_again(house: House) -> None:
    paper = drafted(house)
    house.perform(papers.sign_off, house.people["head"], paper.id)
    with pytest.raises(Forbidden):
        house.perform(papers.withdraw, house.people["inspector"], paper.id, "写错")
    assert house.perform(papers.withdraw, house.people["head"], paper.id, "写错").state == WITHDRAWN
    again = drafted(house)
    assert house.perform(papers.sign_off, house.people["head"], again.id).serial == 2


def test_every_step_that_is_not_in_the_table_is_refused(house: House) -> None:
    paper = drafted(house)
    house.perform(papers.sign_off, house.people["head"], paper.id)
    house.perform(paper_service.serve, house.people["inspector"], paper.id, service(house))
    head = house.people["head"]
    steps: list[Any] = [
        lambda: house.perform(papers.review, head, paper.id),
        lambda: house.perform(papers.sign_off, head, paper.id),
        lambda: house.perform(papers.send_back, head, paper.id, "x"),
        lambda: house.perform(papers.withdraw, head, paper.id, "x"),
        lambda: house.perform(visit_papers.change, head, paper.id, TYPED["result"]),
        lambda: house.perform(paper_service.serve, head, paper.id, service(house)),
        lambda: house.perform(
            paper_service.refuse, head, paper.id, Refusal("张三", "店长", house.clock.now, "不签", "李四")
        ),
    ]
    assert len(steps) == len(TRANSITIONS)
    for step in steps:
        with pytest.raises(Refused, match="paper_not_in_this_state"):
            step()


def test_a_correction_needs_a_problem_and_a_day_to_come(house: House) -> None:
    with pytest.raises(Invalid, match="nothing_to_correct"):
        drafted(house, "correction", outcome="no_problem")
    inspection = house.completed("problem_found")
    past = TYPED["correction"] | {"deadline": house.clock.now.date().isoformat()}
    for typed, code in ((past, "deadline_passed"), ({}, "missing"), (past | {"deadline": "soon"}, "wrong_type")):
        with pytest.raises(Invalid, match=code):
            house.perform(visit_papers.start, house.people["inspector"], inspection.id, "correction", typed)


def test_a_draft_begins_with_the_recorded_results(house: House) -> None:
    inspection = house.completed("problem_found")
    with house.installation.reading() as session:
        begun = visit_papers.proposed(session, inspection, "correction", "http://x", house.clock.now.date())
    assert "对生产经营单位执行安全生产法律法规和标准情况的检查" in begun["problems"]
    assert begun["basis"] == "《安全生产法》第六十五条"
    assert begun["deadline"] == "2026-03-17"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE papers SET number = '云应急检通〔2026〕99号' WHERE kind = 'notice'", "row_changed"),
        ("UPDATE papers SET state = 'served' WHERE kind = 'notice'", "row_changed"),
        ("DELETE FROM papers WHERE kind = 'notice'", "row_removed"),
    ],
)
def test_a_paper_changed_past_the_platform_is_named(house: House, statement: str, code: str) -> None:
    house.approved()
    with house.installation.reading() as session:
        assert list(state_audit.state_discrepancies(session)) == []
    with house.installation.database.write() as session:
        session.execute(text(statement))
    with house.installation.reading() as session:
        found = [(f[0], f[1]) for f in state_audit.state_discrepancies(session)]
    assert found == [(code, "papers")]


def inspection_of(house: House, paper: Paper) -> Inspection:
    with house.installation.reading() as session:
        found = inspections.get(session, paper.subject_id)
    assert found is not None
    return found
