"""The state kept beside the facts, held against the facts: inspections, their codes, findings, answers to reports."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import inspections as domain
from app.domain.facts import canonical_json
from app.domain.folding import evolve
from app.domain.inspections import Inspection
from app.domain.supervision import columns_after
from app.domain.times import rfc3339
from app.services.auditing.audit_facts import CHUNK, MISFITS, Found, facts_of, fitting, through, why
from app.services.auditing.callback_audit import callback_discrepancies
from app.services.auditing.draft_audit import draft_discrepancies
from app.services.auditing.followup_audit import question_discrepancies
from app.services.auditing.onsite_audit import onsite_discrepancies
from app.services.auditing.space_audit import space_discrepancies
from app.services.auditing.watch_audit import watch_discrepancies
from app.services.day_figures import day_figure_discrepancies
from app.services.kept import kept_discrepancies
from app.store import inspections as inspection_store
from app.store import papers as paper_store
from app.store.models import CodeRow, FactRow, FindingRow, InspectionRow, PaperRow, Speech
from app.store.unit_of_work import fact_of

FOLLOWED = ("assignee", "due_on", "sent_at", "signed_at", "case_id", "object_until", "aside_until", "reminded")


def state_discrepancies(session: Session) -> Iterator[Found]:
    """(code, table, row, text) for every row of state that does not follow from the facts."""
    for part in (
        _inspections, _codes, _findings, _answers, draft_discrepancies, space_discrepancies, question_discrepancies,
        onsite_discrepancies, callback_discrepancies, watch_discrepancies, kept_discrepancies, _papers,
        day_figure_discrepancies,
    ):  # fmt: skip
        yield from through(session, part)


def _inspections(session: Session) -> Iterator[Found]:
    for folded in in_chunks(_folded(session)):
        known = [item for item in folded if isinstance(item, Inspection)]
        for item in folded:
            if not isinstance(item, Inspection):
                yield item
        stored = {i.id: i for i in inspection_store.get_many(session, [i.id for i in known])}
        for inspection in known:
            yield from _compare(inspection, stored.get(inspection.id))
    has_facts = select(FactRow.id).where(FactRow.subject_kind == "inspection", FactRow.subject_id == InspectionRow.id)
    for row in session.scalars(select(InspectionRow).where(~has_facts.exists())):
        yield "row_added", "inspections", row.id, f"inspection {row.number} has no facts: it was never applied for here"


def in_chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """`items` in lists of at most CHUNK; the last one may be empty."""
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _folded(session: Session) -> Iterator[Inspection | Found]:
    for subject, rows in facts_of(session, "inspection"):
        state: Inspection | None = None
        try:
            for row in rows:
                if row.kind in domain.TRANSITIONS:
                    state = evolve(state, fact_of(row))
        except MISFITS as error:
            yield "facts_broken", "inspections", subject, f"the facts of inspection {subject} do not fit: {why(error)}"
            continue
        if state is not None:
            yield state


def _compare(folded: Inspection, stored: Inspection | None) -> Iterator[Found]:
    if stored is None:
        yield "row_removed", "inspections", folded.id, f"inspection {folded.number} was recorded and its row is gone"
        return
    changed = inspection_store.differences(folded, stored)
    if changed:
        text = f"inspection {folded.number} does not follow from its facts: {', '.join(changed)}"
        yield "row_changed", "inspections", folded.id, text


def _codes(session: Session) -> Iterator[Found]:
    """Codes against the facts of their issue, and the other way round."""
    issued = select(FactRow, CodeRow).outerjoin(CodeRow, CodeRow.cti == FactRow.subject_id)
    issued = issued.where(FactRow.subject_kind == "code", FactRow.kind == "code.issued").order_by(FactRow.seq)
    for fact, code in session.execute(issued.execution_options(yield_per=CHUNK)):
        yield from fitting("codes", fact.subject_id, _code, fact, code)
    has_fact = select(FactRow.id).where(FactRow.subject_kind == "code", FactRow.subject_id == CodeRow.cti)
    in_approval = select(FactRow.id).where(
        FactRow.subject_kind == "inspection",
        FactRow.subject_id == CodeRow.inspection,
        FactRow.kind == "inspection.approved",
        FactRow.body.contains(CodeRow.cti),
    )  # codes from before there was a log
    for code in session.scalars(select(CodeRow).where(~has_fact.exists(), ~in_approval.exists())):
        yield "row_added", "codes", code.cti, f"a code of inspection {code.inspection} has no issue on record"


def _code(fact: FactRow, code: CodeRow | None) -> Iterator[Found]:
    said = json.loads(fact.body)
    if code is None:
        yield "row_removed", "codes", fact.subject_id, f"the code of inspection {said['number']} is gone"
    elif not isinstance(code.token, bytes) or said != _said_of(code, said["number"]):
        text = f"the code of inspection {said['number']} is not the one that was issued"
        yield "row_changed", "codes", fact.subject_id, text


def _said_of(code: CodeRow, number: str) -> dict[str, Any]:
    return {
        "cti": code.cti,
        "version": code.version,
        "kid": code.kid,
        "issued_at": rfc3339(code.issued_at),
        "not_before": rfc3339(code.not_before),
        "expires_at": rfc3339(code.expires_at),
        "number": number,
        "token_sha256": hashlib.sha256(code.token).hexdigest(),
        "short_code_sha256": hashlib.sha256(code.short_code.encode()).hexdigest(),
    }


def _findings(session: Session) -> Iterator[Found]:
    for chunk in in_chunks(facts_of(session, "finding")):
        rows = {r.id: r for r in session.scalars(select(FindingRow).where(FindingRow.id.in_([s for s, _ in chunk])))}
        for subject, facts in chunk:
            yield from fitting("findings", subject, _finding, subject, facts, rows.get(subject))
    has_facts = select(FactRow.id).where(FactRow.subject_kind == "finding", FactRow.subject_id == FindingRow.id)
    for row in session.scalars(select(FindingRow).where(~has_facts.exists())):
        yield "row_added", "findings", row.id, f"flag {row.id} ({row.rule}) has no facts: no rule raised it"


def _finding(subject: str, facts: list[FactRow], row: FindingRow | None) -> Iterator[Found]:
    wanted = _finding_of(facts)
    if row is None:
        yield "row_removed", "findings", subject, f"flag {subject} ({wanted['rule']}) was raised and is gone"
        return
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if changed:
        text = f"flag {subject} ({row.rule}) does not follow from its facts: {', '.join(changed)}"
        yield "row_changed", "findings", subject, text


def _finding_of(facts: list[FactRow]) -> dict[str, Any]:
    """What the columns of a finding must hold after its facts."""
    wanted: dict[str, Any] = dict.fromkeys(FOLLOWED)
    for fact in facts:
        said, step = json.loads(fact.body), fact.kind.removeprefix("finding.")
        if step in ("raised", "revised"):
            wanted |= {name: said[name] for name in ("rule", "severity", "unit", "officer", "period")}
            wanted |= {
                "raised_for": date.fromisoformat(said["raised_for"]),
                "subject_kind": said["subject"][0],
                "subject_id": said["subject"][1],
                "evidence": canonical_json(said["evidence"]),
            }
        if step == "raised":
            wanted |= {"state": "raised", "standing": True}
        elif step == "withdrawn":
            wanted |= {"state": "withdrawn", "standing": False}
        else:
            wanted |= columns_after(fact.kind, said, fact.recorded_by, fact.recorded_at)
    return wanted


def _answers(session: Session) -> Iterator[Found]:
    """What reports were answered: the newest recorded answer is the one that the receipt shows."""
    for subject, facts in facts_of(session, "report"):
        yield from fitting("speech", subject, _answer, subject, facts, session.get(Speech, subject))


def _answer(subject: str, facts: list[FactRow], row: Speech | None) -> Iterator[Found]:
    said = [json.loads(f.body) for f in facts if f.kind == "report.answered"]
    if row is None:
        yield "row_removed", "speech", subject, f"report {subject} was answered and is gone"
    elif said and "answer" in said[-1] and row.erased_at is None and row.answer != said[-1]["answer"]:
        yield "row_changed", "speech", subject, f"the answer to report {subject} is not the one that was given"


def _papers(session: Session) -> Iterator[Found]:
    """Papers against their facts, which hold what stands in them."""
    for chunk in in_chunks(facts_of(session, "paper")):
        rows = {r.id: r for r in session.scalars(select(PaperRow).where(PaperRow.id.in_([s for s, _ in chunk])))}
        for subject, facts in chunk:
            yield from fitting("papers", subject, _paper, subject, facts, rows.get(subject))
    has_facts = select(FactRow.id).where(FactRow.subject_kind == "paper", FactRow.subject_id == PaperRow.id)
    for row in session.scalars(select(PaperRow).where(~has_facts.exists())):
        yield "row_added", "papers", row.id, f"paper {row.number or row.id} has no facts: nobody drafted it here"


def _paper(subject: str, facts: list[FactRow], row: PaperRow | None) -> Iterator[Found]:
    folded = paper_store.fold(facts)
    if folded is None:
        return
    name = folded.number or subject
    if row is None:
        yield "row_removed", "papers", subject, f"paper {name} was recorded and its row is gone"
        return
    changed = [column for column, value in paper_store.columns(folded).items() if getattr(row, column) != value]
    if changed:
        yield "row_changed", "papers", subject, f"paper {name} does not follow from its facts: {', '.join(changed)}"
