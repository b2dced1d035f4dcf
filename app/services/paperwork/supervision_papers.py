"""The papers of supervision about a flag: drafted and signed by the bureau, in the unit's inbox from then on, signed for there."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, SUPERVISOR, Actor
from app.domain.errors import NotFound, Refused
from app.domain.flags.advise import sentence
from app.domain.flags.catalogue import CATALOGUE
from app.domain.papers import lifecycle as life
from app.domain.papers import supervision as words
from app.domain.papers.kinds import KINDS, PaperKind
from app.domain.papers.lifecycle import ELECTRONIC, Paper
from app.domain.times import rfc3339, shanghai_day
from app.services.paperwork import papers
from app.services.paperwork.papers import About
from app.services.supervising.flag_actions import evidence, may_see, visible
from app.store import followup
from app.store import papers as store
from app.store.models import Enterprise, FindingRow, InspectionRow
from app.store.reference import current
from app.store.unit_of_work import UnitOfWork, fact_of, history

SUBJECT = "finding"
FOOT = "本文书由检查码平台生成，签发记录已列入登记簿。"
_WORDS = {
    "asked": ("finding.send",),
    "answered": ("finding.answer", "finding.object", "finding.report_correction"),
    "found": ("finding.uphold",),
    "ordered": ("finding.order_correction",),
}


def of_unit(kind_code: str) -> PaperKind:
    """A kind of paper that goes to a unit. Raises NotFound."""
    kind = KINDS.get(kind_code)
    if kind is None or not kind.to_unit:
        raise NotFound("no_such_paper")
    return kind


def start(work: UnitOfWork, actor: Actor, flag_id: str, kind_code: str, typed: Mapping[str, str]) -> Paper:
    """Drafts a paper about a flag. Raises Forbidden, NotFound, Refused (speech, state), Invalid (each field)."""
    actor.require(SUPERVISOR)
    row, kind = visible(work, actor, flag_id), of_unit(kind_code)
    _fits(row, kind)
    values = papers.checked(kind, typed, shanghai_day(work.now))
    made = words.content(kind.code, matter(work.session, row, actor, shanghai_day(work.now)), values)
    about = About((SUBJECT, row.id), str(actor.unit), row.jurisdiction, None)
    return papers.draft(work, actor, kind, about, made, values)


def change(work: UnitOfWork, actor: Actor, paper_id: str, typed: Mapping[str, str]) -> Paper:
    """Changes a draft; what the platform knows of the flag is taken anew. Raises like `start`."""
    found, row, kind = _own(work, actor, paper_id)
    values = papers.checked(kind, typed, shanghai_day(work.now))
    made = words.content(kind.code, matter(work.session, row, actor, shanghai_day(work.now)), values)
    return papers.redraft(work, actor, found, made, values)


def sign_off(work: UnitOfWork, actor: Actor, paper_id: str) -> Paper:
    """Signs a paper: it has its number, and the unit finds it in its inbox.

    Raises like `papers.sign_off`; Refused("paper_before_send") while the unit knows nothing of the flag.
    """
    _, row, _ = _own(work, actor, paper_id)
    if row.sent_at is None:
        raise Refused("paper_before_send")
    return papers.sign_off(work, actor, paper_id)


def sign_for(work: UnitOfWork, actor: Actor, paper_id: str) -> Paper:
    """The unit signs for a paper addressed to it: that is its service. Raises Forbidden, NotFound, Refused (state)."""
    actor.require(INSPECTOR, HEAD)
    paper = store.get(work.session, paper_id, lock=True)
    if paper is None or not addressed_to(work.session, actor, paper):
        raise NotFound("no_such_paper")
    life.transition(paper.state, "paper.served")
    said = {"how": ELECTRONIC, "name": actor.name, "role": "", "place": "", "at": rfc3339(work.now)}
    body = said | {"by": actor.identity, "by_name": actor.name, "typed": actor.name}
    return store.record(work, work.fact("paper.served", ("paper", paper.id), body, actor, paper.jurisdiction), paper)


def addressed_to(session: Session, actor: Actor, paper: Paper) -> bool:
    """Whether a paper was signed for the actor's unit: never a draft, never one about a flag that it may not see."""
    if paper.subject_kind != SUBJECT or paper.signed_at is None or not KINDS[paper.kind].to_unit:
        return False
    row = session.get(FindingRow, paper.subject_id)
    return row is not None and actor.may(INSPECTOR, HEAD) and may_see(actor, row)


def draftable(row: FindingRow) -> list[PaperKind]:
    """The kinds that can be drafted about a flag as it stands now."""
    if CATALOGUE[row.rule].rests_on_speech or not row.unit:
        return []
    return [kind for kind in KINDS.values() if kind.to_unit and row.state in kind.states]


def matter(session: Session, row: FindingRow, actor: Actor, today: date) -> words.Matter:
    """All that papers say of a flag, with names instead of codes."""
    rule = CATALOGUE[row.rule]
    enterprise = session.get(Enterprise, row.enterprise_id) if row.enterprise_id else None
    inspection = session.get(InspectionRow, row.inspection_id) if row.inspection_id else None
    facts = [fact_of(f) for f in history(session, SUBJECT, row.id)]
    last = {name: [f.body.get("note", "") for f in facts if f.kind in kinds][-1:] for name, kinds in _WORDS.items()}
    return words.Matter(
        bureau=store.unit_name(session, str(actor.unit)),
        unit=store.unit_name(session, row.unit),
        rule=rule.name,
        said=sentence(row.rule, evidence(row), "zh"),
        source=rule.source,
        law=rule.law,
        raised_for=row.raised_for,
        enterprise=enterprise.name if enterprise else None,
        inspection=inspection.number if inspection else None,
        officer=row.officer or None,
        period=row.period or None,
        due=row.due_on if row.due_on and row.due_on > today else None,
        object_until=row.object_until,
        foot=FOOT,
        settings=settings_of(session, row.jurisdiction, today),
        **{name: "".join(notes) for name, notes in last.items()},
    )


def proposed(session: Session, row: FindingRow, actor: Actor, kind_code: str, today: date) -> dict[str, str]:
    """What the form of a new draft begins with."""
    due = followup.calendar(session).after(today, words.PROPOSED_DAYS)
    return words.proposed(kind_code, matter(session, row, actor, today), due)


def _own(work: UnitOfWork, actor: Actor, paper_id: str) -> tuple[Paper, FindingRow, PaperKind]:
    """A paper of the bureau with its flag, which must still be where such a paper fits."""
    found = papers.own_paper(work, actor, paper_id)
    kind = of_unit(found.kind)
    row = visible(work, actor, found.subject_id)
    _fits(row, kind)
    return found, row, kind


def _fits(row: FindingRow, kind: PaperKind) -> None:
    if CATALOGUE[row.rule].rests_on_speech:
        raise Refused("rests_on_speech")
    if kind not in draftable(row):
        raise Refused("paper_not_for_this_flag", title=kind.title, state=row.state)


def settings_of(session: Session, region: str, today: date) -> dict[str, str]:
    """The texts of a jurisdiction that hold today."""
    return {key: said.value for key, said in current(session).settings(region, today).items()}
