"""Findings as they stand: raised, revised and withdrawn to equal what the rules say now. Nothing is deleted."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from app.domain.actors import SYSTEM
from app.domain.facts import Fact, canonical_json
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.findings import Finding
from app.store.models import FindingRow
from app.store.unit_of_work import UnitOfWork

RAISED, WITHDRAWN = "raised", "withdrawn"
CHUNK = 500


def settle(work: UnitOfWork, standing_where: Sequence[Any], computed: Iterable[Finding]) -> int:
    """Makes the standing findings that `standing_where` selects equal to `computed`; how many changed."""
    query = select(FindingRow).where(FindingRow.standing, *standing_where)
    standing = {_key(row): row for row in work.session.scalars(query)}
    wanted = {finding.key: finding for finding in computed}
    missing = [finding for key, finding in wanted.items() if key not in standing]
    over = [row for key, row in standing.items() if key not in wanted]
    revised = [(row, wanted[key]) for key, row in standing.items() if key in wanted and _differs(row, wanted[key])]
    facts = _raise(work, missing)
    facts += [_withdraw(work, row) for row in over]
    facts += [_revise(work, row, finding) for row, finding in revised]
    work.session.flush()
    work.store_facts(facts)
    return len(facts)


def _key(row: FindingRow) -> tuple[str, ...]:
    return row.rule, row.subject_kind, row.subject_id, row.unit, row.officer, row.period


def _differs(row: FindingRow, finding: Finding) -> bool:
    said = canonical_json(finding.evidence)
    return (row.evidence, row.severity, row.raised_for) != (said, finding.severity, finding.raised_for)


def _raise(work: UnitOfWork, findings: list[Finding]) -> list[Fact]:
    """New rows, or withdrawn ones raised again under the same id."""
    if not findings:
        return []
    known = _withdrawn(work, [f.key for f in findings])
    fresh = [f for f in findings if f.key not in known]
    rows = [_columns(work, f) for f in fresh]
    if rows:
        work.session.execute(insert(FindingRow), rows)
    facts = [_fact(work, "finding.raised", row["id"], f) for row, f in zip(rows, fresh, strict=True)]
    again = [(known[f.key], f) for f in findings if f.key in known]
    for row, finding in again:
        _change(work, row.id, state=RAISED, standing=True, **_content(finding))
    return facts + [_fact(work, "finding.raised", row.id, finding) for row, finding in again]


def _withdrawn(work: UnitOfWork, keys: list[tuple[str, ...]]) -> dict[tuple[str, ...], FindingRow]:
    """The rows that have these keys already. Looked up by subject: SQLite reads the whole table for a list of tuples."""
    wanted = set(keys)
    subjects = sorted({(kind, subject) for _, kind, subject, *_ in keys})
    found: dict[tuple[str, ...], FindingRow] = {}
    for kind in sorted({kind for kind, _ in subjects}):
        ids = [subject for its_kind, subject in subjects if its_kind == kind]
        for at in range(0, len(ids), CHUNK):
            of_these = (FindingRow.subject_kind == kind, FindingRow.subject_id.in_(ids[at : at + CHUNK]))
            rows = work.session.scalars(select(FindingRow).where(*of_these))
            found |= {key: row for row in rows if (key := _key(row)) in wanted}
    return found


def _withdraw(work: UnitOfWork, row: FindingRow) -> Fact:
    _change(work, row.id, state=WITHDRAWN, standing=False)
    subject, held = ("finding", row.id), CATALOGUE[row.rule].rests_on_speech
    body = {"rule": row.rule, "state": row.state}
    return work.fact("finding.withdrawn", subject, body, SYSTEM, row.jurisdiction, held=held)


def _revise(work: UnitOfWork, row: FindingRow, finding: Finding) -> Fact:
    """It stands, but rests on other evidence than before: another earlier visit became known."""
    _change(work, row.id, **_content(finding))
    return _fact(work, "finding.revised", row.id, finding)


def _change(work: UnitOfWork, finding_id: str, **values: Any) -> None:
    work.session.execute(
        update(FindingRow)
        .where(FindingRow.id == finding_id)
        .values(**values, changed_at=work.now, revision=FindingRow.revision + 1)
        .execution_options(synchronize_session=False)
    )


def _content(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "raised_for": finding.raised_for,
        "evidence": canonical_json(finding.evidence),
    }


def _columns(work: UnitOfWork, f: Finding) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "rule": f.rule,
        "subject_kind": f.subject_kind,
        "subject_id": f.subject_id,
        "unit": f.unit,
        "officer": f.officer,
        "period": f.period,
        "jurisdiction": f.jurisdiction,
        "inspection_id": f.inspection_id,
        "enterprise_id": f.enterprise_id,
        "state": RAISED,
        "standing": True,
        "revision": 1,
        "raised_at": work.now,
        "changed_at": work.now,
        **_content(f),
    }


def _fact(work: UnitOfWork, kind: str, finding_id: str, f: Finding) -> Fact:
    body = {
        "rule": f.rule,
        "severity": f.severity,
        "subject": [f.subject_kind, f.subject_id],
        "unit": f.unit,
        "officer": f.officer,
        "period": f.period,
        "raised_for": f.raised_for.isoformat(),
        "evidence": json.loads(canonical_json(f.evidence)),
    }
    held = CATALOGUE[f.rule].rests_on_speech
    return work.fact(kind, ("finding", finding_id), body, SYSTEM, f.jurisdiction, held=held)
