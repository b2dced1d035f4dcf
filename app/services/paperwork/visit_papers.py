"""The papers of an inspection: what they say of it, their drafts, and those that its approval signs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.domain.actors import HEAD, INSPECTOR, Actor
from app.domain.codes.short import display_short_code
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.facts import Fact
from app.domain.flags.advise import sentence
from app.domain.inspections import PLANNED, Inspection
from app.domain.onsite import PROBLEM_FOUND
from app.domain.papers import after, words
from app.domain.papers import visit as paper
from app.domain.papers.kinds import KINDS, PaperKind
from app.domain.papers.lifecycle import Paper
from app.domain.times import shanghai_day
from app.services.paperwork import papers
from app.services.paperwork.papers import About
from app.services.people.access import own_inspection
from app.services.visiting import onsite
from app.store import rectifications, registry
from app.store.models import (
    ActorRow,
    FileRow,
    InspectionRow,
    InspectionUnit,
    ItemTerm,
)
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import current
from app.store.unit_of_work import UnitOfWork, fact_of, history

SUBJECT = "inspection"
_TELLING = ("inspection.applied", "inspection.approved", "inspection.amended", *onsite.RESULTS)
REPLACED = "检查内容经批准变更，由新的文书代替。"


def on_approval(work: UnitOfWork, actor: Actor, approved: Inspection) -> None:
    """The approval of an inspection signs its 审批表 and its 通知书: they have their numbers from then on.

    An approval that changes the code (a replaced code, more items, other officers) makes new ones; those before that were
    not served are withdrawn, those that were stay as they are.
    """
    papers.replace_unserved(work, actor, (SUBJECT, approved.id), ("approval_sheet", "notice"), REPLACED)
    said = said_of(work.session, approved, work.public_url)
    about = _about(approved)
    sheet, notice = KINDS["approval_sheet"], KINDS["notice"]
    of_unit = replace(about, enterprise=None)  # it goes to nobody
    signed = [(sheet, of_unit, paper.approval_sheet(said)), (notice, about, paper.notice(said))]
    papers.issue(work, actor, signed, drafter=approved.applicant)


def start(work: UnitOfWork, actor: Actor, inspection_id: str, kind_code: str, typed: Mapping[str, str]) -> Paper:
    """Drafts a paper after the visit. Raises NotFound, Forbidden, Refused("paper_not_now"), Invalid (each field)."""
    inspection = own_inspection(work, actor, inspection_id, INSPECTOR, HEAD)
    kind = draftable(kind_code)
    if inspection.state not in kind.states or inspection.lead_unit != actor.unit:
        raise Refused("paper_not_now", title=kind.title)
    values = papers.checked(kind, typed, shanghai_day(work.now))
    content = _content(work.session, inspection, kind, values, work.public_url)
    return papers.draft(work, actor, kind, _about(inspection), content, values)


def change(work: UnitOfWork, actor: Actor, paper_id: str, typed: Mapping[str, str]) -> Paper:
    """Changes a draft; what the platform knows of the visit is taken anew. Raises like `start`."""
    found = papers.own_paper(work, actor, paper_id)
    inspection = own_inspection(work, actor, found.subject_id, INSPECTOR, HEAD)
    kind = draftable(found.kind)
    values = papers.checked(kind, typed, shanghai_day(work.now))
    content = _content(work.session, inspection, kind, values, work.public_url)
    return papers.redraft(work, actor, found, content, values)


def draftable(kind_code: str) -> PaperKind:
    """A kind that people draft. Raises NotFound."""
    kind = KINDS.get(kind_code)
    if kind is None or not kind.states or kind.to_unit:
        raise NotFound("no_such_paper")
    return kind


def proposed(session: Session, inspection: Inspection, kind_code: str, public_url: str, today: date) -> dict[str, str]:
    """What the form of a new draft begins with; deadline and demand as the result ordered them."""
    ordered = rectifications.get(session, inspection.id)
    deadline = ordered.due_on if ordered else today + timedelta(days=after.PROPOSED_DAYS)
    demand = onsite.rectify_of(session, inspection).demand or ""
    return after.proposed(kind_code, said_of(session, inspection, public_url), deadline, demand)


def _place(i: Inspection, enterprise: Any) -> str:
    """The kind of place with its address; the premises are where the register says unless the application says otherwise."""
    address = i.place_address or (enterprise.address if i.place_kind == "premises" else None)
    return words.PLACES[i.place_kind] + (f"（{address}）" if address else "")


def said_of(session: Session, i: Inspection, public_url: str) -> paper.Visit:
    """All that papers say of an inspection, with names instead of codes."""
    enterprise = registry.enterprises(session, [i.enterprise_id])[i.enterprise_id]
    facts = [fact_of(f) for f in history(session, SUBJECT, i.id) if f.kind in _TELLING]
    site = [f.body for f in facts if f.kind in onsite.RESULTS]
    points = [p for body in site for p in body.get("points", ())]
    names = {code: unit.name for code, unit in registry.units(session, [*i.units, *_units_of(i)]).items()}
    known = registry.items(session, i.items)
    results = {r.item: r for r in i.results}
    code = paper.CodeOnPaper(i.code.cti, display_short_code(i.code.short_code), public_url) if i.code else None
    return paper.Visit(
        number=i.number,
        enterprise=enterprise.name,
        uscc=enterprise.uscc,
        address=enterprise.address,
        units=tuple(names[u] for u in i.units),
        items=tuple(
            paper.ItemOnPaper(
                known[c].name,
                known[c].basis,
                r.outcome if r else None,
                r.note if r else None,
                tuple((p["point"], p["outcome"], p["note"]) for p in points if p["item"] == c),
            )
            for c, r in ((c, results.get(c)) for c in i.items)
        ),
        officers=tuple(
            paper.OfficerOnPaper(o.name or "姓名未登记", o.certificate_no, names.get(o.unit or "", ""))
            for o in i.officers
        ),
        window=(i.window_start, i.window_end),
        source=paper.source_of(i.kind, i.plan_code, i.cause, i.clue_no),
        reason=i.reason,
        place=_place(i, enterprise),
        way=words.WAYS[i.way] + (f"；{words.EXCEPTIONS[i.exception]}，先行检查" if i.exception else ""),
        frequency=_frequency(session, i),
        decision=_decision(session, i, facts),
        assisting=i.assisting or 0,
        companions=tuple(_companion(p) for body in site for p in body.get("people", ())),
        headcount=i.headcount,
        code=code,
        began_at=i.visit_start,
        ended_at=i.ended_at,
        settings=_settings(session, i),
        photos=_photos(session, site, points, {c: known[c].name for c in i.items}),
    )


def _photos(
    session: Session, site: Sequence[Mapping[str, Any]], points: Sequence[Mapping[str, Any]], items: Mapping[str, str]
) -> tuple[paper.PhotoOnPaper, ...]:
    """The recorded photographs. One belongs to an item: the points of it where a problem was found are named with it."""
    named = [p for body in site for p in body.get("photos", ())]
    if not named:
        return ()
    rows = session.execute(select(FileRow.id, FileRow.recorded_at).where(FileRow.id.in_({p["file"] for p in named})))
    times = dict(rows.all())
    return tuple(
        paper.PhotoOnPaper(
            file=p["file"],
            sha256=p["sha256"],
            item=items.get(p["item"]),
            points=tuple(x["point"] for x in points if x["item"] == p["item"] and x["outcome"] == PROBLEM_FOUND),
            at=times[p["file"]],
        )
        for p in named
        if p["file"] in times
    )


def _content(
    session: Session, inspection: Inspection, kind: PaperKind, values: Mapping[str, str], public_url: str
) -> dict[str, Any]:
    said = said_of(session, inspection, public_url)
    if kind.code == "correction" and inspection.outcome != "problem_found":
        raise Invalid("nothing_to_correct", "problems")
    return {"record": after.record, "result": after.result, "correction": after.correction}[kind.code](said, values)


def _about(i: Inspection) -> About:
    return About((SUBJECT, i.id), i.lead_unit, i.jurisdiction, i.enterprise_id)


def _units_of(i: Inspection) -> list[str]:
    return [o.unit for o in i.officers if o.unit]


def _companion(said: Mapping[str, Any]) -> str:
    """Somebody who came beside the officers: what they are, of which organisation, their name where it was given."""
    return "　".join(part for part in (words.COMPANIONS[said["role"]], said["organisation"], said["name"]) if part)


def _decision(session: Session, i: Inspection, said: Sequence[Fact]) -> paper.Decision:
    """Who asked and who decided last (an approved change is a decision, too), with the advice that was overridden."""
    facts = {f.kind: f for f in said}
    approved = facts.get("inspection.amended") or facts.get("inspection.approved")
    overridden = set(approved.body.get("overridden", ())) if approved else set()
    advice = facts["inspection.applied"].body.get("advice", []) if "inspection.applied" in facts else []
    told = [(a["rule"], sentence(a["rule"], a.get("evidence", {}), "zh")) for a in advice]
    head = approved.body.get("decider") if approved else None
    names = _names(session, [i.applicant, *([head] if head else [])])
    return paper.Decision(
        applicant=names.get(i.applicant, "—"),
        applied_at=i.applied_at,
        head=names.get(head, "—") if head else None,
        decided_at=approved.recorded_at if approved else None,
        reason=approved.body.get("reason") if approved else None,
        advice=tuple(text + ("（负责人已说明理由）" if rule in overridden else "") for rule, text in told),
    )


def _names(session: Session, identities: list[str]) -> dict[str, str]:
    return dict(_NAMES.all(session, ids=sorted(set(identities))))


_NAMES = Prepared(
    select(table_of(ActorRow).c.id, table_of(ActorRow).c.name).where(
        table_of(ActorRow).c.id.in_(bindparam("ids", expanding=True))
    )
)


def _frequency(session: Session, i: Inspection) -> str:
    """检查频次: how many planned visits of this unit counted this year, against the lowest published cap of the items."""
    if i.kind != PLANNED:
        return f"因{words.CAUSES[i.cause] if i.cause else '触发'}启动的个案检查，不计入年度计划检查次数"
    year = shanghai_day(i.window_start).year
    own = select(InspectionUnit.inspection).where(InspectionUnit.unit == i.lead_unit)
    query = (
        select(func.count())
        .select_from(InspectionRow)
        .where(
            InspectionRow.enterprise_id == i.enterprise_id,
            InspectionRow.id != i.id,
            InspectionRow.counts,
            InspectionRow.kind == PLANNED,
            InspectionRow.visit_day.between(date(year, 1, 1), date(year, 12, 31)),
            InspectionRow.id.in_(own),
        )
    )
    cap = session.scalar(
        select(func.min(ItemTerm.yearly_cap)).where(
            ItemTerm.item.in_(i.items),
            ItemTerm.valid_from <= shanghai_day(i.window_start),
            (ItemTerm.valid_until.is_(None)) | (ItemTerm.valid_until >= shanghai_day(i.window_start)),
        )
    )
    limit = f"，公布的年度上限为{cap}次" if cap is not None else ""
    return f"本年度第{(session.scalar(query) or 0) + 1}次计划检查{limit}"


def _settings(session: Session, i: Inspection) -> dict[str, str]:
    """The jurisdiction's own texts that papers use, as they stand on the day of the visit or of the application."""
    day = shanghai_day(i.decided_at or i.applied_at)
    return {key: said.value for key, said in current(session).settings(i.jurisdiction, day).items()}
