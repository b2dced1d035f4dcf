"""Papers of the demonstration: the units' letters in numbers, and the papers of a few visits at every step of their life."""

from sqlalchemy import select

from app.demo.play import Cast
from app.domain.papers.lifecycle import IN_PERSON
from app.services.paperwork import paper_service, papers, visit_papers
from app.services.paperwork.paper_service import Refusal, Service
from app.store.models import InspectionItem, InspectionRow
from app.store.unit_of_work import UnitOfWork

LETTERS = {"YT-YJJ": "云应急", "YT-SCJG": "云市监", "YT-SFJ": "云司"}
UNIT = "YT-YJJ"
PRESENT = "周店长（店长）"


def letters(work: UnitOfWork, cast: Cast) -> None:
    """Before the first approval: what the numbers of papers begin with."""
    for unit, prefix in LETTERS.items():
        if unit in cast.heads:
            papers.set_numbering(work, cast.heads[unit], prefix, reviewed=False)


def play(work: UnitOfWork, cast: Cast) -> None:
    """Of the latest visits with a problem: one served and signed for, one refused, one that waits for the head."""
    query = (
        select(InspectionRow.id)
        .join(InspectionItem, InspectionItem.inspection == InspectionRow.id)
        .where(InspectionRow.lead_unit == UNIT, InspectionItem.outcome == "problem_found")
        .where(InspectionRow.state == "completed", ~InspectionRow.imported)
        .order_by(InspectionRow.ended_at.desc())
    )
    found = list(dict.fromkeys(work.session.scalars(query.limit(20))))[:3]
    for number, inspection_id in enumerate(found):
        _papers(work, cast, inspection_id, number)


def _papers(work: UnitOfWork, cast: Cast, inspection_id: str, number: int) -> None:
    inspector, head = cast.inspectors[UNIT], cast.heads[UNIT]
    findings = {
        "present": PRESENT,
        "findings": "检查时发现问题，已当场告知在场人员。",
        "statement": "我单位将立即整改。",
    }
    record = visit_papers.start(work, inspector, inspection_id, "record", findings)
    papers.sign_off(work, inspector, record.id)
    service = Service(how=IN_PERSON, name="周店长", role="店长", at=work.now, place="检查现场", typed="周店长")
    paper_service.serve(work, inspector, record.id, service)
    opinion = {"opinion": "上述问题请按责令改正通知书的要求改正。"}
    result = visit_papers.start(work, inspector, inspection_id, "result", opinion)
    if number == 2:
        return
    papers.sign_off(work, head, result.id)
    if number == 0:
        paper_service.serve(work, inspector, result.id, service)
    else:
        refusal = Refusal("周店长", "店长", work.now, "要等负责人回来再签", "吴管理员（园区物业）", "检查现场")
        paper_service.refuse(work, inspector, result.id, refusal)
