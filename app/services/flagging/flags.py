"""Flags as facts arrive: what a change touches is evaluated again, in the transaction of the fact itself.

Time-driven rules use the time of the last sweep (`RuleClock`), also here, so that incremental evaluation and `rebuild`
agree for the same as-of time. Whoever evaluates an enterprise or a clue holds its lock: visits at once see each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import blake2b

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from app.domain.flags import advise as domain_advice
from app.domain.flags.advise import Advisory
from app.domain.flags.findings import Finding
from app.domain.flags.others import (
    clue_findings,
    presentation_findings,
    rating_findings,
    report_findings,
)
from app.domain.flags.policy import policy_on
from app.domain.flags.repeats import LONGEST_WINDOW, enterprise_findings
from app.domain.flags.visits import due_times, visit_findings
from app.domain.inspections import CONTACT, Inspection
from app.domain.times import shanghai_day
from app.services.flagging import flag_periods
from app.services.flagging.findings import Judged, of_enterprises, settle_about, settle_judged, settle_rows
from app.services.flagging.flag_periods import REPEAT, Years, by_year, evaluate_region_year, join
from app.services.supervising import reconciliation
from app.store import flag_facts, visit_details
from app.store import inspections as inspection_store
from app.store.database import dialect_insert
from app.store.models import InspectionRow, RuleClock, Speech
from app.store.models.base import table_of
from app.store.prepared import Prepared
from app.store.reference import Reference, current
from app.store.unit_of_work import UnitOfWork

ENTERPRISE_RULES = (
    "repeat.day", "repeat.week", "repeat.month", "repeat.60d", "cap.year", "cap.reasonable", "several_heads",
    "low_yield",
)  # fmt: skip
VISIT_RULES = (
    "unfit.too_few", "unfit.certificate", "unfit.unit", "unplanned", "plan.special", "not_approved", "late_filing",
    "item.unpublished", "do_not_disturb", "clue.missing", "out_of_area", "code.not_shown", "code.afterwards",
    "code.self_scan", "overlong", "overdue",
)  # fmt: skip
INSPECTION = "inspection"
SWEPT_AT_ONCE = 1000
MANY = 500


def advise(work: UnitOfWork, inspection: Inspection) -> tuple[Advisory, ...]:
    """What the rules would say of an application if it took place as applied for."""
    return advice_on(work.session, work.now, inspection)


def advice_on(session: Session, now: datetime, inspection: Inspection) -> tuple[Advisory, ...]:
    """The same for who only reads."""
    if inspection.kind == CONTACT or inspection.way == "off_site":
        return ()
    reference = current(session)
    in_window = inspection.window_start <= now < inspection.window_end
    start = inspection.started_at or (now if in_window else inspection.window_start)
    (draft,) = visit_details.load(session, reference, [(inspection, start)])
    since = draft.visit.day - LONGEST_WINDOW
    one = [inspection.enterprise_id]
    others = flag_facts.visits_of_enterprises(session, reference, one, since)[one[0]]
    key = inspection_store.clue_key(inspection.clue_no)
    clues = flag_facts.clues(session, reference, inspection.jurisdiction, key) if key else []
    return domain_advice.advise(
        draft,
        [v for v in others if v.id != inspection.id],
        [c for c in clues if c.visit.id != inspection.id],
        reference.policies,
        reference.calendar,
        now,
    )


def after_inspection(work: UnitOfWork, before: Inspection | None, after: Inspection) -> None:
    """Evaluates what a fact about an inspection touches: its enterprise, itself, its clue, ratings and reports."""
    counted = [i for i in (before, after) if i is not None and i.counts]
    reconciliation.after_inspections(work, None, [i for i in (before, after) if i is not None])
    if not counted:
        _reports_of(work, after)
        return
    reference = current(work.session)
    as_of = as_of_last_sweep(work, after.jurisdiction)
    key = inspection_store.clue_key(after.clue_no)
    work.lock(*_buckets([after]))
    judged = [_visits(work, reference, [after], as_of)]
    if _moved(before, after):
        days = [shanghai_day(i.visit_start) for i in counted if i.visit_start]
        evaluate_enterprises(work, reference, [after.enterprise_id], min(days), max(days))
        if key:
            judged.append(_clues(work, reference, after.jurisdiction, [key], also=after.id))
        judged.append(_rating(work, reference, after))
        flag_periods.after_visits(work, reference, counted, as_of)
    settle_judged(work, INSPECTION, judged)
    _reports_of(work, after)


def after_rating(work: UnitOfWork, inspection_id: str) -> None:
    """Evaluates the ratings of one inspection."""
    inspection = inspection_store.get(work.session, inspection_id)
    if inspection is not None:
        evaluate_rating(work, current(work.session), inspection)


def after_report(work: UnitOfWork, speech_id: str) -> None:
    """Evaluates one report of a visit without a code."""
    found = flag_facts.report(work.session, speech_id)
    policies = current(work.session).policies
    computed = report_findings(found, policies) if found else []
    settle_about(work, ["unregistered.report"], "report", [speech_id], computed)


def after_upheld(work: UnitOfWork, speech_id: str) -> None:
    """Evaluates the upheld reports of a report's unit and year again: each has its place among them."""
    row = work.session.get_one(Speech, speech_id)
    others = (
        flag_facts.upheld_reports(work.session, row.unit, row.visited_on.year) if row.unit and row.visited_on else []
    )
    for each in sorted({speech_id, *others}):
        after_report(work, each)


def after_presentation(work: UnitOfWork, presentation_id: str) -> None:
    """Evaluates one noted presentation of a bad code."""
    found = flag_facts.presentation(work.session, presentation_id)
    policies = current(work.session).policies
    computed = presentation_findings(found, policies) if found else []
    settle_about(work, ["code.bad"], "presentation", [presentation_id], computed)


def after_import(work: UnitOfWork, imported: Sequence[Inspection]) -> None:
    """Evaluates what many imported visits touch, in bulk. Locks are taken in the order in which a single visit takes them."""
    reference = current(work.session)
    reconciliation.after_inspections(work, reference, imported)
    as_of = {j: as_of_last_sweep(work, j) for j in sorted({i.jurisdiction for i in imported})}
    work.lock(*_buckets(imported))
    days: dict[str, list[date]] = {}
    for i in imported:
        if i.visit_start and i.counts:
            days.setdefault(i.enterprise_id, []).append(shanghai_day(i.visit_start))
    enterprises = sorted(days)
    touched: Years = {}
    for at in range(0, len(enterprises), MANY):
        part = enterprises[at : at + MANY]
        changed = [day for e in part for day in days[e]]
        join(touched, settle_enterprises(work, reference, part, min(changed), max(changed)))
    evaluate_years(work, reference, touched)
    for jurisdiction, until in as_of.items():
        own = [i for i in imported if i.jurisdiction == jurisdiction]
        evaluate_visits(work, reference, own, until)
        flag_periods.after_visits(work, reference, [i for i in own if i.counts], until)
        evaluate_clues(work, reference, jurisdiction, [k for i in own if (k := inspection_store.clue_key(i.clue_no))])


def _buckets(inspections: Iterable[Inspection]) -> set[str]:
    """The names of the locks that cover the visits of some enterprises, and of some clues.

    Few buckets: PostgreSQL keeps every lock of a transaction in a table of fixed size, and an import touches tens of
    thousands of enterprises.
    """
    keys = {f"enterprise:{i.enterprise_id}" for i in inspections}
    keys |= {f"clue:{i.jurisdiction}:{key}" for i in inspections if (key := inspection_store.clue_key(i.clue_no))}
    return {f"visits:{blake2b(key.encode(), digest_size=1).hexdigest()}" for key in keys}


def sweep(work: UnitOfWork) -> int:
    """Advances the as-of time and evaluates the visits for which time alone may have changed something; how many."""
    as_of_last_sweep(
        work, work.default_jurisdiction
    )  # its clock tells that the worker runs, also where nothing happened yet
    clocks = list(work.session.scalars(select(RuleClock).with_for_update()))
    query = (
        select(InspectionRow)
        .where(InspectionRow.due_at <= work.now)
        .order_by(InspectionRow.due_at, InspectionRow.id)
        .limit(SWEPT_AT_ONCE)
    )
    due = list(work.session.scalars(query))
    as_of = work.now
    if len(due) == SWEPT_AT_ONCE and due[-1].due_at:
        as_of = due[-1].due_at
    reference = current(work.session)
    for clock in clocks:
        before, clock.as_of = clock.as_of, max(clock.as_of, as_of)
        work.session.flush()
        flag_periods.sweep(work, reference, clock.jurisdiction, before, clock.as_of)
    ids = [row.id for row in due]
    work.session.expire_all()
    evaluate_visits(work, reference, inspection_store.get_many(work.session, ids), as_of)
    return len(ids)


def evaluate_enterprises(
    work: UnitOfWork, reference: Reference, enterprises: Sequence[str], first: date, last: date
) -> None:
    """The rules over all visits of each enterprise, where visits between two days changed: for these, and for the later ones
    that look back on them. What they look back on is loaded too."""
    evaluate_years(work, reference, settle_enterprises(work, reference, enterprises, first, last))


def settle_enterprises(
    work: UnitOfWork, reference: Reference, enterprises: Sequence[str], first: date, last: date
) -> Years:
    """The same but for repeat.60d.region; the visits whose repeats may have changed, by jurisdiction and year."""
    until = last + LONGEST_WINDOW
    loaded = flag_facts.visits_of_enterprises(work.session, reference, enterprises, first - LONGEST_WINDOW, until)
    found = [f for visits in loaded.values() for f in enterprise_findings(visits, reference.policies, first)]
    standing = of_enterprises(work, ENTERPRISE_RULES, enterprises, first, until)
    if not settle_rows(work, standing, found):
        return {}
    return by_year((f.jurisdiction, f.raised_for, f.subject_id) for f in (*standing, *found) if f.rule == REPEAT)


def evaluate_years(work: UnitOfWork, reference: Reference, touched: Years) -> None:
    """repeat.60d.region of each year in which repeats came or went."""
    for (jurisdiction, year), visits in sorted(touched.items()):
        evaluate_region_year(work, reference, jurisdiction, year, visits)


def evaluate_visits(work: UnitOfWork, reference: Reference, inspections: Sequence[Inspection], as_of: datetime) -> None:
    """The rules over each visit alone, and when time will next matter to it."""
    for at in range(0, len(inspections), MANY):
        settle_judged(work, INSPECTION, [_visits(work, reference, inspections[at : at + MANY], as_of)])


def _visits(work: UnitOfWork, reference: Reference, some: Sequence[Inspection], as_of: datetime) -> Judged:
    begun = [(i, i.visit_start) for i in some if i.counts and i.visit_start]
    found: list[Finding] = []
    due: dict[str, datetime | None] = {}
    for d in visit_details.load(work.session, reference, begun, held=True):
        policy = policy_on(reference.policies, d.visit.jurisdiction, d.visit.day)
        found += visit_findings(d, policy, reference.calendar, as_of)
        times = due_times(d, policy, reference.calendar)
        due[d.visit.id] = min((t for t in times if t > as_of), default=None)
    _set_due(work, some, due)
    return Judged(VISIT_RULES, {i.id for i in some}, found)


def _set_due(work: UnitOfWork, inspections: Sequence[Inspection], due: Mapping[str, datetime | None]) -> None:
    """When each visit is next looked at. One written elsewhere is never due, and was stored so."""
    own = [i.id for i in inspections if not i.imported]
    for due_at in {due.get(i) for i in own}:
        _DUE.run(work.session, ids=[i for i in own if due.get(i) == due_at], due_at=due_at)


_INSPECTION = table_of(InspectionRow)
_DUE = Prepared(
    update(_INSPECTION).where(_INSPECTION.c.id.in_(bindparam("ids", expanding=True))).values(due_at=bindparam("due_at"))
)


def evaluate_clues(work: UnitOfWork, reference: Reference, jurisdiction: str, keys: Iterable[str]) -> None:
    """clue.reused for all visits that carry one of the clues."""
    every = sorted(set(keys))
    for at in range(0, len(every), MANY):
        settle_judged(work, INSPECTION, [_clues(work, reference, jurisdiction, every[at : at + MANY])])


def _clues(
    work: UnitOfWork, reference: Reference, jurisdiction: str, keys: Sequence[str], also: str | None = None
) -> Judged:
    """`also` is a visit that may have stopped counting."""
    found: list[Finding] = []
    ids = {also} if also else set()
    for key, clues in flag_facts.clues_of(work.session, reference, jurisdiction, keys).items():
        ids.update(c.visit.id for c in clues)
        found += clue_findings(clues, key, reference.policies)
    return Judged(["clue.reused"], ids, found)


def evaluate_rating(work: UnitOfWork, reference: Reference, inspection: Inspection) -> None:
    """feedback.conduct of a visit."""
    settle_judged(work, INSPECTION, [_rating(work, reference, inspection)])


def _rating(work: UnitOfWork, reference: Reference, inspection: Inspection) -> Judged:
    found = flag_facts.rating(work.session, reference, inspection)
    computed = rating_findings(found, reference.policies) if found else []
    return Judged(["feedback.conduct"], [inspection.id], computed)


def _moved(before: Inspection | None, after: Inspection) -> bool:
    """Whether anything that rules over several visits read has changed."""
    if before is None:
        return True
    return _read(before) != _read(after)


def _read(i: Inspection) -> tuple[object, ...]:
    return i.counts, i.visit_start, i.results, i.state, i.units, i.items, i.officers


def _reports_of(work: UnitOfWork, inspection: Inspection) -> None:
    """Reports of the enterprise around the inspection: what explained one may no longer do so, or now does."""
    around = (
        shanghai_day(inspection.window_start) - timedelta(days=70),
        shanghai_day(inspection.window_end) + timedelta(days=70),
    )
    asked = {"enterprise": inspection.enterprise_id, "first": around[0], "last": around[1]}
    for (speech_id,) in _REPORTED.all(work.session, **asked):
        after_report(work, speech_id)


_SAID = table_of(Speech).c
_REPORTED = Prepared(
    select(_SAID.id).where(
        _SAID.enterprise == bindparam("enterprise"),
        _SAID.kind == "report",
        _SAID.visited_on.between(bindparam("first"), bindparam("last")),
    )
)


def as_of_last_sweep(work: UnitOfWork, jurisdiction: str) -> datetime:
    """The last sweep's time, held against a sweep until this transaction ends; now, where nothing was swept yet."""
    asked = {"jurisdiction": jurisdiction}
    found: datetime | None = _SWEPT.value(work.session, **asked)
    if found is None:  # only ever once
        begin = dialect_insert(work.session, RuleClock).values(jurisdiction=jurisdiction, as_of=work.now)
        work.session.execute(begin.on_conflict_do_nothing())
        begun: datetime = _SWEPT.value(work.session, **asked)
        return begun
    return found


_CLOCK = table_of(RuleClock).c
_SWEPT = Prepared(
    select(_CLOCK.as_of).where(_CLOCK.jurisdiction == bindparam("jurisdiction")).with_for_update(read=True)
)
