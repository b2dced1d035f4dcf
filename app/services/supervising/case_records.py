"""Receiving the records of the units' own systems, and what a person decides where the matching is in doubt."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update

from app.domain.actors import SUPERVISOR, Actor
from app.domain.enterprises import normalise_uscc
from app.domain.errors import Invalid, NotFound, Refused
from app.domain.facts import Fact
from app.domain.reconciliation import DOUBTFUL, NOT_IN_REGISTRY, Content
from app.services.supervising import reconciliation
from app.store import case_records as case_store
from app.store import registry
from app.store.models import CaseRecord, InspectionRow
from app.store.reference import current
from app.store.unit_of_work import UnitOfWork

ADDED, UNCHANGED, CORRECTED = "added", "unchanged", "corrected"
LONGEST_REASON = 500
THIS_ONE, NONE_OF_THESE = "this", "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person answers on the page of a record.

    `inspection`: the id of one beside it, or `number`: the 检查编号 of another; or none of those in `rejected`, with the USCC
    of the enterprise where it was not certain. `seen`: how many decisions there were on the page that was answered.
    """

    verdict: str
    reason: str
    seen: int
    inspection: str | None = None
    number: str | None = None
    uscc: str | None = None
    rejected: tuple[str, ...] = ()


def receive(work: UnitOfWork, actor: Actor, contents: Sequence[Content]) -> list[tuple[str, str]]:
    """Stores what is new or says something else, each a fact, and matches it: (id, added | unchanged | corrected).

    The same record again changes nothing. Of two in one call with one number the later one counts.
    """
    work.lock("case-records-received")
    known = _known(work, contents)
    told: list[tuple[str, str]] = []
    facts: list[Fact] = []
    new: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    for content in contents:
        own_id, before = known.get(content.key, (None, None))
        if before == content and own_id:
            told.append((own_id, UNCHANGED))
            continue
        values = case_store.columns(content)
        record_id = own_id or work.new_id()
        known[content.key] = (record_id, content)
        told.append((record_id, CORRECTED if own_id else ADDED))
        kind = "case_record.corrected" if own_id else "case_record.received"
        facts.append(work.fact(kind, ("case_record", record_id), _body(content), actor, content.jurisdiction))
        if own_id in new or own_id is None:
            new[record_id] = values
        else:
            changed[record_id] = values
    _store(work, facts, new, changed)
    reconciliation.evaluate(work, current(work.session), [*new, *changed])
    return told


def decide(work: UnitOfWork, actor: Actor, record_id: str, choice: Choice) -> CaseRecord:
    """A person's answer about one record, a fact with its reason.

    Raises NotFound, Refused("case_decided") where somebody answered meanwhile, Invalid at inspection, number, uscc, reason.
    """
    row = visible(work, actor, record_id, lock=True)
    if row.decisions != choice.seen:
        raise Refused("case_decided")
    reason = choice.reason.strip()
    if not reason:
        raise Invalid("reason_missing", "reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid("too_long", "reason", most=LONGEST_REASON)
    inspection, enterprise, rejected = _answer(work, row, choice)
    body = {
        "inspection": inspection,
        "enterprise": enterprise,
        "rejected": rejected,
        "reason": reason,
        "by": actor.name,
    }
    work.store_fact(work.fact("case_record.decided", ("case_record", row.id), body, actor, row.jurisdiction))
    row.decided_inspection, row.decided_enterprise, row.rejected = inspection, enterprise, json.dumps(rejected)
    row.decision_reason, row.decisions = reason, row.decisions + 1
    work.session.flush()
    reconciliation.evaluate(work, current(work.session), [row.id])
    return work.session.get_one(CaseRecord, record_id, populate_existing=True)


def visible(work: UnitOfWork, actor: Actor, record_id: str, lock: bool = False) -> CaseRecord:
    """A record of the supervisor's regions. Raises Forbidden, NotFound("no_such_case_record")."""
    actor.require(SUPERVISOR)
    row = work.session.get(CaseRecord, record_id, with_for_update=lock, populate_existing=True)
    if row is None or row.jurisdiction not in actor.regions:
        raise NotFound("no_such_case_record")
    return row


def _answer(work: UnitOfWork, row: CaseRecord, choice: Choice) -> tuple[str | None, str | None, list[str]]:
    """(inspection, enterprise, rejected) of an answer. What is rejected adds up over the answers."""
    if choice.verdict == THIS_ONE:
        return _inspection(work, row, choice), row.decided_enterprise, json.loads(row.rejected or "[]")
    if choice.verdict != NONE_OF_THESE:
        raise Invalid("unknown_choice", "verdict", value=choice.verdict[:20], choices=f"{THIS_ONE}, {NONE_OF_THESE}")
    rejected = sorted({*json.loads(row.rejected or "[]"), *choice.rejected})
    known = set(work.session.scalars(select(InspectionRow.id).where(InspectionRow.id.in_(rejected))))
    enterprise = row.decided_enterprise
    if choice.uscc:
        found = registry.enterprise_by_uscc(work.session, normalise_uscc(choice.uscc))
        if found is None:
            raise Invalid("no_such_enterprise", "uscc")
        enterprise = found.id
    return None, enterprise, [i for i in rejected if i in known]


def _inspection(work: UnitOfWork, row: CaseRecord, choice: Choice) -> str:
    """The chosen inspection, of the record's jurisdiction; one that does not stand explains nothing."""
    by_number = not choice.inspection
    where = (
        InspectionRow.number == (choice.number or "").strip() if by_number else InspectionRow.id == choice.inspection
    )
    query = select(InspectionRow.id).where(where, InspectionRow.jurisdiction == row.jurisdiction)
    found = work.session.scalar(query)
    if found is None:
        raise Invalid("case_no_such_inspection", "number")
    if not case_store.known_by_id(work.session, [found])[found].stands:
        raise Invalid("case_inspection_fell", "number")
    return found


def _known(work: UnitOfWork, contents: Sequence[Content]) -> dict[tuple[str, ...], tuple[str | None, Content | None]]:
    """What is stored under the keys of these. Asked source by source: SQLite reads the whole table for a list of tuples."""
    numbers: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for content in contents:
        numbers[content.jurisdiction, content.kind, content.source].add(content.number)
    found: dict[tuple[str, ...], tuple[str | None, Content | None]] = {}
    for (jurisdiction, kind, source), own in sorted(numbers.items()):
        where = (CaseRecord.jurisdiction == jurisdiction, CaseRecord.kind == kind, CaseRecord.source == source)
        for part in case_store.parts(own):
            for row_id, content in case_store.contents(work.session, *where, CaseRecord.number.in_(part)):
                found[content.key] = (row_id, content)
    return found


def _store(work: UnitOfWork, facts: list[Fact], new: dict[str, Any], changed: dict[str, Any]) -> None:
    waiting = {"state": DOUBTFUL, "reason": NOT_IN_REGISTRY, "decisions": 0, "received_at": work.now}
    rows = [{"id": record_id, **values, **waiting} for record_id, values in new.items()]
    for at in range(0, len(rows), 5000):
        work.insert_rows(CaseRecord, rows[at : at + 5000])
    for record_id, values in changed.items():
        work.session.execute(update(CaseRecord).where(CaseRecord.id == record_id).values(**values))
    for at in range(0, len(facts), 5000):
        work.store_facts(facts[at : at + 5000])


def _body(content: Content) -> dict[str, Any]:
    said = asdict(content) | {"day": content.day.isoformat(), "officers": list(content.officers)}
    del said["name_key"], said["address_key"]
    return said | {"items": list(content.items)}
