"""Where the records of the units' own systems stand, evaluated again whenever something that matters to them arrives.

A record, an inspection, an enterprise, a unit, a policy, a decision: each is followed in the transaction of its own fact.
Whoever evaluates holds the locks of the names, USCCs and enterprises concerned, so that two arrivals see each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select, union_all

from app.domain import reconciliation as domain
from app.domain.flags.policy import policy_on
from app.domain.inspections import Inspection
from app.domain.reconciliation import MOST_DAYS, RULE, Match, Record
from app.domain.times import shanghai_day
from app.services.flagging.findings import settle_about
from app.store import case_records as case_store
from app.store.models import Base, CaseRecord, Enterprise, Policy, Unit
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import Reference, current
from app.store.unit_of_work import UnitOfWork

Body = Mapping[str, Any]


def evaluate(work: UnitOfWork, reference: Reference, ids: Iterable[str]) -> int:
    """Matches these records again and settles their findings; how many stand elsewhere than before."""
    wanted = sorted(set(ids))
    changed = 0
    if len(wanted) > case_store.AT_ONCE:
        work.lock(*(f"case-records:{n:02d}" for n in range(domain.BUCKETS)))
    elif wanted:
        _lock(work, wanted)
    for part in case_store.parts(wanted):
        changed += _evaluate_part(work, reference, part)
    return changed


def after_inspections(work: UnitOfWork, reference: Reference | None, inspections: Sequence[Inspection]) -> None:
    """Records that changed inspections may explain, or no longer do. One indexed look where there are none."""
    work.lock(*(domain.bucket(i.enterprise_id) for i in inspections))
    days: dict[str, tuple[date, date]] = {}
    for i in inspections:
        own = [shanghai_day(at) for at in (i.window_start, i.window_end, i.visit_start, i.ended_at) if at]
        before = days.get(i.enterprise_id, (own[0], own[0]))
        days[i.enterprise_id] = (min(*own, *before), max(*own, *before))
    found: set[str] = set()
    for at in range(0, len(inspections), case_store.AT_ONCE):
        part = inspections[at : at + case_store.AT_ONCE]
        enterprises = {i.enterprise_id for i in part}
        asked = {
            "enterprises": list(enterprises),
            "inspections": [i.id for i in part],
            "first": min(days[e][0] for e in enterprises) - MOST_DAYS,
            "last": max(days[e][1] for e in enterprises) + MOST_DAYS,
        }
        found.update(own_id for (own_id,) in _CONCERNED.all(work.session, **asked))
    if found:
        work.session.flush()
        evaluate(work, reference or current(work.session), found)


_T = table_of(CaseRecord).c
_CONCERNED = Prepared(
    union_all(
        select(_T.id).where(
            _T.enterprise_id.in_(bindparam("enterprises", expanding=True)),
            _T.day.between(bindparam("first"), bindparam("last")),
        ),
        *(
            select(_T.id).where(column.in_(bindparam("inspections", expanding=True)))
            for column in (_T.decided_inspection, _T.inspection_id)
        ),
    )
)


def after_registers(work: UnitOfWork, model: type[Base], bodies: Sequence[Body]) -> None:
    """Records that changed rows of a register (as recorded) touch: who an enterprise is, who is supervised, what D is."""
    if model not in _TOUCHED:
        return
    query = _TOUCHED[model](work, bodies)
    found = {i for part in query for i in work.session.scalars(part)}
    if found:
        work.session.flush()
        evaluate(work, current(work.session), found)


def after_enterprises(work: UnitOfWork, enterprises: Sequence[Body]) -> None:
    """The same for enterprises (id, uscc, search) that a large import poured in."""
    after_registers(work, Enterprise, enterprises)


def rebuild(work: UnitOfWork, reference: Reference) -> int:
    """Every record again; how many stood elsewhere."""
    return evaluate(work, reference, work.session.scalars(select(CaseRecord.id)).all())


def _evaluate_part(work: UnitOfWork, reference: Reference, ids: list[str]) -> int:
    rows = case_store.rows_of(work.session, ids)
    before = {row.id: case_store.match_of(row) for row in rows}
    records = [case_store.record_of(row) for row in rows]
    found = matches(work, reference, records)
    changed = {i: m for i, m in found.items() if m != before[i]}
    case_store.save_matches(work.session, changed)
    computed = []
    for record in records:
        said = record.content
        policy = policy_on(reference.policies, said.jurisdiction, said.day)
        supervised = bool(reference.supervised.get(said.unit or ""))
        computed += domain.record_findings(record, found[record.id], policy, supervised)
    settle_about(work, [RULE], "case_record", ids, computed)
    for row in rows:
        work.session.expunge(row)
    return len(changed)


def matches(work: UnitOfWork, reference: Reference, records: Sequence[Record]) -> dict[str, Match]:
    """Where each record stands by what the tables hold now."""
    registry = case_store.registry(work.session, records)
    named = {r.id: domain.enterprise_of(r, registry) for r in records}
    margins = {r.id: _margin(reference, r) for r in records}
    near: dict[str, tuple[date, date]] = {}
    for r in records:
        enterprise, day, margin = named[r.id][0], r.content.day, timedelta(days=margins[r.id])
        if enterprise:
            first, last = near.get(enterprise, (day, day))
            near[enterprise] = min(first, day - margin), max(last, day + margin)
    known = case_store.known_of(work.session, near)
    chosen = case_store.known_by_id(
        work.session, (r.decision.inspection for r in records if r.decision and r.decision.inspection)
    )
    found = {}
    for r in records:
        enterprise, why = named[r.id]
        own = {k.id: k for k in known.get(enterprise or "", ())}
        if r.decision and r.decision.inspection in chosen:
            own[r.decision.inspection] = chosen[r.decision.inspection]
        found[r.id] = domain.match(r, enterprise, why, own.values(), margins[r.id])
    return found


def _margin(reference: Reference, record: Record) -> int:
    """± D of the policy in force on the record's day."""
    policy = policy_on(reference.policies, record.content.jurisdiction, record.content.day)
    return int(policy.get(RULE, "days"))


def _lock(work: UnitOfWork, ids: list[str]) -> None:
    """The enterprises that these records name or were matched to, by whatever names them."""
    rows = case_store.rows_of(work.session, ids)
    records = [case_store.record_of(row) for row in rows]
    registry = case_store.registry(work.session, records)
    keys = {domain.enterprise_of(r, registry)[0] for r in records} | {row.enterprise_id for row in rows}
    keys |= {key for r in records for key in (r.content.uscc, r.content.name_key)}
    work.lock(*(domain.bucket(key) for key in keys if key))


def _of_enterprises(work: UnitOfWork, bodies: Sequence[Body]) -> list[Any]:
    """By what they are called now, and those that were matched to them under another name."""
    keys = [key for b in bodies for key in (b["uscc"], b["search"], b["id"]) if key]
    work.lock(*(domain.bucket(key) for key in keys))
    queries = []
    for column, name in ((CaseRecord.uscc, "uscc"), (CaseRecord.name_key, "search"), (CaseRecord.enterprise_id, "id")):
        for part in case_store.parts(b[name] for b in bodies if b[name]):
            queries.append(select(CaseRecord.id).where(column.in_(part)))
    return queries


def _of_units(_: UnitOfWork, bodies: Sequence[Body]) -> list[Any]:
    return [select(CaseRecord.id).where(CaseRecord.unit.in_([b["code"] for b in bodies]))]


def _of_policies(_: UnitOfWork, bodies: Sequence[Body]) -> list[Any]:
    since = min(date.fromisoformat(b["valid_from"]) for b in bodies)
    return [
        select(CaseRecord.id).where(CaseRecord.jurisdiction.in_([b["region"] for b in bodies]), CaseRecord.day >= since)
    ]


_TOUCHED: dict[type[Base], Any] = {Enterprise: _of_enterprises, Unit: _of_units, Policy: _of_policies}
