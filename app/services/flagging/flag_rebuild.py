"""`flags rebuild`: every rule over every fact, for the as-of time of the last sweep. It finds what stands already.

Promise 3: incremental evaluation and rebuild agree. What differs afterwards is a fault that the command reports.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.flags.periods import Quarter
from app.domain.flags.repeats import LONGEST_WINDOW
from app.domain.times import shanghai_day
from app.services.flagging import flag_periods, flags
from app.services.supervising import file_review, reconciliation
from app.store import inspections as inspection_store
from app.store.models import BadPresentation, FactRow, FindingRow, InspectionRow, Plan, RuleClock, Speech
from app.store.reference import Reference, current
from app.store.unit_of_work import UnitOfWork

EVERY_DAY = date(1900, 1, 1) + LONGEST_WINDOW, date(9000, 1, 1)
MANY = 500


def rebuild(work: UnitOfWork) -> int:
    """Evaluates everything again; how much changed by it (0 where all agreed).

    Counted are findings raised, revised or withdrawn, and records that stood elsewhere in the reconciliation.
    """
    before = _changes(work)
    reference = current(work.session)
    clocks = {c.jurisdiction: c.as_of for c in work.session.scalars(select(RuleClock).with_for_update())}
    _enterprises(work, reference)
    for jurisdiction in _jurisdictions(work):
        as_of = clocks.get(jurisdiction, work.now)
        _visits(work, reference, jurisdiction, as_of)
        _clues(work, reference, jurisdiction)
        for year in _years(work, jurisdiction):
            flag_periods.evaluate_region_year(work, reference, jurisdiction, year)
        for quarter in _quarters(work, jurisdiction):
            flag_periods.evaluate_quarter(work, reference, jurisdiction, quarter, as_of)
        ended = (Plan.jurisdiction == jurisdiction, Plan.ends_on < shanghai_day(as_of))
        flag_periods.evaluate_plans(work, reference, ended)
    _speech(work, reference)
    file_review.rebuild(work)
    moved = reconciliation.rebuild(work, reference)
    return _changes(work) - before + moved


def _changes(work: UnitOfWork) -> int:
    kinds = ("finding.raised", "finding.revised", "finding.withdrawn")
    return work.session.scalar(select(func.count()).select_from(FactRow).where(FactRow.kind.in_(kinds))) or 0


def _in_parts(work: UnitOfWork, column: InstrumentedAttribute[str], *where: ColumnElement[bool]) -> list[list[str]]:
    """The distinct values of a column, in parts small enough for one query."""
    values = list(work.session.scalars(select(column).where(*where).distinct().order_by(column)))
    return [values[at : at + MANY] for at in range(0, len(values), MANY)]


def _enterprises(work: UnitOfWork, reference: Reference) -> None:
    for part in _in_parts(work, InspectionRow.enterprise_id):
        flags.settle_enterprises(work, reference, part, *EVERY_DAY)  # the years follow for each jurisdiction


def _jurisdictions(work: UnitOfWork) -> list[str]:
    found = [set(work.session.scalars(select(m.jurisdiction).distinct())) for m in (InspectionRow, Plan)]
    return sorted(set.union(*found))


def _visits(work: UnitOfWork, reference: Reference, jurisdiction: str, as_of: datetime) -> None:
    for part in _in_parts(work, InspectionRow.id, InspectionRow.jurisdiction == jurisdiction):
        inspections = inspection_store.get_many(work.session, part)
        flags.evaluate_visits(work, reference, inspections, as_of)
        for inspection in inspections:
            flags.evaluate_rating(work, reference, inspection)


def _clues(work: UnitOfWork, reference: Reference, jurisdiction: str) -> None:
    query = select(InspectionRow.clue_key).where(
        InspectionRow.jurisdiction == jurisdiction, InspectionRow.clue_key.is_not(None)
    )
    flags.evaluate_clues(work, reference, jurisdiction, [k for k in work.session.scalars(query.distinct()) if k])


def _years(work: UnitOfWork, jurisdiction: str) -> list[int]:
    where = (FindingRow.rule == "repeat.60d", FindingRow.jurisdiction == jurisdiction)
    return sorted({day.year for day in work.session.scalars(select(FindingRow.raised_for).where(*where).distinct())})


def _quarters(work: UnitOfWork, jurisdiction: str) -> list[Quarter]:
    """From the first visit's quarter to the last one's."""
    days = select(func.min(InspectionRow.visit_day), func.max(InspectionRow.visit_day))
    first, last = work.session.execute(days.where(InspectionRow.jurisdiction == jurisdiction)).one()
    found = [Quarter.of(first)] if first else []
    while last and found[-1] < Quarter.of(last):
        found.append(found[-1].following)
    return found


def _speech(work: UnitOfWork, reference: Reference) -> None:
    for speech_id in list(work.session.scalars(select(Speech.id).where(Speech.kind == "report"))):
        flags.after_report(work, speech_id)
    for presentation_id in list(work.session.scalars(select(BadPresentation.id))):
        flags.after_presentation(work, presentation_id)
