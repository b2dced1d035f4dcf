"""Findings as they stand: raised, revised and withdrawn to equal what the rules say now. Nothing is deleted."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from app.domain.actors import SYSTEM
from app.domain.facts import Fact, canonical_json
from app.domain.flags.catalogue import CATALOGUE
from app.domain.flags.findings import Finding
from app.store.models import FindingRow
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.unit_of_work import UnitOfWork

RAISED, WITHDRAWN = "raised", "withdrawn"
CHUNK = 500
_TABLE = table_of(FindingRow)


def settle(work: UnitOfWork, standing_where: Sequence[Any], computed: Iterable[Finding]) -> int:
    """Makes the standing findings that `standing_where` selects equal to `computed`; how many changed."""
    return settle_rows(
        work, work.session.execute(select(*_COLUMNS).where(FindingRow.standing, *standing_where)), computed
    )


class Judged(NamedTuple):
    """What `rules` found about some subjects of a kind: nothing else stands of these rules about these subjects."""

    rules: Sequence[str]
    ids: Collection[str]
    found: Sequence[Finding]


def settle_about(
    work: UnitOfWork, rules: Sequence[str], kind: str, ids: Collection[str], computed: Sequence[Finding]
) -> int:
    """The same for what stands of `rules` about some subjects of a kind."""
    return settle_judged(work, kind, [Judged(rules, ids, computed)])


def settle_judged(work: UnitOfWork, kind: str, judged: Sequence[Judged]) -> int:
    """The same for several sets of rules, each about subjects of its own: what stands is asked for once."""
    about = {rule: each.ids for each in judged for rule in each.rules}
    every = sorted({i for each in judged for i in each.ids})
    rows = _ABOUT.all(work.session, rules=list(about), kind=kind, ids=every)
    return settle_rows(
        work, [r for r in rows if r.subject_id in about[r.rule]], chain(*(each.found for each in judged))
    )


def of_enterprises(
    work: UnitOfWork, rules: Sequence[str], enterprises: Sequence[str], first: date, last: date
) -> list[Any]:
    """The standing findings of `rules` about visits of these enterprises between two days, for `settle_rows`."""
    asked = {"rules": list(rules), "enterprises": list(enterprises), "first": first, "last": last}
    return _OF_ENTERPRISES.all(work.session, **asked)


def settle_rows(work: UnitOfWork, rows: Iterable[Any], computed: Iterable[Finding]) -> int:
    """Makes the standing findings in `rows` equal to `computed`; how many changed."""
    standing = {_key(row): row for row in rows}
    wanted = {finding.key: finding for finding in computed}
    missing = [finding for key, finding in wanted.items() if key not in standing]
    over = [row for key, row in standing.items() if key not in wanted]
    revised = [(row, wanted[key]) for key, row in standing.items() if key in wanted and _differs(row, wanted[key])]
    facts = _raise(work, missing)
    facts += _withdraw(work, over)
    facts += _revise(work, revised)
    work.session.flush()
    work.store_facts(facts)
    return len(facts)


# Read as columns: an import meets tens of thousands of findings, and each object costs more than its row.
_COLUMNS = (
    FindingRow.rule, FindingRow.subject_kind, FindingRow.subject_id, FindingRow.unit, FindingRow.officer,
    FindingRow.period, FindingRow.jurisdiction, FindingRow.id, FindingRow.state, FindingRow.severity,
    FindingRow.raised_for, FindingRow.evidence,
)  # fmt: skip
_T = _TABLE.c
_STANDING = select(*(_T[column.key] for column in _COLUMNS)).where(
    _T.standing, _T.rule.in_(bindparam("rules", expanding=True))
)
# with the kind of subject, which the index begins with: without it a large district is read through
_ABOUT = Prepared(
    _STANDING.where(_T.subject_kind == bindparam("kind"), _T.subject_id.in_(bindparam("ids", expanding=True)))
)
_OF_ENTERPRISES = Prepared(
    _STANDING.where(
        _T.enterprise_id.in_(bindparam("enterprises", expanding=True)),
        _T.raised_for.between(bindparam("first"), bindparam("last")),
    )
)


def _key(row: Any) -> tuple[str, ...]:
    return tuple(row[:7])


def _differs(row: Any, finding: Finding) -> bool:
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
        work.insert_rows(FindingRow, rows)
    facts = [_fact(work, "finding.raised", row["id"], f) for row, f in zip(rows, fresh, strict=True)]
    again = [(known[f.key], f) for f in findings if f.key in known]
    anew = {"state": RAISED, "standing": True, "changed_at": work.now}
    _change(work, [{"id": row.id, **anew, **_content(finding)} for row, finding in again])
    return facts + [_fact(work, "finding.raised", row.id, finding) for row, finding in again]


def _withdrawn(work: UnitOfWork, keys: list[tuple[str, ...]]) -> dict[tuple[str, ...], Any]:
    """The rows that have these keys already. Looked up by subject: SQLite reads the whole table for a list of tuples."""
    wanted = set(keys)
    subjects = sorted({(kind, subject) for _, kind, subject, *_ in keys})
    found: dict[tuple[str, ...], Any] = {}
    for kind in sorted({kind for kind, _ in subjects}):
        ids = [subject for its_kind, subject in subjects if its_kind == kind]
        for at in range(0, len(ids), CHUNK):
            of_these = (FindingRow.subject_kind == kind, FindingRow.subject_id.in_(ids[at : at + CHUNK]))
            rows = work.session.execute(select(*_COLUMNS).where(*of_these))
            found |= {key: row for row in rows if (key := _key(row)) in wanted}
    return found


def _withdraw(work: UnitOfWork, rows: Sequence[Any]) -> list[Fact]:
    _change(work, [{"id": r.id, "state": WITHDRAWN, "standing": False, "changed_at": work.now} for r in rows])
    facts = []
    for row in rows:
        subject, held = ("finding", row.id), CATALOGUE[row.rule].rests_on_speech
        body = {"rule": row.rule, "state": row.state}
        facts.append(work.fact("finding.withdrawn", subject, body, SYSTEM, row.jurisdiction, held=held))
    return facts


def _revise(work: UnitOfWork, revised: Sequence[tuple[Any, Finding]]) -> list[Fact]:
    """They stand, but rest on other evidence than before: another earlier visit became known."""
    _change(work, [{"id": row.id, "changed_at": work.now, **_content(finding)} for row, finding in revised])
    return [_fact(work, "finding.revised", row.id, finding) for row, finding in revised]


def _change(work: UnitOfWork, changes: Sequence[dict[str, Any]]) -> None:
    """Sets the same columns of many findings (`id` names each), in one statement."""
    if not changes:
        return
    columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0] if name != "id"}
    said = update(_TABLE).where(_TABLE.c.id == bindparam("new_id")).values(**columns, revision=_TABLE.c.revision + 1)
    work.session.execute(said, [{f"new_{name}": value for name, value in one.items()} for one in changes])


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
        "evidence": f.evidence,
    }
    held = CATALOGUE[f.rule].rests_on_speech
    return work.fact(kind, ("finding", finding_id), body, SYSTEM, f.jurisdiction, held=held)
