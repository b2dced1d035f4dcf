"""Rows for export of what supervision works on: contacts, records beside the register, questions, call-backs, what was said,
papers, file review. Each is the list of its page, whole.

What leaves of enterprises' and observers' words names neither who spoke nor when: the week, never the time; no contact, no
observer, no satisfaction of one visit and no note of a call-back (decisions/0027).
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.actors import Actor
from app.domain.flags.catalogue import CATALOGUE
from app.domain.papers.kinds import KINDS, OF_BUREAU
from app.domain.times import iso_week, rfc3339
from app.queries import callbacks as callback_queries
from app.queries import case_records as record_queries
from app.queries import contacts as contact_queries
from app.queries import overseeing
from app.queries.exports import AT_ONCE
from app.store.models import (
    Callback,
    CallbackDraw,
    CaseRecord,
    Enterprise,
    FactRow,
    FindingRow,
    FlagReview,
    InspectionRow,
    Observation,
    PaperRow,
    Plan,
    Speech,
    Unit,
    UnitQuestion,
)

Rows = Iterator[tuple[Any, ...]]
YES = "yes"
CONTACT_COLUMNS = ("at", "contact_kind", "unit", "unit_name", "uscc", "enterprise_name", "note")
RECORD_COLUMNS = (
    "record_kind", "source", "record_number", "record_state", "why", "unit", "unit_name", "uscc", "enterprise_name",
    "address", "day", "certificates", "items", "inspection_number", "decision_reason", "internal",
)  # fmt: skip
QUESTION_COLUMNS = ("unit", "unit_name", "question", "question_state", "sent_at", "due_on", "answered_at", "reply")
CALLBACK_COLUMNS = (
    "week", "pool", "uscc", "enterprise_name", "first", "last", "callback_state", "attempts", "came", "code", "visited_on",
    "unit", "unit_name", "internal",
)  # fmt: skip
REPORT_COLUMNS = (
    "week", "visited_on", "uscc", "enterprise_name", "unit", "unit_name", "people", "what", "report_state", "reply", "internal",
)  # fmt: skip
OBSERVATION_COLUMNS = (
    "week", "observation_kind", "unit", "unit_name", "item", "inspection_number", "what", "observation_state", "outcome",
    "reply", "internal",
)  # fmt: skip
PAPER_COLUMNS = (
    "paper_number", "paper", "unit", "unit_name", "rule", "paper_state", "drafted_at", "signed_at", "served_at",
)  # fmt: skip
FILE_COLUMNS = ("inspection_number", "enterprise_name", "unit", "unit_name", "file_state", "score", "faults")
PLAN_COLUMNS = (
    "plan_code", "plan", "plan_kind", "unit", "unit_name", "first", "last", "plan_state", "approved_on", "filed_on", "published_on",
)  # fmt: skip
REVIEW_COLUMNS = (
    "rule", "uscc", "enterprise_name", "unit", "unit_name", "raised_for", "review_state", "note", "internal",
)  # fmt: skip
PUBLIC_KINDS = ("complaint", "self_report")  # of case records: what a citizen or an enterprise said


def contacts(session: Session, actor: Actor, unit: str) -> Rows:
    found = select(InspectionRow, Unit.name, Enterprise.uscc, Enterprise.name)
    found = found.join(Unit, Unit.code == InspectionRow.lead_unit)
    found = found.join(Enterprise, Enterprise.id == InspectionRow.enterprise_id)
    query = found.where(*contact_queries.where(actor, unit)).order_by(InspectionRow.id.desc())
    for i, name, uscc, enterprise in _read(session, query):
        yield rfc3339(i.window_start), i.contact_kind or "", i.lead_unit, name, uscc or "", enterprise, i.reason or ""


def case_records(session: Session, query: Any) -> Rows:
    """`query`: that of the list."""
    units = record_queries.unit_names(session)
    query = query.add_columns(InspectionRow.number).outerjoin(
        InspectionRow, InspectionRow.id == CaseRecord.inspection_id
    )
    for r, number in _read(session, query.order_by(CaseRecord.id.desc())):
        yield (
            r.kind, r.source, r.number, r.state, r.reason, r.unit or "", units.get(r.unit, r.unit_text or ""),
            r.uscc or "", r.name or "", r.address or "", r.day.isoformat(), "；".join(json.loads(r.officers)),
            "；".join(json.loads(r.items)), number or "", r.decision_reason or "", _yes(r.kind in PUBLIC_KINDS),
        )  # fmt: skip


def questions(session: Session, actor: Actor) -> Rows:
    """With the unit's last answer; never which flag made the bureau ask."""
    said = select(FactRow.subject_id, FactRow.body).where(FactRow.kind == "question.answered")
    own = select(UnitQuestion.id).where(UnitQuestion.jurisdiction.in_(actor.regions))
    said = said.where(FactRow.subject_kind == "question", FactRow.subject_id.in_(own)).order_by(FactRow.seq)
    answers = {subject: json.loads(body).get("note", "") for subject, body in session.execute(said)}
    query = select(UnitQuestion, Unit.name).join(Unit, Unit.code == UnitQuestion.unit)
    query = query.where(UnitQuestion.jurisdiction.in_(actor.regions)).order_by(UnitQuestion.id.desc())
    for q, name in _read(session, query):
        times = _time(q.sent_at), q.due_on.isoformat(), _time(q.answered_at)
        yield q.unit, name, q.text, q.state, *times, answers.get(q.id, "")


def callbacks(session: Session, actor: Actor, view: str, now: datetime) -> Rows:
    query = select(Callback, CallbackDraw.week, Enterprise.uscc, Enterprise.name, Unit.name)
    query = query.join(CallbackDraw, CallbackDraw.id == Callback.draw)
    query = query.join(Enterprise, Enterprise.id == Callback.enterprise).outerjoin(Unit, Unit.code == Callback.unit)
    query = query.where(*callback_queries.where(actor, view, now)).order_by(Callback.id)
    for c, week, uscc, enterprise, unit in _read(session, query):
        yield (
            week, c.pool, uscc or "", enterprise, c.first_day.isoformat(), c.last_day.isoformat(), c.state, c.attempts,
            c.came or "", c.code or "", _day(c.visited_on), c.unit or "", unit or "", YES,
        )  # fmt: skip


def reports(session: Session, actor: Actor, state: str) -> Rows:
    """Visits without a code that enterprises reported. Ids are random, so their order within a week says nothing."""
    query = select(Speech, Enterprise.uscc, Enterprise.name, Unit.name)
    query = query.outerjoin(Enterprise, Enterprise.id == Speech.enterprise).outerjoin(Unit, Unit.code == Speech.unit)
    query = query.where(Speech.kind == "report", Speech.jurisdiction.in_(actor.regions))
    if state:
        query = query.where(Speech.state == state)
    for r, uscc, name, unit in _read(session, query.order_by(Speech.week.desc(), Speech.id)):
        said = json.loads(r.body) if r.body else {}
        yield (
            r.week, _day(r.visited_on), uscc or "", name or said.get("enterprise_name", ""), r.unit or "",
            unit or said.get("unit_text") or "", said.get("people") or "", said.get("what", ""), r.state, r.answer or "", YES,
        )  # fmt: skip


def observations(session: Session, actor: Actor, state: str) -> Rows:
    query = select(Observation, Unit.name, InspectionRow.number)
    query = query.outerjoin(Unit, Unit.code == Observation.unit)
    query = query.outerjoin(InspectionRow, InspectionRow.id == Observation.inspection)
    query = query.where(Observation.jurisdiction.in_(actor.regions))
    if state:
        query = query.where(Observation.state == state)
    rows = list(session.execute(query))
    rows.sort(key=lambda row: (iso_week(row[0].made_at), row[0].text))  # by week only: no order of arrival
    for o, unit, number in rows:
        yield (
            iso_week(o.made_at), o.kind, o.unit or "", unit or "", o.item or "", number or "", o.text, o.state,
            o.outcome or "", o.answer or "", YES,
        )  # fmt: skip


def papers(session: Session, unit: str) -> Rows:
    """All papers of supervision that a bureau drafted, newest first; what they are called today."""
    to = aliased(Unit)
    kinds = [kind.code for kind in OF_BUREAU]
    query = select(PaperRow, FindingRow.rule, FindingRow.unit, to.name)
    query = query.outerjoin(FindingRow, FindingRow.id == PaperRow.subject_id).outerjoin(to, to.code == FindingRow.unit)
    query = query.where(PaperRow.unit == unit, PaperRow.kind.in_(kinds))
    for p, rule, code, name in _read(session, query.order_by(PaperRow.drafted_at.desc(), PaperRow.id)):
        times = _time(p.drafted_at), _time(p.signed_at), _time(p.served_at)
        yield p.number or "", KINDS[p.kind].title, code or "", name or "", rule or "", p.state, *times


def plans(session: Session, query: Any) -> Rows:
    """`query`: that of the list."""
    query = query.add_columns(Unit.name).join(Unit, Unit.code == Plan.unit)
    for p, name in _read(session, query.order_by(Plan.id.desc())):
        days = (p.starts_on, p.ends_on)
        decided = (p.approved_on, p.filed_on, p.published_on)
        yield p.code, p.title, p.kind, p.unit, name, *map(_day, days), p.state, *map(_day, decided)


def reviews(session: Session, actor: Actor) -> Rows:
    """Dismissed flags that were drawn by lot, with what the other person said of the dismissal."""
    query = select(FlagReview, FindingRow, Enterprise.uscc, Enterprise.name, Unit.name)
    query = query.join(FindingRow, FindingRow.id == FlagReview.finding)
    query = query.outerjoin(Enterprise, Enterprise.id == FindingRow.enterprise_id)
    query = query.outerjoin(Unit, Unit.code == FindingRow.unit).where(FlagReview.jurisdiction.in_(actor.regions))
    for r, f, uscc, enterprise, unit in _read(session, query.order_by(FlagReview.id.desc())):
        internal = _yes(CATALOGUE[f.rule].rests_on_speech)
        day = f.raised_for.isoformat()
        yield f.rule, uscc or "", enterprise or "", f.unit or "", unit or "", day, r.state, r.note or "", internal


def case_files(session: Session, actor: Actor, campaign: str) -> Rows:
    """The files of one campaign of file review, with the settled score; what each reviewer gave stays inside."""
    _, files = overseeing.campaign(session, actor, campaign)
    for f in files:
        score = f.row.score if f.row.score is not None else ""
        yield f.number, f.enterprise, f.unit_code, f.unit, f.row.state, score, f.row.faults or ""


def _read(session: Session, query: Any) -> Any:
    return session.execute(query.execution_options(yield_per=AT_ONCE))


def _yes(holds: bool) -> str:
    return YES if holds else "no"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _time(time: datetime | None) -> str:
    return rfc3339(time) if time else ""
