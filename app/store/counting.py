"""What counts, as conditions in SQL: one wording for lists, for figures and for their sums by day."""

from typing import Any

from sqlalchemy import and_, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.domain.flags.catalogue import CATALOGUE
from app.store.models import FactRow, FindingRow, InspectionItem, InspectionRow, InspectionUnit, Speech, Unit

i = InspectionRow


def _any(column: Any, *where: Any, of: Any = i) -> Any:
    """Whether such a row belongs to the visit. Its table is an alias, so that a query may also group by it.

    OFFSET 0 has PostgreSQL look it up for each visit. Without it the whole table is read into a hash as soon as some
    thousand visits are counted, however many millions it holds.
    """
    return select(column).where(*where).correlate(of).offset(literal_column("0")).exists()


_items, _units, _said = aliased(InspectionItem), aliased(InspectionUnit), aliased(Speech)
_own = and_(i.state == "completed", i.imported.is_(False))
_scanned = or_(i.first_seen_at.is_not(None), i.enterprise_arrived_at.is_not(None))
_told = _items.outcome.in_(("no_problem", "problem_found"))
_recorded = or_(i.outcome_told.is_not(None), _any(_items.item, _items.inspection == i.id, _told))
_found = _any(_items.item, _items.inspection == i.id, _items.outcome == "problem_found")
_problem = or_(i.outcome_told.is_not_distinct_from("problem_found"), _found)
_joint = _any(_units.unit, _units.inspection == i.id, _units.position == 1)
_above = (  # rare: found from the few bodies, not from the visits
    select(_units.unit)
    .where(_units.inspection == i.id, _units.unit.in_(select(Unit.code).where(Unit.supervised.is_(False))))
    .correlate(i)
    .exists()
)
_rated = _any(_said.id, _said.inspection == i.id, _said.kind == "rating")

# name → condition on a visit that counts. `above`: a body outside the supervised tree took part. `shown` is what rule
# code.not_shown does not flag; `scanned` leaves out paper notices and codes that only the inspector's own device opened.
VISITS: dict[str, Any] = {
    "visits": i.counts,
    "planned": i.kind == "planned",
    "triggered": i.kind == "triggered",
    "joint": _joint,
    "above": _above,
    "recorded": _recorded,
    "problems": _problem,
    "own": _own,
    "shown": and_(_own, or_(_scanned, i.served_at.is_not(None))),
    "scanned": and_(_own, _scanned, i.self_scanned.is_(False)),
}
# Ratings have no list: it would say which visit was spoken about.
RATED = and_(_own, _rated)
FLAGS = ("raised", "upheld", "corrected", "settled")
ON_SPEECH = tuple(code for code, rule in CATALOGUE.items() if rule.rests_on_speech)


def flag_condition(name: str) -> Any:
    """raised, upheld, corrected or settled, on a standing flag.

    A closed flag was upheld if the last judgement about it was; that stands in its facts.
    """
    step, later = aliased(FactRow), aliased(FactRow)
    about = (step.subject_kind == "finding", step.subject_id == FindingRow.id)
    dismissed = (
        select(later.seq)
        .where(later.subject_kind == "finding", later.subject_id == step.subject_id, later.seq > step.seq)
        .where(later.kind == "finding.dismiss")
        .correlate(step)
        .exists()
    )
    last_upheld = _any(step.seq, *about, step.kind == "finding.uphold", ~dismissed, of=FindingRow)
    upheld = or_(FindingRow.state.in_(("upheld", "correcting")), and_(FindingRow.state == "closed", last_upheld))
    corrected = _any(step.seq, *about, step.kind == "finding.corrected", of=FindingRow)
    return {
        "raised": FindingRow.standing,
        "upheld": upheld,
        "corrected": and_(upheld, corrected),
        "settled": FindingRow.state.in_(("closed", "dismissed")),
    }[name]
